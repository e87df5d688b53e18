"""Whatever order files come in, cut, repeated or corrected, the log ends the same."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assay.columnar.parts import DECISION_LOG, EVENT_LOG, Merged, connection, merge, row_hash_sql, sample_key_sql
from assay.columnar.store import Store
from assay.stats.keyed_hash import sample_key

SCHEMA = pa.schema(
    [
        pa.field("decision_id", pa.string()),
        pa.field("decided_at", pa.timestamp("us", tz="UTC")),
        pa.field("outcome", pa.string()),
        pa.field("maker_type", pa.string()),
        pa.field("revision_at", pa.timestamp("us", tz="UTC")),
        pa.field("row_number", pa.int64()),
    ]
)
START = datetime(2026, 3, 1, tzinfo=UTC)
Row = dict[str, Any]


class Log:
    """A log in a folder, fed file by file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.live: list[str] = []
        self.files = 0

    def bring_in(self, rows: Sequence[Row], source: str = "tool") -> Merged:
        self.files += 1
        path = self.folder / f"in-{self.files}.parquet"
        numbered = [{**row, "row_number": n} for n, row in enumerate(rows, start=2)]
        pq.write_table(pa.Table.from_pylist(numbered, schema=SCHEMA), path)
        merged = merge(
            log=DECISION_LOG,
            candidates=path,
            live=self.live,
            folder=self.folder,
            name=f"p-{self.files}",
            source=source,
            run=self.files,
            salt=b"salt",
        )
        replaced = dict(merged.rewritten)
        self.live = [path for path in self.live if path not in replaced]
        self.live += [str(part.path) for part in replaced.values() if part]
        self.live += [str(merged.part.path)] if merged.part else []
        assert merged.accepted + merged.duplicate + merged.superseded == len(rows)
        return merged

    def state(self) -> list[Row]:
        columns = "decision_key, outcome, maker_type, decided_at, revision_at, sample_key, row_hash"
        return Store(paths=tuple(self.live)).query(f"SELECT {columns} FROM {{log}} ORDER BY decision_key").to_pylist()


def row(number: int, outcome: str = "approve", revision: int | None = None, minute: int = 0) -> Row:
    return {
        "decision_id": f"D-{number}",
        "decided_at": START + timedelta(hours=number, minutes=minute),
        "outcome": outcome,
        "maker_type": "human",
        "revision_at": None if revision is None else START + timedelta(days=revision),
    }


def winner(rows: Sequence[Row]) -> dict[str, Row]:
    """Return for each decision the row that must stand, found one by one; ties apart."""
    standing: dict[str, Row] = {}
    never = datetime(1, 1, 1, tzinfo=UTC)
    for each in rows:
        other = standing.get(each["decision_id"])
        if other is None or (each["revision_at"] or never, each["decided_at"]) > (
            other["revision_at"] or never,
            other["decided_at"],
        ):
            standing[each["decision_id"]] = each
    return standing


