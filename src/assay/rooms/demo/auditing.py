"""Simulated auditors: they take tasks, judge what they see nearly as well as the truth, and hand in verdicts.

They go through the same operations as people do, with a clock that is moved by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import pyarrow as pa

from assay.rooms.organisation import access
from assay.rooms.organisation.terms import Permission
from assay.rooms.policies.models import ClauseVersion
from assay.rooms.reviews import operations as reviews
from assay.rooms.reviews.models import Task
from assay.rooms.reviews.terms import Confidence, Held, JudgedItem, Judgement, Round, TaskState
from assay.rooms.sampling.models import Plan

from . import world
from .people import Cast, Reviewer
from .terms import AuditorDrift, Truth

# Chances that an auditor errs: misses a breach, sees one that is not there, cites another line.
MISSES, IMAGINES, MISLABELS = 0.025, 0.012, 0.012
CALLS_UNCLEAR, CANNOT_TELL = 0.6, 0.004
# A ruling is made with more time and two opinions at hand.
RULING_CARE = 0.2
UNDO_PASSED = timedelta(seconds=30)
_PER_RULING = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What the simulation knows of a sampled item: its number in the log, and what it shows."""

    number: int
    queue: str
    market: str
    language: str
    decided_at: datetime
    unit_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _InForce:
    """One version of a line, with when and where it applies."""

    id: int
    market: str
    begins: datetime
    ends: datetime | None


