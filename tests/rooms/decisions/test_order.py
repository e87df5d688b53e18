"""A good export cut, shuffled, repeated and corrected ends in the same log, through the operation itself."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from assay.rooms.decisions import queries
from tests.factories import world
from tests.rooms.decisions import files

pytestmark = pytest.mark.django_db
STATE = "SELECT * EXCLUDE (import_run) FROM {log} ORDER BY decision_key"


@pytest.mark.parametrize("seed", range(4))
def test_files_in_any_order_end_in_the_same_log(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    root = world().root
    rows = [files.row(n) for n in range(30)]
    rows += [files.row(n, outcome="remove", updated_at="2026-05-03T00:00:00Z") for n in draw.sample(range(30), 8)]
    whole = files.mapping(root, name="whole", source="whole")
    parted = files.mapping(root, name="parted", source="parted")
    files.bring_in(whole, files.csv_file(tmp_path, rows))
    shuffled = draw.sample(rows, len(rows))
    pieces = [shuffled[:10], shuffled[10:25], shuffled[25:], shuffled[5:15], shuffled[:10]]
    draw.shuffle(pieces)
    for number, piece in enumerate(pieces):
        run = files.bring_in(parted, files.csv_file(tmp_path, piece, name=f"{number}.csv"))
        assert sum(files.ledger(run)[1:]) == run.rows_in == len(piece)
    log = queries.decision_store().query(STATE).to_pylist()
    columns = [name for name in log[0] if name not in {"decision_key", "source", "sample_key"}]
    first, second = (
        [{name: row[name] for name in columns} for row in log if row["source"] == source]
        for source in ("whole", "parted")
    )
    assert first == second
    assert len(first) == 30


@pytest.mark.parametrize("seed", range(6))
def test_trial_run_foretells_the_real_run(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    mapping = files.mapping(world().root)
    files.bring_in(mapping, files.csv_file(tmp_path, [files.row(n) for n in range(0, 20, 2)]))
    changes = [
        {},
        {"outcome": "maybe"},
        {"views": "x"},
        {"updated_at": "2026-05-04T00:00:00Z", "text": "changed"},
        {"decided_at": ""},
        {"risk": "2"},
    ]
    rows = [files.row(draw.randrange(20), **draw.choice(changes)) for _ in range(40)]
    path = files.csv_file(tmp_path, rows, name="more.csv")
    tried, real = files.bring_in(mapping, path, dry_run=True), files.bring_in(mapping, path)
    assert files.ledger(tried) == files.ledger(real)
    assert tried.notes == real.notes
    groups = [
        list(run.refusal_groups.values_list("column", "reason", "count", "first_row", "example"))
        for run in (tried, real)
    ]
    assert groups[0] == groups[1]