@pytest.mark.parametrize("seed", range(30))
def test_order_cuts_repeats_and_corrections_end_the_same(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    rows = [row(n) for n in range(40)]
    rows += [row(n, "remove", revision=n % 5) for n in draw.sample(range(40), 15)]
    rows += [row(n, "reject", revision=n % 3 + 6) for n in draw.sample(range(40), 10)]
    rows += [row(n, "warn", minute=1) for n in draw.sample(range(40), 5)]
    whole = Log(tmp_path)
    whole.bring_in(rows)
    (tmp_path / "cut").mkdir()
    parted = Log(tmp_path / "cut")
    shuffled = draw.sample(rows, len(rows))
    cuts = sorted(draw.sample(range(len(rows)), 3))
    pieces = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    # A part sent again, and one that overlaps with two others.
    pieces += [draw.choice(pieces), draw.sample(rows, 12)]
    draw.shuffle(pieces)
    for piece in pieces:
        parted.bring_in(piece)
    assert parted.state() == whole.state()
    due = winner(rows)
    assert {r["decision_key"]: (r["outcome"], r["revision_at"]) for r in whole.state()} == {
        f"tool:{key}": (r["outcome"], r["revision_at"]) for key, r in due.items()
    }


def test_tie_is_broken_the_same_way_in_either_order(tmp_path: Path) -> None:
    states = []
    for number, outcomes in enumerate((("remove", "reject"), ("reject", "remove"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        log = Log(folder)
        log.bring_in([row(1, outcomes[0])])
        merged = log.bring_in([row(1, outcomes[1])])
        assert merged.conflict_count == 1
        assert merged.conflicts[0].key == "tool:D-1"
        states.append(log.state())
    assert states[0] == states[1]


def test_same_id_of_two_sources_is_two_decisions(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.bring_in([row(1)], source="north")
    assert log.bring_in([row(1)], source="south").accepted == 1
    assert [each["decision_key"] for each in log.state()] == ["north:D-1", "south:D-1"]


def test_part_that_loses_all_rows_is_not_written_anew(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.bring_in([row(1)])
    merged = log.bring_in([row(1, "remove", revision=1)])
    assert (merged.replaced, merged.rewritten[0][1]) == (1, None)


def test_files_once_written_never_change(tmp_path: Path) -> None:
    log = Log(tmp_path)
    first = log.bring_in([row(1), row(2)]).part
    assert first is not None
    before = first.path.read_bytes()
    log.bring_in([row(1, "remove", revision=1)])
    assert first.path.read_bytes() == before


def test_part_says_what_it_holds(tmp_path: Path) -> None:
    part = Log(tmp_path).bring_in([row(3), row(1), row(2)]).part
    assert part is not None
    assert (part.rows, part.first_at, part.last_at) == (3, START + timedelta(hours=1), START + timedelta(hours=3))


@pytest.mark.parametrize("item", ["tool:D-1", "tool:Décision “1”", "tool:" + "x" * 300])
@pytest.mark.parametrize("salt", [b"salt", bytes(range(32)), b"'\\"])
def test_sample_key_equals_that_of_the_draws(item: str, salt: bytes) -> None:
    sql = f"SELECT {sample_key_sql('?', salt)}"
    assert connection().cursor().execute(sql, [item]).fetchall() == [(sample_key(salt=salt, item=item),)]


def test_row_hash_does_not_depend_on_blank_columns() -> None:
    narrow, wide = ([SCHEMA.field(name) for name in names] for names in (("outcome",), ("outcome", "maker_type")))
    row_sql = "(SELECT 'remove' AS outcome, NULL::VARCHAR AS maker_type)"
    found = (
        connection().cursor().execute(f"SELECT {row_hash_sql(narrow)}, {row_hash_sql(wide)} FROM {row_sql}").fetchall()
    )
    assert found[0][0] == found[0][1]


def test_row_hash_tells_columns_apart() -> None:
    columns = [SCHEMA.field(name) for name in ("outcome", "maker_type")]
    rows = "(VALUES ('a', NULL), (NULL, 'a')) t(outcome, maker_type)"
    found = connection().cursor().execute(f"SELECT {row_hash_sql(columns)} FROM {rows}").fetchall()
    assert found[0] != found[1]


def test_events_are_merged_by_their_own_key(tmp_path: Path) -> None:
    columns = {"event_id": ["e1", "e1"], "case_id": ["c", "c"], "kind": ["claimed", "claimed"], "row_number": [2, 3]}
    path = tmp_path / "in.parquet"
    pq.write_table(
        pa.table(
            {
                **columns,
                "at": pa.array([START, START], pa.timestamp("us", tz="UTC")),
                "revision_at": pa.array([None, None], pa.timestamp("us", tz="UTC")),
            }
        ),
        path,
    )
    merged = merge(log=EVENT_LOG, candidates=path, live=(), folder=tmp_path, name="p", source="tool", run=1, salt=b"s")
    assert (merged.accepted, merged.duplicate) == (1, 1)
