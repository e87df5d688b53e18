import numpy as np
import pytest
from scipy import stats

from assay.stats.intervals import wilson_interval
from assay.stats.widths import (
    expected_half_width,
    half_width_of_variance,
    reviews_for_half_width,
    variance_for_half_width,
)


def slow_half_width(rate, n):
    return sum(stats.binom.pmf(k, n, rate) * wilson_interval(errors=k, reviewed=n).half_width for k in range(n + 1))


@pytest.mark.parametrize(("rate", "n"), [(0.03, 100), (0.005, 60), (0.5, 40), (0.0, 30), (1.0, 30)])
def test_expected_half_width_equals_the_slow_sum(rate, n):
    assert expected_half_width(rate=rate, reviews=n) == pytest.approx(slow_half_width(rate, n), rel=1e-6)


# STATISTICS: mean half-width of Wilson's interval in one stratum, in percentage points.
@pytest.mark.parametrize(
    ("rate", "n", "points"), [(0.005, 300, 0.98), (0.01, 1000, 0.64), (0.03, 100, 3.61), (0.03, 3000, 0.61)]
)
def test_expected_half_width_matches_the_simulated_table(rate, n, points):
    assert round(expected_half_width(rate=rate, reviews=n) * 100, 2) == points


def test_reviews_for_half_width_are_the_fewest():
    n = reviews_for_half_width(rate=0.03, half_width=0.01)
    assert slow_half_width(0.03, n) <= 0.01 < slow_half_width(0.03, n - 1)


def test_design_effect_multiplies_the_reviews():
    simple = reviews_for_half_width(rate=0.029, half_width=0.005)
    assert reviews_for_half_width(rate=0.029, half_width=0.005, design_effect=0.6) == np.ceil(simple * 0.6)


def test_small_frame_needs_fewer_reviews():
    simple = reviews_for_half_width(rate=0.03, half_width=0.01)
    small = reviews_for_half_width(rate=0.03, half_width=0.01, population=2000)
    assert small == np.ceil(simple / (1 + simple / 2000))
    assert expected_half_width(rate=0.03, reviews=small, population=2000) == pytest.approx(0.01, rel=0.01)
    assert reviews_for_half_width(rate=0.03, half_width=0.01, population=5) == 5
    assert expected_half_width(rate=0.03, reviews=5, population=5) == 0.0


@pytest.mark.parametrize(("rate", "half_width"), [(0.029, 0.005), (0.02, 0.01), (0.001, 0.002), (0.4, 0.03)])
def test_variance_target_gives_the_half_width_back(rate, half_width):
    variance = variance_for_half_width(rate=rate, half_width=half_width)
    assert half_width_of_variance(rate=rate, variance=variance) == pytest.approx(half_width, rel=1e-3)
    assert variance == pytest.approx((half_width / 1.95996) ** 2, rel=0.45)


def test_no_variance_has_no_half_width():
    assert half_width_of_variance(rate=0.03, variance=0.0) == 0.0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: reviews_for_half_width(rate=0.03, half_width=0), "half_width must lie between 0 and 0.5, got 0"),
        (lambda: reviews_for_half_width(rate=0.5, half_width=1e-5), "more than 20000000 reviews would be needed"),
        (lambda: reviews_for_half_width(rate=-1, half_width=0.1), "rate must lie between 0 and 1, got -1"),
        (lambda: expected_half_width(rate=0.1, reviews=0), "reviews must lie between 1 and 20000000, got 0"),
        (lambda: expected_half_width(rate=0.1, reviews=9, design_effect=0), "design_effect must be above 0, got 0"),
    ],
)
def test_bad_input_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
