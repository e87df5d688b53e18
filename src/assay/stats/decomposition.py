"""Why a rate moved: rates within groups, the mix of groups, and both together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from assay.stats.arrays import FloatArray, floats, open_share
from assay.stats.intervals import Interval, Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A part of a change, as a difference of proportions.

    Attributes:
        value: The part.
        interval: Its bounds.
    """

    value: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEffect:
    """What one group contributes.

    Attributes:
        rate: Because its rate moved.
        mix: Because its share moved, relative to the overall rate before.
        interaction: Because both moved.
        total: All three.
    """

    rate: Effect
    mix: Effect
    interaction: Effect
    total: Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """A change split into parts that add up to it.

    Attributes:
        before: Overall rate before.
        after: Overall rate after.
        change: After less before.
        rate: Change with the shares kept as before.
        mix: Change with the rates kept as before.
        interaction: The rest.
        groups: In the order given: (groups,).
    """

    before: float
    after: float
    change: Effect
    rate: Effect
    mix: Effect
    interaction: Effect
    groups: tuple[GroupEffect, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Periods:
    first_share: FloatArray
    second_share: FloatArray
    first_rate: FloatArray
    second_rate: FloatArray
    first_variance: FloatArray
    second_variance: FloatArray
    only_first: FloatArray
    only_second: FloatArray


def decompose_change(
    *,
    sizes_before: ArrayLike,
    rates_before: ArrayLike,
    variances_before: ArrayLike,
    sizes_after: ArrayLike,
    rates_after: ArrayLike,
    variances_after: ArrayLike,
    confidence: float = 0.95,
) -> Decomposition:
    """Split the change of an overall rate into rate, mix and interaction.

    Args:
        sizes_before: Decisions of each group before, 0 or more: (groups,).
        rates_before: Estimated rate of each group before, NaN where it has no decisions:
            (groups,).
        variances_before: Sampling variance of each rate: (groups,).
        sizes_after: Decisions of each group after: (groups,).
        rates_after: (groups,).
        variances_after: (groups,).
        confidence: Two-sided coverage, between 0 and 1.

    Returns:
        Parts that add up exactly. A group that exists in one period only counts as mix.

    Raises:
        ValueError: Lengths differ, a value is out of range, or a rate is missing where
            there are decisions.

    Assumes: Shares are known from the decision log; rates of different groups and periods
        are independent estimates.
    Source: Kitagawa (1955), JASA 50, 1168-1194.
    """
    open_share("confidence", confidence)
    periods = _periods(
        sizes_before=sizes_before,
        rates_before=rates_before,
        variances_before=variances_before,
        sizes_after=sizes_after,
        rates_after=rates_after,
        variances_after=variances_after,
    )
    z = float(special.ndtri(0.5 + confidence / 2.0))
    overall = float(periods.first_share @ periods.first_rate)
    later = float(periods.second_share @ periods.second_rate)
    share_gap = periods.second_share - periods.first_share
    # Coefficients of each group's two rates; a rate that exists once stands for both.
    rate = _coefficients(periods, -periods.first_share, periods.first_share)
    mix = _coefficients(periods, share_gap, np.zeros_like(share_gap))
    interaction = _coefficients(periods, -share_gap, share_gap)
    change = (-periods.first_share, periods.second_share)
    return Decomposition(
        before=overall,
        after=later,
        change=_effect(periods, change, z, confidence),
        rate=_effect(periods, rate, z, confidence),
        mix=_effect(periods, mix, z, confidence),
        interaction=_effect(periods, interaction, z, confidence),
        groups=tuple(_group(periods, g, (rate, mix, interaction), z, confidence) for g in range(share_gap.size)),
    )


Coefficients = tuple[FloatArray, FloatArray]


def _coefficients(periods: _Periods, first: FloatArray, second: FloatArray) -> Coefficients:
    """Move a missing rate's coefficient to the rate that exists."""
    both = first + second
    return (
        np.where(periods.only_first > 0.0, both, np.where(periods.only_second > 0.0, 0.0, first)),
        np.where(periods.only_second > 0.0, both, np.where(periods.only_first > 0.0, 0.0, second)),
    )


def _group(
    periods: _Periods,
    g: int,
    parts: tuple[Coefficients, Coefficients, Coefficients],
    z: float,
    confidence: float,
) -> GroupEffect:
    chosen = np.zeros(periods.first_share.size)
    chosen[g] = 1.0
    rate, mix, interaction = ((first * chosen, second * chosen) for first, second in parts)
    # Against the overall rate, a growing group that is like the rest contributes nothing;
    # the shares' changes sum to zero, so the groups still add up to the whole mix effect.
    gap = float(periods.second_share[g] - periods.first_share[g])
    total = (rate[0] + mix[0] + interaction[0], rate[1] + mix[1] + interaction[1])
    return GroupEffect(
        rate=_effect(periods, rate, z, confidence),
        mix=_effect(periods, _against_overall(periods, mix, gap), z, confidence),
        interaction=_effect(periods, interaction, z, confidence),
        total=_effect(periods, _against_overall(periods, total, gap), z, confidence),
    )


def _against_overall(periods: _Periods, part: Coefficients, gap: float) -> Coefficients:
    return part[0] - gap * periods.first_share, part[1]


def _effect(periods: _Periods, part: Coefficients, z: float, confidence: float) -> Effect:
    value = float(part[0] @ periods.first_rate + part[1] @ periods.second_rate)
    variance = float(part[0] ** 2 @ periods.first_variance + part[1] ** 2 @ periods.second_variance)
    half = z * math.sqrt(variance)
    interval = Interval(low=value - half, high=value + half, confidence=confidence, method=Method.NORMAL)
    return Effect(value=value, interval=interval)


def _periods(
    *,
    sizes_before: ArrayLike,
    rates_before: ArrayLike,
    variances_before: ArrayLike,
    sizes_after: ArrayLike,
    rates_after: ArrayLike,
    variances_after: ArrayLike,
) -> _Periods:
    first = floats("sizes_before", sizes_before)
    second = floats("sizes_after", sizes_after, length=first.size)
    for name, sizes in (("sizes_before", first), ("sizes_after", second)):
        if np.any(sizes < 0.0) or not float(sizes.sum()) > 0.0:
            raise ValueError(f"{name} must be 0 or more, with at least one decision")
    first_rate, first_variance = _known("before", first, rates_before, variances_before)
    second_rate, second_variance = _known("after", second, rates_after, variances_after)
    return _Periods(
        first_share=first / first.sum(),
        second_share=second / second.sum(),
        first_rate=first_rate,
        second_rate=second_rate,
        first_variance=first_variance,
        second_variance=second_variance,
        only_first=((first > 0.0) & (second == 0.0)).astype(np.float64),
        only_second=((first == 0.0) & (second > 0.0)).astype(np.float64),
    )


def _known(period: str, sizes: FloatArray, rates: ArrayLike, variances: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Check the rates where there are decisions; set the others to 0, where they weigh nothing."""
    rate, variance = np.asarray(rates, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    if rate.shape != sizes.shape or variance.shape != sizes.shape:
        raise ValueError(f"rates and variances {period} must have {sizes.size} entries")
    there = sizes > 0.0
    missing = np.flatnonzero(there & ~(np.isfinite(rate) & np.isfinite(variance)))
    if missing.size:
        raise ValueError(f"group {missing[0]} has decisions {period} but no rate; review some of them or join it")
    if np.any(variance[there] < 0.0):
        raise ValueError(f"variances {period} must be 0 or more, got {variance[there].min()}")
    return np.where(there, rate, 0.0), np.where(there, variance, 0.0)
