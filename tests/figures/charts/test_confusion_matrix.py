import pytest

from assay.figures.charts import confusion_matrix
from assay.figures.charts.confusion_matrix import ConfusionMatrix, MatrixCell
from tests.figures.charts.reading import (
    column,
    heading,
    labels,
    sees_only_finite_numbers,
    shapes,
    table_column,
    texts,
)

KEYS = (("approve", "Approve"), ("reject", "Reject"))


def matrix(counts, **changes):
    values = {
        "heading": heading(),
        "row_title": "First decision",
        "column_title": "Audit verdict",
        "rows": KEYS,
        "columns": KEYS,
        "cells": tuple(
            tuple(cell if isinstance(cell, MatrixCell) else MatrixCell(count=cell) for cell in row) for row in counts
        ),
    }
    return ConfusionMatrix(**(values | changes))


def test_cell_shows_number_and_share_of_row():
    svg = confusion_matrix.draw(matrix([[90, 10], [1, 3]]))
    assert [text for text in texts(svg) if text in {"90", "90.0%", "10", "10.0%", "1", "25.0%", "3", "75.0%"}] == [
        "90", "90.0%", "10", "10.0%", "1", "25.0%", "3", "75.0%",
    ]  # fmt: skip
    assert [text for text in texts(svg) if text.startswith("n\u00a0=")] == ["n\u00a0=\u00a0100", "n\u00a0=\u00a04"]


def test_marks_and_table_have_the_same_numbers():
    drawn = matrix([[2, 1], [MatrixCell(count=1, share=0.4, low=0.2, high=0.6), MatrixCell(count=1, share=0.6)]])
    svg, table = confusion_matrix.draw(drawn), confusion_matrix.table_of(drawn)
    assert [float(value) for value in column(svg, "value")] == table_column(table, "value") == [2 / 3, 1 / 3, 0.4, 0.6]
    assert [int(count) for count in column(svg, "count")] == table_column(table, "count") == [2, 1, 1, 1]
    assert [int(n) for n in column(svg, "n")] == table_column(table, "n") == [3, 3, 2, 2]
    assert table_column(table, "interval") == [None, None, (0.2, 0.6), None]


def test_agreement_is_outlined_not_only_coloured():
    svg = confusion_matrix.draw(matrix([[90, 10], [1, 3]]))
    assert len(shapes(svg, "agrees")) == 2
    assert texts(svg).count("✓") == 2


def test_cell_is_spoken_with_both_names():
    assert labels(confusion_matrix.draw(matrix([[90, 10], [1, 3]])))[1] == (
        "Approve → Reject: 10.0%; n\u00a0=\u00a0100; Count: 10"
    )


def test_empty_row_has_no_share():
    drawn = matrix([[5, 5], [0, 0]])
    assert column(confusion_matrix.draw(drawn), "value") == ["0.5", "0.5", "", ""]
    assert table_column(confusion_matrix.table_of(drawn), "value") == [0.5, 0.5, None, None]


@pytest.mark.parametrize("width", [340, 720])
def test_long_names_stay_in_their_cells(width):
    long = tuple((f"k{i}", f"Restringir la visibilidad de la publicación {i}") for i in range(6))
    drawn = matrix([[12345] * 6] * 6, rows=long, columns=long, heading=heading(width=width))
    svg = confusion_matrix.draw(drawn)
    assert sees_only_finite_numbers(svg)
    assert all(float(node.get("x")) + float(node.get("width")) <= width for node in shapes(svg, "agrees"))


@pytest.mark.parametrize("counts", [[[0, 0], [0, 0]], [[7, 0], [0, 0]]])
def test_nothing_and_almost_nothing_are_drawn(counts):
    svg = confusion_matrix.draw(matrix(counts))
    assert sees_only_finite_numbers(svg)
    assert ("Nothing to show for this selection" in texts(svg)) is (counts[0][0] == 0)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([[1, 2]], "cells must have 2 rows, got 1"),
        ([[1, 2], [3]], r"cells\[1\] must have 2 cells, got 1"),
        ([[1, -2], [3, 4]], r"cells\[0\]\[1\]\.count must not be negative, got -2"),
        ([[MatrixCell(count=1, share=float("nan")), 1], [1, 1]], r"cells\[0\]\[0\]\.value must be a finite number"),
    ],
)
def test_matrix_that_cannot_be_drawn_is_refused(cells, message):
    with pytest.raises(ValueError, match=message):
        matrix(cells)
