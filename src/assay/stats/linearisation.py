"""Weighted sums by domain, and the design variance of what they make: the core of every estimate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assay.stats.arrays import BoolArray, FloatArray, IntArray
from assay.stats.designs import PoissonSample, Sample, poisson_probability, weighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A design in the form the core needs; Poisson sampling is a group of its own for each unit."""

    weight: FloatArray
    group: IntArray
    reviewed: IntArray
    remaining: FloatArray
    independent: bool
    collapsed: int
    unreviewed: int
    frame: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Sums by domain: (domains,)."""

    n: IntArray
    errors: IntArray
    total: FloatArray
    size: FloatArray
    units: FloatArray
    value: FloatArray
    variance: FloatArray
    kish_n: FloatArray
    k_eff: FloatArray
    df: FloatArray
    whole: BoolArray
    one_group: BoolArray
    size_variance: FloatArray
    covariance: FloatArray


def design_of(sample: Sample | PoissonSample, units: int) -> Design:
    if isinstance(sample, PoissonSample):
        probability = poisson_probability(sample)
        if probability.size != units:
            raise ValueError(f"probability must have {units} entries, got {probability.size}")
        return Design(
            weight=1.0 / probability,
            group=np.arange(units, dtype=np.int64),
            reviewed=np.ones(units, dtype=np.int64),
            remaining=1.0 - probability,
            independent=True,
            collapsed=0,
            unreviewed=0,
            frame=None,
        )
    known = weighting(sample)
    if known.weight.size != units:
        raise ValueError(f"stratum must have {units} entries, got {known.weight.size}")
    return Design(
        weight=known.weight,
        group=known.group,
        reviewed=known.reviewed,
        remaining=known.remaining,
        independent=False,
        collapsed=known.collapsed,
        unreviewed=known.unreviewed,
        frame=known.frame,
    )


def parts_by_domain(design: Design, top: FloatArray, bottom: FloatArray, codes: IntArray, count: int) -> Parts:
    """Sum what every estimate needs, for all domains in one pass."""
    inside = codes >= 0
    code, group, weight = codes[inside], design.group[inside], design.weight[inside]
    over, under = top[inside] * weight, bottom[inside] * weight
    total, size = _sums(code, over, count), _sums(code, under, count)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(size > 0.0, total / size, np.nan)
        # Residuals of the ratio, in units of the estimate.
        residual = (over - value[code] * under) / size[code]
        relative = under / size[code]
        kish = size**2 / _sums(code, under**2, count)
    pairs = _pairs(design, group, code, count)
    return Parts(
        n=np.bincount(code, minlength=count).astype(np.int64),
        errors=np.bincount(code, weights=top[inside] != 0.0, minlength=count).astype(np.int64),
        total=total,
        size=size,
        units=_sums(code, weight, count),
        value=value,
        variance=np.maximum(0.0, _variance(design, pairs, residual, residual)),
        kish_n=kish,
        k_eff=_rarer(code, over, under, count),
        df=pairs.df,
        whole=pairs.whole,
        one_group=pairs.groups == 1,
        size_variance=np.maximum(0.0, _variance(design, pairs, relative, relative)),
        covariance=_variance(design, pairs, residual, relative),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairs:
    """Which (group, domain) pairs have units."""

    position: IntArray
    group: IntArray
    code: IntArray
    count: int
    groups: IntArray
    df: FloatArray
    whole: BoolArray


def _pairs(design: Design, group: IntArray, code: IntArray, count: int) -> _Pairs:
    joint, position, sizes = np.unique(group * count + code, return_inverse=True, return_counts=True)
    pair_group, pair_code = joint // count, joint % count
    units = np.bincount(code, minlength=count)
    full = sizes == design.reviewed[pair_group]
    aligned = np.bincount(pair_code, weights=~full, minlength=count) == 0
    complete = np.bincount(pair_code, weights=design.remaining[pair_group] > 0.0, minlength=count) == 0
    groups = np.bincount(pair_code, minlength=count).astype(np.int64)
    # Every reviewed unit of a group counts, also those outside the domain: they are zeros.
    free = units - 1.0 if design.independent else _sums(pair_code, design.reviewed[pair_group] - 1.0, count)
    every = aligned | bool(np.all(design.remaining == 0.0))
    return _Pairs(
        position=position.astype(np.int64),
        group=pair_group,
        code=pair_code,
        count=count,
        groups=np.where(aligned, groups, 0),
        df=np.maximum(free, 1.0),
        whole=every & complete & (groups > 0) & (not design.independent),
    )


def _variance(design: Design, pairs: _Pairs, first: FloatArray, second: FloatArray) -> FloatArray:
    """Return the design covariance of two linearised totals, by domain: (domains,).

    Units of a group outside the domain count as zeros, hence the group's full `reviewed`.
    """
    product = _sums(pairs.position, first * second, pairs.group.size)
    remaining = design.remaining[pairs.group]
    if not design.independent:
        n = design.reviewed[pairs.group].astype(np.float64)
        sum_first = _sums(pairs.position, first, pairs.group.size)
        sum_second = _sums(pairs.position, second, pairs.group.size)
        product = (product - sum_first * sum_second / n) * n / np.maximum(n - 1.0, 1.0)
    return _sums(pairs.code, remaining * product, pairs.count)


def _rarer(code: IntArray, over: FloatArray, under: FloatArray, count: int) -> FloatArray:
    """Return the effective number of units in the rarer outcome: (domains,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        wrong = _sums(code, over, count) ** 2 / _sums(code, over**2, count)
        right = _sums(code, under - over, count) ** 2 / _sums(code, (under - over) ** 2, count)
    return np.fmin(np.nan_to_num(wrong), np.nan_to_num(right))


def _sums(code: IntArray, values: FloatArray, count: int) -> FloatArray:
    return np.asarray(np.bincount(code, weights=values, minlength=count), dtype=np.float64)
