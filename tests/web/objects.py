"""One object of each kind at a site, for tests that ask every route for somebody's things."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from assay.rooms.decisions.models import ImportRun
from assay.rooms.jobs import operations as jobs
from assay.rooms.jobs.models import Job
from assay.rooms.organisation import operations as organisation
from assay.rooms.organisation.models import ApiToken, Person, Unit
from assay.rooms.organisation.terms import Role
from assay.rooms.policies import operations as policies
from assay.rooms.policies.models import ClauseVersion
from assay.rooms.reviews import operations as reviews
from assay.rooms.reviews.models import Task
from assay.rooms.reviews.terms import Confidence, Held, JudgedItem, Round
from assay.rooms.sampling import operations as sampling
from assay.rooms.sampling.models import Plan
from assay.rooms.sampling.rules import Target
from tests.factories import NOW, World
from tests.rooms.decisions import files

DECIDED = datetime(2026, 5, 1, tzinfo=UTC)


class ObjectsOf:
    """The things of one site, made through operations when first asked for.

    Args:
        made: The organisation.
        site: "mexico" or "dublin".
        role: Whose own things are wanted, where a thing belongs to a person.
        folder: Where files may be written.
    """

    def __init__(self, made: World, site: str, *, role: Role, folder: Path) -> None:
        self.made, self.site, self.folder = made, site, folder
        self.unit: Unit = getattr(made, site)
        self.person: Person = made.person(role, site)
        self.colleague: Person = made.person("auditor3", site)

    @cached_property
    def clause(self) -> ClauseVersion:
        if not ClauseVersion.objects.exists():
            policy = policies.create_policy(
                code="IPR", name={"en": "Copies", "es": "Copias"}, severity="major", actor="tests", at=DECIDED
            )
            line = policies.create_clause(
                policy=policy, code="IPR-1", title={"en": "Copies", "es": "Copias"}, actor="tests", at=DECIDED
            )
            policies.publish_version(
                clause=line,
                text={"en": "Copies are not allowed.", "es": "No se permiten copias."},
                severity="major",
                effective_from=DECIDED - timedelta(days=90),
                actor="tests",
                at=DECIDED,
            )
        return ClauseVersion.objects.select_related("clause__policy").get()

    @cached_property
    def run(self) -> ImportRun:
        rows = [files.row(n, id=f"{self.site}-{n}", site=self.site, moderator=f"mod-{n}") for n in range(12)]
        rows.append(files.row(99, id=f"{self.site}-99", site=self.site, outcome="perhaps"))
        used = files.mapping(self.unit, name=self.site, source=self.site)
        return files.bring_in(used, files.csv_file(self.folder, rows, f"{self.site}.csv"))

    @cached_property
    def plan(self) -> Plan:
        assert self.run.accepted == 12
        plan = sampling.create_plan(
            name=f"May in {self.site}",
            code=f"may-{self.site}",
            unit=self.unit,
            period_start=DECIDED,
            period_end=DECIDED + timedelta(days=2),
            targets=[Target(half_width=0.1)],
            doubles_share=1.0,
            actor="tests",
            at=NOW,
        )
        draw = sampling.freeze_plan(plan_id=plan.pk, sample_size=12, actor="tests", at=NOW)
        reviews.open_tasks_for_draw(draw.pk, at=NOW)
        return plan

    def _held_by(self, person: Person) -> Held:
        assert self.clause
        assert self.plan
        held = reviews.claim_next(person=person, at=NOW)
        assert held is not None
        return held

    @cached_property
    def held(self) -> Held:
        """An item in the person's hands; in the colleague's, when the person reviews nothing."""
        reviewing = self.person.memberships.filter(role__in=[Role.AUDITOR, Role.QA_LEAD]).exists()
        return self._held_by(self.person if reviewing else self.colleague)

    @cached_property
    def disagreement(self) -> Task:
        """A case that two auditors judged differently, waiting for a third person."""
        for auditor, outcome in (("auditor2", "approve"), ("auditor3", "remove")):
            person = self.made.person(auditor, self.site)
            for _ in range(11):
                self.submit(self._held_by(person), person, outcome, at=NOW)
        reviews.settle_due(at=NOW + timedelta(minutes=5))
        return Task.objects.filter(round=Round.ADJUDICATION, unit=self.unit).order_by("pk")[0]

    def submit(self, held: Held, person: Person, outcome: str, *, at: datetime) -> None:
        """Hand in one verdict."""
        removes = outcome == "remove"
        reviews.submit_verdict(
            task_id=held.task_id,
            reviewer=person,
            fencing_token=held.fencing_token,
            idempotency_key=f"{person.pk}-{held.task_id}",
            verdict=JudgedItem(
                outcome=outcome,
                policy=self.clause.clause.policy.code if removes else "",
                clause_version=self.clause.pk if removes else None,
                confidence=Confidence.HIGH,
            ),
            at=at,
        )

    @cached_property
    def job(self) -> Job:
        return jobs.enqueue("tests.nothing", payload={}, at=NOW, requested_by=self.person, unit=self.unit)

    @cached_property
    def token(self) -> ApiToken:
        return organisation.create_token(
            person=self.person, name="t", scopes=[], unit=self.unit, expires_at=NOW + timedelta(days=9), at=NOW
        )[0]


def _task(of: ObjectsOf) -> dict[str, Any]:
    return {"task_id": of.held.task_id}


def _case(of: ObjectsOf) -> dict[str, Any]:
    return {"task_id": of.disagreement.pk}


def _run(of: ObjectsOf) -> dict[str, Any]:
    return {"pk": of.run.pk}


def _colleague(of: ObjectsOf) -> dict[str, Any]:
    return {"pseudonym": of.colleague.pseudonym}


def _plan(of: ObjectsOf) -> dict[str, Any]:
    return {"code": of.plan.code}


def _policy(of: ObjectsOf) -> dict[str, Any]:
    return {"code": of.clause.clause.policy.code}


def _clause(of: ObjectsOf) -> dict[str, Any]:
    return {**_policy(of), "clause_code": of.clause.clause.code}


ARGUMENTS: dict[str, Callable[[ObjectsOf], dict[str, Any]]] = {
    "imports_run": _run,
    "imports_repeat": _run,
    "imports_refused": _run,
    "imports_mend": _run,
    "imports_map": lambda of: {"sha256": of.run.file_sha256},
    "mapping": lambda of: {"pk": of.run.mapping_id},
    "api:one": lambda of: {"run_id": of.run.pk},
    **dict.fromkeys(
        ["item", "item_content", "item_draft", "item_lease", "item_skip", "item_known", "item_undo"], _task
    ),
    **dict.fromkeys(["api:task", "api:verdict", "api:undo", "api:draft", "api:renew", "api:skip"], _task),
    **dict.fromkeys(["disagreement", "disagreement_content", "disagreement_undo"], _case),
    **dict.fromkeys(["reviews_of_round", "reviews_of_round_close"], _plan),
    **dict.fromkeys(
        ["admin_person", "admin_person_grant", "admin_person_qualify", "admin_person_deactivate"], _colleague
    ),
    **dict.fromkeys(["policy", "policy_edit", "policy_retire", "clause_new", "api:policies_one"], _policy),
    **dict.fromkeys(["clause", "version_publish"], _clause),
    **dict.fromkeys(["round", "round_sample", "round_freeze", "round_extend", "round_discard"], _plan),
    **dict.fromkeys(["api:sampling_plan", "api:sampling_freeze", "api:sampling_extend", "api:sampling_verify"], _plan),
    "admin_person_end_role": lambda of: {**_colleague(of), "pk": of.colleague.memberships.get().pk},
    "account_token_revoke": lambda of: {"pk": of.token.pk},
    "job": lambda of: {"pk": of.job.pk},
    "job_cancel": lambda of: {"pk": of.job.pk},
}

# What a request must carry to be understood at all; whether it is allowed is another matter.
BODIES: dict[str, dict[str, Any]] = {
    "item": {"fencing_token": 1, "idempotency_key": "k", "choice": "approve"},
    "api:verdict": {"fencing_token": 1, "outcome": "approve"},
    "api:draft": {"note": "x"},
    "api:renew": {"fencing_token": 1},
    "api:skip": {"fencing_token": 1},
    "api:sampling_freeze": {"name": "x"},
    "api:sampling_extend": {"total": 12},
}
