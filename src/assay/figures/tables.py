"""A table of exact values, shown in a region's formats or exported as CSV and XLSX.

Exports follow no region: a point for decimals, rates from 0 to 1, ISO dates, moments in UTC. Both begin
with the facts (who, when, filters, definition): in CSV as lines that start with `# `, in XLSX as
the first sheet. CSV is UTF-8 with a byte order mark, without which Excel misreads every accent.
"""

import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from assay.figures import numbers
from assay.figures.cells import exact, iso_moment, neutral_text, restored_text, would_run, xlsx_text
from assay.figures.numbers import Unit

SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
CUT = " […]"

Interval = tuple[float, float]
Value = str | int | float | date | datetime | Interval | None


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    RATE = "rate"
    POINTS = "points"
    HALF_WIDTH = "half_width"
    INTERVAL = "interval"
    SECONDS = "seconds"
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column; `unit` says what the two ends of an interval count."""

    key: str
    title: str
    kind: Kind = Kind.TEXT
    unit: Unit = Unit.RATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows in the order of the columns; `rows` may be a generator and is then read once.

    `facts` say who exported it, when, with which filters and definition. `sheet_names` name the two sheets of
    a workbook in the reader's language.
    """

    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Value]]
    title: str
    facts: tuple[tuple[str, str], ...] = ()
    sheet_names: tuple[str, str] = ("1", "2")


def to_csv(table: Table) -> bytes:
    """Write the table as CSV, facts first, no text that a spreadsheet would run."""
    return b"".join(csv_chunks(table))


def csv_chunks(table: Table, *, rows_a_chunk: int = 2000) -> Iterator[bytes]:
    """Write the table as CSV piece by piece, for a streamed response."""
    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator="\r\n")
    held.write("\ufeff")
    for line in _preamble(table):
        writer.writerow([line])
    writer.writerow([neutral_text(title) for title in _headings(table.columns)])
    for number, row in enumerate(_checked_rows(table), start=1):
        writer.writerow([_csv_cell(value) for value in _flat(table.columns, row)])
        if number % rows_a_chunk == 0:
            yield held.getvalue().encode("utf-8")
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode("utf-8")


