"""Rows of a CSV: strict about quotes and encoding, exact about line numbers, and fast.

A block of bytes is divided into records by looking at all its quotes and line ends at once. Only a block in which
a quote stands where none may stand is gone through record by record.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as arrow_csv

from assay.figures.cells import restored_text
from assay.rooms.decisions import rules
from assay.rooms.decisions.terms import Reason

from .shapes import SHOWN_CHARACTERS, FileRefused, Limits, Problem, RawBatch, RefusedRow

Positions = npt.NDArray[np.int64]
BLOCK_BYTES = 4 * 1024**2
_QUOTE, _LF, _CR = 34, 10, 13
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Records:
    """Where the records of a block lie, and the physical lines on which they start."""

    starts: Positions
    ends: Positions
    lines: Positions
    consumed: int
    line_count: int
    faults: tuple[RefusedRow, ...]


class CsvReader:
    """A CSV with its headings in the first line."""

    def __init__(self, stream: BinaryIO, path: Path, *, columns: tuple[str, ...], delimiter: str, limits: Limits):
        self._stream = stream
        self._size = max(path.stat().st_size, 1)
        self._limits = limits
        self._line = 1
        self._blank_lines = 0
        self._carry = self._next_bytes().removeprefix(b"\xef\xbb\xbf")
        self._is_last = len(self._carry) < BLOCK_BYTES - 3
        first = self._take_line()
        if first.lower().startswith("sep=") and len(first) == 5:
            delimiter, first = first[4], self._take_line()
        self._delimiter = delimiter or _find_delimiter(first, columns)
        self.headings = self._read_headings(first)
        # A file of refused rows, sent back: what was made harmless for spreadsheets becomes itself again.
        self._is_mended = f"{rules.OWN_PREFIX}row" in self.headings
        if self._is_mended:
            self.headings = tuple(restored_text(heading) for heading in self.headings)

    def batches(self, wanted: tuple[int, ...]) -> Iterator[RawBatch]:
        block = self._carry
        while block or not self._is_last:
            records = self._divide(block)
            yield from self._batch(block, records, wanted)
            self._line += records.line_count
            block = block[records.consumed :]
            if self._is_last:
                if records.consumed == 0:
                    return
                continue
            piece = self._next_bytes()
            self._is_last = len(piece) < BLOCK_BYTES
            block += piece

    def done_share(self) -> float:
        return min(1.0, self._stream.tell() / self._size)

    def notes(self) -> dict[str, Any]:
        return {"blank_lines": self._blank_lines, "delimiter": self._delimiter}

    def _next_bytes(self) -> bytes:
        pieces, size = [], 0
        while size < BLOCK_BYTES and (piece := self._stream.read(BLOCK_BYTES - size)):
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    def _take_line(self) -> str:
        """Take the next line that is not blank off the front."""
        while self._carry:
            record = _strict_record(self._delimiter_guess()).match(self._carry)
            end = record.end() if record else _line_end(self._carry, 0)
            line, self._carry = self._carry[:end], self._carry[end:]
            lines = max(1, len(re.findall(rb"\r\n|\r|\n", line)))
            self._line += lines
            if len(line) > self._limits.row_bytes:
                raise FileRefused("line_too_long", line=self._line - lines)
            if line.strip():
                try:
                    return line.decode("utf-8").rstrip("\r\n")
                except UnicodeDecodeError as error:
                    raise FileRefused("heading_encoding", byte=f"0x{line[error.start]:02X}") from error
            self._blank_lines += lines
        raise FileRefused("empty_file")

    def _delimiter_guess(self) -> str:
        return getattr(self, "_delimiter", "") or _find_delimiter(
            re.split(r"[\r\n]", self._carry[:4096].decode("utf-8", "replace"), maxsplit=1)[0], ()
        )

    def _read_headings(self, first: str) -> tuple[str, ...]:
        try:
            (headings,) = csv.reader([first], delimiter=self._delimiter, strict=True)
        except (csv.Error, ValueError) as error:
            raise FileRefused("heading_quotes", line=self._line - 1) from error
        return tuple(headings)

    def _divide(self, block: bytes) -> _Records:
        found = _divide_at_once(block, self._line, ord(self._delimiter), is_last=self._is_last)
        if found is None or (found.consumed == 0 and len(block) > self._limits.row_bytes):
            found = _divide_one_by_one(
                block, self._line, self._delimiter, is_last=self._is_last, most_bytes=self._limits.row_bytes
            )
        return found

    def _batch(self, block: bytes, records: _Records, wanted: tuple[int, ...]) -> Iterator[RawBatch]:
        faults = list(records.faults)
        keep = records.ends > records.starts
        self._blank_lines += int((~keep).sum())
        bad_encoding = _badly_encoded(block, records)
        for position in bad_encoding:
            faults.append(self._encoding_fault(block, records, position))
            keep[position] = False
        starts, ends, lines = records.starts[keep], records.ends[keep], records.lines[keep]
        if len(starts) == 0:
            if faults:
                empty = {position: pa.array([], pa.string()) for position in wanted}
                yield RawBatch(columns=empty, numbers=lines, cells=lambda _: (), faults=tuple(faults))
            return
        is_whole = bool(keep.all()) and not records.faults
        joined = pa.py_buffer(block).slice(0, records.consumed) if is_whole else _joined(block, starts, ends)
        table, misfits = self._cells(joined, len(starts), wanted)
        for position in misfits:
            faults.append(self._width_fault(block, starts, ends, lines, position))
        kept = np.ones(len(starts), dtype=bool)
        kept[misfits] = False
        starts, ends = starts[kept], ends[kept]
        yield RawBatch(
            columns=table,
            numbers=lines[kept],
            cells=lambda at: self._split(block[starts[at] : ends[at]]),
            faults=tuple(sorted(faults, key=lambda fault: fault.number)),
        )

    def _cells(
        self,
        joined: pa.Buffer,
        count: int,
        wanted: tuple[int, ...],
    ) -> tuple[dict[int, pa.Array], list[int]]:
        """Cut records into cells; also return which of them have too few or too many."""
        misfits: list[int] = []

        def note(row: arrow_csv.InvalidRow) -> str:
            misfits.append(int(row.number) - 1)
            return "skip"

        names = [str(position) for position in range(len(self.headings))]
        table = arrow_csv.read_csv(
            pa.BufferReader(joined),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=max(joined.size + 1, 1024), column_names=names
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self._delimiter,
                newlines_in_values=True,
                ignore_empty_lines=True,
                invalid_row_handler=note,
            ),
            convert_options=arrow_csv.ConvertOptions(
                check_utf8=False,
                include_columns=[str(position) for position in wanted],
                column_types={str(position): pa.string() for position in wanted},
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
        columns = {position: _one(table.column(str(position))) for position in wanted}
        if self._is_mended:
            columns = {position: _restored(column) for position, column in columns.items()}
        if wanted and len(columns[wanted[0]]) + len(misfits) != count:
            raise FileRefused("rows_do_not_add_up", line=self._line)
        return columns, misfits

    def _split(self, record: bytes) -> tuple[str, ...]:
        text = record.decode("utf-8", "replace")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter))
        cells = rows[0] if rows else []
        return tuple(map(restored_text, cells)) if self._is_mended else tuple(cells)

    def _encoding_fault(self, block: bytes, records: _Records, position: int) -> RefusedRow:
        record = block[records.starts[position] : records.ends[position]]
        cells = self._split(record)
        at = next((i for i, cell in enumerate(cells) if "\ufffd" in cell), 0)
        column = self.headings[at] if at < len(self.headings) else ""
        problem = Problem(column=column, value=cells[at] if cells else "", reason=Reason.BAD_ENCODING)
        return RefusedRow(number=int(records.lines[position]), cells=cells, problems=(problem,))

    def _width_fault(
        self, block: bytes, starts: Positions, ends: Positions, lines: Positions, position: int
    ) -> RefusedRow:
        cells = self._split(block[starts[position] : ends[position]])
        have, due = len(cells), len(self.headings)
        reason = Reason.TOO_FEW_COLUMNS if have < due else Reason.TOO_MANY_COLUMNS
        column = self.headings[have] if have < due else ""
        if not any(cell.strip() for cell in cells):
            reason = Reason.EMPTY_ROW
        value = self._delimiter.join(cells[due:])[:SHOWN_CHARACTERS]
        problem = Problem(column=column, value=value, reason=reason, facts={"have": have, "due": due})
        return RefusedRow(number=int(lines[position]), cells=cells, problems=(problem,))


def _one(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined if isinstance(combined, pa.Array) else combined.chunk(0)


def _restored(column: pa.Array) -> pa.Array:
    return pa.array([restored_text(text) for text in column.to_pylist()], pa.string())


def _find_delimiter(first: str, columns: tuple[str, ...]) -> str:
    """Take the delimiter that gives most of the wanted headings, then most headings."""

    def worth(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return len(set(columns) & {cell.strip() for cell in cells}), len(cells)

    return max(_DELIMITERS, key=worth)


def _line_end(block: bytes, start: int) -> int:
    """Return where the line after the one at `start` begins."""
    ends = [at for at in (block.find(b"\n", start), block.find(b"\r", start)) if at >= 0]
    if not ends:
        return len(block)
    end = min(ends)
    return end + 2 if block[end : end + 2] == b"\r\n" else end + 1


def _joined(block: bytes, starts: Positions, ends: Positions) -> pa.Buffer:
    view = memoryview(block)
    pieces: list[bytes | memoryview] = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        pieces += (view[start:end], b"\n")
    return pa.py_buffer(b"".join(pieces))


def _badly_encoded(block: bytes, records: _Records) -> list[int]:
    """Return the records that are not UTF-8."""
    view = memoryview(block)[: records.consumed]
    bad: list[int] = []
    at = 0
    while at < len(view):
        try:
            codecs.utf_8_decode(view[at:], "strict", True)
        except UnicodeDecodeError as error:
            position = int(np.searchsorted(records.starts, at + error.start, side="right")) - 1
            after = int(records.ends[position]) if position >= 0 else at
            if position >= 0 and after > at + error.start:
                bad.append(position)
            # A fault already listed elsewhere (a bad quote) may hold the byte; step over it.
            at = max(after, at + error.start + 1)
        else:
            return bad
    return bad


def _divide_at_once(block: bytes, line: int, delimiter: int, *, is_last: bool) -> _Records | None:
    """Divide a block whose quotes all stand where they may; None if one does not."""
    codes = np.frombuffer(block, dtype=np.uint8)
    line_ends = np.flatnonzero(codes == _LF).astype(np.int64)
    if b"\r" in block:
        line_ends = _with_carriage_returns(codes, line_ends, is_last=is_last)
    record_ends = line_ends
    if b'"' in block:
        quotes = np.flatnonzero(codes == _QUOTE).astype(np.int64)
        if not _are_quotes_in_place(codes, quotes, delimiter, is_last=is_last):
            return None
        record_ends = line_ends[(np.searchsorted(quotes, line_ends) & 1) == 0]
    consumed = int(record_ends[-1]) + 1 if len(record_ends) else 0
    starts = np.concatenate([np.zeros(1, np.int64), record_ends + 1])[: len(record_ends)]
    ends = record_ends.copy()
    crlf = (ends > starts) & (codes[np.maximum(ends - 1, 0)] == _CR) & (codes[ends] == _LF) if len(ends) else ends
    ends = ends - crlf.astype(np.int64) if len(ends) else ends
    if is_last and consumed < len(block):
        starts, ends = np.append(starts, consumed), np.append(ends, len(block))
        consumed = len(block)
    lines = line + np.searchsorted(line_ends, starts).astype(np.int64)
    line_count = int(np.searchsorted(line_ends, consumed))
    return _Records(starts=starts, ends=ends, lines=lines, consumed=consumed, line_count=line_count, faults=())


def _with_carriage_returns(codes: npt.NDArray[np.uint8], line_feeds: Positions, *, is_last: bool) -> Positions:
    returns = np.flatnonzero(codes == _CR).astype(np.int64)
    if len(returns) and returns[-1] == len(codes) - 1 and not is_last:
        # Its line feed may be the first byte of the next block.
        returns = returns[:-1]
    after = codes[np.minimum(returns + 1, len(codes) - 1)]
    alone = returns[(after != _LF) | (returns == len(codes) - 1)]
    return np.sort(np.concatenate([line_feeds, alone])) if len(alone) else line_feeds


def _are_quotes_in_place(codes: npt.NDArray[np.uint8], quotes: Positions, delimiter: int, *, is_last: bool) -> bool:
    opening, closing = quotes[0::2], quotes[1::2]
    before = codes[np.maximum(opening - 1, 0)]
    opens_well = (opening == 0) | np.isin(before, (delimiter, _LF, _CR, _QUOTE))
    after = codes[np.minimum(closing + 1, len(codes) - 1)]
    closes_well = (closing == len(codes) - 1) | np.isin(after, (delimiter, _LF, _CR, _QUOTE))
    # A quote before an opening one must be the closing one of a doubled pair, never a field of its own.
    doubled = before == _QUOTE
    if doubled.any():
        previous = np.concatenate([np.full(1, -2, np.int64), closing])[: len(opening)]
        opens_well &= ~doubled | (previous == opening - 1)
    return bool(opens_well.all() and closes_well.all() and not (is_last and len(quotes) % 2))


def _strict_record(delimiter: str) -> re.Pattern[bytes]:
    mark = re.escape(delimiter.encode())
    cell = rb'(?:"(?:[^"]++|"")*+"|[^"' + mark + rb"\r\n]*+)"
    return re.compile(cell + rb"(?:" + mark + cell + rb")*+(?:\r\n|\r|\n|\Z)")


def _divide_one_by_one(block: bytes, line: int, delimiter: str, *, is_last: bool, most_bytes: int) -> _Records:
    """Divide a block record by record; a line with a bad quote is refused and the next line starts afresh."""
    record = _strict_record(delimiter)
    starts, ends, lines, faults = [], [], [], []
    at, now = 0, line
    while at < len(block):
        found = record.match(block, at, min(len(block), at + most_bytes))
        whole = found is not None and found.end() > at and _is_whole(block, found.end(), is_last=is_last)
        if found is not None and whole and _ends_well(block, found.end(), at + most_bytes):
            text = found.group()
            stop = found.end() - (len(text) - len(text.rstrip(b"\r\n")) and _end_length(text))
            starts.append(at)
            ends.append(stop)
            lines.append(now)
            now += max(1, len(re.findall(rb"\r\n|\r|\n", text)))
            at = found.end()
            continue
        if not is_last and len(block) - at < most_bytes:
            break
        after = _line_end(block, at)
        faults.append(_quote_fault(block[at:after], now, delimiter))
        at, now = after, now + 1
    return _Records(
        starts=np.array(starts, dtype=np.int64),
        ends=np.array(ends, dtype=np.int64),
        lines=np.array(lines, dtype=np.int64),
        consumed=at,
        line_count=now - line,
        faults=tuple(faults),
    )


def _is_whole(block: bytes, end: int, *, is_last: bool) -> bool:
    """Tell whether a record that ends here could not go on in the next block."""
    return is_last or (end < len(block)) or block[end - 1 : end] == b"\n"


def _ends_well(block: bytes, end: int, limit: int) -> bool:
    return end < limit or block[end - 1 : end] in {b"\n", b"\r"} or end == len(block)


def _end_length(text: bytes) -> int:
    return 2 if text.endswith(b"\r\n") else 1


def _quote_fault(line: bytes, number: int, delimiter: str) -> RefusedRow:
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    opened = re.search(rf'(?:^|{re.escape(delimiter)})"(?:[^"]|"")*$', text)
    reason = Reason.OPEN_QUOTE if opened else Reason.STRAY_QUOTE
    value = opened.group()[:SHOWN_CHARACTERS] if opened else text
    problem = Problem(column="", value=value, reason=reason, facts={"line": number})
    return RefusedRow(number=number, cells=(text,), problems=(problem,))
