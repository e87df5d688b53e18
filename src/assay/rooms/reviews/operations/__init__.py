"""Writes: tasks opened, taken, judged, settled; and who has met which content."""

from .claims import (
    claim_next,
    claim_task,
    know_case,
    mark_seen,
    renew_lease,
    save_draft,
    skip_task,
)
from .opening import close_round, open_due_draws, open_tasks_for_draw
from .reference import load_reference_verdicts
from .settlement import settle_due
from .verdicts import rule_case, submit_verdict, undo_verdict

__all__ = [
    "claim_next",
    "claim_task",
    "close_round",
    "know_case",
    "load_reference_verdicts",
    "mark_seen",
    "open_due_draws",
    "open_tasks_for_draw",
    "renew_lease",
    "rule_case",
    "save_draft",
    "settle_due",
    "skip_task",
    "submit_verdict",
    "undo_verdict",
]
