"""The shape of the house, held by tests: contracts, foreign keys, drawers."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

SOURCE = Path(__file__).resolve().parents[2] / "src" / "assay"


def test_import_contracts_hold():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=SOURCE.parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_foreign_keys_lean_on_rooms_before():
    order = {room: place for place, room in enumerate(settings.ROOMS)}
    upward = [
        f"{model._meta.label}.{field.name}"
        for room in settings.ROOMS
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and order.get(field.related_model._meta.app_label, -1) > order[room]
    ]
    assert upward == []


def test_no_folder_is_a_drawer_for_anything():
    names = {path.stem for path in SOURCE.rglob("*") if path.suffix in {"", ".py"}}
    assert names & {"core", "common", "utils", "helpers", "misc"} == set()


@pytest.mark.parametrize("room", settings.ROOMS)
def test_each_room_says_what_it_owns(room: str):
    text = ast.get_docstring(ast.parse((SOURCE / "rooms" / room / "__init__.py").read_text())) or ""
    assert "Owns" in text or "owns" in text


def test_terms_and_rules_read_no_clock():
    clocks = re.compile(r"\b(timezone\.now|datetime\.now|time\.time|date\.today)\(")
    reading = [
        str(path.relative_to(SOURCE))
        for path in (SOURCE / "rooms").rglob("*.py")
        if path.name in {"rules.py", "terms.py"} and clocks.search(path.read_text())
    ]
    assert reading == []


def test_statistics_need_no_django():
    code = "import assay.stats, sys, pkgutil, importlib\n" + (
        "[importlib.import_module('assay.stats.' + m.name) for m in pkgutil.iter_modules(assay.stats.__path__)]\n"
        "assert not {'django', 'duckdb', 'pyarrow'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
