"""Many at once on a real database: nobody shares a task, nothing counts twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from assay.rooms.audit import queries as audit_queries
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.reviews import operations
from assay.rooms.reviews.models import Settlement, Task, Verdict
from assay.rooms.reviews.terms import TaskState

from .world import NOW, after_undo, build, claim, reject, reviewer, submit

pytestmark = [pytest.mark.usefixtures("real_commits"), pytest.mark.both]


def at_once(jobs: list[Callable[[], Any]]) -> list[Any]:
    """Run all jobs at the same moment, each in a thread with a connection of its own."""
    start = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return job()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_eight_threads_never_share_a_task() -> None:
    world = build(decisions=40)
    people = [reviewer(f"r{n}", home=world.dublin, place=world.root) for n in range(8)]

    def work_through(person: Any) -> list[Any]:
        taken = []
        while (held := operations.claim_next(person=person, at=NOW)) is not None:
            taken.append((held.task_id, held.fencing_token))
            submit(person, held=held)
        return taken

    taken = at_once([lambda person=person: work_through(person) for person in people])
    counts = Counter(task for each in taken for task, _token in each)
    assert len(counts) == 40
    assert set(counts.values()) == {1}
    assert {token for each in taken for _task, token in each} == {1}
    assert Verdict.objects.count() == 40
    assert audit_queries.first_bad_entry() is None


def test_same_key_at_once_counts_once() -> None:
    world = build(decisions=6)
    for _ in range(6):
        held = claim(world.ana)
        answers = at_once([lambda held=held: submit(world.ana, held=held, key=f"k{held.task_id}")] * 6)
        assert {answer.pk for answer in answers} == {held.task_id}
    assert Verdict.objects.count() == 6


def test_same_key_with_other_bodies_at_once_counts_once() -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    bodies = [reject(note=f"number {n}") for n in range(6)]
    answers = at_once([lambda body=body: submit(world.ana, body, held=held, key="k") for body in bodies])
    assert Counter(str(a) for a in answers)["reviews.key_reused"] == 5
    assert Verdict.objects.count() == 1


def test_late_reviewer_never_overwrites_the_next() -> None:
    world = build(decisions=1)
    mine = claim(world.ana)
    later = NOW + timedelta(minutes=16)
    theirs = claim(world.ben, at=later)
    answers = at_once(
        [
            lambda: submit(world.ana, reject(), held=mine, at=later),
            lambda: submit(world.ben, held=theirs, at=later),
        ]
    )
    assert answers[0] == "reviews.lease_lost"
    assert Verdict.objects.get().reviewer == world.ben


def test_settling_at_once_settles_once() -> None:
    world = build(decisions=12)
    for _ in range(12):
        submit(world.ana)
    settled = at_once([lambda: operations.settle_due(at=after_undo())] * 4)
    assert sum(settled) == 12
    assert Settlement.objects.count() == 12


def test_undo_and_settling_at_once_end_in_one_of_both() -> None:
    world = build(decisions=8)
    tasks = [submit(world.ana) for _ in range(8)]
    # The undo was sent in time; the settling clock is a moment ahead.
    for task in tasks:
        at_once(
            [
                lambda task=task: operations.undo_verdict(task_id=task.pk, reviewer=world.ana, at=NOW),
                lambda: operations.settle_due(at=after_undo()),
            ]
        )
    for task in Task.objects.filter(pk__in=[t.pk for t in tasks]):
        verdict = Verdict.objects.get(task=task)
        is_settled = Settlement.objects.filter(sampled=task.item.sampled).exists()
        assert (verdict.withdrawn_at is None) == is_settled
        assert (task.state == TaskState.SUBMITTED) == is_settled
