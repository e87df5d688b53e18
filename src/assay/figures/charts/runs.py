"""Cut a series in time where a line may not be drawn across."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import TypeVar

Item = TypeVar("Item")

# A step of more than this many usual steps means that a period is missing.
LONGEST_STEP = 1.6


def runs(items: Sequence[Item], *, day: Callable[[Item], date], keep: Callable[[Item], bool]) -> Iterator[list[Item]]:
    """Give the stretches without a gap: no item left out, none missing from the calendar."""
    steps = sorted((day(after) - day(before)).days for before, after in pairwise(items))
    usual = steps[len(steps) // 2] if steps else 0
    run: list[Item] = []
    for item in items:
        if run and (not keep(item) or (day(item) - day(run[-1])).days > LONGEST_STEP * usual):
            yield run
            run = []
        if keep(item):
            run.append(item)
    if run:
        yield run


def phases(stretches: Iterable[list[Item]], *, of: Callable[[Item], Hashable]) -> Iterator[list[Item]]:
    """Cut stretches where what holds for a phase changes."""
    for run in stretches:
        phase = run[:1]
        for before, item in pairwise(run):
            if of(before) != of(item):
                yield phase
                phase = []
            phase.append(item)
        yield phase
