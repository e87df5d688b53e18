import numpy as np
import pytest

from assay.stats.designs import Sample, join_strata, weighting


def joined(population, sampled, family=None, fewest=2):
    family = family or [0] * len(population)
    return join_strata(np.array(population), np.array(sampled), np.array(family), fewest=fewest).tolist()


def test_full_strata_stay_apart():
    assert joined([10, 20, 30], [2, 3, 2]) == [0, 1, 2]


def test_short_stratum_joins_its_smaller_neighbour():
    assert joined([90, 20, 30], [5, 1, 5]) == [0, 1, 1]
    assert joined([30, 20, 90], [5, 1, 5]) == [0, 0, 1]


def test_short_stratum_prefers_its_family():
    assert joined([90, 20, 30], [5, 1, 5], family=[7, 7, 8]) == [0, 0, 1]


def test_short_neighbours_join_until_they_suffice():
    assert joined([10, 10, 10, 10], [1, 0, 0, 5]) == [0, 0, 0, 0]
    assert joined([10, 10, 10], [0, 0, 0]) == [0, 0, 0]


def test_stratum_reviewed_whole_stays_apart():
    assert joined([1, 20], [1, 5]) == [0, 1]
    assert joined([0, 20], [0, 5]) == [0, 1]


def test_weights_add_up_to_the_frame():
    found = weighting(Sample(stratum=[0, 0, 1, 3, 3], population=[10, 20, 30, 40]))
    assert found.weight.sum() == pytest.approx(100)
    assert (found.frame, found.collapsed) == (100, 2)


@pytest.mark.parametrize(
    ("sample", "sentence"),
    [
        (Sample(stratum=[0, 2], population=[5, 5]), r"stratum must be below 2 \(the strata given\), got 2"),
        (Sample(stratum=[0, -1], population=[5, 5]), "stratum must be at least 0, got -1 at position 1"),
        (Sample(stratum=[0, 0], population=[1]), r"sampled must not exceed population \(1\) in stratum 0, got 2"),
        (Sample(stratum=[0, 0], population=[5], sampled=[1]), r"units passed must not exceed sampled \(1\)"),
        (Sample(stratum=[0, 0], population=[5], drawn=[1]), r"sampled must not exceed drawn \(1\) in stratum 0"),
        (Sample(stratum=[0, 0], population=[5], drawn=[6]), r"drawn must not exceed population \(5\)"),
        (Sample(stratum=[0], population=[-5]), "population must be at least 0, got -5 at position 0"),
        (Sample(stratum=[0.5], population=[5]), r"stratum must be whole numbers, got 0\.5 at position 0"),
        (Sample(stratum=[[0]], population=[5]), "stratum must have one dimension, got 2"),
        (Sample(stratum=[0], population=[5], family=[1, 2]), "family must have 1 entries, got 2"),
    ],
)
def test_counts_that_do_not_fit_are_named(sample, sentence):
    with pytest.raises(ValueError, match=sentence):
        weighting(sample)


def test_thousands_of_short_strata_are_joined_in_time():
    rng = np.random.default_rng(1)
    population, family = rng.integers(0, 50, 20_000), np.repeat(np.arange(200), 100)
    sampled = np.minimum(population, rng.integers(0, 3, 20_000))
    groups = join_strata(population, sampled, family, fewest=2)
    counts, sizes = np.bincount(groups, weights=sampled), np.bincount(groups, weights=population)
    assert np.all(counts >= np.minimum(2, sizes))
    assert np.all(np.diff(groups) >= 0)
