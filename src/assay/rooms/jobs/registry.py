"""Which function does which kind of job.

Each room registers its own in its `jobs.py`, which is imported once the applications are ready.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings


class Tick(Protocol):
    """Reports progress (0 to 1) and renews the lease; raises `Cancelled` when the job was cancelled."""

    def __call__(self, progress: float, step: str = "") -> None: ...


Work = Callable[..., dict[str, Any]]
Chore = Callable[..., object]

_work: dict[str, Work] = {}
_chores: dict[str, tuple[float, Chore]] = {}


def job(kind: str) -> Callable[[Work], Work]:
    """Register the function `f(payload, *, tick) -> result` that does one kind of job."""

    def register(function: Work) -> Work:
        _work[kind] = function
        return function

    return register


def chore(name: str, *, every_seconds: float) -> Callable[[Chore], Chore]:
    """Register a function `f(*, at)` that each worker calls again and again; it must be idempotent."""

    def register(function: Chore) -> Chore:
        _chores[name] = (every_seconds, function)
        return function

    return register


def load() -> None:
    """Import every room's `jobs.py`, so that what it registers is known."""
    for room in settings.ROOMS:
        name = f"assay.rooms.{room}.jobs"
        if room != "jobs" and importlib.util.find_spec(name):
            importlib.import_module(name)


def work_of(kind: str) -> Work:
    """Return the function for a kind of job.

    Raises:
        LookupError: Nobody registered that kind.
    """
    load()
    if kind not in _work:
        raise LookupError(f"No room does jobs of kind {kind!r}; known are {', '.join(sorted(_work)) or 'none'}.")
    return _work[kind]


def due_chores(last_run: dict[str, datetime], at: datetime) -> list[tuple[str, Chore]]:
    """Return the chores whose time has come again."""
    load()
    return [
        (name, function)
        for name, (every, function) in sorted(_chores.items())
        if name not in last_run or (at - last_run[name]).total_seconds() >= every
    ]
