from datetime import date, timedelta

import pytest

from assay.figures.charts.runs import phases, runs

MONDAY = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        ([], []),
        ([0], [[0]]),
        ([0, 1, 2], [[0, 1, 2]]),
        ([0, 1, 2, 4, 5], [[0, 1, 2], [4, 5]]),
        ([0, 1, 2, 9, 10], [[0, 1, 2], [10]]),
        ([9], []),
    ],
)
def test_series_is_cut_at_gaps(weeks, expected):
    found = runs(weeks, day=lambda week: MONDAY + timedelta(weeks=week), keep=lambda week: week != 9)
    assert list(found) == expected


def test_months_of_unequal_length_are_one_run():
    months = [date(2026, month, 1) for month in range(1, 13)]
    assert list(runs(months, day=lambda day: day, keep=lambda _: True)) == [months]


def test_stretch_is_cut_where_its_phase_changes():
    assert list(phases([[1, 1, 2], [2, 3]], of=lambda item: item)) == [[1, 1], [2], [2], [3]]
