"""Intervals of a rate: simple, finite-population, and for weighted designs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from scipy import special

from assay.stats.arrays import open_share

# Under ten effective errors Wilson's score interval under-covers in weighted
# designs; Korn and Graubard's does not (simulated: 0.75-0.92 against 0.94-0.99).
FEWEST_ERRORS_FOR_WILSON = 10.0
# No score is so good that one review does the work of more than four. Where it seems
# so, a heavy stratum showed no error and hid its variance: Wilson then covers 0.84.
MOST_GAIN = 4.0


class Method(StrEnum):
    """How an interval was made."""

    WILSON = "wilson"
    WILSON_EFFECTIVE = "wilson_effective"
    CLOPPER_PEARSON = "clopper_pearson"
    KORN_GRAUBARD = "korn_graubard"
    HYPERGEOMETRIC = "hypergeometric"
    CENSUS = "census"
    STUDENT = "student"
    FIELLER = "fieller"
    NEWCOMBE = "newcombe"
    NORMAL = "normal"
    CREDIBLE = "credible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Two bounds, the coverage they promise and the method behind them."""

    low: float
    high: float
    confidence: float
    method: Method

    @property
    def half_width(self) -> float:
        """Half the distance between the bounds."""
        return (self.high - self.low) / 2.0


class Bounded(Protocol):
    """Anything with a value and an interval, such as an `Estimate`."""

    @property
    def value(self) -> float | None: ...

    @property
    def interval(self) -> Interval | None: ...


def wilson_interval(*, errors: int, reviewed: int, confidence: float = 0.95) -> Interval:
    """Bound an error rate with Wilson's score interval.

    Args:
        errors: Items found in error, 0 to `reviewed`.
        reviewed: Items reviewed, at least 1.
        confidence: Two-sided coverage, between 0 and 1.

    Returns:
        Bounds as proportions, 0 to 1.

    Raises:
        ValueError: A count or the confidence is out of range.

    Assumes: Items drawn with equal chance, errors independent.
    Source: Wilson (1927), JASA 22, 209-212.
    """
    _check_counts(errors, reviewed, confidence)
    z = float(special.ndtri(0.5 + confidence / 2.0))
    low, high = score_bounds(errors / reviewed, float(reviewed), z)
    return Interval(low=low, high=high, confidence=confidence, method=Method.WILSON)


def clopper_pearson_interval(*, errors: int, reviewed: int, confidence: float = 0.95) -> Interval:
    """Bound an error rate with the exact binomial interval.

    Args:
        errors: Items found in error, 0 to `reviewed`.
        reviewed: Items reviewed, at least 1.
        confidence: Two-sided coverage, between 0 and 1; reached or exceeded.

    Returns:
        Bounds as proportions, 0 to 1.

    Raises:
        ValueError: A count or the confidence is out of range.

    Assumes: Items drawn with equal chance, errors independent.
    Source: Clopper and Pearson (1934), Biometrika 26, 404-413.
    """
    _check_counts(errors, reviewed, confidence)
    low, high = exact_bounds(float(errors), float(reviewed), confidence)
    return Interval(low=low, high=high, confidence=confidence, method=Method.CLOPPER_PEARSON)


def hypergeometric_interval(*, errors: int, reviewed: int, population: int, confidence: float = 0.95) -> Interval:
    """Bound the error rate of a small population of which a good part was reviewed.

    Args:
        errors: Items found in error, 0 to `reviewed`.
        reviewed: Items reviewed, 1 to `population`.
        population: Items in the population.
        confidence: Two-sided coverage, between 0 and 1; reached or exceeded.

    Returns:
        Bounds as proportions of the population; of no width when all was reviewed.

    Raises:
        ValueError: A count or the confidence is out of range.

    Assumes: A simple random sample without replacement.
    Source: Buonaccorsi (1987), The American Statistician 41, 215-218 (test inversion).
    """
    _check_counts(errors, reviewed, confidence)
    if population < reviewed:
        raise ValueError(f"population must be at least reviewed ({reviewed}), got {population}")
    tail = (1.0 - confidence) / 2.0
    least = _least_total(errors, reviewed, population, tail)
    # The upper bound is the lower bound of what was found right.
    most = population - _least_total(reviewed - errors, reviewed, population, tail)
    return Interval(low=least / population, high=most / population, confidence=confidence, method=Method.HYPERGEOMETRIC)


