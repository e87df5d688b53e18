import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from assay.stats.allocation import (
    budget_allocation,
    neyman_allocation,
    precision_allocation,
    proportional_allocation,
    working_spread,
)

HALF_POINT = (0.005 / 1.96) ** 2


def problem(seed: int, strata: int = 8, domains: int = 3):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(300, 8000, strata)
    spreads = np.sqrt(rng.uniform(0.01, 0.2, strata))
    member = rng.random((domains, strata)) < 0.6
    member[0] = True
    weights = member * sizes
    weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1)
    return sizes, spreads, weights


def variance_of(weights, spreads, sizes, n):
    return ((weights * spreads) ** 2 * (1 / n - 1 / sizes)).sum(axis=-1)


def test_proportional_sizes_follow_the_frame():
    assert proportional_allocation(sizes=[6000, 3000, 1000], total=100).sizes == (60, 30, 10)


def test_proportional_sizes_keep_the_minimum():
    assert proportional_allocation(sizes=[9990, 10], total=100).sizes == (98, 2)
    assert proportional_allocation(sizes=[9999, 1, 0], total=100).sizes == (99, 1, 0)


# Wright (2012): the priority-value allocation has the least variance of all whole ones.
@pytest.mark.parametrize("total", [6, 9, 14, 20])
def test_neyman_sizes_beat_every_other_split(total):
    sizes, spreads = np.array([40, 12, 7]), np.array([0.3, 0.9, 1.4])
    found = neyman_allocation(sizes=sizes, spreads=spreads, total=total, floor=0.0)
    ranges = [range(2, size + 1) for size in sizes]
    best = min(
        variance_of(sizes / 59, spreads, sizes, np.array(n)) for n in itertools.product(*ranges) if sum(n) == total
    )
    assert found.total == total
    assert found.achieved_variance[0] == pytest.approx(best)


def test_neyman_sizes_follow_size_times_spread():
    found = neyman_allocation(sizes=[100_000, 100_000], spreads=[0.1, 0.3], total=400, floor=0.0)
    assert found.sizes == (100, 300)


def test_neyman_takes_a_small_stratum_whole():
    assert neyman_allocation(sizes=[5, 10_000], spreads=[50.0, 0.1], total=60).sizes[0] == 5


def test_floor_keeps_a_share_everywhere():
    found = neyman_allocation(sizes=[90_000, 10_000], spreads=[1e-6, 0.5], total=1000, floor=0.10)
    assert found.sizes == (90, 910)


def test_whole_frame_can_be_allocated():
    assert neyman_allocation(sizes=[5, 6], spreads=[0.1, 0.2], total=11).sizes == (5, 6)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 10**6))
def test_cheapest_sizes_equal_the_convex_optimum(seed):
    sizes, spreads, weights = problem(seed)
    targets = np.array([0.0000065, 0.00004, 0.00004])
    costs = np.random.default_rng(seed).uniform(0.5, 3, sizes.size)
    found = precision_allocation(sizes=sizes, spreads=spreads, costs=costs, domains=weights, targets=targets, floor=0.0)
    oracle = optimize.minimize(
        lambda x: costs @ np.exp(x) / (costs @ sizes),
        np.log(sizes * 0.9),
        jac=lambda x: costs * np.exp(x) / (costs @ sizes),
        bounds=[(math.log(2), math.log(size)) for size in sizes],
        constraints={
            "type": "ineq",
            "fun": lambda x: 1 - variance_of(weights, spreads, sizes, np.exp(x)) / targets,
            "jac": lambda x: (weights * spreads) ** 2 * np.exp(-x) / targets[:, None],
        },
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-10},
    )
    assert np.all(np.array(found.achieved_variance) <= targets)
    optimum = oracle.fun * (costs @ sizes)
    assert np.all(variance_of(weights, spreads, sizes, np.exp(oracle.x)) <= targets * 1.0001)
    # Whole reviews cost at most a review or so in each stratum more than fractions.
    assert optimum * 0.999 <= found.cost <= optimum * 1.001 + costs.sum()


def test_targets_are_met_and_the_binding_ones_named():
    sizes, spreads, weights = problem(1)
    found = precision_allocation(sizes=sizes, spreads=spreads, domains=weights, targets=[1e-5, 1.0, 1.0], floor=0.0)
    assert found.feasible
    assert found.binding == (0,)
    assert found.achieved_variance == pytest.approx(
        variance_of(weights, spreads, sizes, np.array(found.sizes)).tolist()
    )
    assert found.achieved_variance[0] <= 1e-5


def test_no_review_can_be_taken_back():
    sizes, spreads, weights = problem(2)
    targets = np.array([1e-5, 3e-5, 5e-5])
    found = precision_allocation(sizes=sizes, spreads=spreads, domains=weights, targets=targets, floor=0.0)
    n = np.array(found.sizes)
    for h in range(n.size):
        less = n.copy()
        less[h] -= 1
        if less[h] >= 2:
            assert np.any(variance_of(weights, spreads, sizes, less) > targets)


@pytest.mark.parametrize("seed", range(5))
def test_tighter_target_never_needs_fewer_reviews(seed):
    sizes, spreads, weights = problem(seed)
    costs = [
        precision_allocation(sizes=sizes, spreads=spreads, domains=weights, targets=np.full(3, target)).cost
        for target in (1e-3, 1e-4, 3e-5, 1e-5, 3e-6)
    ]
    assert costs == sorted(costs)


def test_single_stratum_needs_the_textbook_size():
    # Cochran (1977), 4.4: n = n0 / (1 + n0 / N), n0 = S^2 / V.
    found = precision_allocation(
        sizes=[20_000], spreads=[math.sqrt(0.03 * 0.97)], domains=[[1.0]], targets=[HALF_POINT]
    )
    n0 = 0.03 * 0.97 / HALF_POINT
    assert found.sizes == (math.ceil(n0 / (1 + n0 / 20_000)),)


