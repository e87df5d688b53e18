from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.figures.charts.scales import Scale, every, nice_ticks, rate_ticks, spread, tick_decimals


def test_scale_runs_between_its_ends():
    scale = Scale(low=0, high=10, start=100, stop=0)
    assert [scale.at(value) for value in (0, 2.5, 10)] == [100, 75, 0]


def test_scale_of_one_value_lies_in_the_middle():
    assert Scale(low=3, high=3, start=0, stop=50).at(3) == 25


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 10, (0, 2, 4, 6, 8, 10)),
        (0, 0.123, (0, 0.025, 0.05, 0.075, 0.1, 0.125)),
        (0, 0, (0, 0.2, 0.4, 0.6, 0.8, 1)),
        (-0.03, 0.02, (-0.03, -0.02, -0.01, 0, 0.01, 0.02)),
        (7, 7, (0, 2, 4, 6, 8)),
    ],
)
def test_ticks_are_round_and_cover(low, high, ticks):
    assert nice_ticks(low, high) == ticks


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_ticks_cover_any_range(low, span):
    ticks = nice_ticks(low, low + span)
    slack = 1e-6 * (abs(low) + span + 1)
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + span - slack
    assert 2 <= len(ticks) <= 9


@pytest.mark.parametrize(
    ("low", "high", "first", "last"),
    [(0.01, 0.06, 0, 0.06), (0.9, 0.97, 0.9, 0.98), (0, 0, 0, 0.01), (1, 1, 1, 1), (0.98, 1, 0.98, 1)],
)
def test_rate_axis_stays_within_none_and_all(low, high, first, last):
    ticks = rate_ticks(low, high)
    assert (ticks[0], ticks[-1]) == (pytest.approx(first), pytest.approx(last))


@pytest.mark.parametrize(
    ("ticks", "percent", "decimals"),
    [((0, 0.05, 0.1), True, 0), ((0, 0.025, 0.05), True, 1), ((0, 0.5), False, 1), ((0, 20), False, 0)],
)
def test_ticks_get_just_the_decimals_they_need(ticks, percent, decimals):
    assert tick_decimals(ticks, percent=percent) == decimals


@given(st.lists(st.floats(0, 300), min_size=1, max_size=8))
def test_labels_are_kept_apart_in_order(places):
    moved = spread(places, gap=14, low=0, high=300)
    ordered = [place for _, place in sorted(zip(places, moved, strict=True))]
    assert all(after - before > 13.99 for before, after in pairwise(sorted(moved)))
    assert min(moved) >= -1e-9
    assert max(moved) <= 300 + 1e-9
    assert ordered == sorted(ordered) or len(set(places)) < len(places)


def test_labels_far_apart_stay_where_they_are():
    assert spread([10, 200, 100], gap=14, low=0, high=300) == (10, 200, 100)


@pytest.mark.parametrize(("count", "room", "width", "step"), [(1, 10, 500, 1), (10, 600, 50, 1), (26, 600, 50, 3)])
def test_labels_are_thinned_to_fit(count, room, width, step):
    assert every(count, room=room, label_width=width) == step
