"""How many reviews a plan takes, and what they will and will not tell."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from assay.columnar.frames import Layer
from assay.rooms.organisation.refusals import Refusal
from assay.stats import allocation
from assay.stats.arrays import FloatArray, IntArray

from ..terms import EXPECTED_DISAGREEMENT_SHARE, UNKNOWN_ERROR_RATE
from .checks import check_sample_size, gettext_noop
from .values import Design, Target, Workload

CONFIDENCE = 0.95
# Earlier reviews count against what the score says as if the score were worth this many.
SCORE_IS_WORTH = 20.0
_LEAST_RATE, _LARGEST_RATE = 0.005, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Earlier settled reviews of the random lane.

    Args:
        domains: Value of the plan's dimension: (reviews,).
        groups: Group of outcomes: (reviews,).
        scores: Risk score, NaN for none: (reviews,).
        is_error: Whether the decision was found in error: (reviews,).
    """

    domains: Sequence[str] = ()
    groups: Sequence[str] = ()
    scores: FloatArray
    is_error: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDomain:
    """What a plan will know of one part.

    Args:
        domain: Value of the reported dimension; "" for the whole.
        is_whole: Whether it is the whole frame.
        size: Decisions in the frame.
        reviews: Decisions to be drawn.
        rate: Error rate expected.
        half_width: Half-width of the interval expected, as a share.
        target: Half-width wanted; none without a target.
        n_eff: Reviews of a simple random sample that would tell as much.
    """

    domain: str
    is_whole: bool
    size: int
    reviews: int
    rate: float
    half_width: float
    target: float | None
    n_eff: float

    @property
    def is_met(self) -> bool:
        """Tell whether the target is met to a hundredth of it, or there is none."""
        return self.target is None or self.half_width <= self.target * 1.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """An allocation and what it will tell.

    Args:
        sizes: Reviews of each layer: (layers,).
        rates: Error rate expected in each layer: (layers,).
        spreads: sqrt(p (1 - p)) of each layer: (layers,).
        whole: The whole frame.
        domains: Each value of the reported dimension.
        binding: Domains whose target decides the number of reviews, or is missed; "" is the whole.
        feasible: Whether every target is met.
    """

    sizes: tuple[int, ...]
    rates: tuple[float, ...]
    spreads: tuple[float, ...]
    whole: PlannedDomain
    domains: tuple[PlannedDomain, ...]
    binding: tuple[str, ...]
    feasible: bool

    @property
    def total(self) -> int:
        """Decisions to be drawn."""
        return sum(self.sizes)


def fewest_reviews(layers: Sequence[Layer]) -> int:
    """Return the fewest reviews that give each layer the two its variance needs."""
    return sum(min(layer.size, allocation.FEWEST_IN_A_STRATUM) for layer in layers)


def expected_rates(layers: Sequence[Layer], history: History) -> FloatArray:
    """Expect an error rate in each layer, never zero: (layers,).

    The score's mean is the first guess. Reviews of the same band and group anywhere correct it, and reviews
    of the layer itself correct that: each step is a posterior mean (errors + a) / (reviews + a + b).
    """
    place = _layer_of(layers, history)
    errors = np.bincount(place[place >= 0], weights=history.is_error[place >= 0], minlength=len(layers))
    reviews = np.bincount(place[place >= 0], minlength=len(layers)).astype(np.float64)
    guess = np.array([UNKNOWN_ERROR_RATE if layer.score is None else layer.score for layer in layers])
    guess = np.clip(guess, _LEAST_RATE, _LARGEST_RATE)
    kind = _codes([(layer.group, layer.low, layer.high) for layer in layers])
    kin_errors, kin_reviews = np.bincount(kind, weights=errors)[kind], np.bincount(kind, weights=reviews)[kind]
    pooled = (kin_errors + SCORE_IS_WORTH * guess) / (kin_reviews + SCORE_IS_WORTH)
    rates = (errors + SCORE_IS_WORTH * pooled) / (reviews + SCORE_IS_WORTH)
    return np.asarray(np.clip(rates, _LEAST_RATE, _LARGEST_RATE))


def workload(*, reviews: int, doubles_share: float, minutes_per_review: float) -> Workload:
    """Say what a number of sampled decisions asks of auditors."""
    doubles = round(reviews * doubles_share)
    adjudications = math.ceil(doubles * EXPECTED_DISAGREEMENT_SHARE)
    hours = (reviews + doubles + adjudications) * minutes_per_review / 60.0
    return Workload(reviews=reviews, doubles=doubles, adjudications=adjudications, hours=hours)


def reviews_for_hours(*, hours: float, doubles_share: float, minutes_per_review: float) -> int:
    """Return the most sampled decisions whose reviews, doubles and rulings fit into the hours."""
    each = minutes_per_review / 60.0 * (1.0 + doubles_share * (1.0 + EXPECTED_DISAGREEMENT_SHARE))
    most = math.floor(hours / each) + 2
    while most > 0:
        load = workload(reviews=most, doubles_share=doubles_share, minutes_per_review=minutes_per_review)
        if load.hours <= hours + 1e-9:
            break
        most -= 1
    return most


