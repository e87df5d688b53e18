"""What a plan would take and tell, before anything is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np

from assay.columnar import frames
from assay.rooms.decisions import queries as decisions
from assay.rooms.decisions.terms import AUTOMATED, ENFORCING, FAMILY, Outcome
from assay.rooms.organisation.models import Unit
from assay.rooms.organisation.refusals import Refusal
from assay.stats import planning
from assay.stats.planning import CannotTell, Detectable

from .. import rules
from ..models import Plan
from ..rules import Design, Forecast, Population, Target, Workload
from ..terms import FEWEST_REVIEWS_OF_A_PERSON
from .framing import Counted, counted_frame, earlier_reviews, frame_of

# Shares of the chosen number of reviews at which the price curve is drawn.
_CURVE = (0.25, 0.4, 0.55, 0.7, 0.85, 1.0, 1.25, 1.5, 1.75, 2.0)
# Bisecting power for each of many teams would keep the page waiting; the largest are told.
_MOST_DETECTABLE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A frame, cut, with its reviews spread over it.

    Args:
        bands: Score bands used: as many as wanted, or fewer where the reviews are few.
    """

    counted: Counted
    forecast: Forecast
    bands: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """What another budget would buy."""

    reviews: int
    hours: float
    half_width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A plan's price and promise.

    Args:
        planned: Frame, strata and reviews.
        automated: Decisions in the frame made by rules and models.
        enforcing: Decisions in the frame that act against content; the others leave it up.
        workload: What it asks of auditors.
        graphic: Graphic items that will be shown, doubles included.
        curve: Half-width of the whole against hours.
        another_hour: Half-width of the whole with one more hour.
        cannot_tell: What the sample will leave open.
        detectable: Smallest changes of each domain that would be seen from this period to the next.
        uncovered: Domains in the frame whose target is missed.
    """

    planned: Planned
    automated: int
    enforcing: int
    workload: Workload
    graphic: int
    curve: tuple[CurvePoint, ...]
    another_hour: float
    cannot_tell: CannotTell
    detectable: dict[str, Detectable]

    @property
    def frame_size(self) -> int:
        """Decisions in the frame."""
        return self.planned.counted.profile.size

    @property
    def forecast(self) -> Forecast:
        """The reviews and what they tell."""
        return self.planned.forecast


def planned(
    *,
    unit: Unit,
    period_start: datetime,
    period_end: datetime,
    population: Population,
    design: Design,
    targets: Sequence[Target],
    doubles_share: float,
    minutes_per_review: float,
    sample_size: int | None,
    at: datetime,
) -> Planned:
    """Count a frame and spread reviews over it; the same fields give the same answer.

    As many score bands are used as leave at least half of the reviews free: each stratum takes two
    whatever its size, and with few reviews that would be all there is.

    Raises:
        Refusal: The frame is empty, or the number of reviews cannot be.
    """
    frame = frame_of(unit=unit, period_start=period_start, period_end=period_end, population=population, design=design)
    history = earlier_reviews(design, before=at)
    reviews, is_limit = sample_size, False
    if sample_size is None and design.budget_hours is not None:
        is_limit = bool(targets)
        reviews = rules.reviews_for_hours(
            hours=design.budget_hours, doubles_share=doubles_share, minutes_per_review=minutes_per_review
        )
    for bands in range(design.bands if design.by_score else 1, 0, -1):
        counted = counted_frame(frame, bands=bands)
        rules.check_frame(size=counted.profile.size)
        rates = rules.expected_rates(counted.layers, history)
        try:
            found = rules.forecast(
                counted.layers, rates, design=design, targets=targets, reviews=reviews, is_limit=is_limit
            )
        except Refusal:
            if bands == 1:
                raise
            continue
        if bands == 1 or 2 * rules.fewest_reviews(counted.layers) <= found.total:
            break
    return Planned(counted=counted, forecast=found, bands=bands)


def preview(
    *,
    unit: Unit,
    period_start: datetime,
    period_end: datetime,
    population: Population,
    design: Design,
    targets: Sequence[Target],
    doubles_share: float,
    minutes_per_review: float,
    at: datetime,
    sample_size: int | None = None,
) -> Preview:
    """Say what a plan with these fields would take and tell; nothing is kept.

    Raises:
        Refusal: A field cannot be, the frame is empty, or the number of reviews cannot be.
    """
    rules.check_plan(
        name="-",
        period_start=period_start,
        period_end=period_end,
        population=population,
        design=design,
        targets=targets if sample_size is None or targets else (Target(half_width=0.5),),
        doubles_share=doubles_share,
        minutes_per_review=minutes_per_review,
    )
    found = planned(
        unit=unit,
        period_start=period_start,
        period_end=period_end,
        population=population,
        design=design,
        targets=targets,
        doubles_share=doubles_share,
        minutes_per_review=minutes_per_review,
        sample_size=sample_size,
        at=at,
    )
    return _preview(found, doubles_share, minutes_per_review)


def preview_of(plan: Plan, *, at: datetime, sample_size: int | None = None) -> Preview:
    """Say what a kept plan would take and tell."""
    return preview(
        unit=plan.unit,
        period_start=plan.period_start,
        period_end=plan.period_end,
        population=Population.from_json(plan.population),
        design=Design.from_json(plan.design),
        targets=tuple(Target.from_json(target) for target in plan.targets),
        doubles_share=plan.doubles_share,
        minutes_per_review=plan.minutes_per_review,
        sample_size=sample_size,
        at=at,
    )


def _preview(found: Planned, doubles_share: float, minutes_per_review: float) -> Preview:
    layers, forecast = found.counted.layers, found.forecast
    rates = np.asarray(forecast.rates)
    load = rules.workload(reviews=forecast.total, doubles_share=doubles_share, minutes_per_review=minutes_per_review)
    hours_each = load.hours / max(1, forecast.total)
    shares = [n / layer.size for n, layer in zip(forecast.sizes, layers, strict=True)]
    graphic = sum(share * layer.graphic for share, layer in zip(shares, layers, strict=True))
    automated, enforcing, people = _people(found)

    def half_width(factor: float) -> float:
        grown = [
            min(layer.size, max(min(2, layer.size), n * factor))
            for n, layer in zip(forecast.sizes, layers, strict=True)
        ]
        return rules.precision_of(layers, rates, grown, domain=None)[0]

    whole = forecast.whole
    n_eff = max(1.0, whole.n_eff)
    return Preview(
        planned=found,
        automated=automated,
        enforcing=enforcing,
        workload=load,
        graphic=round(graphic * (1.0 + doubles_share * (1.0 + rules.DISAGREEMENT))),
        curve=tuple(
            CurvePoint(
                reviews=round(forecast.total * factor),
                hours=load.hours * factor,
                half_width=half_width(factor),
            )
            for factor in _CURVE
            if forecast.total * factor <= found.counted.profile.size
        ),
        another_hour=half_width(1.0 + 1.0 / max(load.hours, hours_each)),
        cannot_tell=planning.cannot_tell(
            rate=whole.rate,
            reviews=forecast.total,
            reviews_by_person=people,
            population=found.counted.profile.size,
            design_effect=max(1e-6, forecast.total / n_eff),
            minimum=FEWEST_REVIEWS_OF_A_PERSON,
        ),
        detectable={
            part.domain: _detectable(round(part.rate, 4), max(1, round(part.n_eff)))
            for part in sorted(forecast.domains, key=lambda part: -part.size)[:_MOST_DETECTABLE]
        },
    )


@lru_cache(maxsize=2000)
def _detectable(rate: float, reviews: int) -> Detectable:
    return planning.detectable_difference(rate=rate, reviews_before=min(reviews, planning.MOST_REVIEWS))


def _people(found: Planned) -> tuple[int, int, list[float]]:
    """Return automated and enforcing decisions of the frame, and the reviews each person may expect."""
    layers, sizes = found.counted.layers, found.forecast.sizes
    drawn, held = dict[tuple[str, str], int](), dict[tuple[str, str], int]()
    for layer, n in zip(layers, sizes, strict=True):
        key = (layer.domain, layer.group)
        drawn[key], held[key] = drawn.get(key, 0) + n, held.get(key, 0) + layer.size
    automated = enforcing = 0
    people = dict[str, float]()
    for row in frames.makers(decisions.decision_store(), found.counted.frame):
        automated += row.count if row.maker_type in AUTOMATED else 0
        enforcing += row.count if _is_enforcing(row.outcome) else 0
        key = (row.domain, row.group)
        if row.maker and row.maker_type not in AUTOMATED and held.get(key):
            people[row.maker] = people.get(row.maker, 0.0) + row.count * drawn[key] / held[key]
    return automated, enforcing, list(people.values())


def _is_enforcing(outcome: str) -> bool:
    return outcome in set(Outcome) and FAMILY[Outcome(outcome)] in ENFORCING
