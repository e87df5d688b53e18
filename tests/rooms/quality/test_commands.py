"""`assay estimate` and the reading of files of verdicts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assay.rooms.organisation.refusals import Refusal
from assay.rooms.quality.commands import app, reference_rows
from assay.rooms.quality.measures import MEASURES
from tests import factories

from . import plain


def run(*words: str) -> str:
    answer = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return str(answer.output)


def test_estimate_answers_as_json(two_plans: factories.World) -> None:
    told = json.loads(run("estimate", "--measure", "error_rate", "--by", "site", "--json"))
    expected = {
        site: plain.estimate(plain.rows(), "error_rate", keep=lambda row, s=site: row["site"] == s)
        for site in ("dublin", "mexico")
    }
    assert {f["group"]["site"]: f["n"] for f in told["figures"]} == {s: e.n for s, e in expected.items()}
    for figure in told["figures"]:
        assert figure["value"] == pytest.approx(expected[figure["group"]["site"]].value, abs=1e-9)
        assert figure["interval"]["low"] < figure["value"] < figure["interval"]["high"]


def test_estimate_tells_every_measure_with_n(two_plans: factories.World) -> None:
    lines = run("estimate").splitlines()
    assert [line.split()[0] for line in lines] == [str(code) for code in MEASURES]
    assert all("n=" in line for line in lines)


def test_estimate_refuses_unknown_site(two_plans: factories.World) -> None:
    with pytest.raises(Refusal) as refused:
        run("estimate", "--site", "nowhere")
    assert "dublin" in str(refused.value)


def test_verdict_file_is_read_with_meanings(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.csv"
    file.write_text("row,expert\n1,G\n2,\n3,X\n")
    values = {"G": ("approve", ""), "X": ("remove", "ADL")}
    rows = reference_rows(file, column="row", source="adult", outcome="expert", values=values)
    assert list(rows) == [
        {"decision_key": "adult:1", "outcome": "approve", "policy": ""},
        {"decision_key": "adult:3", "outcome": "remove", "policy": "ADL"},
    ]


def test_unknown_verdict_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.csv"
    file.write_text("row,expert\n1,G\n2,Q\n")
    with pytest.raises(Refusal) as refused:
        list(reference_rows(file, column="row", source="", outcome="expert", values={"G": ("approve", "")}))
    assert refused.value.facts == {"line": 3, "text": "Q", "name": "expert"}


def test_missing_column_is_named(tmp_path: Path) -> None:
    file = tmp_path / "verdicts.csv"
    file.write_text("row,rating\n1,G\n")
    with pytest.raises(Refusal) as refused:
        list(reference_rows(file, column="row", source="", outcome="expert", values={}))
    assert "“expert”" in str(refused.value)
    assert "row, rating" in str(refused.value)
