import numpy as np
import pytest
from scipy import stats

from assay.stats.funnel import Position, benjamini_hochberg, funnel, funnel_limits


def slow_limit(probability, n, target):
    """Spiegelhalter (2005), appendix A.1.1: interpolate between neighbouring counts."""
    r = stats.binom.ppf(probability, n, target)
    at, before = stats.binom.cdf(r, n, target), stats.binom.cdf(r - 1, n, target)
    return max(0.0, (r - (at - probability) / (at - before)) / n)


def test_limits_match_the_interpolated_quantiles():
    sizes = [1, 10, 30, 100, 355, 1000, 20_000]
    found = funnel_limits(target=0.03, n_grid=sizes)
    for level, probability in enumerate((0.95, 0.998)):
        for i, n in enumerate(sizes):
            assert found.upper[level][i] == pytest.approx(slow_limit(0.5 + probability / 2, n, 0.03), abs=1e-9)
            assert found.lower[level][i] == pytest.approx(slow_limit(0.5 - probability / 2, n, 0.03), abs=1e-9)


def test_limits_close_in_on_the_target():
    found = funnel_limits(target=0.03, n_grid=[10**7])
    assert found.upper[1][0] - found.lower[1][0] < 0.0005


# Benjamini and Hochberg (1995), section 3.2: fifteen hypotheses, four discoveries at .05.
def test_discoveries_match_benjamini_and_hochberg():
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000]
    assert benjamini_hochberg(p, rate=0.05).tolist() == [True] * 4 + [False] * 11
    assert benjamini_hochberg(p[::-1], rate=0.05).tolist() == [False] * 11 + [True] * 4


def test_no_tests_make_no_discoveries():
    assert benjamini_hochberg([]).tolist() == []
    assert benjamini_hochberg([0.9, 1.0]).tolist() == [False, False]


def test_positions_follow_the_drawn_limits():
    limits = funnel_limits(target=0.05, n_grid=[400])
    lower, upper = limits.lower, limits.upper
    counts = [20, 400 * upper[0][0] + 1, 400 * upper[1][0] + 1, 400 * lower[0][0] - 1, 400 * lower[1][0] - 0.5]
    found = funnel(errors=counts, reviewed=[400] * 5, target=0.05)
    assert [p.position for p in found.points] == [
        Position.INSIDE,
        Position.ABOVE,
        Position.FAR_ABOVE,
        Position.BELOW,
        Position.FAR_BELOW,
    ]


def test_few_reviews_are_shown_and_never_flagged():
    found = funnel(errors=[29, 20, 0], reviewed=[29, 1000, 0], target=0.02)
    assert (found.points[0].position, found.points[0].flagged) == (Position.TOO_FEW, False)
    assert found.points[0].rate == 1.0
    assert (found.points[2].rate, found.points[2].position) == (None, Position.TOO_FEW)
    assert found.tested == 1


def test_equal_people_are_rarely_flagged():
    rng = np.random.default_rng(10)
    runs = [
        any(p.flagged for p in funnel(errors=rng.binomial(100, 0.03, 200), reviewed=np.full(200, 100)).points)
        for _ in range(200)
    ]
    assert np.mean(runs) <= 0.15


def test_planted_bad_people_are_found():
    rng = np.random.default_rng(11)
    rates = np.where(np.arange(400) < 20, 0.09, 0.03)
    found = funnel(errors=rng.binomial(300, rates), reviewed=np.full(400, 300), target=0.03)
    flagged = np.array([p.flagged for p in found.points])
    assert flagged[:20].mean() > 0.8
    assert flagged[20:].sum() / flagged.sum() < 0.25
    assert found.expected_false == pytest.approx(flagged.sum() * 0.1)


def test_real_spread_is_measured_and_added():
    rng = np.random.default_rng(12)
    rates = rng.beta(0.03 * 100, 0.97 * 100, 300)
    found = funnel(errors=rng.binomial(1000, rates), reviewed=np.full(300, 1000))
    assert found.over_dispersed
    assert found.phi > 4
    assert np.sqrt(found.tau2) == pytest.approx(np.sqrt(0.03 * 0.97 / 101), rel=0.25)
    assert abs(found.points[0].adjusted_z) < abs(found.points[0].z)


def test_outlier_among_few_does_not_excuse_itself():
    found = funnel(errors=[25, 9, 31], reviewed=[300, 300, 1000], target=0.03)
    assert [p.flagged for p in found.points] == [True, False, False]
    assert not found.over_dispersed


def test_chance_alone_has_no_spread():
    rng = np.random.default_rng(13)
    found = funnel(errors=rng.binomial(200, 0.05, 300), reviewed=np.full(300, 200))
    assert (found.over_dispersed, found.tau2) == (False, 0.0)
    assert found.phi < 1.0


def test_hard_queues_are_not_held_against_people():
    rng = np.random.default_rng(14)
    hard = np.where(np.arange(200) < 40, 0.15, 0.02)
    errors = rng.binomial(200, hard)
    blind = funnel(errors=errors, reviewed=np.full(200, 200))
    fair = funnel(errors=errors, reviewed=np.full(200, 200), expected=hard * 200)
    assert sum(p.position is Position.FAR_ABOVE for p in blind.points) > 10
    assert sum(p.flagged for p in fair.points) <= 1


def test_expected_errors_adjust_the_shown_rate():
    found = funnel(errors=[12, 8], reviewed=[100, 100], target=0.1, expected=[6, 8])
    assert [p.rate for p in found.points] == pytest.approx([0.2, 0.1])


def test_nobody_wrong_is_nobody_flagged():
    found = funnel(errors=[0, 0, 0], reviewed=[50, 60, 70])
    assert found.target == 0.0
    assert [p.position for p in found.points] == [Position.INSIDE] * 3
    assert not any(p.flagged for p in found.points)


def test_everybody_wrong_is_nobody_flagged():
    found = funnel(errors=[50, 60, 70], reviewed=[50, 60, 70])
    assert [p.position for p in found.points] == [Position.INSIDE] * 3


def test_one_person_alone_has_no_spread():
    found = funnel(errors=[5], reviewed=[100], target=0.03)
    assert (found.phi, found.over_dispersed, found.tested) == (None, False, 1)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: funnel_limits(target=0.0, n_grid=[10]), r"target must lie between 0 and 1, got 0\.0"),
        (lambda: funnel_limits(target=0.1, n_grid=[0]), "n_grid must be at least 1, got 0"),
        (lambda: funnel_limits(target=0.1, n_grid=[9], probabilities=(1.0,)), "probabilities must lie"),
        (lambda: funnel(errors=[5], reviewed=[4]), r"between 0 and reviewed \(4\.0\) at position 0, got 5\.0"),
        (lambda: funnel(errors=[], reviewed=[]), "at least one review"),
        (lambda: funnel(errors=[1], reviewed=[4], target=1.0), r"target must lie between 0 and 1, got 1\.0"),
        (lambda: funnel(errors=[1], reviewed=[4], expected=[5]), "expected must lie between 0 and reviewed"),
        (lambda: benjamini_hochberg([1.2]), "p_values must lie between 0 and 1"),
        (lambda: benjamini_hochberg([0.2], rate=0.0), r"rate must lie between 0 and 1, got 0\.0"),
    ],
)
def test_bad_input_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
