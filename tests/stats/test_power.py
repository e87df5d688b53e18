import numpy as np
import pytest
from scipy import stats

from assay.stats.intervals import wilson_interval
from assay.stats.power import (
    chance_of_seeing_change,
    chance_to_notice,
    detectable_difference,
    reviews_to_see_change,
)


def slow_chance(p, q, n, m):
    total = 0.0
    for k in range(n + 1):
        a = wilson_interval(errors=k, reviewed=n)
        for j in range(m + 1):
            b = wilson_interval(errors=j, reviewed=m)
            gap = j / m - k / n
            up = gap - np.hypot(j / m - b.low, a.high - k / n) > 0
            down = gap + np.hypot(b.high - j / m, k / n - a.low) < 0
            if (up and q >= p) or (down and q < p):
                total += stats.binom.pmf(k, n, p) * stats.binom.pmf(j, m, q)
    return total


@pytest.mark.parametrize(("p", "q"), [(0.05, 0.3), (0.4, 0.1), (0.2, 0.2)])
def test_power_equals_the_slow_sum(p, q):
    found = chance_of_seeing_change(rate=p, changed_rate=q, reviews_before=40, reviews_after=30)
    assert found == pytest.approx(slow_chance(p, q, 40, 30), abs=1e-6)


def test_reviews_to_see_change_are_near_the_textbook():
    # Fleiss, Levin and Paik (2003), 4.2: n = (z_a sqrt(2 p q) + z_b sqrt(p1 q1 + p2 q2))^2 / d^2.
    p, q = 0.03, 0.05
    mean = (p + q) / 2
    root = 1.95996 * np.sqrt(2 * mean * (1 - mean)) + 0.84162 * np.sqrt(p * (1 - p) + q * (1 - q))
    assert reviews_to_see_change(rate=p, changed_rate=q) == pytest.approx((root / 0.02) ** 2, rel=0.03)


def test_detectable_difference_reaches_the_power():
    found = detectable_difference(rate=0.03, reviews_before=2000)
    for changed in (0.03 + found.rise, 0.03 - found.fall):
        chance = chance_of_seeing_change(rate=0.03, changed_rate=changed, reviews_before=2000, reviews_after=2000)
        assert chance == pytest.approx(0.80, abs=0.002)


def test_small_sample_cannot_see_a_fall():
    found = detectable_difference(rate=0.01, reviews_before=50)
    assert found.fall is None
    assert found.rise > 0.05


def test_more_reviews_detect_smaller_changes():
    rises = [detectable_difference(rate=0.03, reviews_before=n).rise for n in (200, 800, 3200)]
    assert rises == sorted(rises, reverse=True)


def test_chance_to_notice_is_the_binomial_tail():
    found = chance_to_notice(rate=0.03, true_rate=0.09, reviews=100)
    first = next(k for k in range(101) if stats.binom.sf(k - 1, 100, 0.03) <= 0.025)
    assert found == pytest.approx(stats.binom.sf(first - 1, 100, 0.09))


def test_too_few_reviews_can_never_be_noticed():
    assert chance_to_notice(rate=0.5, true_rate=0.9, reviews=3) == 0.0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: reviews_to_see_change(rate=0.1, changed_rate=0.1), "changed_rate must differ from rate"),
        (lambda: detectable_difference(rate=0.1, reviews_before=10, power=1), "power must lie between 0 and 1"),
    ],
)
def test_bad_input_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
