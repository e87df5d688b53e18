"""Rows of a JSONL file: one object a line, its values kept to the digit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from assay.rooms.decisions.terms import Reason

from .shapes import FileRefused, Limits, Problem, RawBatch, RefusedRow

BATCH_ROWS = 20_000
_HEADING_ROWS = 1_000


class _RepeatedNameError(ValueError):
    pass


class _NotJsonNumberError(ValueError):
    pass


class JsonReader:
    """One object a line; the headings are the names in the first thousand lines."""

    def __init__(self, stream: BinaryIO, path: Path, *, limits: Limits):
        self._stream = stream
        self._size = max(path.stat().st_size, 1)
        self._limits = limits
        self._line = 0
        self._blank_lines = 0
        self._late: set[str] = set()
        self._rows = self._read_rows()
        self._first = self._take(_HEADING_ROWS)
        names = dict.fromkeys(name for _, row in self._first if isinstance(row, dict) for name in row)
        self.headings: tuple[str, ...] = tuple(names)

    def batches(self, wanted: tuple[int, ...]) -> Iterator[RawBatch]:
        rows = self._first
        self._first = []
        while rows:
            yield self._batch(rows, wanted)
            rows = self._take(BATCH_ROWS)

    def done_share(self) -> float:
        return min(1.0, self._stream.tell() / self._size)

    def notes(self) -> dict[str, Any]:
        return {"blank_lines": self._blank_lines, "late_columns": sorted(self._late)[:50]}

    def _take(self, count: int) -> list[tuple[int, Any]]:
        taken = []
        for row in self._rows:
            taken.append(row)
            if len(taken) == count:
                break
        return taken

    def _read_rows(self) -> Iterator[tuple[int, Any]]:
        """Give each line's number with its object, or with the refusal of that line."""
        rest = b""
        while piece := self._stream.read(1_048_576):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                yield from self._row(line)
            if len(rest) > self._limits.row_bytes:
                raise FileRefused("line_too_long", line=self._line + 1)
        yield from self._row(rest)

    def _row(self, line: bytes) -> Iterator[tuple[int, Any]]:
        self._line += 1
        if self._line == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            self._blank_lines += 1
            return
        yield self._line, self._read(line)

    def _read(self, line: bytes) -> dict[str, Any] | RefusedRow:
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            return self._fault(line, Reason.BAD_ENCODING)
        try:
            made = json.loads(
                text,
                parse_int=str,
                parse_float=str,
                parse_constant=_refuse_constant,
                object_pairs_hook=_unrepeated,
            )
        except _RepeatedNameError as error:
            return self._fault(line, Reason.REPEATED_NAME, column=str(error))
        except _NotJsonNumberError as error:
            return self._fault(line, Reason.JSON_NOT_A_NUMBER, value=str(error))
        except (ValueError, RecursionError) as error:
            return self._fault(line, Reason.BROKEN_JSON, column_number=getattr(error, "colno", 0))
        return made if isinstance(made, dict) else self._fault(line, Reason.NOT_AN_OBJECT)

    def _fault(self, line: bytes, reason: Reason, *, column: str = "", value: str = "", **facts: Any) -> RefusedRow:
        text = line.decode("utf-8", "replace").strip()
        problem = Problem(column=column, value=value or text, reason=reason, facts=facts)
        return RefusedRow(number=self._line, cells=(text,), problems=(problem,))

    def _batch(self, rows: list[tuple[int, Any]], wanted: tuple[int, ...]) -> RawBatch:
        faults = [row for _, row in rows if isinstance(row, RefusedRow)]
        kept: list[tuple[int, dict[str, str | None]]] = []
        names = [self.headings[position] for position in wanted]
        known = set(self.headings)
        for number, row in rows:
            if isinstance(row, RefusedRow):
                continue
            self._late.update(set(row) - known)
            problem = _problem_of(row, names)
            if problem is not None:
                cells = tuple(_shown(row.get(heading)) for heading in self.headings)
                faults.append(RefusedRow(number=number, cells=cells, problems=(problem,)))
            else:
                kept.append((number, row))
        columns = {
            position: pa.array([_text(row.get(self.headings[position])) for _, row in kept], pa.string())
            for position in wanted
        }
        return RawBatch(
            columns=columns,
            numbers=np.array([number for number, _ in kept], dtype=np.int64),
            cells=lambda at: tuple(_shown(kept[at][1].get(heading)) for heading in self.headings),
            faults=tuple(sorted(faults, key=lambda fault: fault.number)),
        )


def _problem_of(row: dict[str, Any], names: list[str]) -> Problem | None:
    for name in names:
        value = row.get(name)
        if isinstance(value, dict | list):
            return Problem(column=name, value=json.dumps(value), reason=Reason.NESTED)
        if isinstance(value, str) and not _is_whole(value):
            return Problem(column=name, value=_shown(value), reason=Reason.BAD_ENCODING)
    return None


def _is_whole(text: str) -> bool:
    """Tell whether a text has no half of a surrogate pair."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def _shown(value: Any) -> str:
    text = json.dumps(value) if isinstance(value, dict | list) else _text(value) or ""
    return text.encode("utf-8", "replace").decode("utf-8")


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedNameError(next(name for name in names if names.count(name) > 1))
    return made


def _refuse_constant(word: str) -> Any:
    raise _NotJsonNumberError(word)
