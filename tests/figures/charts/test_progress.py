import pytest

from assay.figures.charts import progress
from assay.figures.charts.progress import Progress, ProgressRow
from tests.figures.charts.reading import (
    column,
    heading,
    labels,
    sees_only_finite_numbers,
    shapes,
    table_column,
    texts,
)


def rounds(*rows):
    made = tuple(
        ProgressRow(label=f"Round {i}", done=done, planned=planned, needed_by_now=needed)
        for i, (done, planned, needed) in enumerate(rows)
    )
    return Progress(heading=heading(), rows=made)


def test_bar_is_filled_in_proportion():
    svg = progress.draw(rounds((10, 40, None)))
    (done,), (planned,) = shapes(svg, "done"), shapes(svg, "planned")
    assert float(done.get("width")) * 4 == pytest.approx(float(planned.get("width")), abs=0.05)
    assert "10\u00a0/\u00a040" in texts(svg)


def test_more_than_planned_stays_within_the_picture():
    svg = progress.draw(rounds((50, 40, 45)))
    (done,), (planned,) = shapes(svg, "done"), shapes(svg, "planned")
    assert float(done.get("width")) > float(planned.get("width"))
    assert float(done.get("x")) + float(done.get("width")) < 720


def test_needed_by_now_is_marked_and_explained():
    svg = progress.draw(rounds((10, 40, 30), (1, 2, None)))
    assert len(shapes(svg, "needed")) == 1
    assert "▼ Needed by now" in texts(svg)
    assert labels(svg) == ["Round 0: 10; Planned: 40; Needed by now: 30", "Round 1: 1; Planned: 2"]


def test_marks_and_table_have_the_same_numbers():
    drawn = rounds((10, 40, 30), (1, 2, None))
    svg, table = progress.draw(drawn), progress.table_of(drawn)
    assert [int(value) for value in column(svg, "value")] == table_column(table, "value") == [10, 1]
    assert [int(value) for value in column(svg, "planned")] == table_column(table, "planned") == [40, 2]
    assert column(svg, "needed-by-now") == ["30", None]


@pytest.mark.parametrize("row", [(0, 0, None), (0, 10, 0), (10, 0, None)])
def test_extremes_are_drawn(row):
    assert sees_only_finite_numbers(progress.draw(rounds(row)))


def test_no_rows_give_an_empty_chart():
    assert "Nothing to show for this selection" in texts(progress.draw(rounds()))


def test_negative_count_is_refused():
    with pytest.raises(ValueError, match=r"rows\[0\]\.done\.n must not be negative, got -1"):
        rounds((-1, 2, None))
