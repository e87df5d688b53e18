"""New rows into the log: which of several rows for one key stands, whatever order they came in.

Of all rows ever sent for a key, the one with the latest revision stands (none counts as the earliest), then the one
with the latest moment, then the one with the greatest hash. That is a total order over contents, so the log ends the
same whether files come once or twice, in order or not, whole or cut. Files are never changed: a part that
loses rows is written anew beside the old one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from . import layout
from .store import SQL_TYPES, connection

# Stands between the parts of a hashed row; no stored text holds it.
_SEPARATOR = "chr(31)"
_MOST_CONFLICTS = 200
_ROW_GROUP = 122_880
_MADE_HERE = frozenset({"decision_key", "event_key", "source", "sample_key", "row_hash", "import_run"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What tells the rows of a log apart."""

    schema: pa.Schema
    key: str
    id_column: str
    moment: str


DECISION_LOG = Log(schema=layout.DECISIONS, key="decision_key", id_column="decision_id", moment="decided_at")
EVENT_LOG = Log(schema=layout.EVENTS, key="event_key", id_column="event_id", moment="at")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPart:
    """A file that was written and is safe on disk."""

    path: Path
    rows: int
    first_at: datetime | None
    last_at: datetime | None
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two different rows for one key, of equal revision and moment; the one that lost is named."""

    key: str
    place: int
    is_stored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What became of the candidates, and the files that make it so.

    Args:
        accepted: Rows that now stand in the log.
        duplicate: Rows whose content was there already.
        superseded: Rows older than, or losing to, another row for the same key.
        replaced: Rows that stood in the log before and no longer do.
        conflicts: Rows that lost to one of equal age; the first 200.
        conflict_count: How many there were.
        part: The accepted rows, or None when there are none.
        rewritten: Old file → what stands in its place, None when nothing is left of it.
    """

    accepted: int
    duplicate: int
    superseded: int
    replaced: int
    conflicts: tuple[Conflict, ...]
    conflict_count: int
    part: WrittenPart | None
    rewritten: tuple[tuple[str, WrittenPart | None], ...]


def merge(
    *,
    log: Log,
    candidates: Path,
    live: Sequence[str],
    folder: Path,
    name: str,
    source: str,
    run: int,
    salt: bytes,
) -> Merged:
    """Bring candidate rows together with the log.

    Args:
        log: Which log.
        candidates: Parquet with some of the log's columns, and `row_number`; each row already checked.
        live: The files that are the log now.
        folder: Where new files go; on the same file system as the log.
        name: Start of the new files' names; unique to this attempt.
        source: Upstream system; a key is `source:id`.
        run: Number of the import.
        salt: Secret of the draws.

    Returns:
        The counts and the new files; nothing is live before the caller says so.
    """
    cursor = connection().cursor()
    keyed = folder / f"{name}-keyed.parquet"
    _write_keyed(cursor, log, candidates, keyed, source=source, run=run, salt=salt)
    try:
        return _merge_keyed(cursor, log, keyed, live, new=folder / f"{name}.parquet")
    finally:
        keyed.unlink(missing_ok=True)
        cursor.close()


def row_hash_sql(columns: Sequence[pa.Field]) -> str:
    """Return the expression that hashes a row's content; columns without a value do not count.

    The first 16 digits of MD5: a fingerprint to tell contents apart, not a seal.
    """
    pieces = ", ".join(f"'{column.name}=' || {_text_sql(column)}" for column in columns)
    return f"md5_number_lower(concat_ws({_SEPARATOR}, {pieces}))"


def sample_key_sql(key: str, salt: bytes) -> str:
    """Return the expression equal to `assay.stats.keyed_hash.sample_key`."""
    prefix = "".join(f"\\x{byte:02X}" for byte in salt + b"\x1f")
    return f"('0x' || substr(sha256('{prefix}'::BLOB || encode({key})), 1, 16))::UBIGINT"


def _text_sql(column: pa.Field) -> str:
    if pa.types.is_timestamp(column.type):
        return f"epoch_us({_name(column.name)})::VARCHAR"
    return _name(column.name) if pa.types.is_string(column.type) else f"{_name(column.name)}::VARCHAR"


def _name(column: str) -> str:
    """Quote a column: "at" is a word of SQL."""
    return f'"{column}"'


