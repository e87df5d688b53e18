"""From a frozen draw to tasks, and from a round to its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from assay.rooms.audit import operations as audit
from assay.rooms.organisation.models import Person, Unit
from assay.rooms.organisation.terms import UnitKind
from assay.rooms.sampling import queries as sampling_queries
from assay.rooms.sampling.models import Draw, Plan, SampledDecision
from assay.stats import keyed_hash

from .. import rules
from ..models import BlindItem, Task
from ..terms import BlindContent, Round, TaskEvent, TaskState

_BATCH = 1000
_SIGNED = 1


@transaction.atomic
def open_tasks_for_draw(draw_id: int, *, at: datetime) -> int:
    """Open the reviews of a frozen draw, and return for how many decisions; a second call opens none.

    Each decision gets a first task. The doubles share gets a second one, chosen by a keyed hash of the
    decision's name alone, so that being doubled tells nothing of what was decided.
    """
    draw = Draw.objects.select_for_update(of=("self",)).select_related("plan__unit").get(pk=draw_id)
    waiting = _without_item(SampledDecision.objects.filter(draw=draw))
    if not waiting:
        return 0
    rows = {row["decision_key"]: row for row in sampling_queries.drawn_rows(draw).to_pylist()}
    items, tasks = _items_and_tasks(draw.plan, waiting, rows, at=at)
    BlindItem.objects.bulk_create(items, batch_size=_BATCH)
    Task.objects.bulk_create(tasks, batch_size=_BATCH)
    audit.record(
        "reviews.tasks_opened",
        actor="reviews",
        subject=f"plan:{draw.plan.code}",
        place=draw.plan.unit.path,
        at=at,
        facts={"draw": draw.number, "items": len(items), "tasks": len(tasks)},
    )
    return len(items)


def open_due_draws(*, at: datetime) -> int:
    """Open the reviews of every draw that was frozen since; the worker calls it again and again."""
    without = _without_item_condition()
    due = Draw.objects.filter(Exists(SampledDecision.objects.filter(without, draw=OuterRef("pk"))))
    return sum(open_tasks_for_draw(pk, at=at) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def close_round(*, plan: Plan, actor: Person, at: datetime) -> int:
    """End a round: no review of it can be started or handed in any more. What was submitted still settles."""
    open_tasks = Task.objects.select_for_update().filter(plan=plan, state__in=(TaskState.OPEN, TaskState.HELD))
    closed = 0
    for state in (TaskState.OPEN, TaskState.HELD):
        ended = rules.next_state(state, TaskEvent.CLOSE)
        closed += open_tasks.filter(state=state).update(state=ended, lease_until=None)
    audit.record(
        "reviews.round_closed",
        actor=actor,
        subject=f"plan:{plan.code}",
        place=plan.unit.path,
        at=at,
        facts={"tasks": closed},
    )
    return closed


def _without_item_condition() -> Any:
    return ~Exists(BlindItem.objects.filter(sampled=OuterRef("pk")))


def _without_item(sampled: Any) -> list[SampledDecision]:
    return list(sampled.filter(_without_item_condition()).order_by("pk"))


def _items_and_tasks(
    plan: Plan, sampled: Iterable[SampledDecision], rows: Mapping[str, Mapping[str, Any]], *, at: datetime
) -> tuple[list[BlindItem], list[Task]]:
    sites = {unit.code: unit for unit in Unit.objects.filter(kind=UnitKind.SITE)}
    items, tasks = list[BlindItem](), list[Task]()
    for decision in sampled:
        content = rules.blind_projection(rows.get(decision.decision_key) or _copied(decision))
        item = _item(decision, content)
        items.append(item)
        unit = sites.get(decision.site, plan.unit)
        rounds = [Round.FIRST] + ([Round.SECOND] if is_double(plan, decision.decision_key) else [])
        tasks += [new_task(item=item, plan=plan, unit=unit, round=r, key=decision.decision_key, at=at) for r in rounds]
    return items, tasks


def _copied(decision: SampledDecision) -> dict[str, Any]:
    """A decision that has left the log since is still a task, to be told that it cannot be reviewed."""
    return {
        "decision_key": decision.decision_key,
        "item_type": decision.item_type,
        "market": decision.market,
        "content_language": decision.language,
        "content_hash": decision.content_hash,
    }


def _item(decision: SampledDecision, content: BlindContent) -> BlindItem:
    fields = {name: getattr(content, name) for name in BlindContent.__slots__}
    return BlindItem(sampled=decision, policy_at=decision.decided_at, **fields)


def new_task(*, item: BlindItem, plan: Plan, unit: Unit, round: Round, key: str, at: datetime) -> Task:
    """Make an open task at its place in the keyed shuffle of the round."""
    return Task(
        item=item,
        plan=plan,
        unit=unit,
        round=round,
        language=rules.language_of(item.language),
        position=_number(f"{round}:{key}", design=f"queue:{plan.code}") >> _SIGNED,
        created_at=at,
    )


def is_double(plan: Plan, decision_key: str) -> bool:
    """Tell whether a sampled decision is reviewed twice."""
    number = _number(decision_key, design=f"doubles:{plan.code}")
    return keyed_hash.unit_interval(number) < plan.doubles_share


def _number(item: str, *, design: str) -> int:
    salt = settings.ASSAY_SALT
    key = keyed_hash.sample_key(salt=salt, item=item)
    return keyed_hash.design_number(key, keyed_hash.design_words(salt=salt, design=design))
