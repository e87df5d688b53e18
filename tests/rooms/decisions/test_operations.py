from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError

from assay.rooms.audit.models import Entry
from assay.rooms.decisions import operations, queries
from assay.rooms.decisions.models import ImportRun, Part
from assay.rooms.decisions.terms import RunState
from assay.rooms.organisation.refusals import Refusal
from tests.factories import NOW, world
from tests.rooms.decisions import files

pytestmark = pytest.mark.django_db


def test_good_file_ends_in_the_log(tmp_path: Path) -> None:
    place = world()
    mapping = files.mapping(place.root)
    run = files.bring_in(mapping, files.csv_file(tmp_path, [files.row(n) for n in range(5)]))
    assert (run.state, run.rows_in, run.accepted, run.duplicate, run.superseded, run.refused) == (
        RunState.DONE,
        5,
        5,
        0,
        0,
        0,
    )
    kept = queries.decision_store().query("SELECT decision_key, site, outcome FROM {log} ORDER BY 1").to_pylist()
    assert kept[0] == {"decision_key": "tool:D-0", "site": "mexico", "outcome": "approve"}
    assert Entry.objects.get(kind="decisions.imported").subject == f"import:{run.pk}"


def test_same_file_twice_is_all_duplicates(tmp_path: Path) -> None:
    mapping = files.mapping(world().root)
    path = files.csv_file(tmp_path, [files.row(n) for n in range(5)])
    files.bring_in(mapping, path)
    again = files.bring_in(mapping, path)
    assert (again.accepted, again.duplicate) == (0, 5)
    assert len(queries.live_paths("decisions")) == 1


def test_correction_takes_the_place_of_the_row(tmp_path: Path) -> None:
    mapping = files.mapping(world().root)
    files.bring_in(mapping, files.csv_file(tmp_path, [files.row(n) for n in range(3)]))
    corrected = files.row(1, outcome="remove", updated_at="2026-05-03T00:00:00Z")
    run = files.bring_in(mapping, files.csv_file(tmp_path, [corrected], name="second.csv"))
    assert (run.accepted, run.notes["replaced"]) == (1, 1)
    kept = queries.decision_store().query("SELECT decision_id, outcome FROM {log} ORDER BY 1").to_pylist()
    assert [row["outcome"] for row in kept] == ["approve", "remove", "approve"]
    assert Part.objects.filter(is_live=False).count() == 1


def test_stale_retry_after_correction_changes_nothing(tmp_path: Path) -> None:
    mapping = files.mapping(world().root)
    old = files.csv_file(tmp_path, [files.row(1)], name="old.csv")
    new = files.csv_file(tmp_path, [files.row(1, outcome="remove", updated_at="2026-05-03T00:00:00Z")])
    files.bring_in(mapping, new)
    run = files.bring_in(mapping, old)
    assert (run.accepted, run.superseded) == (0, 1)
    (kept,) = queries.decision_store().query("SELECT outcome FROM {log}").to_pylist()
    assert kept == {"outcome": "remove"}


def test_dry_run_reports_the_same_and_stores_nothing(tmp_path: Path) -> None:
    mapping = files.mapping(world().root)
    rows = [files.row(1), files.row(1), files.row(2, outcome="maybe"), files.row(3)]
    path = files.csv_file(tmp_path, rows)
    tried = files.bring_in(mapping, path, dry_run=True)
    assert queries.live_paths("decisions") == ()
    real = files.bring_in(mapping, path)
    assert files.ledger(tried) == files.ledger(real) == (4, 2, 1, 0, 1)
    assert [
        list(run.refusal_groups.values_list("column", "reason", "count", "first_row")) for run in (tried, real)
    ] == [[("outcome", "unknown_word", 1, 4)]] * 2


def test_conflicting_rows_are_named(tmp_path: Path) -> None:
    mapping = files.mapping(world().root)
    run = files.bring_in(mapping, files.csv_file(tmp_path, [files.row(1), files.row(1, outcome="remove")]))
    assert files.ledger(run) == (2, 1, 0, 1, 0)
    assert run.notes["conflicts"] == ["tool:D-1"]


def test_refused_file_says_why(tmp_path: Path) -> None:
    mapping = files.mapping(world().root)
    path = tmp_path / "page.csv"
    path.write_text("<html><body>Sign in</body></html>")
    run = files.bring_in(mapping, path)
    assert (run.state, run.error_code, run.error_facts) == (RunState.FAILED, "wrong_kind_of_file", {"kind": "HTML/XML"})
    assert Entry.objects.filter(kind="decisions.import_failed").count() == 1


