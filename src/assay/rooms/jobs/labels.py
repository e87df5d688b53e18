"""The room's words as people read them, and the names other rooms give to their jobs."""

from __future__ import annotations

import importlib
import importlib.util
from functools import lru_cache

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .terms import JobState

STATES: dict[JobState, str | Promise] = {
    JobState.WAITING: _("Waiting"),
    JobState.RUNNING: _("Running"),
    JobState.DONE: _("Done"),
    JobState.FAILED: _("Failed"),
    JobState.CANCELLED: _("Cancelled"),
}

AUDIT_KINDS: dict[str, str | Promise] = {"jobs.cancelled": _("Job cancelled")}


def kind_label(kind: str) -> str:
    """Name a kind of job, as the room that does it calls it in its `labels.JOB_KINDS`."""
    return str(_kinds().get(kind, kind))


@lru_cache(maxsize=1)
def _kinds() -> dict[str, str | Promise]:
    found: dict[str, str | Promise] = {}
    for room in settings.ROOMS:
        name = f"assay.rooms.{room}.labels"
        if room != "jobs" and importlib.util.find_spec(name):
            found.update(getattr(importlib.import_module(name), "JOB_KINDS", {}))
    return found
