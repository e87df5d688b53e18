import pytest

from assay.figures.charts import precision_curve
from assay.figures.charts.precision_curve import CurvePoint, PrecisionCurve
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

PLANS = tuple(CurvePoint(cost=hours, half_width=0.12 / hours**0.5, n=hours * 8) for hours in (4, 16, 36, 64))


def curve(points=PLANS, **changes):
    values = {"heading": heading(), "points": points, "cost_title": "Auditor time", "cost_unit": "h"}
    return PrecisionCurve(**(values | changes))


def test_chosen_plan_is_a_diamond_and_written_out():
    svg = precision_curve.draw(curve(chosen=2))
    assert shape_of_marks(svg) == ["dot", "dot", "diamond", "dot"]
    assert "Chosen: 36\u00a0h" in texts(svg)
    assert "±2.0\u00a0pp, n\u00a0=\u00a0288" in texts(svg)


def test_plan_is_spoken_with_cost_width_and_n():
    assert labels(precision_curve.draw(curve(chosen=1)))[:2] == [
        "4\u00a0h: ±6.0\u00a0pp; n\u00a0=\u00a032",
        "16\u00a0h: ±3.0\u00a0pp; n\u00a0=\u00a0128; Chosen",
    ]


def test_table_has_the_numbers_of_the_curve():
    drawn = curve(chosen=1)
    table = precision_curve.table_of(drawn)
    assert agrees_with_table(
        precision_curve.draw(drawn), table, label_key=lambda cells: f"{cells['cost']}\u00a0h", keys=("value", "n")
    )
    assert [float(cost) for cost in column(precision_curve.draw(drawn), "cost")] == table_column(table, "cost")
    assert table_column(table, "note") == ["", "Chosen", "", ""]


def test_target_is_named_beside_the_plot():
    svg = precision_curve.draw(curve(target=0.0125))
    assert place_of(svg, "Target")[0] > 720 - 96
    assert place_of(svg, "±1.3\u00a0pp")[0] > 720 - 96


def test_curve_falls_as_cost_grows():
    places = [float(y) for y in column(precision_curve.draw(curve()), "y")]
    assert places == sorted(places)


@pytest.mark.parametrize("points", [PLANS[:1], (CurvePoint(cost=0, half_width=0, n=0),)])
def test_extremes_are_drawn(points):
    svg = precision_curve.draw(curve(points, chosen=len(points) - 1))
    assert sees_only_finite_numbers(svg)
    assert len(column(svg, "value")) == len(points)


def test_no_plans_give_an_empty_chart():
    assert "Nothing to show for this selection" in texts(precision_curve.draw(curve(())))


@pytest.mark.parametrize(
    ("points", "changes", "message"),
    [
        ((PLANS[1], PLANS[0]), {}, r"points\[1\]\.cost must exceed 16, got 4"),
        (PLANS, {"chosen": 4}, "chosen must be the place of a point, 0 to 3, got 4"),
        ((CurvePoint(cost=float("nan"), half_width=0.1, n=1),), {}, r"points\[0\]\.cost must be a finite number"),
        ((CurvePoint(cost=1, half_width=float("nan"), n=1),), {}, r"points\[0\]\.half_width must be a finite number"),
    ],
)
def test_curve_that_cannot_be_drawn_is_refused(points, changes, message):
    with pytest.raises(ValueError, match=message):
        curve(points, **changes)
