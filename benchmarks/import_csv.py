# ruff: noqa: E501 - its long lines are SQL
"""How long a CSV of a million decisions takes to import, beside DuckDB's own typed reading of the same file.

    python benchmarks/import_csv.py [--rows 1000000] [--folder DIR]

DuckDB reads with given types and writes Parquet; it checks no words, ids, codes or spans and names no row. Assay
does, in a child process, and then compares with the log, hashes and writes the part. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

SPEC = {
    "fields": {
        name: {"column": name}
        for name in (
            "decision_id",
            "case_id",
            "item_id",
            "item_type",
            "content_title",
            "content_text",
            "market",
            "content_language",
            "seller_id",
            "exposure_views",
            "enqueue_source",
            "queue",
            "enqueued_at",
            "claimed_at",
            "decided_at",
            "outcome",
            "policy",
            "clause",
            "severity",
            "maker_type",
            "maker",
            "site",
            "team",
            "vendor",
            "tenure_days",
            "risk_score",
            "is_golden",
            "revision_at",
        )
    }
}
TYPES = {
    "exposure_views": "BIGINT",
    "tenure_days": "BIGINT",
    "risk_score": "DOUBLE",
    "is_golden": "BOOLEAN",
    "enqueued_at": "TIMESTAMPTZ",
    "claimed_at": "TIMESTAMPTZ",
    "decided_at": "TIMESTAMPTZ",
    "revision_at": "TIMESTAMPTZ",
}


def write_file(path: Path, rows: int) -> None:
    """Write plausible decisions with DuckDB, which is quick at it."""
    pick = "list_extract({list}, 1 + (hash(i, {salt}) % {count})::INTEGER)"

    def one_of(salt: int, *words: str) -> str:
        return pick.format(list=str(list(words)), salt=salt, count=len(words))

    moment = "strftime(TIMESTAMP '2026-01-05' + to_seconds((i * 7 {shift}) % 15000000), '%Y-%m-%dT%H:%M:%SZ')"
    duckdb.sql(f"""
        COPY (SELECT 'D-' || lpad(i::VARCHAR, 9, '0') AS decision_id, 'C-' || (i // 2)::VARCHAR AS case_id,
            'L-' || (hash(i, 1) % 5000000)::VARCHAR AS item_id, {one_of(2, "listing", "product_video", "review")} AS item_type,
            'Zapatos de piel, talla ' || (i % 45)::VARCHAR AS content_title,
            'Nuevo, con caja, envío "gratis" a todo el país. Garantía de ' || (i % 36)::VARCHAR || ' meses; pregunta antes de comprar.' AS content_text,
            {one_of(3, "MX", "US", "IE", "ES")} AS market, {one_of(4, "es", "en")} AS content_language,
            'S-' || (hash(i, 5) % 200000)::VARCHAR AS seller_id, (hash(i, 6) % 100000)::BIGINT AS exposure_views,
            {one_of(7, "proactive_model", "rule", "user_report")} AS enqueue_source, {one_of(8, "new listings", "live", "appeals")} AS queue,
            {moment.format(shift="")} AS enqueued_at, {moment.format(shift="+ 30")} AS claimed_at, {moment.format(shift="+ 75")} AS decided_at,
            {one_of(9, "approve", "reject", "remove", "warn")} AS outcome, {one_of(10, "IPR", "ADL", "FRD", "")} AS policy, '' AS clause,
            {one_of(11, "minor", "major", "critical", "")} AS severity, {one_of(12, "human", "model")} AS maker_type,
            'M-' || (hash(i, 13) % 400)::VARCHAR AS maker, {one_of(14, "mexico", "dublin", "manila")} AS site, '' AS team,
            {one_of(15, "acme", "")} AS vendor, (hash(i, 16) % 900)::BIGINT AS tenure_days,
            ((hash(i, 17) % 1000000) / 1e6) AS risk_score, {one_of(18, "false", "false", "true")} AS is_golden, '' AS revision_at
        FROM range({rows}) t(i) WHERE (i * 7 + 75) % 15000000 >= 75) TO '{path}' (FORMAT csv, HEADER)
    """)


def by_duckdb(path: Path, out: Path) -> float:
    """Read with types and write Parquet."""
    started = time.perf_counter()
    columns = {name: TYPES.get(name, "VARCHAR") for name in SPEC["fields"]}
    connection = duckdb.connect()
    connection.sql("SET TimeZone = 'UTC'")
    connection.sql(
        f"COPY (SELECT * FROM read_csv('{path}', columns={columns}, header=true)) TO '{out}' (FORMAT parquet, COMPRESSION zstd)"
    )
    return time.perf_counter() - started


def by_assay(path: Path, folder: Path) -> dict[str, float]:
    """Parse in the child and merge into an empty log."""
    from assay.columnar import parts
    from assay.rooms.decisions import rules
    from assay.rooms.decisions.child import parse_in_child
    from assay.rooms.decisions.parsing.parse import Request

    codes = rules.Codes(sites=("mexico", "dublin", "manila"), vendors=("acme",), policies=("IPR", "ADL", "FRD"))
    request = Request(path=path, out=folder, spec=rules.spec_from_json(SPEC), codes=codes, at=datetime.now(UTC))
    started = time.perf_counter()
    summary = parse_in_child(request, progress=lambda _share, _rows: None)
    parsed = time.perf_counter()
    merged = parts.merge(
        log=parts.DECISION_LOG,
        candidates=folder / "candidates.parquet",
        live=(),
        folder=folder,
        name="run-1",
        source="tool",
        run=1,
        salt=b"salt",
    )
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {
        "parse_s": parsed - started,
        "merge_s": ended - parsed,
        "total_s": ended - started,
        "child_peak_mib": peak,
        "accepted": merged.accepted,
        "refused": summary["refused"],
    }


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--folder", type=Path, default=None)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as made:
        folder = Path(made)
        path = folder / "decisions.csv"
        write_file(path, chosen.rows)
        duck = by_duckdb(path, folder / "duck.parquet")
        ours = by_assay(path, folder)
        facts = {
            "rows": chosen.rows,
            "mib": path.stat().st_size / 1024**2,
            "cores": os.cpu_count(),
            "duckdb_s": duck,
            **ours,
            "times_duckdb": ours["total_s"] / duck,
        }
        print(json.dumps({name: round(value, 2) for name, value in facts.items()}, indent=1))


if __name__ == "__main__":
    main()
