"""Every settled review of the random lane, as arrays: read once, then cut in memory for any figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby

import numpy as np
import pyarrow as pa
from django.db import connection
from django.db.models import Count, Max

from assay.rooms.reviews.models import Settlement
from assay.rooms.reviews.terms import Judgement
from assay.rooms.sampling.models import Draw, Plan, Stratum
from assay.rooms.sampling.terms import Lane
from assay.stats.arrays import BoolArray, FloatArray, IntArray
from assay.stats.designs import Sample, join_strata

from ..measures import JUDGED, family_of, named_policy, population_of
from ..terms import TENURE_EDGES, Cut, Filters, Population, Tenure
from .overlap import multiplicity, plan_frames
from .pairs import Pairs, read_pairs

_TEXTS = (
    "site",
    "team",
    "vendor",
    "market",
    "language",
    "item_type",
    "queue",
    "policy",
    "outcome",
    "maker_type",
    "maker",
)
_DECIDED = str(Judgement.DECIDED)
_EPOCH = date(1970, 1, 1)
# The week that holds 1 January 1970, a Thursday, began three days before it.
_WEEK_OFFSET = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """A text column as codes into its sorted values: codes (units,)."""

    codes: IntArray
    values: tuple[str, ...]

    def among(self, allowed: Iterable[str]) -> BoolArray:
        """Tell which units have one of the values: (units,)."""
        wanted = frozenset(allowed)
        hit = np.array([value in wanted for value in self.values], dtype=np.bool_)
        return hit[self.codes] if self.values else np.zeros(0, dtype=np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """Judged decisions of all plans of the random lane, with the design they were drawn by.

    Attributes:
        ids: Key of each sampled decision, ascending: (units,).
        labels: Text columns by name, "error_class", "tenure" and "week" among them.
        moment: When it was decided, seconds since 1970-01-01 in UTC: (units,).
        day: Day of the decision, days since 1970-01-01 in UTC: (units,).
        population: "enforcing", "left_up" or "all" (neither) of each unit, as labels.
        views: How often the item was seen: (units,).
        multiplicity: How many plans could have drawn the decision: (units,).
        stratum: Stratum of each unit: (units,).
        sizes: Decisions in the frame of each stratum: (strata,).
        drawn: Decisions drawn in each stratum: (strata,).
        family: The plan of each stratum: (strata,).
        plans: Code of each plan.
        pairs: Findings of both auditors on the units judged twice.
    """

    ids: IntArray
    labels: dict[str, Labels]
    moment: IntArray
    day: IntArray
    views: FloatArray
    multiplicity: FloatArray
    stratum: IntArray
    sizes: IntArray
    drawn: IntArray
    family: IntArray
    plans: tuple[str, ...]
    pairs: Pairs

    @property
    def count(self) -> int:
        """Number of judged decisions."""
        return int(self.ids.size)

    def sample(self) -> Sample:
        """Return the design of all units, which an estimate then narrows to its domain."""
        return Sample(stratum=self.stratum, population=self.sizes, drawn=self.drawn, family=self.family)

    def days(self) -> tuple[date, date] | None:
        """Return the first and last day with a judged decision."""
        if not self.count:
            return None
        return day_of(int(self.day.min())), day_of(int(self.day.max()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The part of the reviews that a viewer may see and has asked for: inside (units,)."""

    reviewed: Reviewed
    inside: BoolArray


def reviewed() -> Reviewed:
    """Return all judged decisions of the random lane.

    One query tells whether anything was settled or drawn since the last read; only then are the
    reviews read again.
    """
    stamp = _stamp()
    # Inside a transaction the rows may yet be rolled back: neither use nor fill the shared copy.
    return _read() if connection.in_atomic_block else _kept(stamp)


def select(everything: Reviewed, *, sites: tuple[str, ...] | None, filters: Filters) -> Selection:
    """Narrow the reviews to a viewer's sites (none: all sites) and to the filters of the address."""
    inside = within_sites(everything, sites)
    for name, allowed in filters.equals.items():
        inside &= everything.labels[name].among(allowed)
    if filters.start is not None:
        inside &= everything.day >= day_number(filters.start)
    if filters.end is not None:
        inside &= everything.day <= day_number(filters.end)
    return Selection(reviewed=everything, inside=inside)


