"""Verdicts known from outside: expert ratings become verdicts like any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from assay.rooms.audit import operations as audit
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.policies.models import Policy
from assay.rooms.sampling.models import Plan

from .. import rules
from ..models import Task, Verdict
from ..terms import JudgedItem, Judgement, ReferenceLoad, Round, TaskEvent, TaskState
from .settlement import settle_items

_BATCH = 500
COLUMNS = ("decision_key", "outcome", "policy", "judgement", "severity", "confidence", "note")
Prepared = tuple[str, JudgedItem]


@transaction.atomic
def load_reference_verdicts(
    *, plan: Plan, rows: Iterable[Mapping[str, Any]], reviewer: Person, at: datetime
) -> ReferenceLoad:
    """Record verdicts from a file for a plan's sampled decisions, and settle them.

    Each row names a `decision_key`, and `outcome` (with `policy` where it enforces) or a `judgement`. A
    reference verdict stands alone: it needs no second review, and there is nothing to undo. Loading the
    same file again records nothing; another verdict for a decision that has one is refused. All rows are
    checked before one is recorded.

    Args:
        plan: A plan whose tasks are open.
        rows: One mapping a decision; columns other than the known ones are ignored.
        reviewer: Whose verdicts they are.
        at: When.

    Raises:
        Refusal: A row is not a verdict; `facts` name its number.
    """
    prepared = _prepare(rows)
    recorded = repeated = 0
    keys = list(prepared)
    for start in range(0, len(keys), _BATCH):
        chunk = {key: prepared[key] for key in keys[start : start + _BATCH]}
        new, old = _load_chunk(plan, chunk, reviewer, at=at)
        recorded, repeated = recorded + new, repeated + old
    loaded = ReferenceLoad(recorded=recorded, repeated=repeated, not_sampled=len(prepared) - recorded - repeated)
    audit.record(
        "reviews.reference_loaded",
        actor=reviewer,
        subject=f"plan:{plan.code}",
        place=plan.unit.path,
        at=at,
        facts={"recorded": recorded, "repeated": repeated, "not_sampled": loaded.not_sampled},
    )
    return loaded


def _prepare(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[int, JudgedItem]]:
    policies = set(Policy.objects.values_list("code", flat=True))
    prepared = dict[str, tuple[int, JudgedItem]]()
    for number, row in enumerate(rows, start=1):
        values = {name: str(row.get(name) or "").strip() for name in COLUMNS}
        key = values.pop("decision_key")
        if not key or key in prepared:
            raise _bad_row(number, "decision_key", _("is empty or stands in an earlier row"), key)
        if values["policy"] and values["policy"] not in policies:
            raise _bad_row(number, "policy", _("is not the code of a policy"), values["policy"])
        values["judgement"] = values["judgement"] or Judgement.DECIDED
        try:
            prepared[key] = number, rules.check_judged(JudgedItem(**values))  # type: ignore[arg-type]
        except Refusal as refusal:
            column = refusal.field or "judgement"
            raise _bad_row(number, column, str(refusal), values.get(column, "")) from refusal
    return prepared


def _bad_row(number: int, column: str, reason: str, value: str) -> Refusal:
    return Refusal(
        "reviews.bad_reference",
        _("Row {row}, column {column}: “{value}” {reason}. Nothing was recorded; mend the row and load again."),
        facts={"row": number, "column": column, "value": value[:80], "reason": reason},
        status=422,
    )


def _load_chunk(
    plan: Plan, chunk: Mapping[str, tuple[int, JudgedItem]], reviewer: Person, *, at: datetime
) -> tuple[int, int]:
    tasks = list(
        Task.objects.select_for_update(of=("self",))
        .select_related("item__sampled")
        .filter(plan=plan, item__sampled__decision_key__in=list(chunk))
    )
    firsts = [task for task in tasks if task.round == Round.FIRST]
    standing = {
        verdict.task_id: verdict for verdict in Verdict.objects.filter(task__in=firsts, withdrawn_at__isnull=True)
    }
    fresh, verdicts = list[Task](), list[Verdict]()
    for task in firsts:
        number, judged = chunk[task.item.sampled.decision_key]
        digest = rules.request_digest(task_id=str(task.pk), reviewer=reviewer.pk, judged=judged)
        earlier = standing.get(task.pk)
        if earlier is not None:
            if earlier.request_digest != digest:
                raise _bad_row(number, "decision_key", _("has another verdict already"), task.item.sampled.decision_key)
            continue
        _check_reviewer(number, task, reviewer)
        fresh.append(_taken(task, reviewer, at=at))
        verdicts.append(_verdict(task, reviewer, judged, digest=digest, at=at))
    Task.objects.bulk_update(fresh, ["state", "holder", "claimed_at", "fencing_token", "lease_until"])
    Verdict.objects.bulk_create(verdicts)
    items = [task.item_id for task in fresh]
    _close_seconds(items)
    settle_items(items, at=at)
    return len(fresh), len(firsts) - len(fresh)


def _check_reviewer(number: int, task: Task, reviewer: Person) -> None:
    if reviewer.moderator_ref and task.item.sampled.maker == reviewer.moderator_ref:
        raise _bad_row(number, "decision_key", _("is the reviewer's own decision"), task.item.sampled.decision_key)


def _taken(task: Task, reviewer: Person, *, at: datetime) -> Task:
    event = TaskEvent.TAKE_OVER if task.state == TaskState.HELD else TaskEvent.CLAIM
    held = rules.next_state(TaskState(task.state), event)
    task.state = rules.next_state(held, TaskEvent.SUBMIT)
    task.holder, task.claimed_at, task.lease_until = reviewer, at, None
    task.fencing_token += 1
    return task


def _verdict(task: Task, reviewer: Person, judged: JudgedItem, *, digest: str, at: datetime) -> Verdict:
    fields = {name: getattr(judged, name) for name in JudgedItem.__slots__ if name != "clause_version"}
    return Verdict(
        task=task,
        reviewer=reviewer,
        fencing_token=task.fencing_token,
        idempotency_key=f"reference:{task.pk}",
        request_digest=digest,
        submitted_at=at,
        **fields,
    )


def _close_seconds(item_ids: Iterable[UUID]) -> None:
    open_ones = Task.objects.filter(item_id__in=list(item_ids), round=Round.SECOND)
    for state in (TaskState.OPEN, TaskState.HELD):
        open_ones.filter(state=state).update(state=rules.next_state(state, TaskEvent.CLOSE), lease_until=None)
