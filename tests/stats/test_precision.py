import numpy as np
import pytest

from assay.stats.precision import Targets, cheapest_sizes, whole_sizes


def targets_of(seed: int, strata: int = 6, domains: int = 2) -> Targets:
    rng = np.random.default_rng(seed)
    return Targets(
        load=rng.uniform(0.0, 0.01, (domains, strata)),
        limits=np.full(domains, 1e-4),
        population=rng.integers(100, 3000, strata),
    )


def test_variance_follows_the_formula():
    targets = targets_of(1)
    n = np.array([10, 20, 30, 40, 50, 60])
    assert targets.variance(n) == pytest.approx((targets.load * (1 / n - 1 / targets.population)).sum(axis=1))
    assert targets.variance(targets.population).tolist() == [0.0, 0.0]


def test_empty_stratum_adds_no_variance():
    targets = Targets(load=np.array([[0.1, 0.0]]), limits=np.array([1.0]), population=np.array([10, 0]))
    assert targets.variance(np.array([5, 0])) == pytest.approx([0.1 * (1 / 5 - 1 / 10)])


@pytest.mark.parametrize("seed", range(6))
def test_sizes_satisfy_the_optimality_conditions(seed):
    # Karush, Kuhn and Tucker: inside the bounds, cost x n^2 is one mixture of the loads.
    targets, costs = targets_of(seed), np.linspace(1, 2, 6)
    lower = np.full(6, 2.0)
    n = cheapest_sizes(targets, costs, lower, targets.population)
    inside = (n > lower * 1.001) & (n < targets.population * 0.999)
    multipliers, *_ = np.linalg.lstsq(targets.load[:, inside].T, (costs * n**2)[inside], rcond=None)
    assert np.all(multipliers >= -1e-3 * multipliers.max())
    assert multipliers @ targets.load[:, inside] == pytest.approx((costs * n**2)[inside], rel=1e-3)
    assert np.all(targets.variance(n) <= targets.limits)
    assert targets.variance(n).max() == pytest.approx(1e-4, rel=1e-4)


def test_met_targets_leave_the_lower_bounds():
    targets = targets_of(2).scaled(1e6)
    lower = np.full(6, 2.0)
    assert cheapest_sizes(targets, np.ones(6), lower, targets.population).tolist() == lower.tolist()


def test_whole_sizes_meet_the_targets_within_bounds():
    targets, costs, lower = targets_of(3), np.ones(6), np.full(6, 2)
    n = cheapest_sizes(targets, costs, lower.astype(float), targets.population)
    whole = whole_sizes(targets, costs, lower, n, targets.population)
    assert np.all(targets.variance(whole) <= targets.limits)
    assert np.all((whole >= lower) & (whole <= targets.population))
    assert whole.sum() <= np.ceil(n).sum()


def test_holding_domains_forbid_taking_back():
    targets = Targets(
        load=np.array([[0.1, 0.0], [0.0, 0.1]]), limits=np.array([0.1 / 10, 1.0]), population=np.array([10**9, 10**9])
    )
    assert targets.holding(np.array([10, 10]), np.array([2, 2])).tolist() == [True, False]
    assert targets.holding(np.array([10, 10]), np.array([10, 2])).tolist() == [False, False]


@pytest.mark.parametrize("domains", [1, 300])
def test_two_thousand_strata_are_solved(domains):
    rng = np.random.default_rng(1)
    sizes = rng.integers(100, 10_000, 2000)
    weights = (rng.random((domains, 2000)) < 0.05) * sizes
    weights = weights / weights.sum(axis=1, keepdims=True)
    targets = Targets(
        load=weights**2 * rng.uniform(0.005, 0.2, 2000),
        limits=np.full(domains, (0.01 / 1.96) ** 2),
        population=sizes,
    )
    lower = np.full(2000, 2)
    n = cheapest_sizes(targets, np.ones(2000), lower.astype(float), sizes)
    whole = whole_sizes(targets, np.ones(2000), lower, n, sizes)
    assert np.all(targets.variance(whole) <= targets.limits)
    assert whole.sum() <= n.sum() * 1.02
