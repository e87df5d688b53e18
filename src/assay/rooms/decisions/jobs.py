"""Long work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from assay.rooms.jobs.registry import Tick, chore, job

from . import operations

# A page or a draw that began before a file was replaced may still be reading it.
_KEEP_REPLACED = timedelta(days=1)


@job("decisions.import")
def import_file(payload: dict[str, Any], *, tick: Tick) -> dict[str, Any]:
    """Bring in one file."""
    run = operations.run_import(int(payload["run_id"]), at=timezone.now(), tick=tick)
    address = reverse("imports_run", kwargs={"pk": run.pk})
    return {"run_id": run.pk, "state": run.state, "address": address}


@chore("decisions.sweep", every_seconds=6 * 3600)
def sweep(*, at: datetime) -> int:
    """Delete files that are no longer part of the log."""
    return operations.sweep(before=at - _KEEP_REPLACED)
