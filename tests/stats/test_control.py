import math

import numpy as np
import pytest
from scipy import stats

from assay.stats.control import LimitMethod, Rule, Signal, p_chart, run_length


def steady(points: int = 24, errors: float = 5, reviews: float = 150):
    """A chart in control: alternating about the centre."""
    swing = np.where(np.arange(points) % 2 == 0, 1, -1)
    return errors + swing, np.full(points, float(reviews))


def test_limits_are_exact_binomial_ones():
    errors, sizes = steady()
    sizes[3], errors[3] = 700, 21
    found = p_chart(errors, sizes, centre=0.03)
    for i, size in enumerate(sizes.astype(int)):
        # Beyond a limit lies at most the chance of three sigma on each side.
        assert found.upper[i] == stats.binom.ppf(0.99865, size, 0.03) / size
        assert found.lower[i] == stats.binom.ppf(0.00135, size, 0.03) / size
    assert found.method is LimitMethod.BINOMIAL
    assert found.signals == ()


def test_point_beyond_a_limit_signals_and_on_it_does_not():
    errors, sizes = steady()
    limit = stats.binom.ppf(0.99865, 150, 0.03)
    errors[10], errors[12] = limit, limit + 1
    found = p_chart(errors, sizes, centre=0.03)
    assert found.signals == (Signal(index=12, rule=Rule.BEYOND_LIMIT, above=True),)


def test_point_below_the_lower_limit_signals():
    errors, sizes = np.full(12, 100.0), np.full(12, 1000.0)
    errors[::2] += 1
    errors[6] = 60
    found = p_chart(errors, sizes, centre=0.1)
    assert Signal(index=6, rule=Rule.BEYOND_LIMIT, above=False) in found.signals


def test_eighth_point_on_one_side_signals():
    errors, sizes = steady(20, errors=4.5)
    errors[5:14] = 6
    found = p_chart(errors, sizes, centre=0.03)
    # Position 4 already lies above; the eighth in a row is 11.
    runs = [s.index for s in found.signals if s.rule is Rule.EIGHT_ON_ONE_SIDE]
    assert runs == [11, 12, 13, 14]


def test_point_on_the_centre_ends_a_run():
    errors, sizes = np.full(15, 6.0), np.full(15, 200.0)
    errors[:7], errors[8:15] = 7, 7
    assert p_chart(errors, sizes, centre=0.03).signals == ()


def test_gap_ends_a_run_and_stays_a_gap():
    errors, sizes = np.full(15, 7.0), np.full(15, 200.0)
    errors[7] = np.nan
    sizes[7] = 0
    found = p_chart(errors, sizes, centre=0.03)
    assert found.signals == ()
    assert (found.points[7], found.upper[7], found.lower[7]) == (None, None, None)
    assert found.points[8] == 0.035


def test_eleven_points_have_no_limits():
    errors, sizes = steady(11)
    found = p_chart(errors, sizes)
    assert (found.centre, found.method, found.signals) == (None, LimitMethod.NONE, ())
    assert found.upper == (None,) * 11
    assert p_chart(*steady(12)).centre == pytest.approx(5 / 150)


def test_centre_is_frozen_on_the_baseline():
    errors, sizes = steady(30)
    errors[20:] += 9
    baseline = np.arange(30) < 20
    found = p_chart(errors, sizes, baseline=baseline)
    assert found.centre == pytest.approx(5 / 150)
    again = p_chart(errors[:25], sizes[:25], baseline=baseline[:25])
    assert again.signals == tuple(s for s in found.signals if s.index < 25)


def test_new_point_inside_never_removes_a_signal():
    errors, sizes = steady(20)
    errors[7] = 30
    before = p_chart(errors, sizes, centre=0.03, sigma_z=1.0)
    after = p_chart([*errors, 4], [*sizes, 150], centre=0.03, sigma_z=1.0)
    assert after.signals[: len(before.signals)] == before.signals


