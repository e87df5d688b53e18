"""What parsing leaves behind: candidate rows as Parquet, refused rows as JSON lines, and a summary."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from .shapes import Problem, RefusedRow

CANDIDATES = "candidates.parquet"
REFUSED = "refused.jsonl"
ROW_NUMBER = "row_number"


@dataclass(slots=True)
class Output:
    """Writes the two files, batch by batch."""

    folder: Path
    headings: tuple[str, ...]
    accepted: int = 0
    refused: int = 0
    _groups: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _writer: pq.ParquetWriter | None = None
    _lines: Any = None

    def __post_init__(self) -> None:
        self._lines = (self.folder / REFUSED).open("w", encoding="utf-8")
        self._lines.write(json.dumps({"headings": self.headings}) + "\n")

    def add(self, rows: pa.Table, numbers: npt.NDArray[np.int64], refused: list[RefusedRow]) -> None:
        if rows.num_rows:
            numbered = rows.append_column(ROW_NUMBER, pa.array(numbers))
            if self._writer is None:
                self._writer = pq.ParquetWriter(
                    self.folder / CANDIDATES,
                    numbered.schema,
                    compression="none",
                    use_dictionary=False,
                    write_statistics=False,
                )
            self._writer.write_table(numbered)
            self.accepted += rows.num_rows
        for row in refused:
            self._refuse(row)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._lines.close()

    def groups(self) -> list[dict[str, Any]]:
        """Return the causes of refusal, the commonest first."""
        return sorted(self._groups.values(), key=lambda group: (-group["count"], group["column"]))

    def _refuse(self, row: RefusedRow) -> None:
        self.refused += 1
        line = {
            "row": row.number,
            "cells": row.cells,
            "problems": [problem.to_json() for problem in row.problems],
        }
        self._lines.write(json.dumps(line, ensure_ascii=False) + "\n")
        for problem in {(p.column, p.reason): p for p in row.problems}.values():
            self._count(row.number, problem)

    def _count(self, number: int, problem: Problem) -> None:
        group = self._groups.setdefault(
            (problem.column, problem.reason), {**problem.to_json(), "count": 0, "first_row": number}
        )
        group["count"] += 1
