"""Agreement of two auditors who judged the same item blind, from settled double reviews only."""

from __future__ import annotations

import numpy as np

from assay.rooms.policies.terms import ERRORS
from assay.stats.agreement import (
    Coefficient,
    counts_of_ratings,
    gwet_ac1,
    percent_agreement,
    specific_agreement,
)
from assay.stats.arrays import BoolArray, FloatArray, IntArray
from assay.stats.designs import weighting

from ..figures import Figure
from ..measures import Measure
from ..terms import Cut, MeasureCode
from .pairs import CLASSES
from .reviewed import Reviewed, Selection

_IS_ERROR = np.array([found in ERRORS for found in CLASSES], dtype=np.int64)


def agreement(selection: Selection, measure: Measure) -> Figure:
    """Measure agreement over everything selected."""
    return _figure(selection.reviewed, selection.inside[selection.reviewed.pairs.unit], measure, ())


def agreement_by(selection: Selection, measure: Measure, cuts: tuple[Cut, ...]) -> tuple[Figure, ...]:
    """Measure agreement in each group that has a pair."""
    inside = selection.inside[selection.reviewed.pairs.unit]
    columns = [selection.reviewed.labels[str(cut)] for cut in cuts]
    codes = [column.codes[selection.reviewed.pairs.unit] for column in columns]
    groups = sorted(set(zip(*(code[inside].tolist() for code in codes), strict=True)))
    figures = list[Figure]()
    for group in groups:
        here = inside.copy()
        for code, wanted in zip(codes, group, strict=True):
            here &= code == wanted
        names = tuple(column.values[code] for column, code in zip(columns, group, strict=True))
        figures.append(_figure(selection.reviewed, here, measure, names))
    return tuple(figures)


def has_pair(reviewed: Reviewed) -> BoolArray:
    """Tell which units were judged twice: (units,)."""
    twice = np.zeros(reviewed.count, dtype=np.bool_)
    twice[reviewed.pairs.unit] = True
    return twice


def _weights(reviewed: Reviewed, unit: IntArray) -> FloatArray:
    """Weight a pair by its unit's design weight, times the plan's reviews for each double.

    Doubles are chosen by a keyed hash at one share a plan, so within a plan they stand for all its reviews.
    """
    if not unit.size:
        return np.zeros(0, dtype=np.float64)
    plan = reviewed.family[reviewed.stratum]
    count = int(plan.max()) + 1
    reviews = np.bincount(plan, minlength=count)
    doubles = np.bincount(plan[unit], minlength=count)
    share = reviews[plan[unit]] / doubles[plan[unit]]
    weight: FloatArray = weighting(reviewed.sample()).weight[unit] * share / reviewed.multiplicity[unit]
    return weight


def _figure(reviewed: Reviewed, here: BoolArray, measure: Measure, group: tuple[str, ...]) -> Figure:
    found = reviewed.pairs.found[here]
    weight = _weights(reviewed, reviewed.pairs.unit)[here]
    coefficient = _coefficient(found, weight, measure.code)
    alike = _IS_ERROR[found].all(axis=1) if measure.code is not MeasureCode.AGREEMENT else found[:, 0] == found[:, 1]
    return Figure(
        measure=measure.code,
        basis=measure.basis,
        group=group,
        value=coefficient.value,
        interval=coefficient.interval,
        n=int(found.shape[0]),
        counted=int(np.count_nonzero(alike)),
        n_eff=_kish(weight),
        method="pairs",
        reason=_reason(coefficient),
    )


def _coefficient(found: IntArray, weight: FloatArray, code: MeasureCode) -> Coefficient:
    weights = weight if weight.size else None
    if code is MeasureCode.AGREEMENT:
        return percent_agreement(counts_of_ratings(found, labels=len(CLASSES)), item_weights=weights)
    counts = counts_of_ratings(_IS_ERROR[found], labels=2)
    if code is MeasureCode.AGREEMENT_ON_ERRORS:
        return specific_agreement(counts, 1, item_weights=weights)
    return gwet_ac1(counts, item_weights=weights)


def _kish(weight: FloatArray) -> float | None:
    return float(weight.sum() ** 2 / (weight**2).sum()) if weight.size else None


def _reason(coefficient: Coefficient) -> str:
    return str(coefficient.reason or "")
