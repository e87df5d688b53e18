import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.stats.decomposition import decompose_change


def parts(found):
    return found.rate.value, found.mix.value, found.interaction.value


def simple(sizes_before, rates_before, sizes_after, rates_after, variance=0.0):
    groups = len(sizes_before)
    return decompose_change(
        sizes_before=sizes_before,
        rates_before=rates_before,
        variances_before=np.full(groups, variance),
        sizes_after=sizes_after,
        rates_after=rates_after,
        variances_after=np.full(groups, variance),
    )


def test_parts_follow_the_formula():
    found = simple([60, 40], [0.02, 0.10], [50, 50], [0.03, 0.08])
    assert found.before == pytest.approx(0.052)
    assert found.after == pytest.approx(0.055)
    assert parts(found) == pytest.approx((0.6 * 0.01 - 0.4 * 0.02, -0.1 * 0.02 + 0.1 * 0.10, -0.1 * 0.01 - 0.1 * 0.02))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6))
def test_parts_and_groups_add_up_exactly(seed):
    rng = np.random.default_rng(seed)
    before, after = rng.integers(0, 90, 5) + np.eye(5)[0], rng.integers(0, 90, 5) + np.eye(5)[1]
    found = decompose_change(
        sizes_before=before,
        rates_before=np.where(before > 0, rng.random(5), np.nan),
        variances_before=rng.random(5) / 1000,
        sizes_after=after,
        rates_after=np.where(after > 0, rng.random(5), np.nan),
        variances_after=rng.random(5) / 1000,
    )
    assert found.change.value == pytest.approx(found.after - found.before)
    assert sum(parts(found)) == pytest.approx(found.change.value)
    for name in ("rate", "mix", "interaction"):
        whole = getattr(found, name).value
        assert sum(getattr(g, name).value for g in found.groups) == pytest.approx(whole)
    for group in found.groups:
        assert group.total.value == pytest.approx(group.rate.value + group.mix.value + group.interaction.value)


def test_only_the_mix_moved():
    found = simple([60, 40], [0.02, 0.10], [40, 60], [0.02, 0.10])
    assert parts(found) == pytest.approx((0.0, 0.016, 0.0))


def test_only_the_rates_moved():
    found = simple([60, 40], [0.02, 0.10], [600, 400], [0.03, 0.10])
    assert parts(found) == pytest.approx((0.006, 0.0, 0.0))


def test_mix_can_hide_better_rates_everywhere():
    # Simpson's paradox: every group improves, the whole gets worse.
    found = simple([90, 10], [0.02, 0.20], [50, 50], [0.01, 0.18])
    assert found.change.value > 0
    assert found.rate.value < 0


def test_new_and_closed_groups_count_as_mix():
    opened = simple([100, 0], [0.02, np.nan], [50, 50], [0.02, 0.10])
    assert parts(opened) == pytest.approx((0.0, 0.04, 0.0))
    closed = simple([50, 50], [0.02, 0.10], [100, 0], [0.02, np.nan])
    assert parts(closed) == pytest.approx((0.0, -0.04, 0.0))


def test_growing_group_like_the_rest_contributes_nothing():
    found = simple([60, 40], [0.05, 0.05], [40, 60], [0.05, 0.05])
    assert [g.mix.value for g in found.groups] == pytest.approx([0.0, 0.0])


def test_intervals_cover_as_promised():
    rng = np.random.default_rng(30)
    sizes, later = np.array([600, 400]), np.array([450, 550])
    p, q, n = np.array([0.05, 0.10]), np.array([0.06, 0.14]), np.array([400, 400])
    truth = simple(sizes, p, later, q)
    hits = np.zeros(4)
    for _ in range(400):
        a, b = rng.binomial(n, p) / n, rng.binomial(n, q) / n
        found = decompose_change(
            sizes_before=sizes,
            rates_before=a,
            variances_before=a * (1 - a) / n,
            sizes_after=later,
            rates_after=b,
            variances_after=b * (1 - b) / n,
        )
        for i, name in enumerate(("change", "rate", "mix", "interaction")):
            interval = getattr(found, name).interval
            hits[i] += interval.low <= getattr(truth, name).value <= interval.high
    assert np.all(hits / 400 >= 0.92)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: simple([0, 0], [0.1, 0.1], [1, 1], [0.1, 0.1]), "sizes_before must be 0 or more"),
        (lambda: simple([1, 1], [0.1, 0.1], [1, -1], [0.1, 0.1]), "sizes_after must be 0 or more"),
        (lambda: simple([1, 1], [0.1, np.nan], [1, 1], [0.1, 0.1]), "group 1 has decisions before but no rate"),
        (lambda: simple([1, 1], [0.1], [1, 1], [0.1, 0.1]), "rates and variances before must have 2 entries"),
        (lambda: simple([1], [0.1], [1], [0.1], variance=-1.0), r"variances before must be 0 or more, got -1\.0"),
    ],
)
def test_bad_input_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