def forecast(
    layers: Sequence[Layer],
    rates: FloatArray,
    *,
    design: Design,
    targets: Sequence[Target],
    reviews: int | None,
    is_limit: bool = False,
) -> Forecast:
    """Spread reviews over the layers and say what they will tell.

    Args:
        layers: The parts of the frame.
        rates: Error rate expected in each: (layers,).
        design: How reviews are spread.
        targets: Half-widths wanted.
        reviews: Reviews to spend, or not to exceed; none without a limit.
        is_limit: Stay below `reviews` where the targets allow it, instead of spending all.

    Raises:
        Refusal: Too few reviews for the layers, more than the frame, or neither targets nor a number.
    """
    sizes = np.array([layer.size for layer in layers], dtype=np.int64)
    if reviews is not None:
        reviews = min(reviews, int(sizes.sum())) if is_limit else reviews
        check_sample_size(size=reviews, fewest=fewest_reviews(layers), frame=int(sizes.sum()))
    spreads = np.sqrt(rates * (1.0 - rates))
    names, weights, wanted = _domains(layers, design, targets)
    if not targets:
        found = _spend(sizes, spreads, reviews, design)
        return _forecast(layers, rates, found.sizes, design=design, targets=targets, binding=())
    problem = _Problem(sizes=sizes, spreads=spreads, rates=rates, weights=weights, wanted=wanted, floor=design.floor)
    found = _reach(problem, reviews, is_limit=is_limit)
    binding = tuple(names[j] for j in found.binding)
    spent = found.sizes
    if reviews is not None and not is_limit:
        # The targets' common factor moves in steps: what rounding left over is spent too.
        spent = extended_sizes(spent, [layer.size for layer in layers], total=reviews)
    return _forecast(layers, rates, spent, design=design, targets=targets, binding=binding)


def precision_of(
    layers: Sequence[Layer], rates: FloatArray, sizes: Sequence[float], *, domain: str | None
) -> tuple[float, float]:
    """Return the half-width and effective reviews expected of a domain; none stands for the whole frame."""
    weight = _weights(layers, domain)
    n = np.asarray(sizes, dtype=np.float64)
    variance = _variance(layers, rates, n, weight)
    rate = float(weight @ rates)
    if (weight > 0).any() and (n[weight > 0] < 1).any():
        return 1.0, 0.0
    if variance <= 0.0:
        return 0.0, float(n[weight > 0].sum())
    return _quantile(layers, rates, n, weight) * math.sqrt(variance), rate * (1.0 - rate) / variance


def extended_sizes(sizes: Sequence[int], frames: Sequence[int], *, total: int) -> tuple[int, ...]:
    """Add reviews in the proportions of the frozen allocation, taking none away.

    Highest-priority rounding (Wright 2012): the next review goes where n0 / sqrt(n (n + 1)) is largest.
    """
    grown = list(sizes)
    heap = [(-sizes[h] / math.sqrt(n * (n + 1)), h) for h, n in enumerate(grown) if 0 < n < frames[h]]
    heapq.heapify(heap)
    for _ in range(total - sum(grown)):
        _, h = heapq.heappop(heap)
        grown[h] += 1
        if grown[h] < frames[h]:
            heapq.heappush(heap, (-sizes[h] / math.sqrt(grown[h] * (grown[h] + 1)), h))
    return tuple(grown)


def _spend(sizes: IntArray, spreads: FloatArray, reviews: int | None, design: Design) -> allocation.Allocation:
    if reviews is None:
        raise Refusal(
            "sampling.no_size",
            gettext_noop("Say how precise the result must be, or how many hours may be spent."),
            field="targets",
            status=422,
        )
    return allocation.neyman_allocation(sizes=sizes, spreads=spreads, total=reviews, floor=design.floor)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    """Targets in numbers: layers (layers,), weights of each part (parts, layers), half-widths (parts,)."""

    sizes: IntArray
    spreads: FloatArray
    rates: FloatArray
    weights: FloatArray
    wanted: FloatArray
    floor: float


def _reach(problem: _Problem, reviews: int | None, *, is_limit: bool) -> allocation.Allocation:
    """Allocate for the targets; again with the quantile that goes with the errors then expected."""
    quantile = np.full(problem.wanted.size, special.ndtri(0.5 + CONFIDENCE / 2.0))
    for _ in range(3):
        limits = (problem.wanted / quantile) ** 2
        found = _allocated(problem, limits, reviews, is_limit=is_limit)
        n = np.asarray(found.sizes, dtype=np.float64)
        quantile = np.array([_student(_errors(problem.sizes, problem.rates, n, w)) for w in problem.weights])
    return found


def _allocated(problem: _Problem, limits: FloatArray, reviews: int | None, *, is_limit: bool) -> allocation.Allocation:
    if reviews is None or is_limit:
        return allocation.precision_allocation(
            sizes=problem.sizes,
            spreads=problem.spreads,
            domains=problem.weights,
            targets=limits,
            floor=problem.floor,
            budget=reviews,
        )
    return allocation.budget_allocation(
        budget=reviews,
        sizes=problem.sizes,
        spreads=problem.spreads,
        domains=problem.weights,
        targets=limits,
        floor=problem.floor,
    )