def read_csv(content: bytes) -> tuple[tuple[str, ...], ...]:
    """Read back the headings and rows of a CSV made here, each text as it was before export."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    kept: list[tuple[str, ...]] = []
    for row in rows:
        if not kept and len(row) == 1 and row[0].startswith("# "):
            continue
        kept.append(tuple(restored_text(text) for text in row))
    return tuple(kept)


def to_xlsx(table: Table) -> bytes:
    """Write the table as a workbook: the facts on the first sheet, the rows on the second.

    A text longer than a cell may hold is cut and ends in […]; CSV keeps it whole.

    Raises:
        ValueError: More rows than a sheet holds, or a value of the wrong kind.
    """
    book = Workbook(write_only=True)
    facts = book.create_sheet(table.sheet_names[0])
    for label, text in (("", table.title), *table.facts):
        facts.append([_text_cell(facts, label) if label else None, _text_cell(facts, text)])
    sheet = book.create_sheet(table.sheet_names[1])
    sheet.freeze_panes = "A2"
    sheet.append([_text_cell(sheet, title) for title in _headings(table.columns)])
    formats = [_number_format(column) for column in table.columns for _ in range(_width_of(column))]
    cells = [_format_cell(sheet, number_format) for number_format in formats]
    for number, row in enumerate(_checked_rows(table), start=2):
        if number > SHEET_ROWS:
            raise ValueError(f"A sheet holds {SHEET_ROWS - 1} rows and this table has more; export it as CSV")
        sheet.append(list(_sheet_cells(sheet, cells, _flat(table.columns, row))))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def shown_rows(table: Table, *, region: str, zone: str = "UTC") -> Iterator[tuple[str, ...]]:
    """Write each row as the region does, for a page."""
    for row in _checked_rows(table):
        yield tuple(_shown(column, value, region, zone) for column, value in zip(table.columns, row, strict=True))


def _preamble(table: Table) -> Iterator[str]:
    for label, text in (("", table.title), *table.facts):
        line = f"{label}: {text}" if label else text
        # One fact, one line: a reader skips the preamble by counting lines.
        yield "# " + " ".join(line.split())


def _headings(columns: Sequence[Column]) -> Iterator[str]:
    for column in columns:
        if column.kind is Kind.INTERVAL:
            yield f"{column.title} · min"
            yield f"{column.title} · max"
        else:
            yield column.title


def _width_of(column: Column) -> int:
    return 2 if column.kind is Kind.INTERVAL else 1


def _checked_rows(table: Table) -> Iterator[Sequence[Value]]:
    for number, row in enumerate(table.rows, start=1):
        if len(row) != len(table.columns):
            raise ValueError(f"row {number} must have {len(table.columns)} values, got {len(row)}")
        for column, value in zip(table.columns, row, strict=True):
            if not _fits(column.kind, value):
                raise ValueError(f"row {number}, column {column.key!r} must be a {column.kind}, got {value!r}")
        yield row


def _fits(kind: Kind, value: Value) -> bool:
    return value is None or _CHECKS.get(kind, _is_finite)(value)


def _is_finite(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_interval(value: Value) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(_is_finite(end) for end in value)


_CHECKS: dict[Kind, Callable[[Value], bool]] = {
    Kind.TEXT: lambda value: isinstance(value, str),
    Kind.COUNT: lambda value: isinstance(value, int) and not isinstance(value, bool),
    Kind.INTERVAL: _is_interval,
    Kind.DATE: lambda value: isinstance(value, date) and not isinstance(value, datetime),
    Kind.MOMENT: lambda value: isinstance(value, datetime),
}


def _flat(columns: Sequence[Column], row: Sequence[Value]) -> Iterator[str | int | float | date | None]:
    for column, value in zip(columns, row, strict=True):
        if column.kind is Kind.INTERVAL:
            yield from value if isinstance(value, tuple) else (None, None)
        elif not isinstance(value, tuple):
            yield value


def _csv_cell(value: str | float | date | None) -> str:
    return neutral_text(value) if isinstance(value, str) else exact(value)


def _number_format(column: Column) -> str:
    if column.kind is Kind.INTERVAL:
        return "0.0%" if column.unit is Unit.RATE else "General"
    return {Kind.RATE: "0.0%", Kind.DATE: "yyyy-mm-dd"}.get(column.kind, "General")


def _format_cell(sheet: WriteOnlyWorksheet, number_format: str) -> Cell:
    cell = WriteOnlyCell(sheet)
    cell.number_format = number_format
    return cell


def _sheet_cells(
    sheet: WriteOnlyWorksheet, cells: Sequence[Cell], values: Iterable[str | int | float | date | None]
) -> Iterator[Cell | str | None]:
    # A row is written as soon as it is appended, so one cell a column serves every row.
    for cell, value in zip(cells, values, strict=True):
        if value is None:
            yield None
        elif isinstance(value, str):
            yield _text_cell(sheet, value)
        else:
            cell.value = iso_moment(value) if isinstance(value, datetime) else value
            yield cell


def _text_cell(sheet: WriteOnlyWorksheet, text: str) -> Cell | str:
    kept = xlsx_text(text)
    if len(kept) > CELL_CHARACTERS:
        kept = kept[: CELL_CHARACTERS - len(CUT)] + CUT
    if not would_run(kept) and not kept.startswith("#"):
        return kept
    cell = WriteOnlyCell(sheet, value=kept)
    # openpyxl takes "=…" for a formula and "#N/A" for an error unless told that they are text.
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _shown(column: Column, value: Value, region: str, zone: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return numbers.format_interval(value[0], value[1], region, unit=column.unit)
    if isinstance(value, datetime):
        return numbers.format_moment(value, zone, region)
    if isinstance(value, date):
        return numbers.format_date(value, region)
    return numbers.format_value(value, Unit(column.kind), region)
