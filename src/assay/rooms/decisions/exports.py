"""Refused rows as a file that can be mended and sent back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain
from typing import Any

from assay.figures.cells import neutral_text

from . import labels, queries, rules
from .models import ImportRun

OWN_COLUMNS = (
    f"{rules.OWN_PREFIX}row",
    f"{rules.OWN_PREFIX}column",
    f"{rules.OWN_PREFIX}value",
    f"{rules.OWN_PREFIX}reason_en",
    f"{rules.OWN_PREFIX}reason_es",
)
_ROWS_A_PIECE = 500


def refused_csv(run: ImportRun) -> Iterator[bytes]:
    """Write a run's refused rows: where, what and why in both languages, then the row as it came.

    A row that could not be divided into cells stands whole in the first of its own columns. Texts that a spreadsheet
    would run have an apostrophe before them, which is taken away again when the file is sent back.
    """
    rows = queries.refused_rows(run)
    first: dict[str, Any] = next(rows, {"headings": []})
    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator="\r\n")
    held.write("\ufeff")
    width = len(first["headings"])
    writer.writerow([*OWN_COLUMNS, *(neutral_text(heading) for heading in first["headings"])])
    for number, row in enumerate(rows, start=1):
        cells = row["cells"][:width] + [""] * (width - len(row["cells"]))
        writer.writerow([neutral_text(text) for text in chain(_explained(row), cells)])
        if number % _ROWS_A_PIECE == 0:
            yield held.getvalue().encode("utf-8", "replace")
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode("utf-8", "replace")


def _explained(row: dict[str, object]) -> list[str]:
    problems = row["problems"]
    assert isinstance(problems, list)
    english, spanish = (
        " | ".join(
            labels.reason_in(
                language,
                problem["reason"],
                column=problem["column"],
                value=problem["value"],
                facts=problem["facts"],
            )
            for problem in problems
        )
        for language in ("en", "es")
    )
    columns = " | ".join(problem["column"] for problem in problems)
    values = " | ".join(problem["value"] for problem in problems)
    return [str(row["row"]), columns, values, english, spanish]
