"""A small world for the reviews: two sites, a plan frozen over a few decisions, people who review them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from assay.columnar import layout
from assay.rooms.decisions.models import ImportRun, Mapping, Part
from assay.rooms.decisions.terms import FileFormat, LogKind, RunState
from assay.rooms.organisation import operations as organisation
from assay.rooms.organisation.models import Person, Unit
from assay.rooms.organisation.terms import QualificationKind, Role, UnitKind
from assay.rooms.policies import operations as policies
from assay.rooms.policies.models import ClauseVersion
from assay.rooms.reviews import operations
from assay.rooms.reviews.models import Task
from assay.rooms.reviews.terms import Confidence, Held, JudgedItem
from assay.rooms.sampling.models import Draw, Plan, SampledDecision, Stratum
from assay.rooms.sampling.terms import PlanState

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
DECIDED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PASSWORD = "correct horse battery"
NEEDLE = "NEEDLE-RATIONALE-7731"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    root: Unit
    mexico: Unit
    dublin: Unit
    team: Unit
    ana: Person
    ben: Person
    cleo: Person
    lead: Person
    manager: Person
    plan: Plan
    draw: Draw
    counterfeit: ClauseVersion
    weapons: ClauseVersion


def decision(number: int, **changes: object) -> dict[str, object]:
    """One row of the decision log."""
    row: dict[str, object] = {field.name: None for field in layout.DECISIONS}
    row |= {
        "decision_key": f"shop:d{number}",
        "source": "shop",
        "decision_id": f"d{number}",
        "item_type": "listing",
        "content_hash": hashlib.sha256(f"content {number}".encode()).hexdigest(),
        "content_title": f"Reloj de pulsera {number}",
        "content_text": f"Original, nuevo en caja. Precio especial {number}.",
        "content_translation": f"Original, new in box. Special price {number}.",
        "translation_language": "en",
        "is_graphic": False,
        "market": "MX",
        "content_language": "es-MX",
        "decided_at": DECIDED + timedelta(minutes=number),
        "outcome": "approve",
        "maker_type": "human",
        "maker": f"m{number % 3}",
        "site": "mexico",
        "team": "mx-day",
        "queue": "new-listings",
        "rationale": NEEDLE,
        "risk_score": 0.25,
        "sample_key": number,
        "row_hash": number,
        "import_run": 1,
        "exposure_views": 10,
    }
    return row | changes


def build(
    *, decisions: int = 3, doubles_share: float = 0.0, changes: dict[int, dict[str, object]] | None = None
) -> World:
    """Build the world and open its tasks."""
    changes = changes or {}
    people = _organisation()
    lines = _policies()
    rows = [decision(n, **changes.get(n, {})) for n in range(1, decisions + 1)]
    write_log(rows, unit=people["root"])
    plan, draw = freeze(rows, unit=people["root"], doubles_share=doubles_share)
    operations.open_tasks_for_draw(draw.pk, at=NOW)
    return World(**people, **lines, plan=plan, draw=draw)  # type: ignore[arg-type]


def _organisation() -> dict[str, object]:
    at, actor = NOW - timedelta(days=90), "set-up"
    root = organisation.create_unit(kind=UnitKind.ORGANISATION, code="all", name="All", parent=None, actor=actor, at=at)
    mexico, dublin = (
        organisation.create_unit(kind=UnitKind.SITE, code=code, name=code, parent=root, actor=actor, at=at)
        for code in ("mexico", "dublin")
    )
    team = organisation.create_unit(kind=UnitKind.TEAM, code="mx-day", name="Day", parent=mexico, actor=actor, at=at)
    made: dict[str, object] = {"root": root, "mexico": mexico, "dublin": dublin, "team": team}
    roles = {
        "ana": Role.AUDITOR,
        "ben": Role.AUDITOR,
        "cleo": Role.AUDITOR,
        "lead": Role.QA_LEAD,
        "manager": Role.PROGRAM_MANAGER,
    }
    for name, role in roles.items():
        made[name] = reviewer(name, home=dublin, place=root, role=role, at=at)
    return made


def reviewer(
    name: str,
    *,
    home: Unit,
    place: Unit,
    role: Role = Role.AUDITOR,
    languages: Iterable[str] = ("es", "en"),
    moderator_ref: str | None = None,
    at: datetime = NOW - timedelta(days=60),
) -> Person:
    """Add a person with a role and languages."""
    person = organisation.create_person(
        login=name,
        name=name.title(),
        pseudonym=f"P-{name}",
        home=home,
        actor="set-up",
        at=at,
        password=PASSWORD,
        moderator_ref=moderator_ref,
    )
    organisation.grant_role(person=person, role=role, unit=place, actor="set-up", at=at)
    for code in languages:
        organisation.qualify(person=person, kind=QualificationKind.LANGUAGE, code=code, actor="set-up", at=at)
    return person


def _policies() -> dict[str, ClauseVersion]:
    made, at = {}, DECIDED - timedelta(days=100)
    for name, code, words in (
        ("counterfeit", "IPR", "Counterfeit goods"),
        ("weapons", "PRH", "Weapons"),
    ):
        policy = policies.create_policy(
            code=code, name={"en": words, "es": f"{words} (es)"}, severity="major", actor="set-up", at=at
        )
        clause = policies.create_clause(
            policy=policy, code=f"{code}-1", title={"en": words, "es": f"{words} (es)"}, actor="set-up", at=at
        )
        made[name] = policies.publish_version(
            clause=clause,
            text={"en": f"{words} are not allowed.", "es": f"{words}: no se permite."},
            severity="major",
            effective_from=at,
            actor="set-up",
            at=at,
        )
    return made


def write_log(rows: list[dict[str, object]], *, unit: Unit) -> None:
    """Put rows into the live decision log."""
    path = Path(settings.ASSAY_DATA) / "test.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=layout.DECISIONS), path)
    mapping = Mapping.objects.create(name="test", source="shop", unit=unit, spec={}, created_at=NOW)
    run = ImportRun.objects.create(
        mapping=mapping,
        unit=unit,
        file_name="test.parquet",
        file_format=FileFormat.PARQUET,
        file_sha256="0" * 64,
        file_bytes=1,
        stored_path=str(path),
        state=RunState.DONE,
        rows_in=len(rows),
        accepted=len(rows),
        requested_at=NOW,
    )
    Part.objects.create(
        log_kind=LogKind.DECISIONS, run=run, path=str(path), rows=len(rows), sha256="0" * 64, is_live=True
    )


def freeze(
    rows: list[dict[str, object]], *, unit: Unit, doubles_share: float = 0.0, code: str = "W10"
) -> tuple[Plan, Draw]:
    """Freeze a draw that took every row."""
    plan = Plan.objects.create(
        code=code,
        name="Week 10",
        unit=unit,
        state=PlanState.FROZEN,
        period_start=DECIDED - timedelta(days=7),
        period_end=DECIDED + timedelta(days=7),
        doubles_share=doubles_share,
        created_at=NOW,
    )
    draw = Draw.objects.create(
        plan=plan,
        number=1,
        frame_size=len(rows),
        frame_digest="f" * 64,
        sample_size=len(rows),
        sample_digest="s" * 64,
        frozen_at=NOW,
    )
    Stratum.objects.create(draw=draw, label="all", size=len(rows), sampled=len(rows), planned_spread=0.2)
    SampledDecision.objects.bulk_create(_sampled(row, plan, draw) for row in rows)
    return plan, draw


def _sampled(row: dict[str, object], plan: Plan, draw: Draw) -> SampledDecision:
    same = ("decision_key", "decided_at", "outcome", "maker_type", "risk_score", "exposure_views")
    text = ("site", "team", "vendor", "market", "item_type", "queue", "policy", "clause", "severity", "maker")
    return SampledDecision(
        plan=plan,
        draw=draw,
        stratum_label="all",
        inclusion_probability=1.0,
        draw_number="0" * 16,
        language=str(row["content_language"] or ""),
        content_hash=str(row["content_hash"] or ""),
        **{name: row[name] for name in same},
        **{name: str(row[name] or "") for name in text},
    )


APPROVE = JudgedItem(outcome="approve", confidence=Confidence.HIGH)


def reject(policy: str = "IPR", **changes: object) -> JudgedItem:
    return JudgedItem(outcome="remove", policy=policy, **changes)  # type: ignore[arg-type]


def claim(person: Person, *, at: datetime = NOW) -> Held:
    held = operations.claim_next(person=person, at=at)
    assert held is not None
    return held


def submit(
    person: Person, verdict: JudgedItem = APPROVE, *, at: datetime = NOW, key: str = "", held: Held | None = None
) -> Task:
    """Claim the next task, unless one is given, and hand a verdict in."""
    held = held or claim(person, at=at)
    return operations.submit_verdict(
        task_id=held.task_id,
        reviewer=person,
        fencing_token=held.fencing_token,
        idempotency_key=key or f"{held.task_id}-{held.fencing_token}",
        verdict=verdict,
        at=at,
    )


def after_undo(at: datetime = NOW) -> datetime:
    return at + timedelta(seconds=11)
