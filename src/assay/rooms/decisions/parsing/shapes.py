"""The values that pass between the readers, the checks and the writer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from assay.rooms.decisions.terms import Reason

SHOWN_CHARACTERS = 400


class FileRefused(Exception):
    """The whole file cannot be brought in; `code` has a sentence in labels.py."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code} {facts}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a file may ask for before it is refused."""

    rows: int = 5_000_000
    unpacked_bytes: int = 2 * 1024**3
    ratio: float = 100.0
    columns: int = 256
    name_characters: int = 200
    field_bytes: int = 65_536
    row_bytes: int = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a row is refused: the heading, what stood there and the reason."""

    column: str
    value: str
    reason: Reason
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "column": self.column,
            "value": self.value[:SHOWN_CHARACTERS],
            "reason": str(self.reason),
            "facts": dict(self.facts),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row that is not taken in; `number` is its physical line, or its row in a sheet or table."""

    number: int
    cells: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawBatch:
    """Some rows as the file has them.

    Args:
        columns: Position of a heading → its cells, mostly texts; only those that were asked for.
        numbers: The rows' numbers: (rows,).
        cells: Gives all cells of the row at one position, for the file of refused rows.
        faults: Rows that could not even be divided into cells.
    """

    columns: Mapping[int, pa.Array]
    numbers: npt.NDArray[np.int64]
    cells: Callable[[int], tuple[str, ...]]
    faults: tuple[RefusedRow, ...] = ()


class Reader(Protocol):
    """One file, opened."""

    headings: tuple[str, ...]

    def batches(self, wanted: tuple[int, ...]) -> Iterator[RawBatch]:
        """Give the rows piece by piece, with the cells of the wanted columns."""

    def done_share(self) -> float:
        """Tell how much of the file has been read, 0 to 1."""

    def notes(self) -> dict[str, Any]:
        """Tell what else was noticed, once all rows were read."""
