"""Rows of a Parquet file and of a workbook's one sheet."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import load_workbook

from assay.rooms.decisions.terms import Reason

from .shapes import FileRefused, Limits, Problem, RawBatch, RefusedRow
from .values import as_texts

PARQUET_ROWS = 50_000
SHEET_ROWS = 10_000
_RATIO_FROM_BYTES = 8 * 1024**2


class ParquetReader:
    """A Parquet file, its columns taken by name."""

    def __init__(self, path: Path, *, limits: Limits):
        try:
            self._file = pq.ParquetFile(path)
            self._schema = self._file.schema_arrow
        except (pa.ArrowException, OSError, ValueError) as error:
            raise FileRefused("parquet_damaged", cause=str(error)[:200]) from error
        self._count = self._file.metadata.num_rows
        if self._count > limits.rows:
            raise FileRefused("too_many_rows", most=limits.rows)
        self._done = 0
        self.headings: tuple[str, ...] = tuple(self._schema.names)

    def batches(self, wanted: tuple[int, ...]) -> Iterator[RawBatch]:
        for position in wanted:
            kind = self._schema.field(position).type
            if not _is_simple(kind):
                raise FileRefused("column_type", column=self.headings[position], type=str(kind)[:80])
        simple = [
            self._schema.field(at).name for at in range(len(self.headings)) if _is_simple(self._schema.field(at).type)
        ]
        try:
            for batch in self._file.iter_batches(batch_size=PARQUET_ROWS, columns=simple):
                yield self._batch(batch, wanted)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise FileRefused("parquet_damaged", cause=str(error)[:200]) from error

    def done_share(self) -> float:
        return float(self._done / max(self._count, 1))

    def notes(self) -> dict[str, Any]:
        return {}

    def _batch(self, batch: pa.RecordBatch, wanted: tuple[int, ...]) -> RawBatch:
        first = self._done + 1
        self._done += batch.num_rows
        columns = {position: batch.column(self.headings[position]) for position in wanted}
        return RawBatch(
            columns=columns,
            numbers=np.arange(first, first + batch.num_rows, dtype=np.int64),
            cells=lambda at: tuple(
                _cell_text(batch, heading, at) if heading in batch.schema.names else "" for heading in self.headings
            ),
        )


def _is_simple(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_timestamp(kind)
        or pa.types.is_date(kind)
        or pa.types.is_null(kind)
    )


def _cell_text(batch: pa.RecordBatch, heading: str, at: int) -> str:
    return as_texts(batch.column(heading).slice(at, 1))[0].as_py() or ""


class SheetReader:
    """The one visible sheet of a workbook, headings in its first row."""

    def __init__(self, path: Path, *, limits: Limits):
        _check_packed(path, limits)
        try:
            # An open file, because the library judges a path by its ending and uploads have none.
            self._book = load_workbook(path.open("rb"), read_only=True, data_only=False)
        except Exception as error:
            # openpyxl raises whatever its XML or zip layer does; every one means a damaged workbook here.
            raise FileRefused("workbook_damaged", cause=f"{type(error).__name__}: {error}"[:200]) from error
        visible = [sheet for sheet in self._book.worksheets if sheet.sheet_state == "visible"]
        self._hidden = [sheet.title for sheet in self._book.worksheets if sheet.sheet_state != "visible"]
        if len(visible) != 1:
            raise FileRefused("several_sheets", sheets=", ".join(sheet.title for sheet in visible)[:200])
        self._sheet = visible[0]
        self._sheet.reset_dimensions()
        self._blank_rows = 0
        self._number = 0
        self._rows = self._read_rows()
        first = next(self._rows, None)
        if first is None:
            raise FileRefused("empty_file")
        self.headings: tuple[str, ...] = tuple(str(_sheet_text(cell)[0] or "") for cell in first[1])

    def batches(self, wanted: tuple[int, ...]) -> Iterator[RawBatch]:
        while rows := list(islice(self._rows, SHEET_ROWS)):
            yield self._batch(rows, wanted)

    def done_share(self) -> float:
        return min(0.95, self._number / 100_000)

    def notes(self) -> dict[str, Any]:
        return {"blank_lines": self._blank_rows, "hidden_sheets": self._hidden[:20]}

    def _read_rows(self) -> Iterator[tuple[int, list[Any]]]:
        try:
            for number, row in enumerate(self._sheet.iter_rows(), start=1):
                self._number = number
                cells = list(row)
                while cells and cells[-1].value is None:
                    cells.pop()
                if cells:
                    yield number, cells
                else:
                    self._blank_rows += 1
        except FileRefused:
            raise
        except Exception as error:
            raise FileRefused("workbook_damaged", cause=f"{type(error).__name__}: {error}"[:200]) from error

    def _batch(self, rows: list[tuple[int, list[Any]]], wanted: tuple[int, ...]) -> RawBatch:
        faults: list[RefusedRow] = []
        kept: list[tuple[int, list[str | None]]] = []
        for number, cells in rows:
            read = [_sheet_text(cell) for cell in cells]
            texts: list[str | None] = [text for text, _ in read] + [None] * (len(self.headings) - len(read))
            problem = self._problem(read, wanted)
            if problem is not None:
                shown = tuple(text or "" for text in texts)
                faults.append(RefusedRow(number=number, cells=shown, problems=(problem,)))
            else:
                kept.append((number, texts))
        return RawBatch(
            columns={position: pa.array([texts[position] for _, texts in kept], pa.string()) for position in wanted},
            numbers=np.array([number for number, _ in kept], dtype=np.int64),
            cells=lambda at: tuple(text or "" for text in kept[at][1]),
            faults=tuple(faults),
        )

    def _problem(self, read: list[tuple[str | None, Reason | None]], wanted: tuple[int, ...]) -> Problem | None:
        if len(read) > len(self.headings):
            extra = ", ".join(text or "" for text, _ in read[len(self.headings) :])
            facts = {"have": len(read), "due": len(self.headings)}
            return Problem(column="", value=extra, reason=Reason.TOO_MANY_COLUMNS, facts=facts)
        for position in wanted:
            if position < len(read) and read[position][1] is not None:
                text, reason = read[position]
                return Problem(column=self.headings[position], value=text or "", reason=Reason(str(reason)))
        return None


def _sheet_text(cell: Any) -> tuple[str | None, Reason | None]:  # noqa: PLR0911 - one a kind
    """Write a cell as text, with the reason why it cannot be taken if there is one."""
    value = cell.value
    if value is None:
        return None, None
    if cell.data_type == "f":
        return str(getattr(value, "text", value)), Reason.FORMULA
    if cell.data_type == "e":
        return str(value), Reason.CELL_ERROR
    if isinstance(value, bool):
        return ("true" if value else "false"), None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value)), None
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds"), None
    return (value.isoformat() if isinstance(value, date) else str(value)), None


def _check_packed(path: Path, limits: Limits) -> None:
    with zipfile.ZipFile(io.FileIO(path)) as packed:
        unpacked = sum(member.file_size for member in packed.infolist())
        if any(member.flag_bits & 1 for member in packed.infolist()):
            raise FileRefused("encrypted")
    if unpacked > limits.unpacked_bytes:
        raise FileRefused("too_large_unpacked", bytes=limits.unpacked_bytes)
    if unpacked > _RATIO_FROM_BYTES and unpacked > limits.ratio * path.stat().st_size:
        raise FileRefused("ratio_too_high", ratio=int(limits.ratio))
