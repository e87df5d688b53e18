import doctest
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "docs" / "methods"
NAMES = [
    "agreement",
    "allocation",
    "control-chart",
    "decomposition",
    "estimation",
    "funnel",
    "intervals",
    "keyed-hash-draws",
    "planning",
    "shrinkage",
]


@pytest.mark.parametrize("name", NAMES)
def test_worked_example_gives_what_is_printed(name):
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    found = doctest.DocTestParser().get_doctest(page, {}, name, f"{name}.md", 0)
    assert found.examples
    report: list[str] = []
    doctest.DocTestRunner(verbose=False).run(found, out=report.append)
    assert "".join(report) == ""


@pytest.mark.parametrize("name", NAMES)
def test_page_answers_its_five_questions(name):
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    headings = [line[3:] for line in page.splitlines() if line.startswith("## ") and line != "## Edges"]
    assert headings == ["Question", "Formula", "Assumptions", "Worked example", "Source"]
