"""Estimates of means, rates and ratios from designed samples: one core for all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from assay.stats.arrays import IntArray, floats, integers, open_share
from assay.stats.designs import PoissonSample, Sample
from assay.stats.intervals import (
    Interval,
    Method,
    effective_interval,
    hypergeometric_interval,
    student_quantile,
)
from assay.stats.linearisation import Design, Parts, design_of, parts_by_domain

__all__ = [
    "Estimate",
    "Estimator",
    "PoissonSample",
    "Reason",
    "Sample",
    "estimate_domains",
    "estimate_mean",
    "estimate_ratio",
]

# Above this sampling fraction the finite population is worth an exact inversion.
LARGE_FRACTION = 0.10
# Above this coefficient of variation of the denominator the linearised ratio is skewed.
UNCERTAIN_DENOMINATOR = 0.10


class Estimator(StrEnum):
    """Which formula gave the value."""

    STRATIFIED = "stratified"
    DOMAIN = "domain"
    HAJEK = "hajek"
    RATIO = "ratio"


class Reason(StrEnum):
    """Why there is no value, or no interval."""

    NO_UNITS = "no_units"
    ONE_UNIT = "one_unit"
    NO_SIZE = "no_size"
    DENOMINATOR_UNCERTAIN = "denominator_uncertain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value with all that is needed to trust it.

    Attributes:
        value: The estimate; none when undefined.
        interval: Its bounds; none when undefined.
        n: Reviewed units behind it.
        errors: Of these, units with a value other than zero.
        n_eff: Sample size of a simple random sample with the same variance; n for a census.
        k_eff: Effective number of units in the rarer outcome.
        df: Degrees of freedom behind the interval's quantile; none for exact ones.
        variance: Estimated sampling variance.
        design_effect: n / n_eff: above 1 when the design costs certainty.
        method: The estimator.
        reason: Why the value or the interval is missing; none when both are there.
        collapsed: Strata joined with a neighbour because they had too few reviews.
        unreviewed: Units drawn but not reviewed, taken to be like the others.
    """

    value: float | None
    interval: Interval | None
    n: int
    errors: int
    n_eff: float | None = None
    k_eff: float | None = None
    df: float | None = None
    variance: float | None = None
    design_effect: float | None = None
    method: Estimator
    reason: Reason | None = None
    collapsed: int = 0
    unreviewed: int = 0


