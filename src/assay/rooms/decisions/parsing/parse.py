"""From one file to candidates, refusals and a summary."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from assay.rooms.decisions import rules
from assay.rooms.decisions.rules import Codes, MappingSpec
from assay.rooms.decisions.terms import FileFormat

from .checking import Checker
from .containers import open_file
from .csv_rows import CsvReader
from .json_rows import JsonReader
from .shapes import FileRefused, Limits, Reader
from .table_rows import ParquetReader, SheetReader
from .writing import Output

Progress = Callable[[float, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to read, how, and where to leave what comes of it."""

    path: Path
    out: Path
    spec: MappingSpec
    codes: Codes
    at: datetime
    limits: Limits = field(default_factory=Limits)
    is_peek: bool = False
    # A first look without a mapping; `spec` then says only which log.
    is_guess: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "out": str(self.out),
            "spec": self.spec.to_json(),
            "codes": asdict(self.codes),
            "at": self.at.isoformat(),
            "limits": asdict(self.limits),
            "is_peek": self.is_peek,
            "is_guess": self.is_guess,
        }


def request_from_json(made: Mapping[str, Any]) -> Request:
    """Read a request written by `Request.to_json`."""
    codes = {name: tuple(v) if isinstance(v, list) else v for name, v in made["codes"].items()}
    return Request(
        path=Path(made["path"]),
        out=Path(made["out"]),
        spec=rules.spec_from_json(made["spec"], is_complete=not made["is_peek"]),
        codes=Codes(**cast(dict[str, Any], codes)),
        at=datetime.fromisoformat(made["at"]),
        limits=Limits(**made["limits"]),
        is_peek=made["is_peek"],
        is_guess=made["is_guess"],
    )


def open_reader(path: Path, spec: MappingSpec, limits: Limits) -> tuple[FileFormat, Reader]:
    """Open a file for what it is.

    Raises:
        FileRefused: It cannot be read as rows.
    """
    # Cells are cut at the columns' own limits; here only a whole row is bounded.
    csv.field_size_limit(limits.row_bytes)
    kind, stream, _ = open_file(path, limits)
    match kind:
        case FileFormat.CSV:
            return kind, CsvReader(stream, path, columns=spec.columns(), delimiter=spec.delimiter, limits=limits)
        case FileFormat.JSONL:
            return kind, JsonReader(stream, path, limits=limits)
        case FileFormat.PARQUET:
            stream.close()
            return kind, ParquetReader(path, limits=limits)
        case _:
            stream.close()
            return kind, SheetReader(path, limits=limits)


def parse(request: Request, *, progress: Progress) -> dict[str, Any]:
    """Read a file, leave candidates and refused rows in `request.out`, and return the summary.

    Raises:
        FileRefused: The whole file is refused.
    """
    kind, reader = open_reader(request.path, request.spec, request.limits)
    checker = Checker(spec=request.spec, headings=reader.headings, codes=request.codes, at=request.at)
    output = Output(folder=request.out, headings=reader.headings)
    try:
        for batch in reader.batches(checker.wanted()):
            output.add(*checker.check(batch))
            rows = output.accepted + output.refused
            if rows > request.limits.rows:
                raise FileRefused("too_many_rows", most=request.limits.rows)
            progress(reader.done_share(), rows)
    finally:
        output.close()
    if output.accepted + output.refused == 0:
        raise FileRefused("no_rows")
    notes = {name: note for name, note in reader.notes().items() if note}
    if unused := checker.unused():
        notes["unused_columns"] = list(unused[:50])
    return {
        "format": str(kind),
        "rows_in": output.accepted + output.refused,
        "accepted": output.accepted,
        "refused": output.refused,
        "groups": output.groups(),
        "notes": notes,
    }
