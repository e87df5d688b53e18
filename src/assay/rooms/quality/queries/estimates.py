"""Arrays into figures: any measure, over everything selected or by one or two cuts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from assay.stats.arrays import BoolArray, FloatArray, IntArray
from assay.stats.estimation import estimate_domains

from ..figures import Figure, figure_of
from ..measures import Measure
from ..terms import Cut, Weight
from .reviewed import Labels, Reviewed, Selection, in_population


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """A partition of the units: codes (units,), -1 for none, and the cut values of each group."""

    codes: IntArray
    names: tuple[tuple[str, ...], ...]


def estimate(selection: Selection, measure: Measure, *, weight: Weight) -> Figure:
    """Estimate a sample measure over everything selected."""
    everything = Groups(codes=np.zeros(selection.reviewed.count, dtype=np.int64), names=((),))
    return estimate_groups(selection, measure, everything, weight=weight)[0]


def estimate_by(selection: Selection, measure: Measure, cuts: tuple[Cut, ...], *, weight: Weight) -> tuple[Figure, ...]:
    """Estimate a sample measure in each group that has a review, in order of the cuts' values."""
    return estimate_groups(selection, measure, groups_of(selection, measure, cuts), weight=weight)


def estimate_groups(
    selection: Selection, measure: Measure, groups: Groups, *, weight: Weight, confidence: float = 0.95
) -> tuple[Figure, ...]:
    """Estimate a sample measure in each group, all in one pass."""
    if not groups.names:
        return ()
    reviewed = selection.reviewed
    codes = np.where(asked(selection, measure), groups.codes, -1)
    estimates = estimate_domains(
        reviewed.sample(),
        counted(reviewed, measure),
        codes,
        len(groups.names),
        size=sizes(reviewed, weight),
        confidence=confidence,
    )
    waiting = _unreviewed(reviewed, codes, len(groups.names))
    return tuple(
        figure_of(measure, estimate, group=name, unreviewed=int(left))
        for estimate, name, left in zip(estimates, groups.names, waiting, strict=True)
    )


def _unreviewed(reviewed: Reviewed, codes: IntArray, count: int) -> IntArray:
    """Count, for each group, the drawn but unjudged decisions of the strata its units come from: (groups,)."""
    strata = reviewed.sizes.size
    left = reviewed.drawn - np.bincount(reviewed.stratum, minlength=strata)
    inside = codes >= 0
    pairs = np.unique(codes[inside] * max(strata, 1) + reviewed.stratum[inside])
    return np.bincount(pairs // max(strata, 1), weights=left[pairs % max(strata, 1)], minlength=count).astype(np.int64)


def asked(selection: Selection, measure: Measure) -> BoolArray:
    """Tell which units a figure counts: selected, and of the measure's population. Its n is their number."""
    return selection.inside & in_population(selection.reviewed, measure.population)


def counted(reviewed: Reviewed, measure: Measure) -> FloatArray:
    """Return 1 for each unit that has what is measured, else 0: (units,)."""
    return reviewed.labels["error_class"].among(measure.counted).astype(np.float64)


def sizes(reviewed: Reviewed, weight: Weight) -> FloatArray | None:
    """Return how much each unit counts besides its design weight; none when all count once."""
    overlaps = bool(np.any(reviewed.multiplicity > 1.0))
    share = 1.0 / reviewed.multiplicity
    if weight is Weight.EXPOSURE:
        return reviewed.views * share
    return share if overlaps else None


def groups_of(selection: Selection, measure: Measure, cuts: tuple[Cut, ...]) -> Groups:
    """Part the units by one or two cuts; groups without a review of this measure are left out."""
    reviewed = selection.reviewed
    columns = [reviewed.labels[str(cut)] for cut in cuts]
    joint = np.zeros(reviewed.count, dtype=np.int64)
    for column in columns:
        joint = joint * max(len(column.values), 1) + column.codes
    return _present(joint, columns, asked(selection, measure))


def _present(joint: IntArray, columns: list[Labels], inside: BoolArray) -> Groups:
    names = list(product(*(column.values for column in columns)))
    present = np.unique(joint[inside])
    place = np.full(max(len(names), 1), -1, dtype=np.int64)
    place[present] = np.arange(present.size)
    return Groups(codes=place[joint] if joint.size else joint, names=tuple(names[int(code)] for code in present))
