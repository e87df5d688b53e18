"""The first decision against the settled judgement: where errors come from and go to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.stats.estimation import estimate_domains
from assay.stats.intervals import Interval, wilson_interval

from ..terms import Cells, Side, Weight
from .estimates import sizes
from .reviewed import Labels, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Reviews in one cell, and their share of the row's decisions."""

    count: int
    share: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """Rows are first decisions, columns what the review found; the same word means agreement."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    n: int


def confusion_of(selection: Selection, side: Side, cells: Cells, *, weight: Weight) -> Confusion:
    """Set first decisions against findings, for everything selected."""
    reviewed = selection.reviewed
    first, found = reviewed.labels[f"first_{side}"], reviewed.labels[f"found_{side}"]
    rows, row_codes = _present(first, selection)
    columns, column_codes = _present(found, selection)
    if not rows:
        return Confusion(rows=(), columns=(), cells=(), n=0)
    joint = np.where(selection.inside, row_codes * len(columns) + column_codes, -1)
    counts = np.bincount(joint[joint >= 0], minlength=len(rows) * len(columns)).reshape(len(rows), len(columns))
    by_column = [
        _weighted(selection, row_codes, column_codes == j, len(rows), weight)
        if cells is Cells.WEIGHTED
        else _counted(counts[:, j].tolist(), counts.sum(axis=1).tolist())
        for j in range(len(columns))
    ]
    made = tuple(
        tuple(
            Cell(count=int(counts[i, j]), share=by_column[j][i][0], interval=by_column[j][i][1])
            for j in range(len(columns))
        )
        for i in range(len(rows))
    )
    return Confusion(rows=rows, columns=columns, cells=made, n=int(counts.sum()))


def _present(labels: Labels, selection: Selection) -> tuple[tuple[str, ...], np.ndarray]:
    present = np.unique(labels.codes[selection.inside])
    place = np.full(max(len(labels.values), 1), -1, dtype=np.int64)
    place[present] = np.arange(present.size)
    names = tuple(labels.values[int(code)] for code in present)
    return names, place[labels.codes] if labels.values else labels.codes


def _weighted(
    selection: Selection, rows: np.ndarray, hit: np.ndarray, count: int, weight: Weight
) -> list[tuple[float | None, Interval | None]]:
    codes = np.where(selection.inside, rows, -1)
    found = estimate_domains(
        selection.reviewed.sample(),
        hit.astype(np.float64),
        codes,
        count,
        size=sizes(selection.reviewed, weight),
    )
    return [(estimate.value, estimate.interval) for estimate in found]


def _counted(hits: Sequence[int], totals: Sequence[int]) -> list[tuple[float | None, Interval | None]]:
    return [(hit / total, wilson_interval(errors=hit, reviewed=total)) for hit, total in zip(hits, totals, strict=True)]