def _write_keyed(
    cursor: duckdb.DuckDBPyConnection,
    log: Log,
    candidates: Path,
    keyed: Path,
    *,
    source: str,
    run: int,
    salt: bytes,
) -> None:
    """Write the candidates as rows of the log, in their order."""
    given = set(pq.read_schema(candidates).names)
    sent = [column for column in log.schema if column.name in given and column.name not in _MADE_HERE]
    made = {
        log.key: f"{_literal(source + ':')} || {log.id_column}",
        "source": _literal(source),
        "sample_key": sample_key_sql(f"{_literal(source + ':')} || {log.id_column}", salt),
        "row_hash": row_hash_sql(sent),
        "import_run": f"{run}::BIGINT",
    }
    names = {column.name for column in sent}
    columns = ", ".join(
        f"({made.get(c.name) or (_name(c.name) if c.name in names else 'NULL')})::{SQL_TYPES[str(c.type)]} "
        f"AS {_name(c.name)}"
        for c in log.schema
    )
    _copy(cursor, f"SELECT {columns} FROM read_parquet({_literal(str(candidates))})", keyed)


def _merge_keyed(cursor: duckdb.DuckDBPyConnection, log: Log, keyed: Path, live: Sequence[str], *, new: Path) -> Merged:
    _load_incoming(cursor, log, keyed)
    _load_stored(cursor, log, live)
    total, busy = _one(
        cursor,
        "SELECT (SELECT count(*) FROM incoming), (SELECT count(*) FROM incoming) - "
        "(SELECT count(DISTINCT mark) FROM incoming) + (SELECT count(*) FROM stored)",
    )
    if not busy:
        keyed.rename(new)
        whole = _finished(cursor, log, new)
        return Merged(
            accepted=total,
            duplicate=0,
            superseded=0,
            replaced=0,
            conflicts=(),
            conflict_count=0,
            part=whole,
            rewritten=(),
        )
    _decide_fates(cursor)
    duplicate, superseded, replaced = _one(
        cursor,
        "SELECT count(*) FILTER (fate = 'duplicate'), count(*) FILTER (fate = 'superseded'), "
        "count(*) FILTER (fate = 'replaced') FROM fates",
    )
    accepted = total - duplicate - superseded
    part: WrittenPart | None = None
    if accepted:
        _copy_without(cursor, log, keyed, "SELECT place FROM fates WHERE fate IN ('duplicate', 'superseded')", new)
        part = _finished(cursor, log, new)
    conflicts, conflict_count = _conflicts(cursor)
    return Merged(
        accepted=accepted,
        duplicate=duplicate,
        superseded=superseded,
        replaced=replaced,
        conflicts=conflicts,
        conflict_count=conflict_count,
        part=part,
        rewritten=_rewrite(cursor, log, new),
    )


def _load_incoming(cursor: duckdb.DuckDBPyConnection, log: Log, keyed: Path) -> None:
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE incoming AS SELECT file_row_number AS place, {_mark(log)} AS mark, "
        f"{log.key} AS key, row_hash, revision_at, {_name(log.moment)} AS moment "
        f"FROM read_parquet({_literal(str(keyed))}, file_row_number=true)"
    )


def _load_stored(cursor: duckdb.DuckDBPyConnection, log: Log, live: Sequence[str]) -> None:
    """Find the rows of the log that have the key of an incoming one; a number is compared first, being quicker."""
    columns = (
        f"{log.key} AS key, row_hash, revision_at, {_name(log.moment)} AS moment, filename, file_row_number AS place"
    )
    files = ", ".join(_literal(path) for path in live)
    rows = f"read_parquet([{files}], filename=true, file_row_number=true)"
    if live:
        cursor.execute(
            f"CREATE OR REPLACE TEMP TABLE stored AS SELECT {columns} FROM {rows} "
            f"WHERE {_mark(log)} IN (SELECT mark FROM incoming) AND {log.key} IN (SELECT key FROM incoming)"
        )
    else:
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE stored (key VARCHAR, row_hash UBIGINT, revision_at TIMESTAMPTZ, "
            "moment TIMESTAMPTZ, filename VARCHAR, place BIGINT)"
        )


def _mark(log: Log) -> str:
    return "sample_key" if "sample_key" in log.schema.names else f"hash({log.key})"


