"""Reads: what a reviewer works on, what is disputed, and how far a round is.

What a reviewer gets comes from the blind item alone; the first decision is read only for what is settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from assay.rooms.organisation.access import Access
from assay.rooms.organisation.models import Person
from assay.rooms.policies import queries as policies_queries
from assay.rooms.policies.terms import ClauseView
from assay.rooms.sampling.models import Plan

from . import eligibility, facts, rules
from .models import BlindItem, Draft, Settlement, Task, Verdict
from .operations.claims import not_found
from .operations.verdicts import as_draft, judged_of
from .terms import Round, TaskState

BLIND_ROUNDS = (Round.FIRST, Round.SECOND)
DONE_LIMIT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many of a round's reviews are in; nothing of which."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """An item as its cage shows it."""

    item_type: str
    market: str
    language: str
    title: str
    text: str
    translation: Mapping[str, str]
    context: Mapping[str, str]
    is_graphic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A policy line as it read then; `has_changed` when it reads otherwise now."""

    clause: ClauseView
    has_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """All that the workbench shows."""

    task_id: UUID
    round_number: int
    fencing_token: int
    lease_until: datetime
    form_key: str
    content: Content
    lines: tuple[Line, ...]
    draft: Mapping[str, str]
    draft_saved_at: datetime | None
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRound:
    """A round in which there is something to do for a person."""

    number: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneReview:
    """A review a person handed in; the first decision is blank until it is settled."""

    title: str
    submitted_at: datetime
    judgement: str
    outcome: str
    policy: str
    is_settled: bool
    first_outcome: str = ""
    first_policy: str = ""
    error_class: str = ""
    settled_by: str = ""
    rationale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MyWork:
    rounds: tuple[WaitingRound, ...]
    done_today: int
    holds_one: bool
    done: tuple[DoneReview, ...]

    @property
    def waiting(self) -> int:
        return sum(each.waiting for each in self.rounds)


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoOffer:
    task_id: UUID
    milliseconds_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenVerdict:
    """A verdict without its author."""

    letter: str
    judgement: str
    outcome: str
    policy: str
    clause: ClauseView | None
    severity: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One line of the list of disagreements."""

    task_id: UUID
    title: str
    item_type: str
    market: str
    round_number: int
    policies: tuple[str, ...]
    results: tuple[str, ...]
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A disagreement opened for ruling."""

    task_id: UUID
    round_number: int
    state: str
    content: Content
    verdicts: tuple[GivenVerdict, ...]
    lines: tuple[Line, ...]
    form_key: str
    draft: Mapping[str, str]
    ruling: GivenVerdict | None
    rationale: str
    content_mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStatus:
    """How far the reviews of a plan are."""

    code: str
    first: Progress
    second: Progress
    rulings: Progress
    held: int
    closed: int
    settled: int
    items: int


def my_work(person: Person, *, at: datetime, today: datetime) -> MyWork:
    """Return what waits for a person, and what they did.

    Args:
        person: Whose work.
        at: Now.
        today: When the day began in the person's zone.
    """
    mine = Verdict.objects.filter(reviewer=person, withdrawn_at__isnull=True, task__round__in=BLIND_ROUNDS)
    return MyWork(
        rounds=_waiting_rounds(person, at=at),
        done_today=mine.filter(submitted_at__gte=today).count(),
        holds_one=_held_by(person).exists(),
        done=tuple(_done_reviews(mine)),
    )


def _waiting_rounds(person: Person, *, at: datetime) -> tuple[WaitingRound, ...]:
    eligible = eligibility.eligible_tasks(person, state=eligibility.FREE, at=at)
    if eligible is None:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.plan_id, COUNT(*) {eligible.sql} GROUP BY t.plan_id ORDER BY t.plan_id",
            eligible.values,
        )
        return tuple(WaitingRound(number=number, waiting=waiting) for number, waiting in cursor.fetchall())


def _held_by(person: Person) -> QuerySet[Task]:
    return Task.objects.filter(holder=person, state=TaskState.HELD, round__in=BLIND_ROUNDS)


def _done_reviews(mine: QuerySet[Verdict]) -> list[DoneReview]:
    recent = list(mine.select_related("task__item").order_by("-submitted_at", "-pk")[:DONE_LIMIT])
    items = [verdict.task.item_id for verdict in recent if verdict.settled_at is not None]
    settled = {
        found.sampled.blind_item.pk: found
        for found in Settlement.objects.filter(sampled__blind_item__in=items).select_related("sampled__blind_item")
    }
    return [_done_review(verdict, settled.get(verdict.task.item_id)) for verdict in recent]


