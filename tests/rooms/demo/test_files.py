import json
from datetime import date
from pathlib import Path

import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from assay.columnar import layout
from assay.rooms.demo.files import Shape, Span, write_log
from assay.rooms.demo.terms import Recipe

RECIPE = Recipe(seed=5, decisions=3000, weeks=6, ends_on=date(2026, 6, 1))


def test_same_recipe_gives_same_bytes(tmp_path: Path) -> None:
    first, second = (write_log(RECIPE, tmp_path / name) for name in ("a", "b"))
    assert [w.decisions.read_bytes() for w in first] == [w.decisions.read_bytes() for w in second]
    names = ("truth.json", "truth.parquet")
    assert [(tmp_path / "a" / n).read_bytes() for n in names] == [(tmp_path / "b" / n).read_bytes() for n in names]


def test_files_hold_every_decision_once(tmp_path: Path) -> None:
    written = write_log(RECIPE, tmp_path, spans=(Span(first=0, end=4), Span(first=4, end=6)))
    assert [w.decisions.name for w in written] == [
        "decisions-week-001-to-004.parquet",
        "decisions-week-005-to-006.parquet",
    ]
    ids = [value for w in written for value in pq.read_table(w.decisions)["decision_id"].to_pylist()]
    assert ids == [f"D{number:010d}" for number in range(3000)]
    assert sum(w.rows for w in written) == pq.read_metadata(tmp_path / "truth.parquet").num_rows == 3000
    for w in written:
        moments = pq.read_table(w.decisions)["decided_at"].to_pylist()
        assert w.starts_at <= min(moments)
        assert max(moments) < w.ends_at


def test_columns_are_those_of_the_log(tmp_path: Path) -> None:
    written = write_log(RECIPE, tmp_path, spans=(Span(first=0, end=6),))
    for path, schema in ((written[0].decisions, layout.DECISIONS), (written[0].events, layout.EVENTS)):
        assert path is not None
        sent = pq.read_schema(path)
        assert [name for name in sent.names if name not in schema.names] == []
        assert [sent.field(name).type for name in sent.names] == [schema.field(name).type for name in sent.names]


def test_events_tell_what_became_of_cases(tmp_path: Path) -> None:
    written = write_log(RECIPE, tmp_path, spans=(Span(first=0, end=6),))
    decisions, events = pq.read_table(written[0].decisions), pq.read_table(written[0].events)
    by_people = len(decisions) - decisions["claimed_at"].null_count
    kinds = events["kind"].value_counts().to_pylist()
    assert {each["values"]: each["counts"] for each in kinds} == dict.fromkeys(
        ("enqueued", "claimed", "decided", "took_effect"), by_people
    )


def test_csv_is_written_too(tmp_path: Path) -> None:
    written = write_log(RECIPE, tmp_path, spans=(Span(first=0, end=6),), shape=Shape.CSV, with_events=False)
    assert written[0].events is None
    assert len(pa_csv.read_csv(written[0].decisions)) == 3000


def test_truth_says_what_was_planted(tmp_path: Path) -> None:
    write_log(RECIPE, tmp_path)
    facts = json.loads((tmp_path / "truth.json").read_text())
    assert facts["recipe"] == {"seed": 5, "decisions": 3000, "weeks": 6, "ends_on": "2026-06-01"}
    assert sorted(facts["planted"]) == [
        "auditor_drift", "late_clause", "leaked_gold", "mix_shift", "new_hires", "rule_version",
    ]  # fmt: skip


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    told = list[int]()
    write_log(RECIPE, tmp_path, tick=told.append)
    assert told == sorted(told)
    assert told[-1] == 3000