def test_floor_share_holds_in_the_result():
    sizes, spreads, weights = problem(3)
    found = precision_allocation(sizes=sizes, spreads=spreads, domains=weights, targets=[1e-5] * 3, floor=0.30)
    n = np.array(found.sizes)
    # The last rounding may take back a review after the floor was set.
    assert np.all(n >= np.floor(0.30 * (n.sum() - 1) * sizes / sizes.sum()))


def test_loose_targets_leave_the_minimum():
    found = precision_allocation(sizes=[500, 900, 1], spreads=[0.1] * 3, domains=[[0.3, 0.6, 0.1]], targets=[1.0])
    assert found.sizes == (2, 2, 1)


def test_impossible_target_asks_for_everything():
    found = precision_allocation(sizes=[50, 90], spreads=[0.3, 0.3], domains=[[0.4, 0.6]], targets=[1e-15])
    assert found.sizes == (50, 90)
    assert found.achieved_variance == (0.0,)


def test_budget_that_does_not_reach_names_what_is_missed():
    sizes, spreads, weights = problem(4)
    targets = np.array([1e-5, 1.0, 1e-5])
    full = precision_allocation(sizes=sizes, spreads=spreads, domains=weights, targets=targets)
    half = precision_allocation(sizes=sizes, spreads=spreads, domains=weights, targets=targets, budget=full.cost / 2)
    assert not half.feasible
    assert set(half.binding) <= {0, 2}
    assert half.binding
    assert full.cost / 2 * 0.98 <= half.cost <= full.cost / 2
    assert max(half.achieved_variance[j] / targets[j] for j in (0, 2)) > 1.0


def test_budget_that_reaches_changes_nothing():
    sizes, spreads, weights = problem(4)
    given_ = {"sizes": sizes, "spreads": spreads, "domains": weights, "targets": [1e-5] * 3}
    full = precision_allocation(**given_)
    assert precision_allocation(**given_, budget=full.cost) == full


@pytest.mark.parametrize("seed", range(4))
def test_bigger_budget_gives_smaller_variance(seed):
    sizes, spreads, weights = problem(seed)
    targets = np.array([1e-5, 2e-5, 4e-5])
    worst = []
    for budget in (60, 150, 400, 1000, 3000):
        found = budget_allocation(budget=budget, sizes=sizes, spreads=spreads, domains=weights, targets=targets)
        assert found.cost <= budget
        worst.append(max(np.array(found.achieved_variance) / targets))
    assert worst == sorted(worst, reverse=True)


def test_budget_of_one_domain_equals_neyman():
    sizes, spreads, _ = problem(5)
    weights = [sizes / sizes.sum()]
    spent = budget_allocation(budget=700, sizes=sizes, spreads=spreads, domains=weights, targets=[1e-5], floor=0.0)
    best = neyman_allocation(sizes=sizes, spreads=spreads, total=int(spent.cost), floor=0.0)
    assert spent.cost >= 690
    assert spent.achieved_variance[0] == pytest.approx(best.achieved_variance[0], rel=0.01)


def test_working_spread_is_never_zero():
    found = working_spread(errors=[0, 5, 0], reviewed=[100, 100, 0], prior_rate=0.03, prior_reviews=10)
    rates = np.array([0.3 / 110, 5.3 / 110, 0.03])
    assert found == pytest.approx(np.sqrt(rates * (1 - rates)))


GOOD = {"sizes": [50, 90], "spreads": [0.3, 0.3], "domains": [[0.4, 0.6]], "targets": [1e-3]}


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: neyman_allocation(sizes=[50, 90], spreads=[0.1, 0.1], total=3), "at least 4 to pay for the floors"),
        (lambda: neyman_allocation(sizes=[5, 9], spreads=[0.1, 0.1], total=15), r"exceed the frame \(14\), got 15"),
        (lambda: neyman_allocation(sizes=[5, 9], spreads=[0.1, 0.0], total=8), "use working_spread"),
        (lambda: neyman_allocation(sizes=[0, 0], spreads=[0.1, 0.1], total=8), "empty frame"),
        (lambda: neyman_allocation(sizes=[9], spreads=[0.1], total=8, floor=1.5), "floor must lie between 0 and 1"),
        (lambda: neyman_allocation(sizes=[9], spreads=[0.1], total=8, minimum=0), "minimum must be at least 1"),
        (lambda: precision_allocation(**{**GOOD, "targets": [0.0]}), r"targets must be above 0, got 0\.0"),
        (lambda: precision_allocation(**{**GOOD, "targets": [1.0, 1.0]}), "targets must have 1 entries, got 2"),
        (lambda: precision_allocation(**{**GOOD, "domains": [[1.0]]}), "domains must have 2 columns, got 1"),
        (lambda: precision_allocation(**{**GOOD, "domains": [[-1.0, 2.0]]}), "weights of 0 or more"),
        (lambda: precision_allocation(**GOOD, costs=[1.0, 0.0]), r"costs must be above 0, got 0\.0"),
        (lambda: budget_allocation(**GOOD, budget=3), r"budget must pay for 2 reviews in each stratum \(4\), got 3"),
        (lambda: working_spread(errors=[2], reviewed=[1], prior_rate=0.1), "between 0 and reviewed"),
        (lambda: working_spread(errors=[0], reviewed=[1], prior_rate=0.0), "prior_rate must lie"),
        (lambda: working_spread(errors=[0], reviewed=[1], prior_rate=0.1, prior_reviews=0), "above 0, got 0"),
    ],
)
def test_bad_input_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