def _done_review(verdict: Verdict, settlement: Settlement | None) -> DoneReview:
    own: dict[str, Any] = {
        "title": verdict.task.item.title,
        "submitted_at": verdict.submitted_at,
        "judgement": verdict.judgement,
        "outcome": verdict.outcome,
        "policy": verdict.policy,
    }
    if settlement is None:
        return DoneReview(**own, is_settled=False)
    return DoneReview(
        **own,
        is_settled=True,
        first_outcome=settlement.sampled.outcome,
        first_policy=settlement.sampled.policy,
        error_class=settlement.error_class,
        settled_by=settlement.settled_by,
        rationale=settlement.rationale,
    )


def bench(task_id: UUID, *, person: Person, at: datetime) -> Bench:
    """Return a task in hand, with all that the workbench shows.

    Raises:
        Refusal: The person has never had this task, or has it no longer.
    """
    task = Task.objects.select_related("item").filter(pk=task_id, round__in=BLIND_ROUNDS).first()
    if task is None or not facts.has_touched(task, person):
        raise not_found()
    rules.check_holds(facts.of_task(task), person=person.pk, fencing_token=task.fencing_token)
    draft = Draft.objects.filter(task=task, person=person).first()
    return Bench(
        task_id=task.pk,
        round_number=task.plan_id,
        fencing_token=task.fencing_token,
        lease_until=task.lease_until or at,
        form_key=form_key(task),
        content=content_of(task.item),
        lines=_lines(task.item, at=at),
        draft=draft.content if draft else {},
        draft_saved_at=draft.saved_at if draft and draft.content else None,
        progress=round_progress(task.plan_id),
    )


def form_key(task: Task) -> str:
    """Return the idempotency key of a form: the same for one attempt, another after an undo.

    Not random: pages that differ in nothing else must be the same to the byte.
    """
    return f"form-{task.pk}-{task.fencing_token}"


def blind_content(task_id: UUID, *, person: Person) -> Content:
    """Return an item's content to whoever has the task in hand."""
    task = Task.objects.select_related("item").filter(pk=task_id, holder=person, state=TaskState.HELD).first()
    if task is None:
        raise not_found()
    return content_of(task.item)


def content_of(item: BlindItem) -> Content:
    """Return an item as its cage shows it."""
    return Content(**{name: getattr(item, name) for name in Content.__slots__})


def round_progress(plan_id: int) -> Progress:
    """Count a round's blind reviews. Rulings are left out: their number would tell how often reviewers differ."""
    counts = Task.objects.filter(plan=plan_id, round__in=BLIND_ROUNDS).aggregate(
        total=Count("pk"), done=Count("pk", filter=Q(state=TaskState.SUBMITTED))
    )
    return Progress(done=counts["done"], total=counts["total"])


