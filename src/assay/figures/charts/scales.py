"""From values to places: linear scales, round ticks, and labels kept apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SMALLEST = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A straight line from a range of values to a range of pixels."""

    low: float
    high: float
    start: float
    stop: float

    def at(self, value: float) -> float:
        """Give the pixel of a value; a range of one value lies in the middle."""
        if self.high == self.low:
            return (self.start + self.stop) / 2
        return self.start + (value - self.low) / (self.high - self.low) * (self.stop - self.start)


def nice_step(span: float, count: int) -> float:
    """Choose a step of 1, 2, 2.5 or 5 times a power of ten that cuts the span in about `count`."""
    if span <= 0:
        return 1.0
    rough = span / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= rough * 0.999)


def nice_ticks(low: float, high: float, count: int = 5) -> tuple[float, ...]:
    """Give round values that cover the range, the first at or below it and the last at or above."""
    if low > high:
        raise ValueError(f"low must not exceed high, got {low!r} and {high!r}")
    if high - low <= SMALLEST * max(abs(low), abs(high), 1.0):
        low, high = (min(low, 0.0), max(high, 0.0)) if abs(high) > SMALLEST else (0.0, 1.0)
    step = nice_step(high - low, count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(i * step, 12) for i in range(first, last + 1))


def rate_ticks(low: float, high: float, count: int = 5) -> tuple[float, ...]:
    """Give round ticks that stay within 0 and 1, from zero unless the values lie far above it."""
    bottom = 0.0 if low <= 0.5 * high else low
    ticks = nice_ticks(bottom, high if high > bottom else bottom + 0.01, count)
    return tuple(tick for tick in ticks if -1e-9 <= tick <= 1 + 1e-9)


def tick_decimals(ticks: Sequence[float], *, percent: bool = False) -> int:
    """Count the decimals that tell neighbouring ticks apart."""
    factor = 100 if percent else 1
    for decimals in range(6):
        if all(abs(round(tick * factor, decimals) - tick * factor) < 1e-9 for tick in ticks):
            return decimals
    return 6


def spread(places: Sequence[float], *, gap: float, low: float, high: float) -> tuple[float, ...]:
    """Move labels apart to at least `gap`, in order, within `low` and `high`, as little as needed."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = [min(max(places[i], low), high) for i in order]
    for i, (before, here) in enumerate(pairwise(list(moved)), start=1):
        moved[i] = max(here, moved[i - 1] + gap, before)
    overflow = max(0.0, moved[-1] - high) if moved else 0.0
    if overflow:
        moved[-1] = high
        for i in range(len(moved) - 2, -1, -1):
            moved[i] = min(moved[i], moved[i + 1] - gap)
    result = [0.0] * len(places)
    for i, place in zip(order, moved, strict=True):
        result[i] = place
    return tuple(result)


def every(count: int, *, room: float, label_width: float) -> int:
    """Tell which n-th label to write so that labels of a width fit the room."""
    if count <= 1:
        return 1
    return max(1, math.ceil(count * label_width / max(room, 1.0)))
