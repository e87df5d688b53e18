from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assay.rooms.decisions import queries
from assay.rooms.decisions.commands import app
from assay.rooms.decisions.models import ImportRun, Mapping
from assay.rooms.organisation.refusals import Refusal
from tests.factories import world
from tests.rooms.decisions import files

pytestmark = pytest.mark.django_db
EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "adult_content.json"


def test_command_prints_the_ledger_as_json(tmp_path: Path) -> None:
    files.mapping(world().root)
    path = files.csv_file(tmp_path, [files.row(1), files.row(2, outcome="maybe")])
    answer = CliRunner().invoke(app, [str(path), "--mapping", "tool", "--json"])
    told = json.loads(answer.stdout)
    assert (told["rows_in"], told["accepted"], told["refused"], told["state"]) == (2, 1, 1, "done")


def test_trial_by_command_stores_nothing(tmp_path: Path) -> None:
    files.mapping(world().root)
    path = files.csv_file(tmp_path, [files.row(1)])
    answer = CliRunner().invoke(app, [str(path), "--mapping", "tool", "--dry-run"])
    assert "accepted" in answer.stdout
    assert queries.live_paths("decisions") == ()


def test_unknown_mapping_is_named(tmp_path: Path) -> None:
    files.mapping(world().root)
    path = files.csv_file(tmp_path, [files.row(1)])
    answer = CliRunner().invoke(app, [str(path), "--mapping", "none"])
    assert isinstance(answer.exception, Refusal)
    assert answer.exception.facts == {"name": "none", "names": "tool"}


def test_example_mapping_reads_the_real_ratings(shared_data: Path) -> None:
    world()
    path = shared_data / "adult_content_ratings.csv"
    answer = CliRunner().invoke(app, [str(path), "--mapping", str(EXAMPLE), "--json"])
    assert json.loads(answer.stdout)["accepted"] == sum(1 for _ in path.open()) - 1
    assert Mapping.objects.get().name == "adult-content-ratings"
    assert ImportRun.objects.get().refused == 0
    counts = (
        queries.decision_store().query("SELECT outcome, count(*) AS n FROM {log} GROUP BY 1 ORDER BY 1").to_pylist()
    )
    assert [row["outcome"] for row in counts] == ["age_gate", "approve", "remove"]