def within_sites(everything: Reviewed, sites: tuple[str, ...] | None) -> BoolArray:
    """Tell which units belong to the sites: (units,)."""
    if sites is None:
        return np.ones(everything.count, dtype=np.bool_)
    # A decision without a site belongs to nobody's site.
    return everything.labels["site"].among(site for site in sites if site)


def known_values(everything: Reviewed, name: str, *, sites: tuple[str, ...] | None) -> tuple[str, ...]:
    """List the values of a column among the decisions a viewer may see."""
    column = everything.labels[name]
    present = np.unique(column.codes[within_sites(everything, sites)])
    return tuple(column.values[int(code)] for code in present)


def day_number(day: date) -> int:
    """Count the days since 1970-01-01."""
    return (day - _EPOCH).days


def day_of(number: int) -> date:
    """Return the day that `day_number` counted."""
    return _EPOCH + timedelta(days=number)


def monday_of(day: date) -> date:
    """Return the Monday of the ISO week."""
    return day - timedelta(days=day.weekday())


def _stamp() -> tuple[object, ...]:
    settled = Settlement.objects.aggregate(Max("id"), Max("settled_at"), Count("id"))
    drawn = Draw.objects.aggregate(Max("id"), Max("frozen_at"))
    return (str(connection.settings_dict["NAME"]), *settled.values(), *drawn.values())


@lru_cache(maxsize=1)
def _kept(_stamp: tuple[object, ...]) -> Reviewed:
    return _read()


def _read() -> Reviewed:
    plans = tuple(
        Plan.objects.filter(lane=Lane.RANDOM, draws__isnull=False).distinct().order_by("id").select_related("unit")
    )
    rows = list(
        Settlement.objects.filter(sampled__plan__lane=Lane.RANDOM, error_class__in=sorted(JUDGED))
        .order_by("sampled_id")
        .values_list(
            "sampled_id",
            "sampled__plan_id",
            "sampled__stratum_label",
            "sampled__decided_at",
            "sampled__exposure_views",
            "sampled__tenure_days",
            "error_class",
            "verdict__judgement",
            "verdict__outcome",
            "verdict__policy",
            *(f"sampled__{name}" for name in _TEXTS),
        )
    )
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(10 + len(_TEXTS))]
    ids, plan_ids, stratum_labels, moments, views, tenures, classes = columns[:7]
    kept = dict(zip(_TEXTS, columns[10:], strict=True))
    texts = {name: _labels(column) for name, column in kept.items()}
    moment = np.array([int(moment.timestamp()) for moment in moments], dtype=np.int64)
    day = moment // 86_400
    strata = _strata(plans, plan_ids, stratum_labels)
    started = set(plan_ids)
    keys = np.array(ids, dtype=np.int64)
    return Reviewed(
        ids=keys,
        labels=texts
        | {
            "error_class": _labels(classes),
            "population": _labels([population_of(outcome) for outcome in kept["outcome"]]),
            "first_action": _labels([family_of(outcome) for outcome in kept["outcome"]]),
            "first_policy": _labels([named_policy(o, p) for o, p in zip(kept["outcome"], kept["policy"], strict=True)]),
            "found_action": _labels([j if j != _DECIDED else family_of(o) for j, o in zip(*columns[7:9], strict=True)]),
            "found_policy": _labels(
                [j if j != _DECIDED else named_policy(o, p) for j, o, p in zip(*columns[7:10], strict=True)]
            ),
            "tenure": _labels([tenure_band(days) for days in tenures]),
            "week": _weeks(day),
            "plan": _labels([str(plan) for plan in plan_ids]),
        },
        moment=moment,
        day=day,
        views=np.array(views, dtype=np.float64),
        multiplicity=multiplicity(
            plan_frames([plan for plan in plans if plan.pk in started]),
            np.array(plan_ids, dtype=np.int64),
            moment,
            texts,
        ),
        plans=tuple(plan.code for plan in plans),
        pairs=read_pairs(keys),
        **strata,
    )


