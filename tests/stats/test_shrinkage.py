import numpy as np
import pytest

from assay.stats.shrinkage import shrink_rates


def test_small_counts_shrink_towards_the_group():
    rng = np.random.default_rng(1)
    sizes = np.full(200, 40)
    found = shrink_rates(errors=rng.binomial(40, 0.03, 200), reviewed=sizes)
    assert found.mean == pytest.approx(0.03, abs=0.006)
    assert all(0.0 < r.weight < 0.6 for r in found.rates)
    assert max(r.value for r in found.rates) < 0.08


def test_many_reviews_speak_for_themselves():
    found = shrink_rates(errors=[0, 500, 3000], reviewed=[50_000, 50_000, 50_000])
    assert [r.value for r in found.rates] == pytest.approx([0.0, 0.01, 0.06], abs=5e-4)
    assert min(r.weight for r in found.rates) > 0.99


def test_person_without_reviews_gets_the_group():
    rng = np.random.default_rng(2)
    errors, sizes = rng.binomial(200, 0.05, 50), np.full(50, 200)
    found = shrink_rates(errors=[*errors, 0], reviewed=[*sizes, 0])
    assert found.rates[-1].value == pytest.approx(found.mean)
    assert found.rates[-1].weight == 0.0


# STATISTICS 1.2: true rates Beta with mean 3 % and sd 1.2 points; coverage .93 and .91.
@pytest.mark.parametrize("reviews", [20, 40, 300])
def test_credible_intervals_cover_as_simulated(reviews):
    rng = np.random.default_rng(3)
    strength = 0.03 * 0.97 / 0.012**2 - 1
    hits = []
    for _ in range(4):
        truth = rng.beta(0.03 * strength, 0.97 * strength, 400)
        found = shrink_rates(errors=rng.binomial(reviews, truth), reviewed=np.full(400, reviews))
        hits += [r.interval.low <= t <= r.interval.high for r, t in zip(found.rates, truth, strict=True)]
    assert np.mean(hits) >= 0.87


def test_chance_above_target_rises_with_errors():
    found = shrink_rates(errors=[0, 3, 6, 12], reviewed=[100] * 4, target=0.05)
    chances = [r.above_target for r in found.rates]
    assert chances == sorted(chances)
    assert shrink_rates(errors=[1], reviewed=[10]).rates[0].above_target is None


def test_extreme_groups_stay_within_bounds():
    for errors in (0, 50):
        found = shrink_rates(errors=[errors] * 5, reviewed=[50] * 5)
        for rate in found.rates:
            assert 0.0 <= rate.interval.low <= rate.value <= rate.interval.high <= 1.0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: shrink_rates(errors=[5], reviewed=[4]), "errors must lie between 0 and reviewed"),
        (lambda: shrink_rates(errors=[0], reviewed=[0]), "reviewed must hold at least one review"),
        (lambda: shrink_rates(errors=[0, 1], reviewed=[4]), "reviewed must have 2 entries, got 1"),
        (lambda: shrink_rates(errors=[1], reviewed=[4], confidence=2), "confidence must lie between 0 and 1"),
    ],
)
def test_bad_input_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
