"""What a planned sample costs, and what it will not be able to tell.

Gathers the planning functions of `widths` and `power` under one name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from assay.stats.arrays import at_least, integers, open_share
from assay.stats.power import (
    Detectable,
    chance_of_seeing_change,
    chance_to_notice,
    detectable_difference,
    reviews_to_see_change,
)
from assay.stats.widths import (
    MOST_REVIEWS,
    check_rate,
    check_reviews,
    expected_half_width,
    fewest_enough,
    half_width_of_variance,
    reviews_for_half_width,
    variance_for_half_width,
)

__all__ = [
    "MOST_REVIEWS",
    "CannotTell",
    "Detectable",
    "cannot_tell",
    "chance_of_seeing_change",
    "chance_to_notice",
    "detectable_difference",
    "expected_half_width",
    "half_width_of_variance",
    "reviews_for_half_width",
    "reviews_for_hours",
    "reviews_to_see_change",
    "variance_for_half_width",
]

FEWEST_FOR_A_PERSON = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotTell:
    """What a planned sample will leave open.

    Attributes:
        reviews: Reviews planned.
        half_width: Expected half-width of the overall interval.
        detectable: Smallest change from one period to the next, at the stated power.
        zero_errors_upper: The rate still possible when no error is found.
        people: People with decisions in the sample.
        people_with_enough: Of these, people with enough reviews to be compared at all.
        median_reviews: Median number of reviews of a person; none without people.
        chance_to_notice_double: Chance that a person with twice the rate and that median
            falls outside the 95 % funnel; none without people.
        reviews_to_notice_double: Reviews of one person which make that chance reach the power.
    """

    reviews: int
    half_width: float
    detectable: Detectable
    zero_errors_upper: float
    people: int
    people_with_enough: int
    median_reviews: float | None
    chance_to_notice_double: float | None
    reviews_to_notice_double: int | None


def reviews_for_hours(*, hours: float, minutes_per_review: float, double_share: float = 0.0) -> int:
    """Return how many items can be reviewed in a number of auditor hours.

    Args:
        hours: Auditor hours, 0 or more.
        minutes_per_review: Minutes one review takes, above 0.
        double_share: Share of items that are reviewed twice, 0 to 1.

    Returns:
        Whole items.

    Raises:
        ValueError: A value is out of range.

    Assumes: Both reviews of an item take equally long.
    Source: Arithmetic.
    """
    if not hours >= 0.0:
        raise ValueError(f"hours must be 0 or more, got {hours}")
    if not minutes_per_review > 0.0:
        raise ValueError(f"minutes_per_review must be above 0, got {minutes_per_review}")
    check_rate("double_share", double_share)
    return math.floor(hours * 60.0 / (minutes_per_review * (1.0 + double_share)) + 1e-9)


def cannot_tell(
    *,
    rate: float,
    reviews: int,
    reviews_by_person: ArrayLike = (),
    population: int | None = None,
    power: float = 0.80,
    confidence: float = 0.95,
    design_effect: float = 1.0,
    minimum: int = FEWEST_FOR_A_PERSON,
) -> CannotTell:
    """Work out what a planned sample will leave open, before anyone reviews.

    Args:
        rate: Rate expected, between 0 and 1.
        reviews: Reviews planned, at least 1.
        reviews_by_person: Expected reviews of each person's decisions: (people,).
        population: Units in the frame; unlimited when none.
        power: Chance with which a detectable change is seen, between 0 and 1.
        confidence: Two-sided coverage, between 0 and 1.
        design_effect: Variance of the design relative to simple random sampling, above 0.
        minimum: Reviews under which a person is never flagged.

    Returns:
        Numbers for the planning page, no sentences.

    Raises:
        ValueError: A value is out of range.

    Assumes: The same sample is drawn again in the next period.
    Source: As the functions it calls.
    """
    open_share("rate", rate)
    check_reviews("reviews", reviews)
    people = integers("reviews_by_person", np.round(np.asarray(reviews_by_person, dtype=np.float64)))
    at_least("reviews_by_person", people, 0)
    double = min(1.0, 2.0 * rate)
    median = float(np.median(people)) if people.size else None
    chance = None
    if median is not None:
        chance = chance_to_notice(rate=rate, true_rate=double, reviews=max(1, round(median)))
    effective = max(1.0, reviews / design_effect)
    return CannotTell(
        reviews=reviews,
        half_width=expected_half_width(
            rate=rate, reviews=reviews, population=population, confidence=confidence, design_effect=design_effect
        ),
        detectable=detectable_difference(
            rate=rate, reviews_before=reviews, power=power, confidence=confidence, design_effect=design_effect
        ),
        zero_errors_upper=1.0 - ((1.0 - confidence) / 2.0) ** (1.0 / effective),
        people=int(people.size),
        people_with_enough=int(np.count_nonzero(people >= minimum)),
        median_reviews=median,
        chance_to_notice_double=chance,
        reviews_to_notice_double=_reviews_to_notice(rate, double, power),
    )


def _reviews_to_notice(rate: float, true_rate: float, power: float) -> int | None:
    if true_rate <= rate:
        return None
    # Beyond this the funnel of such a rate would never be needed for one person.
    if 200.0 / rate > MOST_REVIEWS:
        return None
    return fewest_enough(lambda n: chance_to_notice(rate=rate, true_rate=true_rate, reviews=n) >= power)