def effective_interval(
    *,
    rate: float,
    n: int,
    n_eff: float,
    k_eff: float,
    kish_n: float,
    confidence: float = 0.95,
    df: float | None = None,
    remaining: float = 1.0,
) -> Interval:
    """Bound a weighted rate: the one interval rule for every design.

    With ten effective errors or more, Wilson's interval on the effective sample
    size with Student's quantile on twice the effective errors. With fewer, or when
    each review seems to do the work of more than four, Korn and Graubard's. With
    none (or only errors), Clopper and Pearson's on Kish's sample size.

    Args:
        rate: Estimated rate, 0 to 1.
        n: Units reviewed, at least 1.
        n_eff: rate (1 - rate) / variance; ignored when the rate is 0 or 1.
        k_eff: Effective number of units in the rarer outcome,
            (sum w y)^2 / sum (w y)^2.
        kish_n: (sum w)^2 / sum w^2, at most `n`.
        confidence: Two-sided coverage, between 0 and 1.
        df: Design degrees of freedom (units less strata) for Korn and Graubard's
            correction; none leaves it out.
        remaining: Share of the population that was not reviewed, 0 to 1.

    Returns:
        Bounds as proportions, 0 to 1.

    Raises:
        ValueError: A value is out of range.

    Assumes: Weights from known inclusion probabilities.
    Source: Korn and Graubard (1998), Survey Methodology 24, 193-201; Wilson (1927);
        Kish (1965), Survey Sampling.
    """
    _check_effective(rate, n, n_eff, k_eff, kish_n)
    open_share("confidence", confidence)
    if rate in (0.0, 1.0):
        size = min(kish_n, float(n))
        low, high = exact_bounds(rate * size, size, confidence)
        return Interval(low=low, high=high, confidence=confidence, method=Method.CLOPPER_PEARSON)
    if k_eff >= FEWEST_ERRORS_FOR_WILSON and n_eff * remaining <= MOST_GAIN * n:
        t = student_quantile(2.0 * k_eff, confidence)
        low, high = score_bounds(rate, n_eff, t)
        return Interval(low=low, high=high, confidence=confidence, method=Method.WILSON_EFFECTIVE)
    size = _corrected_size(min(n_eff, float(n)), n, df, confidence)
    low, high = exact_bounds(rate * size, size, confidence)
    return Interval(low=low, high=high, confidence=confidence, method=Method.KORN_GRAUBARD)


def difference_interval(a: Bounded, b: Bounded) -> Interval:
    """Bound the difference a - b of two rates from the interval of each.

    Args:
        a: A rate with its interval.
        b: Another, from an independent sample, at the same confidence.

    Returns:
        Bounds of a - b, -1 to 1.

    Raises:
        ValueError: A value or an interval is missing, or the confidences differ.

    Assumes: Independent samples.
    Source: Newcombe (1998), Statistics in Medicine 17, 873-890 (method 10); Zou and
        Donner (2008), Statistics in Medicine 27, 1693-1702 (MOVER).
    """
    if a.value is None or b.value is None or a.interval is None or b.interval is None:
        raise ValueError("both rates must have a value and an interval to be compared")
    if not math.isclose(a.interval.confidence, b.interval.confidence):
        raise ValueError(
            f"both intervals must have the same confidence, got {a.interval.confidence} and {b.interval.confidence}"
        )
    gap = a.value - b.value
    below = math.hypot(a.value - a.interval.low, b.interval.high - b.value)
    above = math.hypot(a.interval.high - a.value, b.value - b.interval.low)
    return Interval(
        low=max(-1.0, gap - below),
        high=min(1.0, gap + above),
        confidence=a.interval.confidence,
        method=Method.NEWCOMBE,
    )