def _decide_fates(cursor: duckdb.DuckDBPyConnection) -> None:
    cursor.execute(
        """
        CREATE OR REPLACE TEMP TABLE fates AS
        WITH busy AS (
            SELECT key FROM incoming GROUP BY key HAVING count(*) > 1 UNION SELECT key FROM stored
        ), everything AS (
            SELECT key, row_hash, revision_at, moment, place, '' AS filename, false AS is_stored
              FROM incoming WHERE key IN (SELECT key FROM busy)
            UNION ALL
            SELECT key, row_hash, revision_at, moment, place, filename, true FROM stored
        ), ranked AS (
            SELECT *,
                row_number() OVER (PARTITION BY key, row_hash ORDER BY is_stored DESC, filename, place) AS copy,
                first_value({'row_hash': row_hash, 'revision_at': revision_at, 'moment': moment}) OVER (
                    PARTITION BY key ORDER BY revision_at DESC NULLS LAST, moment DESC, row_hash DESC
                ) AS winner
              FROM everything
        )
        SELECT key, place, filename, is_stored,
            CASE WHEN is_stored AND row_hash = winner.row_hash AND copy = 1 THEN 'kept'
                 WHEN is_stored THEN 'replaced'
                 WHEN copy > 1 THEN 'duplicate'
                 WHEN row_hash = winner.row_hash THEN 'accepted'
                 ELSE 'superseded' END AS fate,
            row_hash <> winner.row_hash AND copy = 1 AND moment = winner.moment
                AND revision_at IS NOT DISTINCT FROM winner.revision_at AS is_conflict
          FROM ranked
        """
    )


def _conflicts(cursor: duckdb.DuckDBPyConnection) -> tuple[tuple[Conflict, ...], int]:
    rows = cursor.execute(
        f"SELECT key, place, is_stored FROM fates WHERE is_conflict ORDER BY key, place LIMIT {_MOST_CONFLICTS}"
    ).fetchall()
    (count,) = _one(cursor, "SELECT count(*) FROM fates WHERE is_conflict")
    return tuple(Conflict(key=key, place=place, is_stored=stored) for key, place, stored in rows), count


def _rewrite(cursor: duckdb.DuckDBPyConnection, log: Log, beside: Path) -> tuple[tuple[str, WrittenPart | None], ...]:
    """Write anew each file that loses rows."""
    files = cursor.execute("SELECT DISTINCT filename FROM fates WHERE fate = 'replaced' ORDER BY 1").fetchall()
    made: list[tuple[str, WrittenPart | None]] = []
    for number, (old,) in enumerate(files, start=1):
        path = beside.with_name(f"{beside.stem}-rewritten-{number}.parquet")
        lost = f"SELECT place FROM fates WHERE fate = 'replaced' AND filename = {_literal(old)}"
        _copy_without(cursor, log, Path(old), lost, path)
        part = _finished(cursor, log, path)
        if part.rows == 0:
            path.unlink()
        made.append((old, part if part.rows else None))
    return tuple(made)


def _copy_without(cursor: duckdb.DuckDBPyConnection, log: Log, old: Path, lost: str, new: Path) -> None:
    columns = ", ".join(map(_name, log.schema.names))
    rows = f"read_parquet({_literal(str(old))}, file_row_number=true)"
    _copy(cursor, f"SELECT {columns} FROM {rows} WHERE file_row_number NOT IN ({lost})", new)


def _copy(cursor: duckdb.DuckDBPyConnection, select: str, path: Path) -> None:
    cursor.execute(
        f"COPY ({select}) TO {_literal(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
    )


def _finished(cursor: duckdb.DuckDBPyConnection, log: Log, path: Path) -> WrittenPart:
    """Make a written file safe on disk and describe it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    rows, first, last = _one(
        cursor,
        f"SELECT count(*), epoch_us(min({_name(log.moment)})), epoch_us(max({_name(log.moment)})) "
        f"FROM read_parquet({_literal(str(path))})",
    )
    return WrittenPart(path=path, rows=rows, first_at=_moment(first), last_at=_moment(last), sha256=digest)


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else pa.scalar(micros, pa.timestamp("us", tz="UTC")).as_py()


def _one(cursor: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row = cursor.execute(sql).fetchone()
    if row is None:
        raise RuntimeError(f"no row came back from {sql!r}")
    return tuple(row)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
