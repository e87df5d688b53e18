"""How many reviews each stratum gets: proportional, Neyman, by precision, by budget."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from assay.stats.arrays import FloatArray, IntArray, at_least, floats, integers
from assay.stats.precision import Targets, cheapest_sizes, whole_sizes

FEWEST_IN_A_STRATUM = 2
DEFAULT_FLOOR = 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """A number of reviews for each stratum, and what it achieves.

    Attributes:
        sizes: Reviews in each stratum: (strata,).
        cost: Their cost.
        achieved_variance: Variance of the estimate of each domain: (domains,).
        binding: Domains whose target forbids taking back a review; when not feasible, the
            domains whose targets are missed.
        feasible: Whether every target is met within the budget.
    """

    sizes: tuple[int, ...]
    cost: float
    achieved_variance: tuple[float, ...]
    binding: tuple[int, ...]
    feasible: bool

    @property
    def total(self) -> int:
        """Reviews in all strata."""
        return sum(self.sizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    sizes: IntArray
    spreads: FloatArray
    costs: FloatArray


def working_spread(
    *, errors: ArrayLike, reviewed: ArrayLike, prior_rate: float, prior_reviews: float = 10.0
) -> FloatArray:
    """Guess the spread of each stratum from earlier reviews, never as zero.

    Args:
        errors: Earlier errors in each stratum: (strata,).
        reviewed: Earlier reviews in each stratum, 0 allowed: (strata,).
        prior_rate: Error rate expected where nothing is known, between 0 and 1.
        prior_reviews: Reviews which that expectation is worth, above 0.

    Returns:
        sqrt(p (1 - p)) at the posterior mean p: (strata,).

    Raises:
        ValueError: A count is out of range.

    Assumes: The error rate has not moved much since.
    Source: Beta-binomial posterior mean; Gelman et al. (2013), Bayesian Data Analysis, 2.4.
    """
    if not 0.0 < prior_rate < 1.0:
        raise ValueError(f"prior_rate must lie between 0 and 1, got {prior_rate}")
    if not prior_reviews > 0.0:
        raise ValueError(f"prior_reviews must be above 0, got {prior_reviews}")
    wrong, seen = floats("errors", errors), floats("reviewed", reviewed)
    if wrong.size != seen.size or np.any(wrong < 0.0) or np.any(wrong > seen):
        raise ValueError("errors must lie between 0 and reviewed in every stratum")
    rate = (wrong + prior_rate * prior_reviews) / (seen + prior_reviews)
    return np.sqrt(rate * (1.0 - rate))


def proportional_allocation(*, sizes: ArrayLike, total: int, minimum: int = FEWEST_IN_A_STRATUM) -> Allocation:
    """Share reviews out in proportion to the size of each stratum.

    Args:
        sizes: Units in the frame of each stratum: (strata,).
        total: Reviews to share out.
        minimum: Fewest reviews in a stratum (all of it, where it is smaller).

    Returns:
        Sizes that add up to `total`, at most the frame. The variance is of the overall
        mean with a spread of 1 everywhere.

    Raises:
        ValueError: `total` is less than the minimum asks for, or more than the frame.

    Assumes: Nothing is known about the strata but their size.
    Source: Cochran (1977), Sampling Techniques, 5.3; Huntington-Hill rounding by priority values.
    """
    frame = _frame(sizes, np.ones(np.size(sizes)), None)
    return _by_priority(frame, total, minimum=minimum, floor=0.0)


def neyman_allocation(
    *,
    sizes: ArrayLike,
    spreads: ArrayLike,
    total: int,
    floor: float = DEFAULT_FLOOR,
    minimum: int = FEWEST_IN_A_STRATUM,
) -> Allocation:
    """Share reviews out so that the overall estimate has the least variance, exactly.

    Args:
        sizes: Units in the frame of each stratum: (strata,).
        spreads: Standard deviation within each stratum, above 0: (strata,).
        total: Reviews to share out.
        floor: Share of a proportional allocation that every stratum keeps, 0 to 1.
        minimum: Fewest reviews in a stratum (all of it, where it is smaller).

    Returns:
        Whole sizes that add up to `total`; no other such sizes have a smaller variance.

    Raises:
        ValueError: `total` is less than the floors ask for or more than the frame; a
            spread is not above 0.

    Assumes: Spreads are guesses; the floor limits the harm of a wrong one.
    Source: Wright (2012), The American Statistician 66, 217-224.
    """
    return _by_priority(_frame(sizes, spreads, None), total, minimum=minimum, floor=floor)


def precision_allocation(
    *,
    sizes: ArrayLike,
    spreads: ArrayLike,
    costs: ArrayLike | None = None,
    domains: ArrayLike,
    targets: ArrayLike,
    floor: float = DEFAULT_FLOOR,
    minimum: int = FEWEST_IN_A_STRATUM,
    budget: float | None = None,
) -> Allocation:
    """Find the cheapest sizes that meet a variance target in each of many domains.

    Args:
        sizes: Units in the frame of each stratum: (strata,).
        spreads: Standard deviation within each stratum, above 0: (strata,).
        costs: Cost of one review in each stratum, above 0: (strata,). 1 when none.
        domains: Weight of each stratum within each domain: (domains, strata). The rows
            are N_h / N_d for the strata of the domain and 0 elsewhere.
        targets: Largest variance allowed for each domain, above 0: (domains,).
        floor: Share of a proportional allocation that every stratum keeps, 0 to 1.
        minimum: Fewest reviews in a stratum (all of it, where it is smaller).
        budget: Largest cost allowed; no limit when none.

    Returns:
        The allocation. When the budget does not reach, `feasible` is false, `binding`
        names the domains missed, and the sizes spend the budget so that every domain
        misses its target by the same factor.

    Raises:
        ValueError: Shapes differ, a value is out of range, or the budget does not pay
            even for the floors.

    Assumes: Strata are reviewed independently; spreads are guesses.
    Source: Bethel (1989), Survey Methodology 15, 47-57; Chromy (1987), Proceedings of the
        ASA Section on Survey Research Methods, 194-199.
    """
    frame = _frame(sizes, spreads, costs)
    problem = _targets(frame, domains, targets)
    found = _cheapest(frame, problem, floor, minimum)
    feasible = budget is None or float(found @ frame.costs) <= budget + 1e-9
    if budget is not None and not feasible:
        found = _affordable(frame, problem, floor, minimum, budget)
    lower = _lower_bounds(frame.sizes, float(found.sum()), floor, minimum)
    return _allocation(frame, problem, found, lower, feasible=feasible)


def budget_allocation(
    *,
    budget: float,
    sizes: ArrayLike,
    spreads: ArrayLike,
    costs: ArrayLike | None = None,
    domains: ArrayLike,
    targets: ArrayLike,
    floor: float = DEFAULT_FLOOR,
    minimum: int = FEWEST_IN_A_STRATUM,
) -> Allocation:
    """Spend a budget so that the domain furthest from its target is as near as possible.

    Args:
        budget: Cost to spend, in the unit of `costs`.
        sizes: Units in the frame of each stratum: (strata,).
        spreads: Standard deviation within each stratum, above 0: (strata,).
        costs: Cost of one review in each stratum, above 0: (strata,). 1 when none.
        domains: Weight of each stratum within each domain: (domains, strata).
        targets: Variances in the proportion wanted: (domains,).
        floor: Share of a proportional allocation that every stratum keeps, 0 to 1.
        minimum: Fewest reviews in a stratum (all of it, where it is smaller).

    Returns:
        The allocation; `feasible` tells whether the targets themselves are met.

    Raises:
        ValueError: As `precision_allocation`.

    Assumes: As `precision_allocation`.
    Source: As `precision_allocation`, with the targets scaled by a common factor.
    """
    frame = _frame(sizes, spreads, costs)
    problem = _targets(frame, domains, targets)
    found = _affordable(frame, problem, floor, minimum, budget)
    met = bool(np.all(problem.variance(found) <= problem.limits * (1.0 + 1e-9)))
    lower = _lower_bounds(frame.sizes, float(found.sum()), floor, minimum)
    return _allocation(frame, problem, found, lower, feasible=met)


def _by_priority(frame: _Frame, total: int, *, minimum: int, floor: float) -> Allocation:
    lower = _lower_bounds(frame.sizes, total, floor, minimum)
    _check_total(total, lower, frame.sizes)
    sizes = _grow(frame, lower, total)
    share = frame.sizes / max(1, int(frame.sizes.sum()))
    left = 1.0 / np.maximum(sizes, 1) - 1.0 / np.maximum(frame.sizes, 1)
    variance = float(((share * frame.spreads) ** 2 * left).sum())
    return Allocation(
        sizes=tuple(int(n) for n in sizes),
        cost=float(total),
        achieved_variance=(variance,),
        binding=(),
        feasible=True,
    )


def _grow(frame: _Frame, lower: IntArray, total: int) -> IntArray:
    """Give reviews one by one to the stratum whose variance falls most."""
    sizes, worth = lower.copy(), frame.sizes * frame.spreads

    def entry(h: int) -> tuple[float, int]:
        n = int(sizes[h])
        return -worth[h] / math.sqrt(n * (n + 1)) if n else -math.inf, h

    heap = [entry(h) for h in range(sizes.size) if sizes[h] < frame.sizes[h]]
    heapq.heapify(heap)
    for _ in range(total - int(lower.sum())):
        _, h = heap[0]
        sizes[h] += 1
        if sizes[h] < frame.sizes[h]:
            heapq.heapreplace(heap, entry(h))
        else:
            heapq.heappop(heap)
    return sizes


def _cheapest(frame: _Frame, problem: Targets, floor: float, minimum: int) -> IntArray:
    """Solve for the sizes; repeat while the floor, which depends on their sum, rises."""
    lower = _lower_bounds(frame.sizes, 0.0, floor, minimum)
    for _ in range(50):
        sizes = cheapest_sizes(problem, frame.costs, lower.astype(np.float64), frame.sizes)
        raised = _lower_bounds(frame.sizes, float(sizes.sum()), floor, minimum)
        if np.all(raised <= lower):
            break
        lower = np.maximum(lower, raised)
    return whole_sizes(problem, frame.costs, lower, sizes, frame.sizes)


def _affordable(frame: _Frame, problem: Targets, floor: float, minimum: int, budget: float) -> IntArray:
    """Scale all targets by one factor until the cheapest sizes cost no more than the budget."""
    least = _lower_bounds(frame.sizes, 0.0, floor, minimum)
    if float(least @ frame.costs) > budget:
        raise ValueError(
            f"budget must pay for {minimum} reviews in each stratum ({float(least @ frame.costs):g}), got {budget:g}"
        )
    best = least
    low, high = 0.0, math.inf
    factor = max(1e-9, float(_cheapest(frame, problem, floor, minimum) @ frame.costs) / max(budget, 1e-9))
    for _ in range(60):
        sizes = _cheapest(frame, problem.scaled(factor), floor, minimum)
        cost = float(sizes @ frame.costs)
        if cost <= budget + 1e-9:
            best, high = sizes, factor
        else:
            low = factor
        if (high < math.inf and high - low <= 1e-3 * high) or factor < 1e-9:
            break
        factor = _next_factor(low, high, factor, cost / max(budget, 1e-9))
    return best


def _next_factor(low: float, high: float, factor: float, overspent: float) -> float:
    """Choose where to look next: variance falls about as cost rises."""
    guess = factor * overspent
    if low * 1.0003 < guess < high * 0.9997:
        return guess
    if high == math.inf:
        return factor * 1.5
    return math.sqrt(low * high) if low > 0.0 else factor * 0.7


def _allocation(frame: _Frame, problem: Targets, sizes: IntArray, lower: IntArray, *, feasible: bool) -> Allocation:
    variance = problem.variance(sizes)
    if feasible:
        binding = np.flatnonzero(problem.holding(sizes, lower))
    else:
        binding = np.flatnonzero(variance > problem.limits * (1.0 + 1e-9))
    return Allocation(
        sizes=tuple(int(n) for n in sizes),
        cost=float(sizes @ frame.costs),
        achieved_variance=tuple(float(v) for v in variance),
        binding=tuple(int(j) for j in binding),
        feasible=feasible,
    )


def _lower_bounds(sizes: IntArray, total: float, floor: float, minimum: int) -> IntArray:
    if not 0.0 <= floor <= 1.0:
        raise ValueError(f"floor must lie between 0 and 1, got {floor}")
    if minimum < 1:
        raise ValueError(f"minimum must be at least 1, got {minimum}")
    share = floor * total * sizes / max(1, int(sizes.sum()))
    wanted = np.maximum(minimum, np.ceil(share - 1e-9)).astype(np.int64)
    return np.minimum(wanted, sizes)


def _check_total(total: int, lower: IntArray, sizes: IntArray) -> None:
    if total < int(lower.sum()):
        raise ValueError(f"total must be at least {int(lower.sum())} to pay for the floors, got {total}")
    if total > int(sizes.sum()):
        raise ValueError(f"total must not exceed the frame ({int(sizes.sum())}), got {total}")


def _frame(sizes: ArrayLike, spreads: ArrayLike, costs: ArrayLike | None) -> _Frame:
    counts = integers("sizes", sizes)
    at_least("sizes", counts, 0)
    if counts.size == 0 or int(counts.sum()) == 0:
        raise ValueError("sizes must hold at least one unit, got an empty frame")
    spread = floats("spreads", spreads, length=counts.size)
    if np.any((spread <= 0.0) & (counts > 0)):
        raise ValueError("spreads must be above 0 in every stratum; use working_spread for a stratum without errors")
    cost = np.ones(counts.size) if costs is None else floats("costs", costs, length=counts.size)
    if np.any(cost <= 0.0):
        raise ValueError(f"costs must be above 0, got {cost.min()}")
    return _Frame(sizes=counts, spreads=spread, costs=cost)


def _targets(frame: _Frame, domains: ArrayLike, targets: ArrayLike) -> Targets:
    weights = np.atleast_2d(np.asarray(domains, dtype=np.float64))
    limits = floats("targets", targets, length=weights.shape[0])
    if weights.shape[1] != frame.sizes.size:
        raise ValueError(f"domains must have {frame.sizes.size} columns, got {weights.shape[1]}")
    if not np.all(np.isfinite(weights)) or np.any(weights < 0.0):
        raise ValueError("domains must hold weights of 0 or more")
    if np.any(limits <= 0.0):
        raise ValueError(f"targets must be above 0, got {limits.min()}")
    load = (weights * np.where(frame.sizes > 0, frame.spreads, 0.0)) ** 2
    return Targets(load=load, limits=limits, population=frame.sizes)
