import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from assay.figures.charts import control_chart
from assay.figures.charts.control_chart import ChartPoint, ControlChart, Event
from assay.figures.charts.theme import Theme
from assay.figures.numbers import Unit
from tests.figures.charts.reading import (
    agrees_with_table,
    column,
    heading,
    labels,
    parse,
    place_of,
    sees_only_finite_numbers,
    shape_of_marks,
    shapes,
    table_column,
    texts,
)

MONDAY = date(2026, 1, 5)


def week(i, value=0.03, **changes):
    values = {
        "label": f"W{i + 1}",
        "start_on": MONDAY + timedelta(weeks=i),
        "value": value,
        "low": None if value is None else value * 0.5,
        "high": None if value is None else min(value * 2, 1.0),
        "n": 0 if value is None else 200,
        "lower_limit": 0.01,
        "upper_limit": 0.05,
    }
    return ChartPoint(**(values | changes))


def chart(*points, **changes):
    values = {"heading": heading(), "points": points, "centre": 0.03, "minimum_n": 30}
    return ControlChart(**(values | changes))


def test_marks_carry_the_exact_numbers():
    svg = control_chart.draw(chart(week(0, 1 / 3), week(1, 0.5)))
    assert column(svg, "value") == ["0.3333333333333333", "0.5"]
    assert column(svg, "low") == ["0.16666666666666666", "0.25"]
    assert column(svg, "n") == ["200", "200"]
    assert column(svg, "upper-limit") == ["0.05", "0.05"]
    assert column(svg, "centre") == ["0.03", "0.03"]


def test_table_has_the_numbers_of_the_chart():
    drawn = chart(week(0, 0.01), week(1, None), week(2, 0.06, signal_text="above", n=20))
    assert agrees_with_table(
        control_chart.draw(drawn), control_chart.table_of(drawn), label_key=lambda row: row["period"]
    )


def test_point_lies_at_its_value():
    svg = control_chart.draw(chart(*(week(i, value) for i, value in enumerate((0, 0.02, 0.04)))))
    places = [float(y) for y in column(svg, "y")]
    assert places[0] - places[1] == pytest.approx(places[1] - places[2], abs=0.02)
    assert places[0] > places[2]
    across = [float(x) for x in column(svg, "x")]
    assert across[1] - across[0] == pytest.approx(across[2] - across[1], abs=0.02)


def test_shapes_say_what_a_point_is():
    svg = control_chart.draw(
        chart(
            week(0),
            week(1, 0.06, signal_text="above the upper limit"),
            week(2, n=29),
            week(3, None),
            week(4, partial=True),
        )
    )
    assert shape_of_marks(svg) == ["dot", "diamond", "hollow", "gap", "hollow"]


def test_reason_for_a_diamond_is_written_and_spoken():
    svg = control_chart.draw(chart(week(0), week(1, 0.06, signal_text="above the upper limit")))
    assert "◆ W2: above the upper limit" in texts(svg)
    assert labels(svg)[1].endswith("; Special cause: above the upper limit")
    assert "W2: above the upper limit" in parse(svg)[1].text


def test_many_signals_are_counted_in_words():
    svg = control_chart.draw(chart(*(week(i, 0.06, signal_text="above") for i in range(5))))
    assert [text for text in texts(svg) if text.startswith("◆")] == ["◆ W5: above", "◆ W4: above", "◆ W3: above"]
    assert "More in the table: 2" in texts(svg)


def test_gap_breaks_the_line():
    svg = control_chart.draw(chart(*(week(i, None if i == 2 else 0.03) for i in range(5))))
    (values,) = shapes(svg, "values")
    assert [path.get("d").count("L") for path in values] == [1, 1]


def test_missing_week_breaks_the_line_too():
    svg = control_chart.draw(chart(*(week(i) for i in (0, 1, 2, 5, 6))))
    (values,) = shapes(svg, "values")
    assert [path.get("d").count("L") for path in values] == [2, 1]


def test_limits_do_not_join_across_phases():
    svg = control_chart.draw(chart(*(week(i, centre=0.03 if i < 2 else 0.02) for i in range(4))))
    (centre,) = shapes(svg, "centre")
    assert len(centre) == 2
    (limits,) = shapes(svg, "limits")
    assert len(limits) == 6


def test_limits_are_named_in_the_gutter():
    svg = control_chart.draw(chart(week(0), week(1)))
    x, y, anchor = place_of(svg, "Upper limit")
    assert (x, anchor) == (720 - 96 + 8, "start")
    assert y < place_of(svg, "Centre")[1] < place_of(svg, "Lower limit")[1]
    assert [text for text in texts(svg) if text in {"5.0%", "3.0%", "1.0%"}] == ["5.0%", "3.0%", "1.0%"]


