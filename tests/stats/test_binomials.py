import numpy as np
import pytest
from scipy import stats

from assay.stats import binomials


@pytest.mark.parametrize("rate", [0.0, 0.001, 0.03, 0.5, 0.97, 1.0])
@pytest.mark.parametrize("size", [1, 7, 60])
def test_tails_equal_the_binomial(rate, size):
    counts = np.arange(size + 2)
    found = binomials.chance_of_at_least(counts.astype(float), np.array(float(size)), rate)
    assert found == pytest.approx(stats.binom.sf(counts - 1, size, rate), abs=1e-12)


@pytest.mark.parametrize("probability", [0.001, 0.00135, 0.025, 0.975, 0.99865, 0.999])
def test_quantiles_equal_the_binomial(probability):
    sizes = np.array([1.0, 2, 5, 30, 150, 1000, 40_000])
    for rate in (0.002, 0.03, 0.5, 0.98):
        found = binomials.quantile(probability, sizes, rate)
        assert found.tolist() == stats.binom.ppf(probability, sizes, rate).tolist()


def test_quantiles_of_certain_outcomes_are_the_ends():
    assert binomials.quantile(0.975, np.array([10.0]), 0.0).tolist() == [0.0]
    assert binomials.quantile(0.025, np.array([10.0]), 1.0).tolist() == [10.0]


def test_mid_p_counts_half_of_the_seen_count():
    found = binomials.mid_p_values(np.array([5.0]), np.array([20.0]), 0.1)
    assert found[0] == pytest.approx(2 * (stats.binom.sf(5, 20, 0.1) + stats.binom.pmf(5, 20, 0.1) / 2))


def test_mid_p_is_uniform_enough_under_the_null():
    counts = np.arange(0.0, 201.0)
    p = binomials.mid_p_values(counts, np.full(201, 200.0), 0.05)
    assert stats.binom.pmf(counts, 200, 0.05)[p <= 0.05].sum() == pytest.approx(0.05, abs=0.015)
