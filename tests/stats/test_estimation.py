import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats.estimation import (
    Estimator,
    PoissonSample,
    Reason,
    Sample,
    estimate_domains,
    estimate_mean,
    estimate_ratio,
)
from assay.stats.intervals import Method, clopper_pearson_interval, hypergeometric_interval


def units_of(errors: list[int], reviewed: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Strata and values of units with so many errors in each stratum."""
    stratum = np.repeat(np.arange(len(reviewed)), reviewed)
    y = np.concatenate([np.arange(n) < k for k, n in zip(errors, reviewed, strict=True)]).astype(float)
    return stratum, y


def with_moments(mean: float, variance: float, n: int) -> np.ndarray:
    """Values with exactly this mean and sample variance."""
    base = np.arange(n) - (n - 1) / 2
    return mean + base * np.sqrt(variance / base.var(ddof=1))


def slow_variance(y, d, stratum, population):
    """The linearised variance of a domain rate, written as the formula."""
    n = np.bincount(stratum, minlength=len(population))
    w = np.array(population)[stratum] / n[stratum]
    size = (w * d).sum()
    p = (w * d * y).sum() / size
    z = d * (y - p) / size
    v = 0.0
    for h, big in enumerate(population):
        z_h = z[stratum == h]
        v += big**2 * (1 - z_h.size / big) * z_h.var(ddof=1) / z_h.size
    return p, v


def test_stratified_mean_matches_lohrs_farms():
    # Lohr, Sampling: Design and Analysis (2nd ed.), example 3.2: acres by region, agstrat.dat.
    population = [1054, 220, 1382, 422]
    reviewed = [103, 21, 135, 41]
    means = [300504.16, 97629.81, 211315.04, 662295.51]
    variances = [29618183543, 7647472708, 53587487856, 396185950266]
    y = np.concatenate([with_moments(*row) for row in zip(means, variances, reviewed, strict=True)])
    sample = Sample(stratum=np.repeat(np.arange(4), reviewed), population=population)
    found = estimate_ratio(sample, y, np.ones(y.size))
    assert found.value * 3078 == pytest.approx(909_736_035, rel=1e-6)
    assert np.sqrt(found.variance) * 3078 == pytest.approx(50_417_248, rel=1e-6)
    assert found.df == 296
    assert found.interval.method is Method.STUDENT


def test_stratified_rate_follows_the_formula():
    stratum, y = units_of([4, 9, 20], [50, 60, 70])
    population = np.array([1000, 400, 5000])
    found = estimate_mean(Sample(stratum=stratum, population=population), y)
    share, p, n = population / 6400, np.array([4 / 50, 9 / 60, 20 / 70]), np.array([50, 60, 70])
    variance = (share**2 * (1 - n / population) * p * (1 - p) / (n - 1)).sum()
    assert found.value == pytest.approx(share @ p)
    assert found.variance == pytest.approx(variance)
    assert found.n_eff == pytest.approx(found.value * (1 - found.value) / variance)
    assert found.design_effect == pytest.approx(180 / found.n_eff)
    assert (found.n, found.errors, found.method) == (180, 33, Estimator.STRATIFIED)


def test_effective_errors_follow_the_formula():
    stratum, y = units_of([12, 9, 20], [50, 60, 70])
    found = estimate_mean(Sample(stratum=stratum, population=[1000, 400, 5000]), y)
    w = np.array([20.0, 400 / 60, 5000 / 70])[stratum]
    assert found.k_eff == pytest.approx((w * y).sum() ** 2 / (w**2 * y).sum())
    assert found.df == pytest.approx(2 * found.k_eff)
    assert found.interval.method is Method.WILSON_EFFECTIVE


def test_domain_across_strata_follows_the_formula():
    rng = np.random.default_rng(5)
    stratum, y = units_of([10, 12, 30], [80, 90, 100])
    d = rng.random(y.size) < 0.4
    population = [1000, 400, 5000]
    found = estimate_mean(Sample(stratum=stratum, population=population), y, domain=d)
    p, v = slow_variance(y, d.astype(float), stratum, population)
    assert found.value == pytest.approx(p)
    assert found.variance == pytest.approx(v)
    assert (found.n, found.method) == (int(d.sum()), Estimator.DOMAIN)


def test_many_domains_equal_one_by_one():
    rng = np.random.default_rng(6)
    stratum = rng.integers(0, 12, 2000)
    y = (rng.random(2000) < 0.08).astype(float)
    codes = rng.integers(-1, 9, 2000)
    sample = Sample(stratum=stratum, population=rng.integers(500, 5000, 12))
    many = estimate_domains(sample, y, codes, 9)
    for d, one in enumerate(many):
        alone = estimate_mean(sample, y, domain=codes == d)
        assert (one.n, one.errors, one.interval.method) == (alone.n, alone.errors, alone.interval.method)
        assert (one.value, one.variance) == pytest.approx((alone.value, alone.variance))
        assert (one.interval.low, one.interval.high) == pytest.approx((alone.interval.low, alone.interval.high))


def test_exposure_weighted_rate_follows_the_formula():
    rng = np.random.default_rng(7)
    stratum, y = units_of([10, 12], [80, 90])
    views = rng.lognormal(3, 1, y.size)
    found = estimate_mean(Sample(stratum=stratum, population=[1000, 400]), y, size=views)
    w = np.array([1000 / 80, 400 / 90])[stratum] * views
    assert found.value == pytest.approx((w * y).sum() / w.sum())
    assert found.method is Estimator.RATIO
    assert found.design_effect > 1.0


def test_equal_exposure_changes_nothing():
    stratum, y = units_of([10, 12], [80, 90])
    sample = Sample(stratum=stratum, population=[1000, 4000])
    plain, sized = estimate_mean(sample, y), estimate_mean(sample, y, size=np.full(y.size, 3.0))
    assert (sized.value, sized.variance) == pytest.approx((plain.value, plain.variance))
    assert sized.interval.high == pytest.approx(plain.interval.high)


def test_one_stratum_alone_is_the_domain_of_that_stratum():
    stratum, y = units_of([3, 12], [80, 90])
    whole = Sample(stratum=stratum, population=[1000, 4000])
    alone = Sample(stratum=np.zeros(80, dtype=int), population=[1000])
    inside = estimate_mean(whole, y, domain=stratum == 0)
    outside = estimate_mean(alone, y[:80])
    assert (inside.value, inside.variance, inside.df) == pytest.approx((outside.value, outside.variance, outside.df))


def test_poisson_sample_follows_hajek():
    rng = np.random.default_rng(8)
    pi = rng.uniform(0.02, 0.5, 400)
    y = (rng.random(400) < 0.1).astype(float)
    found = estimate_mean(PoissonSample(probability=pi), y)
    p = (y / pi).sum() / (1 / pi).sum()
    assert found.value == pytest.approx(p)
    assert found.variance == pytest.approx(((1 - pi) * ((y - p) / pi) ** 2).sum() / (1 / pi).sum() ** 2)
    assert found.method is Estimator.HAJEK


def test_poisson_certainties_are_no_census():
    found = estimate_mean(PoissonSample(probability=np.ones(50)), (np.arange(50) < 5).astype(float))
    assert found.interval.method is Method.KORN_GRAUBARD


def test_census_gives_the_truth_without_width():
    stratum, y = units_of([3, 12], [80, 90])
    found = estimate_mean(Sample(stratum=stratum, population=[80, 90]), y)
    assert (found.interval.low, found.interval.high) == (found.value, found.value)
    assert (found.interval.method, found.variance, found.df) == (Method.CENSUS, 0.0, None)


def test_census_of_one_stratum_adds_no_variance():
    stratum, y = units_of([3, 12], [80, 90])
    found = estimate_mean(Sample(stratum=stratum, population=[80, 4000]), y)
    p = 12 / 90
    assert found.variance == pytest.approx((4000 / 4080) ** 2 * (1 - 90 / 4000) * p * (1 - p) / 89)
    site = estimate_mean(Sample(stratum=stratum, population=[80, 4000]), y, domain=stratum == 0)
    assert site.interval.method is Method.CENSUS


def test_census_of_a_single_unit_has_a_value():
    found = estimate_mean(Sample(stratum=[0], population=[1]), [1.0])
    assert (found.value, found.interval.method) == (1.0, Method.CENSUS)


def test_no_errors_use_kishs_size():
    stratum, y = units_of([0, 0], [80, 90])
    found = estimate_mean(Sample(stratum=stratum, population=[1000, 9000]), y)
    w = np.array([1000 / 80, 9000 / 90])[stratum]
    kish = w.sum() ** 2 / (w**2).sum()
    assert (found.value, found.interval.low) == (0.0, 0.0)
    assert found.n_eff == pytest.approx(kish)
    assert found.interval.high == pytest.approx(1 - 0.025 ** (1 / kish))
    assert found.interval.method is Method.CLOPPER_PEARSON


def test_only_errors_mirror_no_errors():
    stratum, y = units_of([80, 90], [80, 90])
    sample = Sample(stratum=stratum, population=[1000, 9000])
    wrong, right = estimate_mean(sample, y), estimate_mean(sample, 1 - y)
    assert (wrong.value, wrong.interval.high) == (1.0, 1.0)
    assert wrong.interval.low == pytest.approx(1 - right.interval.high)


def test_hidden_variance_does_not_shrink_the_interval():
    # Each stratum is all alike, so the variance formula sees nothing.
    stratum, y = units_of([0, 10], [10, 10])
    found = estimate_mean(Sample(stratum=stratum, population=[1000, 1000]), y)
    assert found.variance == pytest.approx(0.0, abs=1e-12)
    assert found.interval.high - found.interval.low > 0.3


def test_large_fraction_of_one_stratum_is_inverted_exactly():
    stratum, y = units_of([3], [40])
    found = estimate_mean(Sample(stratum=stratum, population=[200]), y)
    assert found.interval == hypergeometric_interval(errors=3, reviewed=40, population=200)


def test_small_fraction_of_one_stratum_is_nearly_binomial():
    stratum, y = units_of([3], [40])
    found = estimate_mean(Sample(stratum=stratum, population=[10**9]), y)
    exact = clopper_pearson_interval(errors=3, reviewed=40)
    assert found.interval.high == pytest.approx(exact.high, abs=0.006)


def test_nothing_reviewed_has_no_value():
    found = estimate_mean(Sample(stratum=[], population=[100, 50]), [])
    assert (found.value, found.interval, found.n, found.reason) == (None, None, 0, Reason.NO_UNITS)


def test_single_unit_has_no_value():
    stratum, y = units_of([2, 1], [20, 20])
    found = estimate_mean(Sample(stratum=stratum, population=[100, 50]), y, domain=np.arange(40) == 3)
    assert (found.value, found.n, found.reason) == (None, 1, Reason.ONE_UNIT)


def test_no_exposure_has_no_value():
    stratum, y = units_of([2], [20])
    found = estimate_mean(Sample(stratum=stratum, population=[100]), y, size=np.zeros(20))
    assert (found.value, found.reason) == (None, Reason.NO_SIZE)


def test_stratum_with_one_review_keeps_its_weight():
    stratum, y = units_of([5, 1, 4], [50, 1, 40])
    found = estimate_mean(Sample(stratum=stratum, population=[1000, 300, 800]), y)
    assert found.value == pytest.approx((1000 * 0.1 + 300 + 800 * 0.1) / 2100)
    assert found.collapsed == 1
    assert found.variance > 0.0


def test_stratum_without_review_joins_its_family():
    stratum, y = units_of([5, 0, 8], [50, 0, 40])
    near = Sample(stratum=stratum, population=[1000, 300, 800], family=[0, 1, 1])
    far = Sample(stratum=stratum, population=[1000, 300, 800], family=[0, 0, 1])
    assert estimate_mean(near, y).value == pytest.approx((1000 * 0.1 + 1100 * 0.2) / 2100)
    assert estimate_mean(far, y).value == pytest.approx((1300 * 0.1 + 800 * 0.2) / 2100)
    assert estimate_mean(near, y).collapsed == 1


def test_unreviewed_units_are_counted_and_left_out():
    stratum, y = units_of([5, 8], [50, 40])
    short = estimate_mean(Sample(stratum=stratum, population=[1000, 800], drawn=[53, 44]), y)
    full = estimate_mean(Sample(stratum=stratum, population=[1000, 800]), y)
    assert (short.value, short.variance, short.unreviewed) == (full.value, full.variance, 7)


def test_part_of_the_units_with_full_counts_is_enough():
    stratum, y = units_of([5, 8], [50, 40])
    d = np.arange(90) % 3 == 0
    full = estimate_mean(Sample(stratum=stratum, population=[1000, 800]), y, domain=d)
    part = estimate_mean(Sample(stratum=stratum[d], population=[1000, 800], sampled=[50, 40]), y[d])
    assert (part.value, part.variance) == pytest.approx((full.value, full.variance))


def test_empty_strata_of_the_frame_change_nothing():
    stratum, y = units_of([5, 0, 8], [50, 0, 40])
    found = estimate_mean(Sample(stratum=stratum, population=[1000, 0, 800]), y)
    alone = estimate_mean(Sample(stratum=np.minimum(stratum, 1), population=[1000, 800]), y)
    assert (found.value, found.variance, found.collapsed) == (alone.value, alone.variance, 0)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_order_of_units_and_strata_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    stratum = np.concatenate([np.repeat(np.arange(4), 3), rng.integers(0, 4, 60)])
    y = (rng.random(72) < 0.2).astype(float)
    population = rng.integers(200, 900, 4)
    shuffled, renamed = rng.permutation(72), rng.permutation(4)
    one = estimate_mean(Sample(stratum=stratum, population=population), y)
    inverse = np.argsort(renamed)
    two = estimate_mean(Sample(stratum=inverse[stratum][shuffled], population=population[renamed]), y[shuffled])
    assert (one.value, one.variance) == pytest.approx((two.value, two.variance), abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_right_and_wrong_mirror_each_other(seed):
    rng = np.random.default_rng(seed)
    stratum = rng.integers(0, 3, 90)
    y = (rng.random(90) < rng.choice([0.02, 0.3, 0.9])).astype(float)
    sample = Sample(stratum=stratum, population=[900, 5000, 700])
    wrong, right = estimate_mean(sample, y), estimate_mean(sample, 1 - y)
    assert wrong.value == pytest.approx(1 - right.value)
    assert wrong.interval.low == pytest.approx(1 - right.interval.high, abs=1e-9)
    assert 0.0 <= wrong.interval.low <= wrong.value <= wrong.interval.high <= 1.0


def test_duplicated_frame_leaves_the_rate():
    stratum, y = units_of([5, 8], [50, 40])
    one = estimate_mean(Sample(stratum=stratum, population=[1000, 800]), y)
    two = estimate_mean(Sample(stratum=np.tile(stratum, 2), population=[2000, 1600]), np.tile(y, 2))
    assert one.value == pytest.approx(two.value)
    assert two.variance < one.variance


def test_ratio_of_rates_is_the_domain_rate():
    stratum, y = units_of([15, 18], [80, 90])
    violating = np.arange(170) % 3 == 0
    sample = Sample(stratum=stratum, population=[1000, 4000])
    ratio = estimate_ratio(sample, y * violating, violating.astype(float))
    rate = estimate_mean(sample, y, domain=violating)
    assert (ratio.value, ratio.variance, ratio.n) == pytest.approx((rate.value, rate.variance, rate.n))
    assert ratio.interval == rate.interval


def test_uncertain_denominator_uses_fieller():
    rng = np.random.default_rng(9)
    top, bottom = rng.exponential(5, 30), rng.exponential(1, 30)
    found = estimate_ratio(Sample(stratum=np.zeros(30, dtype=int), population=[10**9]), top, bottom)
    assert found.interval.method is Method.FIELLER
    t = 2.045229642132703
    # On a bound the numerator less bound x denominator lies exactly t errors from zero.
    for bound in (found.interval.low, found.interval.high):
        gap = top - bound * bottom
        assert abs(gap.mean()) / (gap.std(ddof=1) / np.sqrt(30)) == pytest.approx(t, rel=1e-4)


def test_denominator_that_may_be_zero_bounds_nothing():
    bottom = np.array([5.0, 0, 0, 0, 0, 0, 0, 0])
    top = np.array([9.0, 1, 0, 0, 0, 0, 0, 0])
    found = estimate_ratio(Sample(stratum=np.zeros(8, dtype=int), population=[10**6]), top, bottom)
    assert (found.interval, found.reason) == (None, Reason.DENOMINATOR_UNCERTAIN)
    assert found.value == pytest.approx(2.0)


def coverage(draw, truth: float, repetitions: int = 400) -> float:
    hits = 0
    for seed in range(repetitions):
        interval = draw(np.random.default_rng(seed)).interval
        hits += interval.low <= truth <= interval.high
    return hits / repetitions


@pytest.mark.parametrize(
    ("rates", "population", "reviewed"),
    [
        ([0.01, 0.02, 0.05, 0.1], [40_000, 30_000, 20_000, 10_000], [40, 60, 80, 120]),
        ([0.002, 0.01, 0.2], [50_000, 5_000, 800], [300, 60, 60]),
        ([0.03], [100_000], [300]),
        ([0.04], [900], [200]),
    ],
)
def test_interval_covers_as_promised(rates, population, reviewed):
    errors = [round(r * n) for r, n in zip(rates, population, strict=True)]

    def draw(rng):
        found = [rng.hypergeometric(k, n - k, m) for k, n, m in zip(errors, population, reviewed, strict=True)]
        stratum, y = units_of(found, reviewed)
        return estimate_mean(Sample(stratum=stratum, population=population), y)

    assert 0.925 <= coverage(draw, sum(errors) / sum(population)) <= 1.0


def test_domain_interval_covers_as_promised():
    frame = np.random.default_rng(1)
    stratum = np.repeat(np.arange(4), [4000, 3000, 2000, 1000])
    inside = frame.random(10_000) < 0.3
    wrong = frame.random(10_000) < np.array([0.02, 0.05, 0.1, 0.2])[stratum]
    starts, sizes, reviewed = [0, 4000, 7000, 9000], [4000, 3000, 2000, 1000], [120, 120, 120, 120]

    def draw(rng):
        parts = zip(starts, sizes, reviewed, strict=True)
        chosen = np.concatenate([start + rng.permutation(size)[:n] for start, size, n in parts])
        sample = Sample(stratum=stratum[chosen], population=sizes)
        return estimate_mean(sample, wrong[chosen].astype(float), domain=inside[chosen])

    assert 0.925 <= coverage(draw, wrong[inside].mean()) <= 0.99


def test_poisson_interval_covers_as_promised():
    frame = np.random.default_rng(2)
    risk = frame.beta(0.5, 10, 20_000)
    wrong = (frame.random(20_000) < risk).astype(float)
    pi = np.minimum(1.0, 0.1 * 600 / 20_000 + 0.9 * 600 * np.sqrt(risk) / np.sqrt(risk).sum())

    def draw(rng):
        chosen = rng.random(20_000) < pi
        return estimate_mean(PoissonSample(probability=pi[chosen]), wrong[chosen])

    assert 0.925 <= coverage(draw, wrong.mean()) <= 0.99


def test_many_domains_are_estimated_in_time():
    rng = np.random.default_rng(3)
    stratum = rng.integers(0, 2000, 50_000)
    sample = Sample(stratum=stratum, population=np.bincount(stratum, minlength=2000) * 40)
    started = time.perf_counter()
    found = estimate_domains(sample, (rng.random(50_000) < 0.03) * 1.0, rng.integers(0, 500, 50_000), 500)
    assert len(found) == 500
    # Half a second on a quiet core; the bound leaves room for a busy one.
    assert time.perf_counter() - started < 3.0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda s: estimate_mean(s, [0.0, 2.0, 0.0]), r"y must lie between 0 and 1, got 2\.0 at position 1"),
        (lambda s: estimate_mean(s, [0.0, np.nan, 0.0]), "y must be finite numbers, got nan at position 1"),
        (lambda s: estimate_mean(s, [0.0, 1.0]), "stratum must have 2 entries, got 3"),
        (lambda s: estimate_mean(s, [0.0] * 3, domain=[True]), "domain must have 3 entries, got 1"),
        (lambda s: estimate_mean(s, [0.0] * 3, size=[1, 1, -1]), r"size must be 0 or more, got -1\.0"),
        (lambda s: estimate_mean(s, [0.0] * 3, confidence=0), "confidence must lie between 0 and 1, got 0"),
        (lambda s: estimate_domains(s, [0.0] * 3, [0, 1, 2], 2), "domain_codes must lie between -1 and 1"),
        (lambda s: estimate_domains(s, [0.0] * 3, [0, 0, 0], 0), "domain_count must be at least 1, got 0"),
        (lambda s: estimate_ratio(s, [1, 1, 1], [1, 1, -2]), r"denominator must be 0 or more, got -2\.0"),
        (lambda s: estimate_ratio(s, [1, 1, 1], [1, 1, 2], domain=[1]), "domain must have 3 entries, got 1"),
        (lambda _: estimate_mean(PoissonSample(probability=[0.5, 0.0]), [0, 1]), r"above 0 and at most 1, got 0\.0"),
        (lambda _: estimate_mean(PoissonSample(probability=[0.5]), [0, 1]), "probability must have 2 entries, got 1"),
    ],
)
def test_bad_input_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(Sample(stratum=[0, 0, 1], population=[10, 10]))
