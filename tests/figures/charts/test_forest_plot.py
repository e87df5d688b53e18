from dataclasses import replace
from itertools import pairwise

import pytest

from assay.figures.charts import forest_plot
from assay.figures.charts.forest_plot import ForestPlot, ForestRow
from assay.figures.charts.frame import text_width
from tests.figures.charts.reading import (
    agrees_with_table,
    column,
    heading,
    labels,
    place_of,
    sees_only_finite_numbers,
    shape_of_marks,
    table_column,
    texts,
)


def row(label, value, n=100, **changes):
    interval = {} if value is None else {"low": value / 2, "high": min(1.0, value * 1.5)}
    return ForestRow(**({"label": label, "value": value, "n": n} | interval | changes))


def plot(*rows, **changes):
    return ForestPlot(**({"heading": heading(), "rows": rows, "minimum_n": 30} | changes))


def test_groups_are_sorted_by_value():
    drawn = plot(row("A", 0.1), row("B", 0.3), row("C", 0.2), row("D", None, 0), row("E", 0.9, 12))
    assert column(forest_plot.draw(drawn), "label") == ["B", "C", "A", "D", "E"]
    assert table_column(forest_plot.table_of(drawn), "group") == ["B", "C", "A", "D", "E"]


def test_own_order_is_kept_on_request():
    drawn = plot(row("Low", 0.1), row("High", 0.3), in_own_order=True)
    assert column(forest_plot.draw(drawn), "label") == ["Low", "High"]


def test_table_has_the_numbers_of_the_plot():
    drawn = plot(row("A", 1 / 3), row("B", None, 0), row("C", 0.2, 10))
    assert agrees_with_table(
        forest_plot.draw(drawn), forest_plot.table_of(drawn), label_key=lambda cells: cells["group"]
    )


def test_thin_group_is_hollow_and_has_no_number_written():
    svg = forest_plot.draw(plot(row("Firm", 0.1), row("Thin", 0.2, 29)))
    assert shape_of_marks(svg) == ["dot", "hollow"]
    assert "20.0%" not in texts(svg)
    assert "Not enough data" in texts(svg)
    assert labels(svg)[1].endswith("; Not enough data")


def test_every_rate_is_written_with_interval_and_n():
    svg = forest_plot.draw(plot(row("A", 0.1, 1200)))
    assert [text for text in texts(svg) if text in {"10.0%", "5.0–15.0%", "1,200"}] == ["10.0%", "5.0–15.0%", "1,200"]
    assert "95% interval" in texts(svg)


def test_reference_is_a_named_line():
    svg = forest_plot.draw(plot(row("A", 0.1), reference=0.03, reference_label="Target"))
    assert "Target 3.0%" in texts(svg)


def test_plots_can_share_an_axis():
    first, second = plot(row("A", 0.1)), plot(row("A", 0.1), row("B", 0.5))
    shared = forest_plot.span_of(first, second)
    places = {column(forest_plot.draw(replace(one, x_range=shared)), "x")[-1] for one in (first, second)}
    assert shared == (0.05, 0.75)
    assert len(places) == 1


def test_axis_that_would_cut_a_value_is_refused():
    with pytest.raises(ValueError, match=r"x_range .* does not hold the values"):
        plot(row("A", 0.5), x_range=(0.0, 0.6))


@pytest.mark.parametrize("width", [360, 720])
def test_long_label_is_cut_but_told_in_full(width):
    name = "Productos falsificados y propiedad intelectual de terceros en transmisiones en vivo"
    drawn = plot(row(name, 0.1), row("B", 0.05), heading=heading(width=width, language="es", region="es_MX"))
    svg = forest_plot.draw(drawn)
    cut = next(text for text in texts(svg) if text.startswith("Produ"))
    assert cut.endswith("…")
    assert column(svg, "label")[0] == name
    first_value = place_of(svg, "10.0\u00a0%")[0]
    assert text_width(cut) < first_value - text_width("10.0\u00a0%")


@pytest.mark.parametrize("count", [1, 60])
@pytest.mark.parametrize("value", [0.0, 1.0, None])
def test_extremes_are_drawn(count, value):
    svg = forest_plot.draw(plot(*(row(f"G{i}", value) for i in range(count)), reference=0.0))
    assert sees_only_finite_numbers(svg)
    assert len(column(svg, "label")) == count


def test_rows_are_evenly_spaced():
    places = [float(y) for y in column(forest_plot.draw(plot(*(row(f"G{i:02}", 0.1) for i in range(60)))), "y")]
    assert {round(b - a, 2) for a, b in pairwise(places)} == {24.0}


def test_no_rows_give_an_empty_plot():
    assert "Nothing to show for this selection" in texts(forest_plot.draw(plot()))


def test_nan_is_refused():
    with pytest.raises(ValueError, match=r"rows\[0\]\.low must be a finite number, got nan"):
        plot(row("A", 0.1, low=float("nan")))
