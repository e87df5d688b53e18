from datetime import timedelta

import pytest
from django.utils import timezone

from assay.rooms.jobs import operations, registry, worker
from assay.rooms.jobs.models import Job
from assay.rooms.jobs.terms import JobState
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Role
from tests.factories import world

pytestmark = pytest.mark.django_db


@registry.job("tests.count")
def _count(payload, *, tick):
    for step in range(payload["steps"]):
        tick(step / payload["steps"], f"step {step}")
    return {"counted": payload["steps"]}


@registry.job("tests.fail")
def _fail(payload, *, tick):
    raise ValueError("the file is gone")


def enqueue(kind: str = "tests.count", **more: object) -> Job:
    return operations.enqueue(kind, payload={"steps": 3}, at=timezone.now(), **more)


def test_due_job_runs_to_its_result():
    job = enqueue()
    assert worker.run_due(timezone.now()) == 1
    job.refresh_from_db()
    assert (job.state, job.progress, job.result) == (JobState.DONE, 1.0, {"counted": 3})


def test_same_dedupe_key_gives_the_same_job():
    assert enqueue(dedupe_key="a").pk == enqueue(dedupe_key="a").pk


def test_failing_job_is_tried_again_later_then_shown():
    job = enqueue("tests.fail")
    for attempt in range(1, 6):
        assert worker.run_due(job.run_after) == 1
        job.refresh_from_db()
        assert job.attempts == attempt
        assert job.run_after >= job.created_at
    assert (job.state, job.error) == (JobState.FAILED, "ValueError: the file is gone")
    assert worker.run_due(timezone.now() + timedelta(days=1)) == 0


def test_job_of_a_dead_worker_is_taken_up_after_its_lease():
    job = enqueue()
    now = timezone.now()
    operations.claim(worker="dead", at=now)
    assert operations.claim(worker="other", at=now + timedelta(seconds=30)) is None
    taken = operations.claim(worker="other", at=now + operations.LEASE + timedelta(seconds=1))
    assert taken is not None
    assert (taken.pk, taken.attempts) == (job.pk, 2)


def test_worker_that_lost_its_lease_stores_nothing():
    enqueue()
    now = timezone.now()
    lost = operations.claim(worker="slow", at=now)
    taken = operations.claim(worker="other", at=now + operations.LEASE + timedelta(seconds=1))
    operations.finish(job=lost, result={"by": "slow"}, at=now)
    taken.refresh_from_db()
    assert (taken.state, taken.result) == (JobState.RUNNING, None)
    with pytest.raises(operations.Cancelled):
        operations.report_progress(job=lost, progress=0.5, step="", at=now)


def test_cancelled_job_stops_at_its_next_step():
    person = world().person(Role.PROGRAM_MANAGER)
    job = enqueue()
    held = operations.claim(worker="here", at=timezone.now())
    operations.cancel(job_id=job.pk, actor=person, at=timezone.now())
    worker.run_one(held)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    with pytest.raises(Refusal):
        operations.cancel(job_id=job.pk, actor=person, at=timezone.now())


def test_progress_never_goes_back():
    job = enqueue()
    held = operations.claim(worker="here", at=timezone.now())
    operations.report_progress(job=held, progress=0.6, step="", at=timezone.now())
    operations.report_progress(job=held, progress=0.2, step="", at=timezone.now())
    job.refresh_from_db()
    assert job.progress == 0.6


def test_unknown_kind_names_the_known_ones():
    with pytest.raises(LookupError, match=r"tests\.count"):
        registry.work_of("nobody.does")