def test_gutter_labels_keep_apart_when_limits_meet():
    met = {"lower_limit": 0.03, "upper_limit": 0.03}
    svg = control_chart.draw(chart(week(0, **met), week(1, **met)))
    heights = [place_of(svg, name)[1] for name in ("Upper limit", "Centre", "Lower limit")]
    assert heights[1] - heights[0] >= 28.9
    assert heights[2] - heights[1] >= 28.9


def test_events_are_lines_with_a_label_inside():
    events = (
        Event(on=MONDAY + timedelta(days=3), label="Policy v7 in force"),
        Event(on=MONDAY + timedelta(weeks=3), label="A rather long name of the new vendor"),
        Event(on=MONDAY - timedelta(days=30), label="Long ago"),
    )
    svg = control_chart.draw(chart(*(week(i) for i in range(4)), events=events))
    assert place_of(svg, "Policy v7 in force")[2] == "start"
    assert place_of(svg, "A rather long name of the new vendor")[2] == "end"
    assert "Long ago" not in texts(svg)
    assert "Jan\u00a08,\u00a02026: Policy v7 in force" in parse(svg)[1].text


def test_axis_that_does_not_start_at_zero_says_so():
    high = control_chart.draw(chart(week(0, 0.95, lower_limit=0.93, upper_limit=0.97), centre=0.95))
    assert "The axis does not start at zero" in texts(high)
    assert "The axis does not start at zero" not in texts(control_chart.draw(chart(week(0))))


def test_charts_can_share_an_axis():
    first, second = chart(week(0, 0.01), week(1, 0.01)), chart(week(0, 0.2), week(1, 0.01))
    shared = control_chart.span_of(first, second)
    drawn = [control_chart.draw(replace(one, y_range=shared)) for one in (first, second)]
    assert shared == (0.01, 0.2)
    assert column(drawn[0], "y")[1] == column(drawn[1], "y")[1]


def test_axis_that_would_cut_a_value_is_refused():
    with pytest.raises(ValueError, match=r"y_range .* does not hold the values"):
        chart(week(0, 0.2), y_range=(0.0, 0.1))


@pytest.mark.parametrize("count", [1, 2, 60])
@pytest.mark.parametrize("value", [0.0, 1.0, None])
def test_extremes_are_drawn(count, value):
    drawn = chart(*(week(i, value, lower_limit=None, upper_limit=None) for i in range(count)), centre=None)
    svg = control_chart.draw(drawn)
    assert sees_only_finite_numbers(svg)
    assert len(column(svg, "value")) == count


def test_no_points_give_an_empty_chart():
    svg = control_chart.draw(chart())
    assert "Nothing to show for this selection" in texts(svg)
    assert column(svg, "value") == []
    assert control_chart.table_of(chart()).rows == ()


def test_numbers_that_cannot_be_drawn_are_refused():
    with pytest.raises(ValueError, match=r"points\[1\]\.value must be a finite number, got nan"):
        chart(week(0), week(1, float("nan")))
    with pytest.raises(ValueError, match=r"points\[0\]\.upper_limit must be a finite number"):
        chart(week(0, upper_limit=float("inf")))


def test_limit_of_a_rate_outside_none_and_all_is_refused():
    with pytest.raises(ValueError, match=r"limits and centre of a rate must lie between 0 and 1"):
        chart(week(0, lower_limit=-0.01))


def test_periods_out_of_order_are_refused():
    with pytest.raises(ValueError, match=r"points\[1\]\.start_on must follow 2026-01-12"):
        chart(week(1), week(0))


def test_spanish_reader_sees_spanish():
    svg = control_chart.draw(
        chart(week(0), week(1, n=5), heading=heading(language="es", region="es_ES", title="Título"))
    )
    assert "Límite superior" in texts(svg)
    assert "5,0\u00a0%" in texts(svg)
    assert "5\u00a0ene" in texts(svg)
    assert labels(svg)[1].endswith("Datos insuficientes")


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_literal_theme_names_no_variable(theme):
    assert "var(" not in control_chart.draw(chart(week(0), week(1)), theme=theme)


def test_labels_cannot_break_out():
    svg = control_chart.draw(chart(week(0, label='"><script>x</script>'), heading=heading(title="<b>&")))
    assert "<script" not in svg
    assert column(svg, "label") == ['"><script>x</script>']


def test_other_units_are_written_as_themselves():
    drawn = chart(week(0, 120.0, high=240.0, lower_limit=None, upper_limit=None), centre=None, unit=Unit.SECONDS)
    assert labels(control_chart.draw(drawn))[0].startswith("W1: 2\u00a0min; 95% interval 1\u00a0min")


def test_notes_column_says_what_the_shape_says():
    drawn = chart(week(0), week(1, n=5, partial=True))
    assert table_column(control_chart.table_of(drawn), "note") == ["", "Not enough data; Period not over"]


def test_axis_dates_do_not_overlap():
    svg = control_chart.draw(chart(*(week(i) for i in range(60))))
    dates = [text for text in texts(svg) if re.fullmatch(r"[A-Z][a-z]{2}\u00a0\d+", text)]
    assert 4 <= len(dates) <= 14
