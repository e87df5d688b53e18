import subprocess
import sys
from pathlib import Path

import pytest

from assay.stats.arrays import floats, integers

SOURCE = Path(__file__).resolve().parents[2] / "src"


def test_whole_numbers_are_accepted_in_any_form():
    assert integers("n", [1.0, 2.0]).tolist() == [1, 2]
    assert integers("n", [True, False]).tolist() == [1, 0]
    assert integers("n", []).tolist() == []
    assert floats("x", (1, 2)).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: floats("x", [1.0, float("inf")]), "x must be finite numbers, got inf at position 1"),
        (lambda: floats("x", [[1.0]]), "x must have one dimension, got 2"),
        (lambda: floats("x", [1.0], length=2), "x must have 2 entries, got 1"),
        (lambda: integers("n", [1.5]), r"n must be whole numbers, got 1\.5 at position 0"),
    ],
)
def test_wrong_entries_are_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_statistics_load_nothing_of_the_trade():
    script = (
        "import pkgutil, sys, assay.stats\n"
        "for module in pkgutil.iter_modules(assay.stats.__path__):\n"
        "    __import__('assay.stats.' + module.name)\n"
        "print([n for n in ('django', 'duckdb', 'pyarrow', 'assay.rooms') if n in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(SOURCE)}
    )
    assert found.stdout.strip() == "[]"
