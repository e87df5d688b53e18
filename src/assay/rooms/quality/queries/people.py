"""People and sites beside each other, by funnel: never ranked, and not at all on few reviews."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assay.stats.funnel import Position, funnel, funnel_limits

from ..figures import Figure
from ..measures import Measure
from ..terms import FEWEST_REVIEWS, Weight
from .estimates import Groups, asked, estimate, estimate_groups
from .reviewed import Selection
from .trend import size_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One person or site in the funnel.

    Attributes:
        name: Pseudonym of the person, or code of the site.
        figure: Its rate with interval and n.
        size: Reviews it is worth: the effective number, at most those made.
        position: Where it lies; "too_few" below the minimum.
        is_flagged: Whether chance does not explain it, false discoveries controlled.
    """

    name: str
    figure: Figure
    size: int
    position: Position
    is_flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """One pair of limits around the target: (n, lower, upper) in order of n."""

    probability: float
    curve: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """Everyone with the limits, and what is known of their spread.

    Attributes:
        target: The weighted rate of everyone together; none without one.
        phi: Spread relative to chance alone; none for fewer than two.
        is_over_dispersed: Whether the spread is real, not noise.
        expected_false: Names among the flagged that chance alone would put there.
    """

    placed: tuple[Placed, ...]
    target: Figure
    limits: tuple[Limits, ...]
    phi: float | None
    is_over_dispersed: bool
    expected_false: float


def funnel_of(selection: Selection, measure: Measure, column: str, *, weight: Weight) -> Funnel:
    """Place each maker or site in a funnel around the rate of all of them."""
    labels = selection.reviewed.labels[column]
    inside = asked(selection, measure) & ~labels.among([""])
    narrowed = Selection(reviewed=selection.reviewed, inside=inside)
    groups = Groups(codes=labels.codes, names=tuple((value,) for value in labels.values))
    found = [f for f in estimate_groups(narrowed, measure, groups, weight=weight) if f.n > 0]
    target = estimate(narrowed, measure, weight=weight)
    # Rounded once, so that the place on the chart is the size the limits were taken at.
    sizes = [0 if math.isnan(size_of(f)) else max(1, round(size_of(f))) for f in found]
    return _placed(found, sizes, target)


def _placed(found: Sequence[Figure], sizes: Sequence[int], target: Figure) -> Funnel:
    rate = target.value
    if rate is None or not 0.0 < rate < 1.0 or not found:
        # All right or all wrong: there is nothing to compare.
        alike = tuple(
            Placed(
                name=f.group[0],
                figure=f,
                size=size,
                position=Position.INSIDE if size >= FEWEST_REVIEWS else Position.TOO_FEW,
                is_flagged=False,
            )
            for f, size in zip(found, sizes, strict=True)
        )
        return Funnel(placed=alike, target=target, limits=(), phi=None, is_over_dispersed=False, expected_false=0.0)
    errors = [size * (f.value or 0.0) for f, size in zip(found, sizes, strict=True)]
    spread = funnel(errors=errors, reviewed=sizes, target=rate, minimum=FEWEST_REVIEWS)
    placed = tuple(
        Placed(name=f.group[0], figure=f, size=size, position=point.position, is_flagged=point.flagged)
        for f, size, point in zip(found, sizes, spread.points, strict=True)
    )
    return Funnel(
        placed=placed,
        target=target,
        limits=_limits(rate, max(sizes)),
        phi=spread.phi,
        is_over_dispersed=spread.over_dispersed,
        expected_false=spread.expected_false,
    )


def _limits(rate: float, largest: int) -> tuple[Limits, ...]:
    top = max(largest, 2 * FEWEST_REVIEWS)
    # Close together where the limits bend, wide apart where they are flat.
    grid = sorted({round(5 * (top / 5) ** (i / 60)) for i in range(61)})
    limits = funnel_limits(target=rate, n_grid=grid)
    return tuple(
        Limits(probability=p, curve=tuple(zip(map(int, limits.n), low, high, strict=True)))
        for p, low, high in zip(limits.probabilities, limits.lower, limits.upper, strict=True)
    )
