from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assay.stats.intervals import (
    Interval,
    Method,
    clopper_pearson_interval,
    difference_interval,
    effective_interval,
    hypergeometric_interval,
    wilson_interval,
)


@dataclass(frozen=True)
class Rate:
    value: float | None
    interval: Interval | None


def wilson_rate(errors: int, reviewed: int, confidence: float = 0.95) -> Rate:
    return Rate(errors / reviewed, wilson_interval(errors=errors, reviewed=reviewed, confidence=confidence))


# Newcombe (1998), Statistics in Medicine 17, 857-872, table I: methods 3 and 5.
@pytest.mark.parametrize(
    ("errors", "reviewed", "wilson", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_single_rate_matches_newcombes_table(errors, reviewed, wilson, exact):
    score = wilson_interval(errors=errors, reviewed=reviewed)
    assert (round(score.low, 4), round(score.high, 4)) == wilson
    tails = clopper_pearson_interval(errors=errors, reviewed=reviewed)
    assert (round(tails.low, 4), round(tails.high, 4)) == exact


# Newcombe (1998), Statistics in Medicine 17, 873-890, table II: method 10.
@pytest.mark.parametrize(
    ("first", "second", "bounds"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
    ],
)
def test_difference_matches_newcombes_table(first, second, bounds):
    found = difference_interval(wilson_rate(*first), wilson_rate(*second))
    assert (round(found.low, 4), round(found.high, 4)) == bounds
    assert found.method is Method.NEWCOMBE


def test_difference_needs_two_defined_rates():
    with pytest.raises(ValueError, match="must have a value"):
        difference_interval(Rate(None, None), wilson_rate(1, 10))


def test_difference_needs_the_same_confidence():
    with pytest.raises(ValueError, match=r"got 0\.95 and 0\.9"):
        difference_interval(wilson_rate(1, 10), wilson_rate(1, 10, 0.9))


@settings(deadline=None)
@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_interval_mirrors_when_errors_become_rights(counts):
    errors, reviewed = counts
    for interval in (wilson_interval, clopper_pearson_interval):
        one = interval(errors=errors, reviewed=reviewed)
        other = interval(errors=reviewed - errors, reviewed=reviewed)
        assert one.low == pytest.approx(1.0 - other.high, abs=1e-12)
        assert one.low <= errors / reviewed <= one.high


def test_exact_interval_covers_at_least_as_promised():
    for rate in (0.005, 0.03, 0.2, 0.5):
        counts = np.arange(61)
        chance = stats.binom.pmf(counts, 60, rate)
        bounds = [clopper_pearson_interval(errors=int(k), reviewed=60) for k in counts]
        covered = sum(c for c, b in zip(chance, bounds, strict=True) if b.low <= rate <= b.high)
        assert covered >= 0.95


def test_hypergeometric_interval_matches_slow_inversion():
    for errors in range(13):
        found = hypergeometric_interval(errors=errors, reviewed=12, population=40)
        kept = [
            total
            for total in range(errors, 40 - (12 - errors) + 1)
            if stats.hypergeom.sf(errors - 1, 40, total, 12) > 0.025
            and stats.hypergeom.cdf(errors, 40, total, 12) > 0.025
        ]
        assert (found.low, found.high) == (kept[0] / 40, kept[-1] / 40)


def test_hypergeometric_interval_of_everything_has_no_width():
    found = hypergeometric_interval(errors=7, reviewed=50, population=50)
    assert (found.low, found.high) == (0.14, 0.14)


def test_hypergeometric_interval_nears_the_binomial():
    small = hypergeometric_interval(errors=3, reviewed=50, population=10_000_000)
    exact = clopper_pearson_interval(errors=3, reviewed=50)
    assert (small.low, small.high) == pytest.approx((exact.low, exact.high), abs=1e-5)


def test_many_effective_errors_use_wilson_with_student():
    found = effective_interval(rate=0.05, n=400, n_eff=300.0, k_eff=15.0, kish_n=350.0)
    t = stats.t.ppf(0.975, 30)
    middle = (0.05 + t * t / 600) / (1 + t * t / 300)
    half = t * np.sqrt(0.05 * 0.95 / 300 + t * t / (4 * 300**2)) / (1 + t * t / 300)
    assert (found.low, found.high) == pytest.approx((middle - half, middle + half))
    assert found.method is Method.WILSON_EFFECTIVE


def test_few_effective_errors_use_korn_graubard():
    found = effective_interval(rate=0.02, n=200, n_eff=150.0, k_eff=4.0, kish_n=170.0, df=100.0)
    size = 150.0 * (stats.t.ppf(0.975, 199) / stats.t.ppf(0.975, 100)) ** 2
    k = 0.02 * size
    exact = stats.beta.ppf(0.025, k, size - k + 1), stats.beta.ppf(0.975, k + 1, size - k)
    assert (found.low, found.high) == pytest.approx(exact)
    assert found.method is Method.KORN_GRAUBARD


def test_korn_graubard_never_trusts_more_than_the_reviews():
    found = effective_interval(rate=0.02, n=200, n_eff=900.0, k_eff=4.0, kish_n=170.0)
    capped = effective_interval(rate=0.02, n=200, n_eff=200.0, k_eff=4.0, kish_n=170.0)
    assert found == capped


def test_too_good_a_gain_falls_back_to_korn_graubard():
    believed = effective_interval(rate=0.02, n=200, n_eff=800.0, k_eff=12.0, kish_n=170.0)
    doubted = effective_interval(rate=0.02, n=200, n_eff=801.0, k_eff=12.0, kish_n=170.0)
    mostly_reviewed = effective_interval(rate=0.02, n=200, n_eff=900.0, k_eff=12.0, kish_n=170.0, remaining=0.2)
    assert believed.method is mostly_reviewed.method is Method.WILSON_EFFECTIVE
    assert doubted.method is Method.KORN_GRAUBARD


def test_no_errors_give_the_rule_of_three():
    found = effective_interval(rate=0.0, n=120, n_eff=0.0, k_eff=0.0, kish_n=100.0)
    assert found.low == 0.0
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 100))
    assert found.method is Method.CLOPPER_PEARSON


def test_only_errors_mirror_no_errors():
    found = effective_interval(rate=1.0, n=120, n_eff=0.0, k_eff=0.0, kish_n=100.0)
    assert (found.low, found.high) == pytest.approx((0.025 ** (1 / 100), 1.0))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: wilson_interval(errors=16, reviewed=15), r"errors must lie between 0 and reviewed \(15\), got 16"),
        (lambda: wilson_interval(errors=0, reviewed=0), "reviewed must be at least 1, got 0"),
        (lambda: clopper_pearson_interval(errors=-1, reviewed=5), "got -1"),
        (lambda: wilson_interval(errors=1, reviewed=5, confidence=1.0), r"confidence .* got 1\.0"),
        (lambda: hypergeometric_interval(errors=1, reviewed=5, population=4), r"at least reviewed \(5\), got 4"),
        (lambda: effective_interval(rate=1.2, n=5, n_eff=5, k_eff=1, kish_n=5), r"rate .* got 1\.2"),
        (lambda: effective_interval(rate=0.2, n=0, n_eff=5, k_eff=1, kish_n=5), "n must be at least 1"),
        (lambda: effective_interval(rate=0.2, n=5, n_eff=0, k_eff=1, kish_n=5), "n_eff and k_eff"),
        (lambda: effective_interval(rate=0.2, n=5, n_eff=5, k_eff=1, kish_n=0), "kish_n must be above 0"),
    ],
)
def test_bad_input_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
