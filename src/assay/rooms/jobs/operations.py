"""Writes: a job's way from waiting to its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop as _

from assay.rooms.audit import operations as audit
from assay.rooms.organisation.models import Person, Unit
from assay.rooms.organisation.refusals import Refusal

from .models import Job
from .terms import JobState

LEASE = timedelta(seconds=60)


class Cancelled(Exception):
    """The job was cancelled, or its lease went to another worker: stop working."""


@transaction.atomic
def enqueue(
    kind: str,
    *,
    payload: Mapping[str, Any],
    at: datetime,
    requested_by: Person | None = None,
    unit: Unit | None = None,
    dedupe_key: str | None = None,
    run_after: datetime | None = None,
) -> Job:
    """Put a job in the queue, in the caller's transaction; the same dedupe key gives the same job."""
    values = {
        "kind": kind,
        "payload": dict(payload),
        "requested_by": requested_by,
        "unit": unit,
        "created_at": at,
        "run_after": run_after or at,
    }
    if dedupe_key is None:
        return Job.objects.create(**values)
    return Job.objects.get_or_create(dedupe_key=dedupe_key, defaults=values)[0]


_CLAIM = """
UPDATE jobs_job SET state = 'running', worker = %s, lease_until = %s, attempts = attempts + 1
 WHERE id = (SELECT id FROM jobs_job
              WHERE (state = 'waiting' AND run_after <= %s) OR (state = 'running' AND lease_until < %s)
              ORDER BY run_after, id LIMIT 1 {skip}) RETURNING id
"""


def claim(*, worker: str, at: datetime) -> Job | None:
    """Take the next job that is due, or one whose worker has died."""
    skip = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with transaction.atomic(), connection.cursor() as cursor:
        # As the ORM stores moments: SQLite compares them as text.
        now, until = (connection.ops.adapt_datetimefield_value(moment) for moment in (at, at + LEASE))
        cursor.execute(_CLAIM.format(skip=skip), [worker, until, now, now])
        row = cursor.fetchone()
    return Job.objects.select_related("requested_by", "unit").get(pk=row[0]) if row else None


def report_progress(*, job: Job, progress: float, step: str, at: datetime) -> None:
    """Store progress and renew the lease; progress never goes back.

    Raises:
        Cancelled: The job is no longer this worker's.
    """
    job.progress = max(job.progress, min(progress, 1.0))
    held = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, worker=job.worker, attempts=job.attempts)
    if not held.update(progress=job.progress, step=step, lease_until=at + LEASE):
        raise Cancelled


@transaction.atomic
def finish(*, job: Job, result: Mapping[str, Any], at: datetime) -> None:
    """Store a job's result; a worker that lost its lease stores nothing."""
    held = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, worker=job.worker, attempts=job.attempts)
    held.update(state=JobState.DONE, progress=1.0, result=dict(result), ended_at=at, lease_until=None, error="")


@transaction.atomic
def fail(*, job: Job, error: str, at: datetime) -> None:
    """Put a failed job back for another try, later each time; after the last try it stays failed and is shown."""
    held = Job.objects.filter(pk=job.pk, state=JobState.RUNNING, worker=job.worker, attempts=job.attempts)
    if job.attempts >= job.max_attempts:
        held.update(state=JobState.FAILED, error=error, ended_at=at, lease_until=None)
    else:
        later = at + timedelta(seconds=2**job.attempts)
        held.update(state=JobState.WAITING, error=error, run_after=later, lease_until=None)


@transaction.atomic
def cancel(*, job_id: int, actor: Person, at: datetime) -> Job:
    """Stop a job that has not ended; a running one notices at its next step."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.state not in {JobState.WAITING, JobState.RUNNING}:
        raise Refusal("jobs.ended", _("This job has already ended."), facts={"state": job.state})
    job.state, job.ended_at, job.lease_until = JobState.CANCELLED, at, None
    job.save(update_fields=["state", "ended_at", "lease_until"])
    audit.record("jobs.cancelled", actor=actor, subject=f"job:{job.pk}", at=at, facts={"kind": job.kind})
    return job
