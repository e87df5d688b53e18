"""The loop that does the work: one thread of the web process, or a process of its own."""

from __future__ import annotations

import logging
import os
import threading
from datetime import datetime

from django.db import close_old_connections
from django.utils import timezone

from . import operations, registry
from .models import Job

log = logging.getLogger(__name__)
_IDLE_SECONDS = 0.5


def run_one(job: Job) -> None:
    """Do one claimed job and store how it ended."""

    def tick(progress: float, step: str = "") -> None:
        operations.report_progress(job=job, progress=progress, step=step, at=timezone.now())

    try:
        result = registry.work_of(job.kind)(job.payload, tick=tick)
    except operations.Cancelled:
        return
    except Exception as error:
        # A worker outlives whatever one job does; the error is kept on the job and in the log.
        log.exception("job %s (%s) failed", job.pk, job.kind)
        operations.fail(job=job, error=f"{type(error).__name__}: {error}"[:2000], at=timezone.now())
    else:
        operations.finish(job=job, result=result or {}, at=timezone.now())


def run_due(at: datetime, *, worker: str = "here") -> int:
    """Do every job that is due, one after the other, and return how many there were."""
    done = 0
    while (job := operations.claim(worker=worker, at=at)) is not None:
        run_one(job)
        done += 1
    return done


def work_forever(stop: threading.Event, *, name: str = "worker") -> None:
    """Do jobs and chores until told to stop."""
    worker = f"{name}-{os.getpid()}-{threading.get_ident()}"
    last_run: dict[str, datetime] = {}
    while not stop.is_set():
        now = timezone.now()
        try:
            for chore_name, chore in registry.due_chores(last_run, now):
                last_run[chore_name] = now
                chore(at=now)
            busy = run_due(now, worker=worker)
        except Exception:
            # The database may be away for a moment; the next round tries again.
            log.exception("worker round failed")
            busy = 0
        finally:
            close_old_connections()
        if not busy:
            stop.wait(_IDLE_SECONDS)