def undo_offer(task_id: UUID, *, person: Person, at: datetime) -> UndoOffer | None:
    """Return an offer to take a verdict back, while there is time."""
    verdict = Verdict.objects.filter(
        task=task_id, reviewer=person, withdrawn_at__isnull=True, settled_at__isnull=True
    ).first()
    if verdict is None:
        return None
    left = verdict.submitted_at + rules.UNDO_WINDOW - at
    return (
        UndoOffer(task_id=task_id, milliseconds_left=left // timedelta(milliseconds=1)) if left > timedelta() else None
    )


def disagreements(access: Access, *, policy: str = "") -> tuple[Disagreement, ...]:
    """Return the cases that wait for a ruling where the access holds, oldest first."""
    waiting = (
        Task.objects.filter(round=Round.ADJUDICATION, state__in=(TaskState.OPEN, TaskState.HELD))
        .filter(unit__in=access.units())
        .select_related("item")
        .order_by("created_at", "position")
    )
    verdicts = _verdicts_by_item(waiting)
    listed = (_listed(task, verdicts.get(task.item_id, [])) for task in waiting)
    return tuple(each for each in listed if not policy or policy in each.policies)


def _verdicts_by_item(tasks: QuerySet[Task]) -> dict[UUID, list[Verdict]]:
    found = dict[UUID, list[Verdict]]()
    rows = Verdict.objects.filter(
        task__item__in=tasks.values("item"), withdrawn_at__isnull=True, task__round__in=BLIND_ROUNDS
    ).select_related("task")
    # In the order of their random ids: which of the two came first tells nothing.
    for verdict in rows.order_by("task_id"):
        found.setdefault(verdict.task.item_id, []).append(verdict)
    return found


def _listed(task: Task, verdicts: list[Verdict]) -> Disagreement:
    return Disagreement(
        task_id=task.pk,
        title=task.item.title,
        item_type=task.item.item_type,
        market=task.item.market,
        round_number=task.plan_id,
        policies=tuple(sorted({v.policy for v in verdicts if v.policy})),
        results=tuple(v.outcome or v.judgement for v in verdicts),
        opened_at=task.created_at,
    )


def case(task_id: UUID, *, access: Access, at: datetime) -> Case:
    """Return a disagreement opened for ruling: the item, both verdicts without names, the policy of then.

    Raises:
        Refusal: There is none, or not where the access holds, or it is not this person's to judge.
    """
    task = Task.objects.select_related("item__sampled", "unit").filter(pk=task_id, round=Round.ADJUDICATION).first()
    if task is None or not access.covers(task.unit.path):
        raise not_found()
    mine = task.holder_id == access.person.pk
    if not mine:
        rules.check_eligible(facts.of_reviewer(access.person, at=at), facts.of_case(task, person=access.person))
    verdicts = Verdict.objects.filter(task__item=task.item, withdrawn_at__isnull=True).select_related("task")
    given = [v for v in verdicts.order_by("task_id") if v.task_id != task.pk]
    ruled = next((v for v in verdicts if v.task_id == task.pk), None)
    draft = Draft.objects.filter(task=task, person=access.person).first()
    lines = _lines(task.item, at=at)
    known = {line.clause.id: line.clause for line in lines}
    return Case(
        task_id=task.pk,
        round_number=task.plan_id,
        state=task.state,
        content=content_of(task.item),
        verdicts=tuple(_given(letter, v, known) for letter, v in zip("ABCDEF", given, strict=False)),
        lines=lines,
        form_key=f"ruling-{task.pk}-{task.fencing_token}-{access.person.pk}",
        draft=(as_draft(judged_of(ruled)) if ruled else draft.content if draft else {}),
        ruling=_given("", ruled, known) if ruled else None,
        rationale=ruled.note if ruled else "",
        content_mark=task.item.content_hash,
    )


def _given(letter: str, verdict: Verdict, clauses: Mapping[int, ClauseView]) -> GivenVerdict:
    return GivenVerdict(
        letter=letter,
        judgement=verdict.judgement,
        outcome=verdict.outcome,
        policy=verdict.policy,
        clause=clauses.get(verdict.clause_version_id or 0),
        severity=verdict.severity,
        confidence=verdict.confidence,
        note=verdict.note,
    )


def _lines(item: BlindItem, *, at: datetime) -> tuple[Line, ...]:
    then = policies_queries.clauses_in_force(market=item.market, at=item.policy_at)
    now = {clause.id for clause in policies_queries.clauses_in_force(market=item.market, at=at)}
    return tuple(Line(clause=clause, has_changed=clause.id not in now) for clause in then)


def round_status(plan: Plan) -> RoundStatus:
    """Count a plan's reviews by round and state, in one query, and what has settled."""
    rows = Task.objects.filter(plan=plan).values_list("round", "state").annotate(Count("pk"))
    counts = {(round_, state): number for round_, state, number in rows.order_by()}
    by_state = {s: sum(n for (_round, state), n in counts.items() if state == s) for s in TaskState}

    def progress(round_: Round) -> Progress:
        of_round = {state: n for (r, state), n in counts.items() if r == round_}
        return Progress(done=of_round.get(TaskState.SUBMITTED, 0), total=sum(of_round.values()))

    return RoundStatus(
        code=plan.code,
        first=progress(Round.FIRST),
        second=progress(Round.SECOND),
        rulings=progress(Round.ADJUDICATION),
        held=by_state[TaskState.HELD],
        closed=by_state[TaskState.VOID],
        settled=Settlement.objects.filter(sampled__plan=plan).count(),
        items=BlindItem.objects.filter(sampled__plan=plan).count(),
    )