def test_over_dispersed_large_subgroups_use_laney():
    # Laney (2002): limits are the ordinary ones times the moving-range sigma of z.
    rng = np.random.default_rng(4)
    sizes = rng.integers(20_000, 40_000, 25).astype(float)
    errors = np.round(sizes * (0.05 + rng.normal(0, 0.006, 25)))
    found = p_chart(errors, sizes)
    centre = errors.sum() / sizes.sum()
    z = (errors / sizes - centre) / np.sqrt(centre * (1 - centre) / sizes)
    sigma = np.abs(np.diff(z)).mean() / 1.128
    assert found.sigma_z == pytest.approx(sigma)
    assert found.method is LimitMethod.LANEY
    assert found.upper[0] == pytest.approx(centre + 3 * sigma * math.sqrt(centre * (1 - centre) / sizes[0]))


def test_over_dispersed_small_subgroups_stay_binomial():
    rng = np.random.default_rng(4)
    errors = rng.choice([0.0, 9.0], 30)
    found = p_chart(errors, np.full(30, 100.0))
    assert found.sigma_z > 1.2
    assert found.method is LimitMethod.BINOMIAL


def test_under_dispersion_is_told_and_never_tightens():
    errors, sizes = np.full(20, 50.0), np.full(20, 1000.0)
    found = p_chart(errors, sizes)
    assert found.under_dispersed
    assert found.method is LimitMethod.BINOMIAL
    assert found.signals == ()


def test_series_without_errors_is_quiet():
    found = p_chart(np.zeros(15), np.full(15, 40.0))
    assert (found.centre, found.signals, found.upper[0]) == (0.0, (), 0.0)
    assert found.in_control_run_length == math.inf


def test_single_reviews_and_empty_charts_are_quiet():
    assert p_chart([], []).points == ()
    assert p_chart(np.zeros(14), np.ones(14)).signals == ()
    assert p_chart([np.nan] * 14, [0.0] * 14, centre=0.1).in_control_run_length is None


# Champ and Woodall (1987), Technometrics 29, table 1: rule 1 alone and with eight on one side.
def test_run_length_matches_champ_and_woodall():
    tail = 0.0013499
    inside = 0.5 - tail
    assert run_length(above=inside, below=inside, outside=2 * tail) == pytest.approx(152.73, abs=0.01)
    assert run_length(above=0.0, below=0.0, outside=2 * tail) == pytest.approx(370.4, abs=0.1)


def test_run_length_equals_a_simulation():
    rng = np.random.default_rng(12)
    sizes = np.full(100_000, 150.0)
    found = p_chart(rng.binomial(150, 0.03, sizes.size).astype(float), sizes, centre=0.03)
    indices = sorted({s.index for s in found.signals})
    lengths, start = [], -1
    for i in indices:
        # After a signal the chart starts afresh, so a run must have grown since.
        beyond = any(s.index == i and s.rule is Rule.BEYOND_LIMIT for s in found.signals)
        if i > start and (beyond or i - start >= 8):
            lengths.append(i - start)
            start = i
    assert np.mean(lengths) == pytest.approx(found.in_control_run_length, rel=0.12)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: p_chart([1.0], [1.0, 2.0]), "errors_eff and n_eff must be alike"),
        (lambda: p_chart([3.0], [2.0]), r"between 0 and n_eff \(2\.0\) at position 0, got 3\.0"),
        (lambda: p_chart([-1.0], [2.0]), r"got -1\.0"),
        (lambda: p_chart([1.0], [2.0], centre=1.5), r"centre must lie between 0 and 1, got 1\.5"),
        (lambda: p_chart([1.0], [2.0], baseline=[True, False]), "baseline must have 1 entries, got 2"),
        (lambda: run_length(above=0.9, below=0.9, outside=0.1), "sum to at most 1"),
    ],
)
def test_bad_input_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
