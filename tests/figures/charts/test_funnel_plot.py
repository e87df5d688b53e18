import pytest

from assay.figures.charts import funnel_plot
from assay.figures.charts.funnel_plot import FunnelPlot, FunnelPoint, Limits, Position
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

CURVE = tuple((n, max(0.0, 0.04 - 1 / n), min(1.0, 0.04 + 1 / n)) for n in range(5, 1000, 5))


def point(label, value, n, position=Position.INSIDE):
    return FunnelPoint(label=label, value=value, n=n, low=value / 2, high=min(1.0, value * 2), position=position)


def plot(*points, **changes):
    values = {
        "heading": heading(),
        "points": points,
        "target": 0.04,
        "target_label": "Average",
        "limits": (Limits(name="95%", curve=CURVE), Limits(name="99.8%", curve=CURVE)),
    }
    return FunnelPlot(**(values | changes))


def mixed():
    return plot(
        point("M-01", 0.05, 300),
        point("M-02", 0.15, 400, Position.ABOVE),
        point("M-03", 0.001, 500, Position.BELOW),
        point("M-04", 0.3, 10),
    )


def test_only_those_outside_are_named():
    svg = funnel_plot.draw(mixed())
    (outside,) = shapes(svg, "outside")
    assert ["".join(node.itertext()) for node in outside] == ["M-02 ▲", "M-03 ▼"]


def test_shapes_say_who_stands_out():
    assert shape_of_marks(funnel_plot.draw(mixed())) == ["dot", "diamond", "diamond", "hollow"]


def test_position_is_spoken():
    assert [text.rsplit("; ", 1)[1] for text in labels(funnel_plot.draw(mixed()))] == [
        "Within the limits",
        "Above the limits",
        "Below the limits",
        "Not enough data",
    ]


def test_table_has_the_numbers_of_the_plot():
    drawn = mixed()
    assert agrees_with_table(
        funnel_plot.draw(drawn), funnel_plot.table_of(drawn), label_key=lambda cells: cells["group"]
    )


def test_table_is_no_ranking():
    drawn = plot(point("B", 0.01, 100), point("A", 0.09, 100), point("C", 0.05, 100))
    assert table_column(funnel_plot.table_of(drawn), "group") == ["A", "B", "C"]


def test_place_follows_n_and_rate():
    svg = funnel_plot.draw(plot(point("A", 0.0, 100), point("B", 0.05, 200), point("C", 0.1, 300)))
    x, y = ([float(place) for place in column(svg, axis)] for axis in ("x", "y"))
    assert x[1] - x[0] == pytest.approx(x[2] - x[1], abs=0.02)
    assert y[0] - y[1] == pytest.approx(y[1] - y[2], abs=0.02)


def test_limits_and_target_are_named_in_the_gutter():
    svg = funnel_plot.draw(mixed())
    assert sorted(text for text in texts(svg) if text in {"95%", "99.8%"}) == ["95%", "95%", "99.8%", "99.8%"]
    assert place_of(svg, "Average 4.0%")[0] > 600


def test_inner_limits_are_dashed():
    (limits,) = shapes(funnel_plot.draw(mixed()), "limits")
    assert [path.get("stroke-dasharray") for path in limits] == ["5 3", "5 3", None, None]


def test_curves_stay_within_the_plot():
    svg = funnel_plot.draw(mixed())
    (limits,) = shapes(svg, "limits")
    heights = [float(pair.split(" ")[1]) for path in limits for pair in path.get("d")[1:].split("L")]
    assert min(heights) >= 0
    assert max(heights) <= float(parse(svg).get("viewBox").split(" ")[3])


def test_verdict_on_too_little_data_is_refused():
    with pytest.raises(ValueError, match=r"points\[0\] has n = 10, below 30, and cannot be above the limits"):
        plot(point("A", 0.5, 10, Position.ABOVE))


def test_limits_out_of_order_are_refused():
    with pytest.raises(ValueError, match="limits 'x' at n = 10 must lie in order between 0 and 1"):
        plot(limits=(Limits(name="x", curve=((10, 0.5, 0.1),)),))


def test_nan_is_refused():
    with pytest.raises(ValueError, match=r"points\[0\]\.value must be a finite number"):
        plot(FunnelPoint(label="A", value=float("nan"), n=100))


@pytest.mark.parametrize(("count", "value", "n"), [(1, 0.0, 100), (60, 0.0, 50), (60, 1.0, 50), (1, 0.5, 0)])
def test_extremes_are_drawn(count, value, n):
    svg = funnel_plot.draw(plot(*(point(f"M{i}", value, n) for i in range(count))))
    assert sees_only_finite_numbers(svg)
    assert len(column(svg, "value")) == count


def test_no_points_give_an_empty_plot():
    assert "Nothing to show for this selection" in texts(funnel_plot.draw(plot()))
