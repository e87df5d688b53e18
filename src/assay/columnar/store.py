"""One reading connection over the files that are, at this moment, the log."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from . import layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A filter on the log.

    Args:
        start: First moment of `moment_column`, ISO 8601 in UTC, or "".
        end: First moment after the period, ISO 8601 in UTC, or "".
        equals: Column → allowed values; "" stands for a missing value.
    """

    start: str = ""
    end: str = ""
    equals: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def sql(self, *, moment_column: str = "decided_at") -> tuple[str, list[object]]:
        """Return the condition and its parameters.

        Raises:
            ValueError: A column is not one by which the log may be filtered.
        """
        conditions, values = ["true"], list[object]()
        if self.start:
            conditions.append(f"{moment_column} >= ?::timestamptz")
            values.append(self.start)
        if self.end:
            conditions.append(f"{moment_column} < ?::timestamptz")
            values.append(self.end)
        for column, allowed in sorted(self.equals.items()):
            if column not in layout.DIMENSIONS:
                raise ValueError(f"The log is not filtered by {column!r}; use one of {', '.join(layout.DIMENSIONS)}")
            marks = ", ".join("?" for _ in allowed) or "NULL"
            conditions.append(f"coalesce({column}, '') IN ({marks})")
            values.extend(allowed)
        return " AND ".join(conditions), values


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The live files of one log.

    Args:
        paths: Parquet files; none means an empty log.
        schema: `layout.DECISIONS` or `layout.EVENTS`.
    """

    paths: tuple[str, ...]
    schema: pa.Schema = layout.DECISIONS

    def source(self) -> str:
        """Return the FROM item that stands for the whole log."""
        if self.paths:
            files = ", ".join("'" + path.replace("'", "''") + "'" for path in self.paths)
            return f"read_parquet([{files}])"
        columns = ", ".join(f'NULL::{SQL_TYPES[str(f.type)]} AS "{f.name}"' for f in self.schema)
        return f"(SELECT {columns} WHERE false)"

    def query(self, sql: str, values: Sequence[object] = ()) -> pa.Table:
        """Run one query in which `{log}` stands for the log, and return its rows."""
        return connection().cursor().execute(sql.replace("{log}", self.source()), list(values)).to_arrow_table()


SQL_TYPES = {
    "string": "VARCHAR",
    "bool": "BOOLEAN",
    "double": "DOUBLE",
    "int64": "BIGINT",
    "uint64": "UBIGINT",
    "timestamp[us, tz=UTC]": "TIMESTAMPTZ",
}
_lock = threading.Lock()
_connections: dict[int, duckdb.DuckDBPyConnection] = {}


def connection() -> duckdb.DuckDBPyConnection:
    """Return this process's connection; take a cursor of it for each use.

    One per process: DuckDB's threads do not survive a fork, so a child opens its own.
    """
    pid = os.getpid()
    with _lock:
        if pid not in _connections:
            made = duckdb.connect(config={"memory_limit": os.environ.get("ASSAY_DUCKDB_MEMORY", "4GB")})
            made.execute("SET TimeZone = 'UTC'")
            made.execute("SET enable_progress_bar = false")
            _connections[pid] = made
        return _connections[pid]
