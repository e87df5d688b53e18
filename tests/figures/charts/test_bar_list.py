import pytest

from assay.figures.charts import bar_list
from assay.figures.charts.bar_list import Bar, BarList
from assay.figures.numbers import Unit
from tests.figures.charts.reading import (
    agrees_with_table,
    column,
    heading,
    labels,
    sees_only_finite_numbers,
    shapes,
    table_column,
    texts,
)


def bars(*pairs, **changes):
    made = tuple(Bar(label=label, value=value) for label, value in pairs)
    return BarList(**({"heading": heading(), "bars": made} | changes))


def test_bars_start_at_zero_and_keep_proportion():
    svg = bar_list.draw(bars(("A", 10), ("B", 20), ("C", 0)))
    widths = [float(node.get("width")) for node in shapes(svg, "bar")]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.02)
    assert widths[2] == 0
    assert len({node.get("x") for node in shapes(svg, "bar")}) == 1


def test_longest_comes_first():
    assert column(bar_list.draw(bars(("A", 10), ("B", 20))), "label") == ["B", "A"]
    assert column(bar_list.draw(bars(("A", 10), ("B", 20), in_own_order=True)), "label") == ["A", "B"]


def test_cumulative_share_is_written_not_drawn():
    drawn = bars(("A", 60), ("B", 30), ("C", 10), cumulative=True)
    assert [text for text in texts(bar_list.draw(drawn)) if "Σ" in text] == [
        "60 · Σ\u00a060%",
        "30 · Σ\u00a090%",
        "10 · Σ\u00a0100%",
    ]
    assert table_column(bar_list.table_of(drawn), "cumulative") == [0.6, 0.9, 1.0]
    assert column(bar_list.draw(drawn), "cumulative") == ["0.6", "0.9", "1.0"]


def test_rate_is_written_with_interval_and_n():
    rate = BarList(heading=heading(), bars=(Bar(label="A", value=0.1, low=0.05, high=0.2, n=90),), unit=Unit.RATE)
    svg = bar_list.draw(rate)
    assert "10.0% (5.0–20.0%), n\u00a0=\u00a090" in texts(svg)
    assert labels(svg) == ["A: 10.0%; 95% interval 5.0–20.0%; n\u00a0=\u00a090"]
    assert agrees_with_table(svg, bar_list.table_of(rate), label_key=lambda cells: cells["group"])


def test_table_has_the_numbers_of_the_bars():
    drawn = bars(("A", 60), ("B", 30))
    assert agrees_with_table(
        bar_list.draw(drawn), bar_list.table_of(drawn), label_key=lambda cells: cells["group"], keys=("value",)
    )


@pytest.mark.parametrize("width", [320, 720])
def test_long_texts_stay_within_the_picture(width):
    drawn = bars(
        ("Transmisiones en vivo con productos médicos restringidos y sus accesorios", 1_000_000),
        ("B", 1),
        heading=heading(width=width),
        cumulative=True,
    )
    svg = bar_list.draw(drawn)
    assert max(float(node.get("x")) + float(node.get("width")) for node in shapes(svg, "bar")) <= width
    assert any(text.endswith("…") for text in texts(svg))


@pytest.mark.parametrize("pairs", [[("A", 0)], [(f"G{i}", 0) for i in range(60)], [(f"G{i}", i) for i in range(60)]])
def test_extremes_are_drawn(pairs):
    svg = bar_list.draw(bars(*pairs, cumulative=True))
    assert sees_only_finite_numbers(svg)
    assert len(column(svg, "value")) == len(pairs)


def test_no_bars_give_an_empty_chart():
    assert "Nothing to show for this selection" in texts(bar_list.draw(bars()))


@pytest.mark.parametrize(
    ("bar", "changes", "message"),
    [
        (Bar(label="A", value=-1), {}, r"bars\[0\] must not be negative, got -1"),
        (Bar(label="A", value=float("nan")), {}, r"bars\[0\]\.value must be a finite number"),
        (Bar(label="A", value=0.1), {"unit": Unit.RATE}, r"bars\[0\] is a rate and must have low, high and n"),
        (
            Bar(label="A", value=0.1, low=0.0, high=0.2, n=9),
            {"unit": Unit.RATE, "cumulative": True},
            "cumulative needs counts",
        ),
    ],
)
def test_bars_that_cannot_be_drawn_are_refused(bar, changes, message):
    with pytest.raises(ValueError, match=message):
        BarList(heading=heading(), bars=(bar,), **changes)
