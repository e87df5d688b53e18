from datetime import date

import pytest

from assay.figures.charts import calendar_heatmap
from assay.figures.charts.calendar_heatmap import CalendarHeatmap, CalendarRow
from tests.figures.charts.reading import (
    column,
    heading,
    labels,
    parse,
    sees_only_finite_numbers,
    shapes,
    table_column,
    texts,
)


def calendar(*rows, **changes):
    values = {
        "heading": heading(),
        "first_day": date(2026, 1, 5),
        "rows": tuple(CalendarRow(label=f"Site {i}", counts=counts) for i, counts in enumerate(rows)),
    }
    return CalendarHeatmap(**(values | changes))


def test_day_without_rows_is_crossed_out():
    svg = calendar_heatmap.draw(calendar((100, 0, None)))
    assert [len(shapes(svg, name)) for name in ("rows", "no-rows", "cross", "not-due")] == [1, 1, 1, 1]
    assert "✕ No rows" in texts(svg)
    assert "Site 0: No rows (1)" in parse(svg)[1].text


def test_marks_and_table_have_the_same_numbers():
    drawn = calendar((100, 0, None), (5, 6, 7))
    svg, table = calendar_heatmap.draw(drawn), calendar_heatmap.table_of(drawn)
    assert column(svg, "value") == ["100", "0", "", "5", "6", "7"]
    assert table_column(table, "value") == [100, 0, None, 5, 6, 7]
    assert table_column(table, "day")[:3] == [date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 7)]
    assert table_column(table, "note") == ["", "No rows", "", "", "", ""]


def test_day_is_spoken_with_site_and_date():
    assert labels(calendar_heatmap.draw(calendar((1200, 0)))) == [
        "Site 0, Jan\u00a05,\u00a02026: 1,200",
        "Site 0, Jan\u00a06,\u00a02026: 0; No rows",
    ]


def test_legend_says_what_each_colour_counts():
    drawn = calendar((1, 100))
    assert calendar_heatmap.level_bounds(drawn) == (20, 40, 60, 80, 100)
    assert [text for text in texts(calendar_heatmap.draw(drawn)) if "–" in text] == [
        "1–20", "21–40", "41–60", "61–80", "81–100",
    ]  # fmt: skip


def test_small_counts_leave_out_empty_steps():
    assert [text for text in texts(calendar_heatmap.draw(calendar((1, 2, 0)))) if text in {"1", "2", "1–2"}] == [
        "1", "2", "1", "2",
    ]  # fmt: skip


@pytest.mark.parametrize("days", [1, 7, 42, 120])
def test_cells_stay_within_the_picture(days):
    svg = calendar_heatmap.draw(calendar((100,) * days, (50,) * days))
    assert max(float(node.get("x")) + float(node.get("width")) for node in shapes(svg, "rows")) <= 720
    assert len(column(svg, "value")) == days * 2


@pytest.mark.parametrize("value", [0, None])
def test_nothing_at_all_is_drawn(value):
    assert sees_only_finite_numbers(calendar_heatmap.draw(calendar((value,) * 3)))


def test_no_rows_give_an_empty_calendar():
    assert "Nothing to show for this selection" in texts(calendar_heatmap.draw(calendar()))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (((1, 2), (1,)), r"rows\[1\]\.counts must have 2 days, got 1"),
        (((1, -2),), r"rows\[0\]\.counts\[1\] must not be negative, got -2"),
    ],
)
def test_calendar_that_cannot_be_drawn_is_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        calendar(*rows)