def _forecast(
    layers: Sequence[Layer],
    rates: FloatArray,
    sizes: Sequence[int],
    *,
    design: Design,
    targets: Sequence[Target],
    binding: tuple[str, ...],
) -> Forecast:
    wanted = {target.domain: target.half_width for target in targets}
    of_each = wanted.get(design.domain) if design.domain else None
    parts = tuple(
        # Decisions without a value are shown, but no target is set for them.
        _planned(layers, rates, sizes, name, of_each if name else None)
        for name in dict.fromkeys(layer.domain for layer in layers)
        if design.domain
    )
    whole = _planned(layers, rates, sizes, None, wanted.get(""))
    missed = tuple(part.domain for part in (whole, *parts) if not part.is_met)
    return Forecast(
        sizes=tuple(int(n) for n in sizes),
        rates=tuple(float(p) for p in rates),
        spreads=tuple(float(s) for s in np.sqrt(rates * (1 - rates))),
        whole=whole,
        domains=parts,
        binding=missed or binding,
        feasible=not missed,
    )


def _planned(
    layers: Sequence[Layer], rates: FloatArray, sizes: Sequence[int], name: str | None, target: float | None
) -> PlannedDomain:
    inside = [h for h, layer in enumerate(layers) if name is None or layer.domain == name]
    half_width, n_eff = precision_of(layers, rates, sizes, domain=name)
    return PlannedDomain(
        domain=name or "",
        is_whole=name is None,
        size=sum(layers[h].size for h in inside),
        reviews=sum(int(sizes[h]) for h in inside),
        rate=float(_weights(layers, name) @ rates),
        half_width=half_width,
        target=target,
        n_eff=n_eff,
    )


def _domains(
    layers: Sequence[Layer], design: Design, targets: Sequence[Target]
) -> tuple[list[str], FloatArray, FloatArray]:
    """Return the parts that have a target: names, weights (parts, layers) and half-widths (parts,)."""
    names, weights, wanted = list[str](), list[FloatArray](), list[float]()
    values = [value for value in dict.fromkeys(layer.domain for layer in layers) if value]
    for target in targets:
        for name in values if target.domain else [None]:
            names.append(name or "")
            weights.append(_weights(layers, name))
            wanted.append(target.half_width)
    return names, np.array(weights).reshape(len(names), len(layers)), np.array(wanted)


def _weights(layers: Sequence[Layer], domain: str | None) -> FloatArray:
    inside = np.array([layer.size if domain is None or layer.domain == domain else 0 for layer in layers], dtype=float)
    return np.asarray(inside / max(1.0, float(inside.sum())))


def _variance(layers: Sequence[Layer], rates: FloatArray, n: FloatArray, weight: FloatArray) -> float:
    sizes = np.array([layer.size for layer in layers], dtype=np.float64)
    left = np.maximum(1.0 / np.maximum(n, 1.0) - 1.0 / np.maximum(sizes, 1.0), 0.0)
    return float((weight**2 * rates * (1.0 - rates) * left).sum())


def _quantile(layers: Sequence[Layer], rates: FloatArray, n: FloatArray, weight: FloatArray) -> float:
    sizes = np.array([layer.size for layer in layers], dtype=np.int64)
    return _student(_errors(sizes, rates, n, weight))


def _errors(sizes: IntArray, rates: FloatArray, n: FloatArray, weight: FloatArray) -> float:
    """Return the effective number of errors expected: (sum w y)^2 / sum w^2 y."""
    inside = np.where(weight > 0, sizes, 0).astype(np.float64)
    total = float((inside * rates).sum())
    squares = float((inside**2 / np.maximum(n, 1.0) * rates).sum())
    return total**2 / squares if squares > 0 else 1.0


def _student(errors: float) -> float:
    # The interval uses Student's quantile on twice the effective errors; so must the plan.
    return float(special.stdtrit(2.0 * max(errors, 1.0), 0.5 + CONFIDENCE / 2.0))


def _layer_of(layers: Sequence[Layer], history: History) -> IntArray:
    """Return the layer each earlier review falls into, -1 for none: (reviews,)."""
    place = np.full(history.scores.size, -1, dtype=np.int64)
    domains = np.asarray(history.domains, dtype=object)
    groups = np.asarray(history.groups, dtype=object)
    has_score = ~np.isnan(history.scores)
    cut_by_score = any(layer.low is not None for layer in layers)
    for h, layer in enumerate(layers):
        inside = (domains == layer.domain) & (groups == layer.group)
        if layer.low is not None and layer.high is not None:
            inside &= has_score & (history.scores >= layer.low) & (history.scores < layer.high)
        elif cut_by_score:
            inside &= ~has_score
        place[inside] = h
    return place


def _codes(keys: Sequence[tuple[object, ...]]) -> IntArray:
    known: dict[tuple[object, ...], int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)
