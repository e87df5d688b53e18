from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assay.columnar import layout
from assay.columnar.store import Store, Where
from assay.columnar.tallies import Measures, Tally, tally

MEASURES = Measures(actioned=("reject", "remove"), automated=("rule", "model"))
SETS: tuple[tuple[str, ...], ...] = ((), ("site",), ("site", "market"), ("week",), ("policy", "day"), ("maker_type",))


def log(tmp_path: Path, rows: list[dict[str, Any]]) -> Store:
    """Write rows as two files of the log."""
    full = [
        {
            "decision_key": f"t:{n}",
            "source": "t",
            "decision_id": str(n),
            "sample_key": n,
            "row_hash": n,
            "import_run": 1,
            **row,
        }
        for n, row in enumerate(rows)
    ]
    paths = []
    for number, part in enumerate((full[::2], full[1::2])):
        path = tmp_path / f"{number}.parquet"
        pq.write_table(pa.Table.from_pylist(part, schema=layout.DECISIONS), path)
        paths.append(str(path))
    return Store(paths=tuple(paths))


def generated(seed: int, count: int) -> list[dict[str, Any]]:
    draw = random.Random(seed)
    start = datetime(2026, 3, 1, tzinfo=UTC)
    return [
        {
            "decided_at": start + timedelta(minutes=draw.randrange(60 * 24 * 40)),
            "outcome": draw.choice(["approve", "reject", "remove", "warn"]),
            "maker_type": draw.choice(["human", "rule", "model"]),
            "site": draw.choice(["mexico", "dublin", None]),
            "market": draw.choice(["MX", "IE", None]),
            "policy": draw.choice(["IPR", None]),
            "exposure_views": draw.choice([None, 0, 5, 1000]),
            "is_golden": draw.choice([None, False, False, True]),
        }
        for _ in range(count)
    ]


def slow_tally(rows: list[dict[str, Any]], by: tuple[tuple[str, ...], ...], where: Where) -> tuple[Tally, ...]:
    """Count row by row; obvious and slow."""
    made: list[Tally] = []
    for cuts in by:
        groups: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        if not cuts:
            groups[()] = []
        for row in rows:
            if row["is_golden"] or not inside(row, where):
                continue
            groups[tuple(value_of(row, cut) for cut in cuts)].append(row)
        for values, found in sorted(groups.items()):
            made.append(
                Tally(
                    by=cuts,
                    values=values,
                    rows=len(found),
                    actioned=sum(row["outcome"] in MEASURES.actioned for row in found),
                    automated=sum(row["maker_type"] in MEASURES.automated for row in found),
                    exposure=sum(row["exposure_views"] or 0 for row in found),
                )
            )
    return tuple(made)


def value_of(row: dict[str, Any], cut: str) -> str:
    day = row["decided_at"].date()
    if cut == "day":
        return str(day)
    if cut == "week":
        return str(day - timedelta(days=day.weekday()))
    return row[cut] or ""


def inside(row: dict[str, Any], where: Where) -> bool:
    if where.start and row["decided_at"] < datetime.fromisoformat(where.start):
        return False
    if where.end and row["decided_at"] >= datetime.fromisoformat(where.end):
        return False
    return all((row[column] or "") in allowed for column, allowed in where.equals.items())


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "where",
    [
        Where(),
        Where(start="2026-03-10T00:00:00+00:00", end="2026-03-20T00:00:00+00:00"),
        Where(equals={"site": ("mexico", ""), "maker_type": ("human",)}),
        Where(equals={"site": ()}),
    ],
)
def test_tally_equals_its_slow_twin(tmp_path: Path, seed: int, where: Where) -> None:
    rows = generated(seed, 300)
    assert tally(log(tmp_path, rows), by=SETS, where=where, measures=MEASURES) == slow_tally(rows, SETS, where)


def test_empty_log_gives_the_whole_alone() -> None:
    (whole,) = tally(Store(paths=()), by=SETS, where=Where(), measures=MEASURES)
    assert whole == Tally(by=(), values=(), rows=0, actioned=0, automated=0, exposure=0)


def test_nothing_asked_gives_nothing() -> None:
    assert tally(Store(paths=()), by=(), where=Where(), measures=MEASURES) == ()


def test_no_outcome_acts_when_none_is_named(tmp_path: Path) -> None:
    rows = generated(1, 20)
    (whole,) = tally(log(tmp_path, rows), by=((),), where=Where(), measures=Measures(actioned=(), automated=()))
    assert (whole.actioned, whole.automated) == (0, 0)


def test_unknown_cut_is_refused() -> None:
    with pytest.raises(ValueError, match="not cut by 'name'"):
        tally(Store(paths=()), by=(("name",),), where=Where(), measures=MEASURES)
