"""From verdicts that stand to what a decision was found to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from assay.rooms.audit import operations as audit
from assay.rooms.policies.terms import ERRORS, ErrorClass

from .. import rules
from ..models import BlindItem, Seen, Settlement, Task, Verdict
from ..terms import DecisionFacts, Round, SeenHow, SettledBy, TaskState
from .opening import new_task
from .verdicts import judged_of

_BATCH = 200


def settle_due(*, at: datetime, limit: int | None = None) -> int:
    """Settle every item whose reviews are all in and past undo, and return how many settled.

    Where two reviewers came to different results, a task to rule on the case is opened instead.
    Safe to call from anywhere, as often as one likes.
    """
    settled, asked = 0, limit if limit is not None else _BATCH
    while True:
        items = due_items(at=at, limit=asked)
        done, ruled = settle_items(items, at=at) if items else (0, 0)
        settled += done
        if limit is not None or len(items) < asked or not done + ruled:
            return settled


def due_items(*, at: datetime, limit: int) -> list[UUID]:
    """Return items that have a verdict past undo, and no review that is still to come."""
    waiting = Verdict.objects.filter(withdrawn_at__isnull=True, settled_at__isnull=True)
    unfinished = Task.objects.filter(item=OuterRef("task__item"), state__in=(TaskState.OPEN, TaskState.HELD))
    fresh = Verdict.objects.filter(
        task__item=OuterRef("task__item"),
        withdrawn_at__isnull=True,
        settled_at__isnull=True,
        submitted_at__gte=at - rules.UNDO_WINDOW,
    )
    due = waiting.filter(~Exists(unfinished), ~Exists(fresh), submitted_at__lt=at - rules.UNDO_WINDOW)
    ids = due.order_by("submitted_at").values_list("task__item_id", flat=True)[: limit * 2]
    return list(dict.fromkeys(ids))[:limit]


@transaction.atomic
def settle_items(item_ids: Iterable[UUID], *, at: datetime) -> tuple[int, int]:
    """Settle these items, or open rulings on them; return how many of each."""
    ids = list(item_ids)
    # Locking the tasks holds off an undo; another worker's items are left to it.
    tasks = list(Task.objects.select_for_update(skip_locked=_skips_locked()).filter(item_id__in=ids).order_by("pk"))
    by_item = defaultdict[UUID, list[Task]](list)
    for task in tasks:
        by_item[task.item_id].append(task)
    done = set(Settlement.objects.filter(sampled__blind_item__in=ids).values_list("sampled__blind_item", flat=True))
    items = BlindItem.objects.select_related("sampled__plan").in_bulk(ids)
    verdicts = defaultdict[UUID, dict[Round, Verdict]](dict)
    for verdict in Verdict.objects.select_related("task").filter(
        task__in=[t.pk for t in tasks], withdrawn_at__isnull=True
    ):
        verdicts[verdict.task.item_id][Round(verdict.task.round)] = verdict
    settlements, rulings = list[Settlement](), list[Task]()
    for item_id, its_tasks in by_item.items():
        if item_id in done or any(t.state in {TaskState.OPEN, TaskState.HELD} for t in its_tasks):
            continue
        result = _result(items[item_id], verdicts[item_id], at=at)
        if isinstance(result, Settlement):
            settlements.append(result)
        elif result is not None:
            rulings.append(_ruling(items[item_id], its_tasks[0], at=at))
    _store(settlements, rulings, verdicts, at=at)
    return len(settlements), len(rulings)


def _skips_locked() -> bool:
    from django.db import connection

    return bool(connection.features.has_select_for_update_skip_locked)


def _result(item: BlindItem, verdicts: dict[Round, Verdict], *, at: datetime) -> Settlement | Round | None:
    decision = DecisionFacts(outcome=item.sampled.outcome, policy=item.sampled.policy)
    classes = {r: rules.classify(decision=decision, judged=judged_of(v)) for r, v in verdicts.items()}
    if Round.ADJUDICATION in verdicts:
        return _settlement(item, verdicts[Round.ADJUDICATION], classes[Round.ADJUDICATION], at=at)
    if not verdicts:
        return None
    if len(set(classes.values())) > 1:
        return Round.ADJUDICATION
    chosen = verdicts.get(Round.FIRST) or verdicts[Round.SECOND]
    by = SettledBy.AGREEMENT if len(verdicts) == 2 else SettledBy.SINGLE
    return _settlement(item, chosen, next(iter(classes.values())), by=by, at=at)


def _settlement(
    item: BlindItem,
    verdict: Verdict,
    error_class: ErrorClass,
    *,
    at: datetime,
    by: SettledBy = SettledBy.ADJUDICATION,
) -> Settlement:
    return Settlement(
        sampled=item.sampled,
        error_class=error_class,
        severity=verdict.severity if error_class in ERRORS else "",
        settled_by=by,
        verdict=verdict,
        rationale=verdict.note if by == SettledBy.ADJUDICATION else "",
        settled_at=at,
    )


def _ruling(item: BlindItem, sibling: Task, *, at: datetime) -> Task:
    return new_task(
        item=item,
        plan=item.sampled.plan,
        unit=sibling.unit,
        round=Round.ADJUDICATION,
        key=item.sampled.decision_key,
        at=at,
    )


def _store(
    settlements: list[Settlement],
    rulings: list[Task],
    verdicts: dict[UUID, dict[Round, Verdict]],
    *,
    at: datetime,
) -> None:
    Settlement.objects.bulk_create(settlements)
    Task.objects.bulk_create(rulings)
    if not settlements:
        return
    seen, standing = list[Seen](), list[int]()
    for settlement in settlements:
        item = settlement.sampled.blind_item
        for verdict in verdicts[item.pk].values():
            standing.append(verdict.pk)
            # From now on the reviewer may read the first decision, so the content is not blind to them.
            seen.append(Seen(person_id=verdict.reviewer_id, content_hash=item.content_hash, how=SeenHow.SETTLED, at=at))
    Verdict.objects.filter(pk__in=standing).update(settled_at=at)
    Seen.objects.bulk_create(seen, ignore_conflicts=True)
    audit.record(
        "reviews.settled",
        actor="reviews",
        subject="settlements",
        at=at,
        facts={"results": [[s.sampled.decision_key, s.error_class, s.settled_by] for s in settlements]},
    )