def score_bounds(rate: float, size: float, quantile: float) -> tuple[float, float]:
    """Solve Wilson's score equation for a rate, a (fractional) size and a quantile."""
    square = quantile * quantile
    centre = (rate + square / (2.0 * size)) / (1.0 + square / size)
    spread = rate * (1.0 - rate) / size + square / (4.0 * size * size)
    half = quantile * math.sqrt(spread) / (1.0 + square / size)
    # At 0 and 1 the bound is the rate itself; rounding must not move it.
    low = 0.0 if rate == 0.0 else max(0.0, centre - half)
    high = 1.0 if rate == 1.0 else min(1.0, centre + half)
    return low, high


def exact_bounds(errors: float, size: float, confidence: float) -> tuple[float, float]:
    """Solve the binomial tails for (fractional) errors in a (fractional) size."""
    tail = (1.0 - confidence) / 2.0
    right = size - errors
    low = 0.0 if errors <= 0.0 else float(special.betaincinv(errors, right + 1.0, tail))
    high = 1.0 if right <= 0.0 else float(special.betaincinv(errors + 1.0, right, 1.0 - tail))
    return low, high


def student_quantile(df: float, confidence: float) -> float:
    """Return Student's two-sided quantile; the normal one when `df` is infinite."""
    if math.isinf(df):
        return float(special.ndtri(0.5 + confidence / 2.0))
    return float(special.stdtrit(df, 0.5 + confidence / 2.0))


def _least_total(errors: int, reviewed: int, population: int, tail: float) -> int:
    """Return the smallest total of errors under which seeing so many is not too rare."""
    lowest, highest = errors, population - (reviewed - errors)
    while lowest < highest:
        middle = (lowest + highest) // 2
        if _chance_of_at_least(errors, reviewed, population, middle) > tail:
            highest = middle
        else:
            lowest = middle + 1
    return lowest


def _chance_of_at_least(errors: int, reviewed: int, population: int, total: int) -> float:
    share = total / population
    centre, reach = reviewed * share, 12.0 * math.sqrt(reviewed * share * (1.0 - share)) + 50.0
    # Counts further out have no chance worth adding.
    first, last = max(errors, math.floor(centre - reach)), min(reviewed, total, math.ceil(centre + reach))
    counts = np.arange(first, last + 1, dtype=np.float64)
    log_terms = (
        _log_choose(float(total), counts)
        + _log_choose(float(population - total), reviewed - counts)
        - _log_choose(float(population), np.array([float(reviewed)]))
    )
    return float(np.exp(log_terms).sum())


def _log_choose(top: float, bottom: np.ndarray) -> np.ndarray:
    fits = bottom <= top
    safe = np.where(fits, bottom, 0.0)
    value = special.gammaln(top + 1.0) - special.gammaln(safe + 1.0) - special.gammaln(top - safe + 1.0)
    return np.where(fits, value, -np.inf)


def _corrected_size(size: float, n: int, df: float | None, confidence: float) -> float:
    if df is None or df < 1.0 or n < 2:
        return size
    ratio = student_quantile(n - 1.0, confidence) / student_quantile(df, confidence)
    return size * min(1.0, ratio * ratio)


def _check_counts(errors: int, reviewed: int, confidence: float) -> None:
    if reviewed < 1:
        raise ValueError(f"reviewed must be at least 1, got {reviewed}")
    if not 0 <= errors <= reviewed:
        raise ValueError(f"errors must lie between 0 and reviewed ({reviewed}), got {errors}")
    open_share("confidence", confidence)


def _check_effective(rate: float, n: int, n_eff: float, k_eff: float, kish_n: float) -> None:
    if not 0.0 <= rate <= 1.0:
        raise ValueError(f"rate must lie between 0 and 1, got {rate}")
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n}")
    if not kish_n > 0.0:
        raise ValueError(f"kish_n must be above 0, got {kish_n}")
    if rate not in (0.0, 1.0) and not (n_eff > 0.0 and k_eff > 0.0):
        raise ValueError(f"n_eff and k_eff must be above 0, got {n_eff} and {k_eff}")
