"""First decision against finding, cell by cell, against plain Python."""

from __future__ import annotations

from collections import Counter

import pytest

from assay.rooms.policies.terms import ErrorClass
from assay.rooms.quality.queries.confusion import confusion_of
from assay.rooms.quality.queries.reviewed import reviewed, select
from assay.rooms.quality.terms import Cells, Filters, Side, Weight
from assay.rooms.reviews.models import Settlement
from tests import factories

from .. import plain

FAMILY = {"approve": "leave", "remove": "remove", "age_gate": "restrict", "escalate": "undecided"}


def plain_cells() -> Counter[tuple[str, str]]:
    cells: Counter[tuple[str, str]] = Counter()
    for s in Settlement.objects.select_related("sampled", "verdict"):
        if s.error_class in plain.UNJUDGED:
            continue
        verdict = s.verdict
        found = FAMILY[verdict.outcome] if verdict.judgement == "decided" else verdict.judgement
        cells[FAMILY[s.sampled.outcome], found] += 1
    return cells


def test_counts_equal_plain_calculation(two_plans: factories.World) -> None:
    found = confusion_of(
        select(reviewed(), sites=None, filters=Filters()), Side.ACTION, Cells.COUNTED, weight=Weight.DECISIONS
    )
    cells = plain_cells()
    assert found.n == sum(cells.values())
    for i, row in enumerate(found.rows):
        total = sum(count for (first, _), count in cells.items() if first == row)
        for j, column in enumerate(found.columns):
            cell = found.cells[i][j]
            assert (cell.count, cell.share) == (cells[row, column], cells[row, column] / total)


def test_weighted_shares_equal_plain_calculation(two_plans: factories.World) -> None:
    found = confusion_of(
        select(reviewed(), sites=None, filters=Filters()), Side.ACTION, Cells.WEIGHTED, weight=Weight.DECISIONS
    )
    i, j = found.rows.index("leave"), found.columns.index("leave")
    rows = [row for row in plain.rows() if FAMILY[row["outcome"]] == "leave"]
    # Left up and found so: every finding "correct" among decisions that left the content up.
    top = sum(r["size"] / r["reviews"] for r in rows if r["found"] == ErrorClass.CORRECT)
    bottom = sum(r["size"] / r["reviews"] for r in rows)
    assert found.cells[i][j].share == pytest.approx(top / bottom, abs=1e-9)


def test_shares_of_a_row_add_up(two_plans: factories.World) -> None:
    for side in Side:
        for kind in Cells:
            found = confusion_of(select(reviewed(), sites=None, filters=Filters()), side, kind, weight=Weight.DECISIONS)
            for row in found.cells:
                assert sum(cell.share or 0.0 for cell in row) == pytest.approx(1.0)


def test_nothing_reviewed_makes_no_matrix(world: factories.World) -> None:
    found = confusion_of(
        select(reviewed(), sites=None, filters=Filters()), Side.POLICY, Cells.WEIGHTED, weight=Weight.DECISIONS
    )
    assert (found.rows, found.columns, found.n) == ((), (), 0)
