"""How the reviewed units were drawn: the weights and the variance that follow from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from assay.stats.arrays import FloatArray, IntArray, at_least, floats, integers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """A stratified simple random sample without replacement.

    Give the strata in an order in which neighbours are alike (score bands within a
    site): strata with too few reviews are joined with their neighbour.

    Attributes:
        stratum: The stratum of each reviewed unit, 0 to strata - 1: (units,).
        population: Units in the frame of each stratum: (strata,).
        sampled: Units reviewed in each stratum: (strata,). Counted from `stratum` when
            none; given when only some of the reviewed units are passed.
        drawn: Units drawn in each stratum, if more than were reviewed: (strata,). The
            missing ones are taken to be like the reviewed ones of their stratum.
        family: The family of each stratum (a site): (strata,). Strata are joined within
            their family where possible.
    """

    stratum: ArrayLike
    population: ArrayLike
    sampled: ArrayLike | None = None
    drawn: ArrayLike | None = None
    family: ArrayLike | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoissonSample:
    """Units drawn independently, each with its own known chance.

    Attributes:
        probability: The inclusion probability of each reviewed unit, above 0 to 1: (units,).
    """

    probability: ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighting:
    """What a design says about its units.

    Attributes:
        weight: Units of the frame for which each reviewed unit stands: (units,).
        group: The variance group of each unit: (units,).
        reviewed: Units reviewed in each variance group: (groups,).
        remaining: Share of each variance group that was not reviewed, 0 to 1: (groups,).
        collapsed: Strata joined with a neighbour.
        unreviewed: Units drawn but not reviewed.
        frame: Units in the frame; none when the design does not know it.
    """

    weight: FloatArray
    group: IntArray
    reviewed: IntArray
    remaining: FloatArray
    collapsed: int
    unreviewed: int
    frame: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Strata:
    stratum: IntArray
    population: IntArray
    sampled: IntArray
    family: IntArray
    unreviewed: int


def weighting(sample: Sample) -> Weighting:
    """Work out weights and variance groups of a stratified sample.

    A stratum without reviews is weighted together with its neighbour. A stratum with one
    review keeps its own weight and shares its neighbour's variance (collapsed strata).

    Args:
        sample: The design and the strata of its units.

    Returns:
        Weights by unit, and what the variance needs by group.

    Raises:
        ValueError: Counts do not fit: more reviewed than in the frame, an unknown stratum.

    Assumes: Unreviewed units resemble the reviewed ones of their stratum.
    Source: Cochran (1977), Sampling Techniques, 5A.12 (collapsed strata).
    """
    strata = _checked(sample)
    joined = join_strata(strata.population, strata.sampled, strata.family, fewest=1)
    population, sampled = _add_up(joined, strata.population), _add_up(joined, strata.sampled)
    family = _first_of(joined, strata.family)
    shared = join_strata(population, sampled, family, fewest=2)
    group_population, group_sampled = _add_up(shared, population), _add_up(shared, sampled)
    place = joined[strata.stratum]
    return Weighting(
        weight=population[place] / np.maximum(sampled[place], 1),
        group=shared[place],
        reviewed=group_sampled,
        remaining=np.where(group_population > 0, 1.0 - group_sampled / np.maximum(group_population, 1), 0.0),
        collapsed=int(np.count_nonzero(strata.population)) - int(np.count_nonzero(group_population)),
        unreviewed=strata.unreviewed,
        frame=int(population.sum()),
    )


def poisson_probability(sample: PoissonSample) -> FloatArray:
    """Return the inclusion probabilities of a Poisson sample, checked: (units,)."""
    probability = floats("probability", sample.probability)
    wrong = np.flatnonzero((probability <= 0.0) | (probability > 1.0))
    if wrong.size:
        raise ValueError(
            f"probability must be above 0 and at most 1, got {probability[wrong[0]]} at position {wrong[0]}"
        )
    return probability


def join_strata(population: IntArray, sampled: IntArray, family: IntArray, *, fewest: int) -> IntArray:
    """Join each stratum that has too few reviews with its nearest neighbour.

    Args:
        population: Units in the frame: (strata,).
        sampled: Units reviewed: (strata,).
        family: The family of each stratum: (strata,).
        fewest: Reviews a group must have, unless it was reviewed whole.

    Returns:
        The group of each stratum, numbered from 0 in order: (strata,).

    Assumes: Neighbouring strata are alike.
    """
    groups = [[h] for h in range(population.size)]
    sizes, counts, homes = population.tolist(), sampled.tolist(), family.tolist()
    i = 0
    while i < len(groups) and len(groups) > 1:
        if counts[i] >= min(fewest, sizes[i]):
            i += 1
            continue
        j = _nearest(i, homes, sizes)
        left, right = min(i, j), max(i, j)
        groups[left] += groups.pop(right)
        sizes[left] += sizes.pop(right)
        counts[left] += counts.pop(right)
        homes.pop(right)
        # The joined group may still be short, so it is looked at again.
        i = left
    numbers = np.zeros(population.size, dtype=np.int64)
    for number, group in enumerate(groups):
        numbers[group] = number
    return numbers


def _nearest(i: int, homes: list[int], sizes: list[int]) -> int:
    """Choose between the two neighbours: same family first, then not empty, then the smaller."""
    beside = [j for j in (i - 1, i + 1) if 0 <= j < len(sizes)]
    return min(beside, key=lambda j: (homes[j] != homes[i], sizes[j] == 0, sizes[j]))


def _checked(sample: Sample) -> _Strata:
    population = integers("population", sample.population)
    at_least("population", population, 0)
    stratum = integers("stratum", sample.stratum)
    at_least("stratum", stratum, 0)
    if stratum.size and int(stratum.max()) >= population.size:
        raise ValueError(f"stratum must be below {population.size} (the strata given), got {stratum.max()}")
    passed = np.bincount(stratum, minlength=population.size).astype(np.int64)
    sampled = passed
    if sample.sampled is not None:
        sampled = integers("sampled", sample.sampled, length=population.size)
    _check_not_above("units passed", passed, "sampled", sampled)
    _check_not_above("sampled", sampled, "population", population)
    drawn = sampled
    if sample.drawn is not None:
        drawn = integers("drawn", sample.drawn, length=population.size)
    _check_not_above("sampled", sampled, "drawn", drawn)
    _check_not_above("drawn", drawn, "population", population)
    family = np.zeros(population.size, dtype=np.int64)
    if sample.family is not None:
        family = integers("family", sample.family, length=population.size)
    return _Strata(
        stratum=stratum,
        population=population,
        sampled=sampled,
        family=family,
        unreviewed=int((drawn - sampled).sum()),
    )


def _check_not_above(part_name: str, part: IntArray, whole_name: str, whole: IntArray) -> None:
    wrong = np.flatnonzero(part > whole)
    if wrong.size:
        h = wrong[0]
        raise ValueError(f"{part_name} must not exceed {whole_name} ({whole[h]}) in stratum {h}, got {part[h]}")


def _add_up(groups: IntArray, counts: IntArray) -> IntArray:
    total = np.zeros(int(groups.max()) + 1 if groups.size else 0, dtype=np.int64)
    np.add.at(total, groups, counts)
    return total


def _first_of(groups: IntArray, values: IntArray) -> IntArray:
    _, first = np.unique(groups, return_index=True)
    return values[first]