def estimate_mean(
    sample: Sample | PoissonSample,
    y: ArrayLike,
    *,
    domain: ArrayLike | None = None,
    size: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate a rate (or a mean of values from 0 to 1) over a frame or a part of it.

    Args:
        sample: How the units were drawn.
        y: The value of each reviewed unit, 0 to 1: (units,).
        domain: True for units of the part asked about: (units,). All when none.
        size: Exposure of each unit (views), 0 or more: (units,). Equal when none.
        confidence: Two-sided coverage, between 0 and 1.

    Returns:
        The weighted mean with its interval; without a value for fewer than two units,
        unless the whole frame was reviewed.

    Raises:
        ValueError: Lengths differ, or a value is out of range.

    Assumes: Frame sizes (or inclusion probabilities) are known; unreviewed units resemble
        the reviewed ones of their stratum. When the size of the domain in each stratum is
        known, describe the domain as a `Sample` of its own, which is sharper.
    Source: Cochran (1977), Sampling Techniques, 5.3 and 5A.14; Sarndal, Swensson and
        Wretman (1992), Model Assisted Survey Sampling, 5.8 and 10.3.
    """
    values = floats("y", y)
    codes = np.zeros(values.size, dtype=np.int64)
    if domain is not None:
        inside = np.asarray(domain, dtype=np.bool_)
        if inside.shape != values.shape:
            raise ValueError(f"domain must have {values.size} entries, got {inside.size}")
        codes = np.where(inside, 0, -1).astype(np.int64)
    estimates = estimate_domains(sample, values, codes, 1, size=size, confidence=confidence)
    return estimates[0]


def estimate_domains(
    sample: Sample | PoissonSample,
    y: ArrayLike,
    domain_codes: ArrayLike,
    domain_count: int,
    *,
    size: ArrayLike | None = None,
    confidence: float = 0.95,
) -> tuple[Estimate, ...]:
    """Estimate a rate in each of many parts of the frame at once.

    Args:
        sample: How the units were drawn.
        y: The value of each reviewed unit, 0 to 1: (units,).
        domain_codes: The part each unit belongs to, 0 to `domain_count` - 1, or -1 for
            none: (units,).
        domain_count: Number of parts.
        size: Exposure of each unit, 0 or more: (units,). Equal when none.
        confidence: Two-sided coverage, between 0 and 1.

    Returns:
        One estimate for each part, in order: (domains,).

    Raises:
        ValueError: Lengths differ, or a value is out of range.

    Assumes: As `estimate_mean`.
    Source: As `estimate_mean`.
    """
    values = floats("y", y)
    wrong = np.flatnonzero((values < 0.0) | (values > 1.0))
    if wrong.size:
        raise ValueError(f"y must lie between 0 and 1, got {values[wrong[0]]} at position {wrong[0]}")
    exposure = np.ones(values.size) if size is None else floats("size", size, length=values.size)
    if exposure.size and float(exposure.min()) < 0.0:
        raise ValueError(f"size must be 0 or more, got {exposure.min()}")
    codes = _checked_codes(domain_codes, domain_count, values.size)
    open_share("confidence", confidence)
    design = design_of(sample, values.size)
    parts = parts_by_domain(design, values * exposure, exposure, codes, domain_count)
    equal = size is None and bool(np.all((values == 0.0) | (values == 1.0)))
    whole_frame = domain_count == 1 and bool(np.all(codes == 0))
    method = _estimator(design, size is not None, whole_frame)
    return tuple(
        _rate_estimate(design, parts, d, equal=equal, method=method, confidence=confidence) for d in range(domain_count)
    )


def estimate_ratio(
    sample: Sample | PoissonSample,
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    domain: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate the ratio of two totals, each known only for the reviewed units.

    Where every numerator lies between 0 and its denominator the ratio is a rate and gets
    the interval of a rate. Otherwise it gets Student's, or Fieller's when the
    denominator's coefficient of variation exceeds 10 %.

    Args:
        sample: How the units were drawn.
        numerator: (units,).
        denominator: 0 or more: (units,).
        domain: True for units of the part asked about: (units,). All when none.
        confidence: Two-sided coverage, between 0 and 1.

    Returns:
        The ratio with its interval; n counts units with a denominator above zero.

    Raises:
        ValueError: Lengths differ, or a denominator is negative.

    Assumes: As `estimate_mean`.
    Source: Sarndal, Swensson and Wretman (1992), 5.6; Fieller (1954), JRSS B 16, 175-185.
    """
    top = floats("numerator", numerator)
    bottom = floats("denominator", denominator, length=top.size)
    if bottom.size and float(bottom.min()) < 0.0:
        raise ValueError(f"denominator must be 0 or more, got {bottom.min()}")
    open_share("confidence", confidence)
    inside = np.ones(top.size, dtype=np.bool_) if domain is None else np.asarray(domain, dtype=np.bool_)
    if inside.shape != top.shape:
        raise ValueError(f"domain must have {top.size} entries, got {inside.size}")
    design = design_of(sample, top.size)
    used = inside & ((bottom > 0.0) | (top != 0.0))
    codes = np.where(used, 0, -1).astype(np.int64)
    parts = parts_by_domain(design, top, bottom, codes, 1)
    if bool(np.all((top[used] >= 0.0) & (top[used] <= bottom[used]))):
        equal = bool(np.all(bottom[used] == 1.0) and np.all((top[used] == 0.0) | (top[used] == 1.0)))
        return _rate_estimate(design, parts, 0, equal=equal, method=Estimator.RATIO, confidence=confidence)
    return _free_ratio(design, parts, confidence)


def _rate_estimate(
    design: Design, parts: Parts, d: int, *, equal: bool, method: Estimator, confidence: float
) -> Estimate:
    n, errors = int(parts.n[d]), int(parts.errors[d])
    missing = _missing(parts, d)
    if missing is not None:
        return _undefined(design, n, errors, method, missing)
    rate = _settled(float(parts.value[d]))
    kish = min(float(n), float(parts.kish_n[d]))
    if parts.whole[d]:
        n_eff, df = float(n), None
        interval = Interval(low=rate, high=rate, confidence=confidence, method=Method.CENSUS)
    else:
        n_eff = _effective_size(rate, float(parts.variance[d]), kish)
        exact = _exact_interval(design, parts, d, confidence) if equal and kish > n * (1.0 - 1e-9) else None
        interval, df = (exact, None) if exact else _rate_interval(parts, d, rate, n_eff, confidence)
    return Estimate(
        value=rate,
        interval=interval,
        n=n,
        errors=errors,
        n_eff=n_eff,
        k_eff=float(parts.k_eff[d]),
        df=df,
        variance=float(parts.variance[d]),
        design_effect=n / n_eff,
        method=method,
        collapsed=design.collapsed,
        unreviewed=design.unreviewed,
    )


def _settled(rate: float) -> float:
    """Keep rounding in the weights from making almost nothing of nothing."""
    if rate < 1e-12:
        return 0.0
    return 1.0 if rate > 1.0 - 1e-12 else rate


def _effective_size(rate: float, variance: float, kish: float) -> float:
    # No variance seen is not no variance: a few reviews all alike say nothing about
    # the spread, so the weights alone decide.
    if rate in (0.0, 1.0) or variance <= 1e-9 * rate * (1.0 - rate) / kish:
        return kish
    return rate * (1.0 - rate) / variance


def _exact_interval(design: Design, parts: Parts, d: int, confidence: float) -> Interval | None:
    """Invert the hypergeometric for one stratum of which a good part was reviewed."""
    n, population = int(parts.n[d]), round(float(parts.units[d]))
    if design.independent or not parts.one_group[d] or n <= LARGE_FRACTION * population:
        return None
    return hypergeometric_interval(
        errors=int(parts.errors[d]), reviewed=n, population=population, confidence=confidence
    )


def _rate_interval(parts: Parts, d: int, rate: float, n_eff: float, confidence: float) -> tuple[Interval, float]:
    n, k_eff, df = int(parts.n[d]), float(parts.k_eff[d]), float(parts.df[d])
    kish = min(float(n), float(parts.kish_n[d]))
    interval = effective_interval(
        rate=rate,
        n=n,
        n_eff=n_eff,
        k_eff=k_eff,
        kish_n=kish,
        confidence=confidence,
        df=df,
        remaining=max(0.0, 1.0 - n / float(parts.units[d])),
    )
    return interval, 2.0 * k_eff if interval.method is Method.WILSON_EFFECTIVE else df


def _free_ratio(design: Design, parts: Parts, confidence: float) -> Estimate:
    n, errors = int(parts.n[0]), int(parts.errors[0])
    missing = _missing(parts, 0)
    if missing is not None:
        return _undefined(design, n, errors, Estimator.RATIO, missing)
    df = float(parts.df[0])
    interval = _ratio_interval(parts, student_quantile(df, confidence), confidence)
    return Estimate(
        value=float(parts.value[0]),
        interval=interval,
        n=n,
        errors=errors,
        n_eff=float(parts.kish_n[0]),
        df=df,
        variance=float(parts.variance[0]),
        method=Estimator.RATIO,
        reason=None if interval else Reason.DENOMINATOR_UNCERTAIN,
        collapsed=design.collapsed,
        unreviewed=design.unreviewed,
    )


def _ratio_interval(parts: Parts, t: float, confidence: float) -> Interval | None:
    """Bound a ratio; none when the denominator may be zero, so that nothing bounds it."""
    value, variance = float(parts.value[0]), float(parts.variance[0])
    spread = float(parts.size_variance[0])
    if spread <= UNCERTAIN_DENOMINATOR**2:
        half = t * math.sqrt(variance)
        return Interval(low=value - half, high=value + half, confidence=confidence, method=Method.STUDENT)
    # In units of the denominator: numerator = value + residual, so the quadratic is
    # (shift)^2 (1 - t^2 spread) + 2 shift t^2 cov - t^2 variance <= 0 in shift = R - value.
    lead = 1.0 - t * t * spread
    if lead <= 0.0:
        return None
    middle = t * t * float(parts.covariance[0])
    root = math.sqrt(middle * middle + lead * t * t * variance)
    low, high = value - (middle + root) / lead, value - (middle - root) / lead
    return Interval(low=low, high=high, confidence=confidence, method=Method.FIELLER)


def _missing(parts: Parts, d: int) -> Reason | None:
    n = int(parts.n[d])
    if n == 0:
        return Reason.NO_UNITS
    if n == 1 and not parts.whole[d]:
        return Reason.ONE_UNIT
    return Reason.NO_SIZE if not parts.size[d] > 0.0 else None


def _undefined(design: Design, n: int, errors: int, method: Estimator, reason: Reason) -> Estimate:
    return Estimate(
        value=None,
        interval=None,
        n=n,
        errors=errors,
        method=method,
        reason=reason,
        collapsed=design.collapsed,
        unreviewed=design.unreviewed,
    )


def _estimator(design: Design, sized: bool, whole_frame: bool) -> Estimator:
    if design.independent:
        return Estimator.HAJEK
    if sized:
        return Estimator.RATIO
    return Estimator.STRATIFIED if whole_frame else Estimator.DOMAIN


def _checked_codes(domain_codes: ArrayLike, domain_count: int, units: int) -> IntArray:
    if domain_count < 1:
        raise ValueError(f"domain_count must be at least 1, got {domain_count}")
    codes = integers("domain_codes", domain_codes, length=units)
    if codes.size and not -1 <= int(codes.min()) <= int(codes.max()) < domain_count:
        raise ValueError(f"domain_codes must lie between -1 and {domain_count - 1}, got {codes.min()} to {codes.max()}")
    return codes