def tenure_band(days: int | None) -> Tenure:
    """Return the band of a maker's days in the work."""
    if days is None:
        return Tenure.UNKNOWN
    bands = (Tenure.UNDER_30, Tenure.UNDER_90, Tenure.UNDER_365, Tenure.FROM_365)
    return bands[sum(days >= edge for edge in TENURE_EDGES)]


def _labels(values: Sequence[str]) -> Labels:
    encoded = pa.array(values, type=pa.string()).dictionary_encode()
    names = encoded.dictionary.to_pylist()
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.zeros(len(names), dtype=np.int64)
    place[order] = np.arange(len(names))
    codes = place[encoded.indices.to_numpy(zero_copy_only=False)] if names else np.zeros(0, dtype=np.int64)
    return Labels(codes=codes.astype(np.int64), values=tuple(names[i] for i in order))


def _weeks(day: IntArray) -> Labels:
    numbers, codes = np.unique((day + _WEEK_OFFSET) // 7, return_inverse=True)
    mondays = (day_of(int(number) * 7 - _WEEK_OFFSET).isoformat() for number in numbers)
    return Labels(codes=codes.astype(np.int64), values=tuple(mondays))


def _strata(plans: Sequence[Plan], plan_ids: Sequence[int], labels: Sequence[str]) -> dict[str, IntArray]:
    """Lay the strata of every plan's latest draw side by side; those without a review join a neighbour.

    A plan of which nothing is judged yet says nothing and is left out: else its frame would be given to
    the reviews of another plan.
    """
    judged: dict[tuple[int, str], int] = {}
    for key in zip(plan_ids, labels, strict=True):
        judged[key] = judged.get(key, 0) + 1
    started = {plan_id for plan_id, _ in judged}
    sizes, drawn, family = list[int](), list[int](), list[int]()
    number_of: dict[tuple[int, str], int] = {}
    for position, (plan_id, strata) in enumerate(_latest_strata(plans)):
        if plan_id not in started:
            continue
        counts = np.array([judged.get((plan_id, label), 0) for label, _, _ in strata], dtype=np.int64)
        size = np.array([size for _, size, _ in strata], dtype=np.int64)
        groups = join_strata(size, counts, np.zeros(size.size, dtype=np.int64), fewest=1)
        number_of |= {(plan_id, s[0]): len(sizes) + int(g) for s, g in zip(strata, groups, strict=True)}
        joined = int(groups.max()) + 1
        sizes += np.bincount(groups, weights=size, minlength=joined).astype(np.int64).tolist()
        draws = np.array([sampled for _, _, sampled in strata], dtype=np.int64)
        drawn += np.bincount(groups, weights=draws, minlength=joined).astype(np.int64).tolist()
        family += [position] * joined
    stratum = [number_of[key] for key in zip(plan_ids, labels, strict=True)]
    return {
        "stratum": np.array(stratum, dtype=np.int64),
        "sizes": np.array(sizes, dtype=np.int64),
        "drawn": np.array(drawn, dtype=np.int64),
        "family": np.array(family, dtype=np.int64),
    }


def _latest_strata(plans: Sequence[Plan]) -> list[tuple[int, list[tuple[str, int, int]]]]:
    rows = (
        Stratum.objects.filter(draw__plan__in=[plan.pk for plan in plans])
        .order_by("draw__plan_id", "draw__number", "id")
        .values_list("draw__plan_id", "draw__number", "label", "size", "sampled")
    )
    found: dict[int, list[tuple[str, int, int]]] = {}
    for (plan_id, _number), group in groupby(rows, key=lambda row: row[:2]):
        # Draws come in order, so the last one stays.
        found[plan_id] = [(label, size, sampled) for _, _, label, size, sampled in group]
    return list(found.items())


def cut_labels(everything: Reviewed, cut: Cut) -> Labels:
    """Return the column a figure is cut by."""
    return everything.labels[str(cut)]


def in_population(everything: Reviewed, population: Population) -> BoolArray:
    """Tell which units a measure is about: (units,)."""
    if population is Population.ALL:
        return np.ones(everything.count, dtype=np.bool_)
    return everything.labels["population"].among([population])
