"""Who holds which task: taking, keeping and giving back, and what people have seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_noop as _

from assay.rooms.audit import operations as audit
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.refusals import Refusal

from .. import eligibility, facts, rules
from ..models import Draft, Seen, Task
from ..terms import SEEN_BUT_MAY_RULE, Held, Round, SeenHow, TaskEvent, TaskState

_OPPORTUNE = 40
_SETTLES_EVERY = 8
_CHUNK = 500

# One statement takes the next task: nobody can come between choosing and taking.
_TAKE = """
UPDATE reviews_task
   SET state = 'held', holder_id = %(person)s, fencing_token = fencing_token + 1,
       lease_until = %(until)s, claimed_at = %(at)s
 WHERE id = (SELECT t.id {eligible} ORDER BY t.position LIMIT 1 {skip_locked})
RETURNING id
"""


@transaction.atomic
def claim_next(*, person: Person, at: datetime) -> Held | None:
    """Give a person the next task they may judge, or the one they already hold; None when there is none.

    A task whose lease ran out comes first: somebody has waited for it already.
    """
    held = _resume(person, at=at)
    if held is not None:
        return held
    row = _take(person, at=at)
    task = Task.objects.select_related("unit").get(pk=row[0]) if row else None
    if task is None or task.position % _SETTLES_EVERY == 0:
        _settle(at)
    if task is None:
        return None
    _remember_holder(task, person, at=at)
    return Held(task_id=task.pk, fencing_token=task.fencing_token, lease_until=at + rules.LEASE)


def _settle(at: datetime) -> None:
    """Settle a little in passing, so that results come also where no worker runs."""
    from .settlement import settle_due

    settle_due(at=at, limit=_OPPORTUNE)


@transaction.atomic
def claim_task(*, task_id: UUID, person: Person, at: datetime) -> Held:
    """Give a person one particular task, such as a disagreement to rule on."""
    task = Task.objects.select_for_update().get(pk=task_id)
    if task.state == TaskState.HELD and task.holder_id == person.pk:
        return _renewed(task, at=at)
    rules.check_eligible(facts.of_reviewer(person, at=at), facts.of_case(task, person=person))
    has_lapsed = task.lease_until is not None and task.lease_until <= at
    event = TaskEvent.TAKE_OVER if task.state == TaskState.HELD else TaskEvent.CLAIM
    if event == TaskEvent.TAKE_OVER and not has_lapsed:
        raise Refusal("reviews.held", _("Somebody else has this case in hand. Take another one."))
    task.state = rules.next_state(TaskState(task.state), event)
    task.holder, task.claimed_at, task.fencing_token = person, at, task.fencing_token + 1
    task.lease_until = at + rules.LEASE
    task.save(update_fields=["state", "holder", "claimed_at", "fencing_token", "lease_until"])
    _remember_holder(task, person, at=at)
    return Held(task_id=task.pk, fencing_token=task.fencing_token, lease_until=task.lease_until)


@transaction.atomic
def renew_lease(*, task_id: UUID, person: Person, fencing_token: int, at: datetime) -> datetime:
    """Keep a task in hand for another lease, and return until when."""
    task = _held_task(task_id, person, fencing_token)
    return _renewed(task, at=at).lease_until


@transaction.atomic
def save_draft(*, task_id: UUID, person: Person, content: Mapping[str, Any], at: datetime) -> Draft:
    """Keep what a reviewer has chosen and typed so far; also after the task went to somebody else."""
    task = Task.objects.filter(pk=task_id).first()
    if task is None or not facts.has_touched(task, person):
        raise not_found()
    cleaned = rules.clean_draft(content)
    draft, _created = Draft.objects.update_or_create(
        task_id=task_id, person=person, defaults={"content": cleaned, "saved_at": at}
    )
    return draft


@transaction.atomic
def skip_task(*, task_id: UUID, person: Person, fencing_token: int, at: datetime) -> None:
    """Give a task back for others, without a reason; this person is not offered its content again."""
    _release(task_id, person, fencing_token, how=SeenHow.SKIPPED, kind="reviews.task_skipped", at=at)


@transaction.atomic
def know_case(*, task_id: UUID, person: Person, fencing_token: int, at: datetime) -> None:
    """Give a task back because the person knows what was decided."""
    _release(task_id, person, fencing_token, how=SeenHow.KNOWN, kind="reviews.case_known", at=at)


@transaction.atomic
def mark_seen(*, person: Person, content_hashes: Iterable[str], how: str, at: datetime) -> int:
    """Bar a person from reviewing contents they have met, for ever, and return how many were new.

    `content_hashes` are marks as `rules.content_mark` gives them. Opening a disagreement bars from review
    but not from ruling; whoever sees more later loses that too.
    """
    new = 0
    hashes = sorted({mark for mark in content_hashes if mark})
    for start in range(0, len(hashes), _CHUNK):
        new += _mark_chunk(person, hashes[start : start + _CHUNK], how=how, at=at)
    if new:
        audit.record(
            "reviews.case_seen",
            actor=person,
            subject=f"person:{person.pseudonym}",
            at=at,
            facts={"contents": new, "how": how},
        )
    return new


def not_found() -> Refusal:
    """The answer for what is not there and for what is not yours: a guessed id learns nothing."""
    return Refusal("reviews.not_found", _("There is no such item among yours."), status=404)


def _mark_chunk(person: Person, hashes: list[str], *, how: str, at: datetime) -> int:
    known = dict(Seen.objects.filter(person=person, content_hash__in=hashes).values_list("content_hash", "how"))
    fresh = [Seen(person=person, content_hash=mark, how=how, at=at) for mark in hashes if mark not in known]
    Seen.objects.bulk_create(fresh, ignore_conflicts=True)
    if how in SEEN_BUT_MAY_RULE:
        return len(fresh)
    mild = [mark for mark, before in known.items() if before in SEEN_BUT_MAY_RULE]
    if mild:
        Seen.objects.filter(person=person, content_hash__in=mild).update(how=how, at=at)
    return len(fresh) + len(mild)


def _resume(person: Person, *, at: datetime) -> Held | None:
    mine = Task.objects.select_for_update().filter(
        holder=person, state=TaskState.HELD, round__in=(Round.FIRST, Round.SECOND)
    )
    task = mine.order_by("claimed_at", "position").first()
    return None if task is None else _renewed(task, at=at)


def _renewed(task: Task, *, at: datetime) -> Held:
    rules.next_state(TaskState(task.state), TaskEvent.RENEW)
    task.lease_until = at + rules.LEASE
    task.save(update_fields=["lease_until"])
    return Held(task_id=task.pk, fencing_token=task.fencing_token, lease_until=task.lease_until, is_resumed=True)


def _take(person: Person, *, at: datetime) -> tuple[Any, ...] | None:
    eligible = eligibility.eligible_tasks(person, state="{state}", at=at)
    if eligible is None:
        return None
    skip_locked = "FOR UPDATE OF t SKIP LOCKED" if connection.vendor == "postgresql" else ""
    values = eligible.values | {"until": eligibility.moment(at + rules.LEASE)}
    with connection.cursor() as cursor:
        for state in (eligibility.LAPSED, eligibility.OPEN):
            chosen = eligible.sql.replace("{state}", state)
            cursor.execute(_TAKE.format(eligible=chosen, skip_locked=skip_locked), values)
            row: tuple[Any, ...] | None = cursor.fetchone()
            if row is not None:
                return row
    return None


def _remember_holder(task: Task, person: Person, *, at: datetime) -> None:
    # An empty draft: whoever comes back too late is told so and keeps their text, where a stranger gets a 404.
    Draft.objects.get_or_create(task=task, person=person, defaults={"saved_at": at})
    _record("reviews.task_claimed", task, person, at=at)


def _held_task(task_id: UUID, person: Person, fencing_token: int) -> Task:
    task = Task.objects.select_for_update(of=("self",)).select_related("unit", "item").filter(pk=task_id).first()
    if task is None or not facts.has_touched(task, person):
        raise not_found()
    rules.check_holds(facts.of_task(task), person=person.pk, fencing_token=fencing_token)
    return task


def _release(task_id: UUID, person: Person, fencing_token: int, *, how: SeenHow, kind: str, at: datetime) -> None:
    task = _held_task(task_id, person, fencing_token)
    task.state = rules.next_state(TaskState(task.state), TaskEvent.RELEASE)
    task.holder, task.lease_until = None, None
    task.save(update_fields=["state", "holder", "lease_until"])
    _mark_chunk(person, [task.item.content_hash], how=how, at=at)
    Draft.objects.filter(task=task, person=person).delete()
    _record(kind, task, person, at=at)


def _record(kind: str, task: Task, person: Person, *, at: datetime) -> None:
    # No round, outcome or item: whoever reads the trail learns who worked, not what was found.
    audit.record(
        kind,
        actor=person,
        subject=f"task:{task.pk}",
        place=task.unit.path,
        at=at,
        facts={"token": task.fencing_token},
    )
