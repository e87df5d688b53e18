"""`assay plan` and `assay draw`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assay.rooms.organisation.refusals import Refusal
from assay.rooms.sampling.commands import app
from assay.rooms.sampling.models import Plan
from tests.columnar.decision_logs import generated_rows

from .worlds import World, bring_in

PLAN = (
    "plan", "March", "--from", "2026-03-02", "--to", "2026-05-01", "--code", "spring", "--precision", "2",
    "--each", "5", "--bands", "4",
)  # fmt: skip


def _run(*words: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, words)
    if isinstance(found.exception, Refusal):
        raise found.exception
    return found.exit_code, found.output


def test_preview_keeps_nothing(world: World) -> None:
    code, text = _run(*PLAN, "--preview")
    assert (code, Plan.objects.count()) == (0, 0)
    assert "auditor hours" in text
    assert "Nothing was kept." in text


def test_plan_is_kept_drawn_extended_and_verified(world: World) -> None:
    _, told = _run(*PLAN, "--json")
    reviews = json.loads(told)["reviews"]
    _, drawn = _run("draw", "spring", "--json")
    assert json.loads(drawn)["sample_size"] == reviews
    _, more = _run("draw", "spring", "--size", str(reviews + 20), "--json")
    assert json.loads(more)["number"] == 2
    code, text = _run("draw", "spring", "--verify")
    assert code == 0
    assert f"The same {reviews + 20} decisions are drawn again." in text


def test_verification_ends_with_one_when_the_log_changed(world: World, tmp_path: Path) -> None:
    _run(*PLAN)
    _run("draw", "spring")
    bring_in(tmp_path, generated_rows(4000)[:3000], unit=world.root)
    code, text = _run("draw", "spring", "--verify", "--json")
    assert code == 1
    assert json.loads(text)["is_same"] is False


def test_population_is_narrowed_by_where(world: World) -> None:
    _run(*PLAN, "--where", "market=MX", "--where", "market=IE", "--where", "maker_type=human")
    assert Plan.objects.get().population == {"equals": {"maker_type": ["human"], "market": ["MX", "IE"]}}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((*PLAN, "--where", "market"), "sampling.bad_filter"),
        ((*PLAN, "--unit", "mars"), "sampling.no_unit"),
        (("draw", "winter"), "sampling.not_found"),
    ],
)
def test_mistakes_are_named(world: World, words: tuple[str, ...], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        _run(*words)
    assert refused.value.code == code


def test_frozen_plan_is_not_drawn_again(world: World) -> None:
    _run(*PLAN)
    _run("draw", "spring")
    with pytest.raises(Refusal) as refused:
        _run("draw", "spring")
    assert refused.value.code == "sampling.already_frozen"