def test_finished_run_is_not_done_again(tmp_path: Path) -> None:
    mapping = files.mapping(world().root)
    run = files.bring_in(mapping, files.csv_file(tmp_path, [files.row(1)]))
    again = operations.run_import(run.pk, at=NOW + timedelta(days=1), parse=files.parse_here)
    assert again.ended_at == NOW
    assert Part.objects.count() == 1


def test_unbalanced_ledger_is_refused_by_the_database(tmp_path: Path) -> None:
    mapping = files.mapping(world().root)
    run = files.bring_in(mapping, files.csv_file(tmp_path, [files.row(1)]))
    with pytest.raises(IntegrityError):
        ImportRun.objects.filter(pk=run.pk).update(rows_in=2)


def test_source_of_another_place_is_refused() -> None:
    place = world()
    files.mapping(place.mexico)
    with pytest.raises(Refusal) as refused:
        files.mapping(place.dublin, name="another")
    assert (refused.value.code, refused.value.field) == ("decisions.belongs_elsewhere", "source")


def test_site_brings_in_only_its_own(tmp_path: Path) -> None:
    mapping = files.mapping(world().mexico)
    rows = [files.row(1), files.row(2, site="dublin"), files.row(3, site="")]
    run = files.bring_in(mapping, files.csv_file(tmp_path, rows))
    assert files.ledger(run) == (3, 1, 0, 0, 2)
    assert set(run.refusal_groups.values_list("reason", flat=True)) == {"unknown_site", "blank"}


def test_missing_file_is_refused(tmp_path: Path) -> None:
    mapping = files.mapping(world().root)
    with pytest.raises(Refusal) as refused:
        operations.start_import(
            mapping=mapping, file_path=tmp_path / "none.csv", file_name="none.csv", requested_by=None, at=NOW
        )
    assert refused.value.code == "decisions.no_file"


def test_child_process_reads_the_same(tmp_path: Path) -> None:
    mapping = files.mapping(world().root)
    path = files.csv_file(tmp_path, [files.row(1), files.row(2, decided_at="soon")])
    run = operations.start_import(mapping=mapping, file_path=path, file_name="a.csv", requested_by=None, at=NOW)
    run = operations.run_import(run.pk, at=NOW)
    assert files.ledger(run) == (2, 1, 0, 0, 1)


def test_replaced_files_are_swept_later(tmp_path: Path) -> None:
    mapping = files.mapping(world().root)
    files.bring_in(mapping, files.csv_file(tmp_path, [files.row(1)]))
    files.bring_in(mapping, files.csv_file(tmp_path, [files.row(1, updated_at="2026-05-03T00:00:00Z")]))
    assert operations.sweep(before=NOW.replace(year=2020)) == 0
    assert operations.sweep(before=NOW.replace(year=2099)) == 1
    assert queries.decision_store().query("SELECT count(*) AS n FROM {log}").to_pylist() == [{"n": 1}]


def test_what_a_killed_import_left_behind_is_swept(tmp_path: Path) -> None:
    files.bring_in(files.mapping(world().root), files.csv_file(tmp_path, [files.row(1)]))
    left = [tmp_path / "decisions" / "decisions" / "run-9.parquet", tmp_path / "decisions" / "work" / "run-9"]
    left[0].write_bytes(b"half")
    left[1].mkdir(parents=True)
    assert operations.sweep(before=NOW.replace(year=2099)) == 2
    assert [path.exists() for path in left] == [False, False]
    assert queries.decision_store().query("SELECT count(*) AS n FROM {log}").to_pylist() == [{"n": 1}]


def test_import_that_was_cut_off_starts_again(tmp_path: Path) -> None:
    mapping = files.mapping(world().root)
    path = files.csv_file(tmp_path, [files.row(1)])
    run = operations.start_import(mapping=mapping, file_path=path, file_name="a.csv", requested_by=None, at=NOW)

    def cut_off(progress: float, step: str = "") -> None:
        if progress > 0.9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        operations.run_import(run.pk, at=NOW, tick=cut_off, parse=files.parse_here)
    assert queries.live_paths("decisions") == ()
    again = operations.run_import(run.pk, at=NOW, parse=files.parse_here)
    assert files.ledger(again) == (1, 1, 0, 0, 0)