class Bench:
    """All auditors at work, with the truth they try to see."""

    def __init__(
        self, *, cast: Cast, truth: pa.Table, drift: AuditorDrift, starts: datetime, weeks: int, seed: int
    ) -> None:
        self.cast = cast
        self.truth = truth["truth"].to_numpy()
        self.line = truth["line"].to_numpy()
        self.drift = drift
        self.starts, self.weeks = starts, weeks
        self.rng = np.random.default_rng([seed, 0xA0D17])
        self.versions = dict[str, list[_InForce]]()
        self.paths = {lead.person.pk: access.access_of(lead.person, Permission.ADJUDICATE).paths for lead in cast.leads}

    def know_policies(self) -> None:
        """Read the versions of all lines; called after each publication."""
        self.versions = {}
        for version in ClauseVersion.objects.select_related("clause"):
            in_force = _InForce(
                id=version.pk,
                market=version.market,
                begins=version.effective_from,
                ends=version.effective_until,
            )
            self.versions.setdefault(version.clause.code, []).append(in_force)

    def review(
        self,
        plan: Plan,
        *,
        starts: datetime,
        ends: datetime,
        meanwhile: Callable[[datetime], None],
        most: int | None = None,
    ) -> int:
        """Let everyone review a round between two moments, then rule and settle; return how many verdicts.

        Args:
            plan: The round.
            starts: When the first task is taken.
            ends: When the last verdict is in; rulings follow within two hours and a half.
            meanwhile: Called with each moment before it comes, for what else happens.
            most: Stop after about so many verdicts, and leave the rest open.
        """
        items = _items(plan)
        open_tasks = Task.objects.filter(plan=plan, state=TaskState.OPEN).count()
        turns = -(-(most or open_tasks) // len(self.cast.auditors)) + 2
        step, at, done = (ends - starts) / (turns + 1), starts, 0
        idle = frozenset[int]()
        while len(idle) < len(self.cast.auditors) and (most is None or done < most):
            # More turns are needed when few can judge what is left; they come closer together.
            step = min(step, (ends - at) / 2)
            at += step
            meanwhile(at)
            handed_in, idle = self._turn(items, idle, at=at, step=step)
            done += handed_in
        if most is None:
            meanwhile(ends + UNDO_PASSED)
            reviews.settle_due(at=ends + UNDO_PASSED)
            done += self._rule(plan, items, at=ends + timedelta(hours=1))
        return done

    def _turn(
        self, items: dict[UUID, Item], idle: frozenset[int], *, at: datetime, step: timedelta
    ) -> tuple[int, frozenset[int]]:
        """Everyone takes a task, and a little later hands it in; whoever gets none goes home."""
        held = dict[int, Held]()
        for place in self.rng.permutation(len(self.cast.auditors)).tolist():
            task = None if place in idle else reviews.claim_next(person=self.cast.auditors[place].person, at=at)
            if task is not None:
                held[place] = task
        pause = min(timedelta(minutes=1), step / 20)
        for order, (place, task) in enumerate(held.items(), start=1):
            self._hand_in(self.cast.auditors[place], task, items[task.task_id], at=at + order * pause)
        return len(held), frozenset(range(len(self.cast.auditors))) - held.keys()

    def _hand_in(self, auditor: Reviewer, held: Held, item: Item, *, at: datetime) -> None:
        reviews.submit_verdict(
            task_id=held.task_id,
            reviewer=auditor.person,
            fencing_token=held.fencing_token,
            idempotency_key=f"demo:{held.task_id}:{held.fencing_token}",
            verdict=self.judge(item, auditor=auditor.person.pseudonym, at=at),
            at=at,
        )

    def _rule(self, plan: Plan, items: dict[UUID, Item], *, at: datetime) -> int:
        """Let a lead of the place, or the one for all places, rule on each disagreement."""
        open_cases = Task.objects.filter(plan=plan, round=Round.ADJUDICATION, state=TaskState.OPEN)
        by_key = {task.pk: item for task, item in _with_items(open_cases)}
        for number, (task_id, item) in enumerate(by_key.items()):
            moment = at + number * _PER_RULING
            lead = self._lead_for(item)
            verdict = self.judge(item, auditor="", at=moment, care=RULING_CARE, note=_RULING_NOTE)
            reviews.rule_case(
                task_id=task_id,
                adjudicator=lead.person,
                idempotency_key=f"demo:ruling:{task_id}",
                verdict=verdict,
                at=moment,
            )
        reviews.settle_due(at=at + len(by_key) * _PER_RULING + UNDO_PASSED)
        return len(by_key)

    def _lead_for(self, item: Item) -> Reviewer:
        for lead in (*self.cast.leads[1:], self.cast.leads[0]):
            covers = any(item.unit_path.startswith(path) for path in self.paths[lead.person.pk])
            if covers and item.language in lead.languages:
                return lead
        return self.cast.leads[0]

    def judge(self, item: Item, *, auditor: str, at: datetime, care: float = 1.0, note: str = "") -> JudgedItem:
        """Return what an auditor makes of an item."""
        truth, line = Truth(int(self.truth[item.number])), int(self.line[item.number])
        chance, second = self.rng.random(2)
        if not note and chance < CANNOT_TELL:
            return self._said(Judgement.NOT_REVIEWABLE, note="The content does not load.")
        if truth == Truth.TECHNICAL:
            return self._said(Judgement.TECHNICAL, note=note or "The moderator was shown another item.")
        if truth == Truth.UNCLEAR and second < CALLS_UNCLEAR:
            return self._said(Judgement.AMBIGUOUS, item=item, line=line, note=note or "The line leaves this open.")
        return self._decided(item, self._seen(item, truth, line, auditor=auditor, at=at, care=care), note=note)

    def _seen(self, item: Item, truth: Truth, line: int, *, auditor: str, at: datetime, care: float) -> int:
        """Return the line an auditor sees broken, or -1."""
        chance, second = self.rng.random(2)
        usual = _usual_line(item.queue, second)
        if truth == Truth.UNCLEAR:
            return line if chance < 0.5 else -1
        if truth == Truth.BREACH:
            if chance < MISSES * care:
                return -1
            return usual if chance > 1 - MISLABELS * care else line
        imagines = IMAGINES * care + (self._drifted(at) if auditor == self.drift.auditor else 0.0)
        return usual if chance < imagines else -1

    def _drifted(self, at: datetime) -> float:
        """Drift begins with its week and is complete a fifth of the log later."""
        week = (at - self.starts) / timedelta(weeks=1)
        return self.drift.flip_share * float(np.clip((week - self.drift.from_week) / (0.2 * self.weeks), 0, 1))

    def _decided(self, item: Item, line: int, *, note: str) -> JudgedItem:
        if line < 0:
            return self._said(Judgement.DECIDED, outcome="approve", note=note)
        return self._said(Judgement.DECIDED, outcome=world.LINES[line].outcome, item=item, line=line, note=note)

    def _said(
        self, judgement: Judgement, *, outcome: str = "", item: Item | None = None, line: int = -1, note: str = ""
    ) -> JudgedItem:
        sure = (Confidence.HIGH, Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW)[int(self.rng.integers(4))]
        return JudgedItem(
            judgement=judgement,
            outcome=outcome,
            policy=world.LINES[line].policy if line >= 0 else "",
            clause_version=self._version(item, world.LINES[line].code) if item and line >= 0 else None,
            confidence=sure,
            note=note,
            active_seconds=float(np.round(55 * np.exp(self.rng.normal(0, 0.5)), 1)),
        )

    def _version(self, item: Item, code: str) -> int | None:
        at = item.decided_at
        valid = [v for v in self.versions[code] if v.begins <= at and (v.ends is None or v.ends > at)]
        own = [v for v in valid if v.market == item.market] or [v for v in valid if not v.market]
        return own[0].id if own else None


_RULING_NOTE = "Both verdicts were read against the line in force on the day of the decision."


def _items(plan: Plan) -> dict[UUID, Item]:
    return {task.pk: item for task, item in _with_items(Task.objects.filter(plan=plan))}


def _with_items(tasks: object) -> list[tuple[Task, Item]]:
    return [(task, _item(task)) for task in tasks.select_related("item__sampled", "unit")]  # type: ignore[attr-defined]


def _item(task: Task) -> Item:
    sampled = task.item.sampled
    return Item(
        number=int(sampled.decision_key.rsplit("D", maxsplit=1)[1]),
        queue=sampled.queue,
        market=sampled.market,
        language=sampled.language,
        decided_at=sampled.decided_at,
        unit_path=task.unit.path,
    )


def _usual_line(queue: str, chance: float) -> int:
    clauses = world.QUEUES[world.QUEUE_AT[queue]].clauses
    total = sum(share for _code, share in clauses) * chance
    for code, share in clauses:
        total -= share
        if total <= 0:
            return world.LINE_AT[code]
    return world.LINE_AT[clauses[-1][0]]
