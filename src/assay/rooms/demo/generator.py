"""A decision log with planted truths: pure, vectorised, the same bytes for the same recipe.

The log is made in blocks, each with its own random stream, so that 100 million decisions need no more
memory than 100,000, and any block can be made alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from . import world
from .cases import Cases, decide, draw_cases
from .plants import plants
from .roster import Roster, day_rosters, roster
from .rows import decision_rows, event_rows
from .terms import Plants, Recipe

BLOCK = 200_000
DAY_SECONDS = 86_400
_WEEKDAYS = (1.06, 1.05, 1.02, 1.02, 1.03, 0.95, 0.87)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Consecutive decisions: all of some days, or a part of one day.

    Args:
        number: Place among the blocks; names its random stream.
        first: Number of its first decision.
        first_day: Day of its first decision, from 0.
        per_day: How many decisions fall on each of its days.
    """

    number: int
    first: int
    first_day: int
    per_day: tuple[int, ...]

    @property
    def size(self) -> int:
        return sum(self.per_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One block made: the rows as a file holds them, and what the items truly are."""

    decisions: pa.Table
    events: pa.Table
    truth: pa.Table


class World:
    """What stays the same through all blocks of a recipe."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.plants: Plants = plants(recipe)
        self.roster: Roster = roster(recipe)

    @cached_property
    def at_work(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        return day_rosters(self.roster, days=self.recipe.days)

    @cached_property
    def midnights(self) -> npt.NDArray[np.int64]:
        """Each day's first second in UTC: (days,)."""
        start = datetime.combine(self.recipe.starts_on, time(), tzinfo=UTC)
        return int(start.timestamp()) + np.arange(self.recipe.days, dtype=np.int64) * DAY_SECONDS

    @cached_property
    def offsets(self) -> npt.NDArray[np.int64]:
        """Seconds by which each site is ahead of UTC on each day: (sites, days)."""
        moments = [datetime.fromtimestamp(int(second), tz=UTC) for second in self.midnights]
        zones = [ZoneInfo(site.zone) for site in world.SITES]
        ahead = [[moment.astimezone(zone).utcoffset() for moment in moments] for zone in zones]
        return np.array([[int(each.total_seconds()) if each else 0 for each in row] for row in ahead])


def blocks(recipe: Recipe) -> tuple[Block, ...]:
    """Divide the log into blocks of at most `BLOCK` decisions and at most a week."""
    made, first = list[Block](), 0
    counts = _per_day(recipe)
    for week in range(recipe.weeks):
        for first_day, per_day in _parts(counts[week * 7 : week * 7 + 7], week * 7):
            block = Block(number=len(made), first=first, first_day=first_day, per_day=per_day)
            first += block.size
            made.append(block)
    return tuple(block for block in made if block.size)


def _parts(counts: list[int], first_day: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    if sum(counts) <= BLOCK:
        yield first_day, tuple(counts)
        return
    for day, count in enumerate(counts, start=first_day):
        pieces = -(-count // BLOCK)
        for piece in range(pieces):
            yield day, (count * (piece + 1) // pieces - count * piece // pieces,)


def _per_day(recipe: Recipe) -> list[int]:
    """Volume grows by a third and falls at week-ends; the days add up to the decisions asked for."""
    days = np.arange(recipe.days)
    weekday = (days + recipe.starts_on.weekday()) % 7
    weight = np.array(_WEEKDAYS)[weekday] * (1 + days / recipe.days / 3)
    ends = np.floor(np.cumsum(weight) / weight.sum() * recipe.decisions + 0.5).astype(np.int64)
    ends[-1] = recipe.decisions
    return [int(count) for count in np.diff(ends, prepend=0)]


def make_block(made_world: World, block: Block, *, with_events: bool = False) -> Made:
    """Make the rows of one block."""
    recipe = made_world.recipe
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([recipe.seed, 0xB10C, block.number])))
    day = block.first_day + np.repeat(np.arange(len(block.per_day)), block.per_day)
    cases = draw_cases(
        rng,
        day=day,
        days=recipe.days,
        number=block.first + np.arange(block.size, dtype=np.int64),
        midnights=made_world.midnights,
        offsets=made_world.offsets,
        planted=made_world.plants,
        seed=recipe.seed,
    )
    decided = decide(rng, cases, people=made_world.roster, at_work=made_world.at_work, planted=made_world.plants)
    decisions = decision_rows(
        rng, cases, decided, seed=recipe.seed, log_ends=int(made_world.midnights[-1]) + DAY_SECONDS
    )
    return Made(
        decisions=decisions,
        events=event_rows(decisions) if with_events else decisions.slice(0, 0),
        truth=_truth_rows(cases),
    )


def _truth_rows(cases: Cases) -> pa.Table:
    return pa.table(
        {
            "number": pa.array(cases.number),
            "truth": pa.array(cases.truth.astype(np.int8)),
            "line": pa.array(np.where(cases.line >= 0, cases.line, -1).astype(np.int8)),
        }
    )
