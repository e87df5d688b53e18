"""What the worker does for the reviews without being asked."""

from __future__ import annotations

from datetime import datetime

from assay.rooms.jobs.registry import chore

from . import operations


@chore("reviews.settle", every_seconds=5)
def settle(*, at: datetime) -> int:
    """Settle what is past the undo window."""
    return operations.settle_due(at=at)


@chore("reviews.open_tasks", every_seconds=5)
def open_tasks(*, at: datetime) -> int:
    """Open the reviews of draws frozen since."""
    return operations.open_due_draws(at=at)
