"""How long a draw takes against one scan of the columns it needs.

    python benchmarks/draw.py [--rows 10000000] [--sample 6000] [--out var/benchmark-draw]

Writes a log of random decisions once, then draws a stratified sample of it. Promise: counting and drawing
take at most three times the processor time of one scan of the columns read, and the rows drawn do not
depend on the order of the files.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb

from assay.columnar import draws, frames, layout
from assay.columnar.frames import Frame
from assay.columnar.store import Store, Where, connection
from assay.stats import keyed_hash
from assay.stats.allocation import neyman_allocation

T = TypeVar("T")
GROUPS = (("leave", ("approve", "no_action")), ("remove", ("remove", "reject")), ("restrict", ("age_gate",)))
CUTS = ("site", "outcome", "risk_score", "decided_at", "is_golden", "is_graphic", "sample_key")
MADE = {
    "decision_key": "'bench:' || i",
    "source": "'bench'",
    "decision_id": "'' || i",
    "content_title": "'Listing ' || i",
    "content_text": "repeat('a plain text about something for sale ', 4) || i",
    "item_type": "'listing'",
    "content_hash": "md5('' || i)",
    "market": "['MX','US','ES','BR'][1 + (hash(i, 1) % 4)::INT]",
    "is_graphic": "hash(i, 2) % 100 < 3",
    "decided_at": "TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_microseconds((i * 604800000000 // {rows})::BIGINT)",
    "outcome": "['approve','approve','approve','approve','remove','reject','age_gate','no_action']"
    "[1 + (hash(i, 3) % 8)::INT]",
    "maker_type": "'human'",
    "maker": "'m' || (hash(i, 4) % 400)",
    "site": "'site' || least((hash(i, 5) % 16)::INT // 2, 7)",
    "risk_score": "pow((hash(i, 6) % 1000003) / 1000003.0, 6)",
    "is_golden": "false",
    "sample_key": "(('0x' || substr(sha256('' || i), 1, 16)))::UBIGINT",
    "row_hash": "hash(i)",
    "import_run": "1",
}
SQL_TYPES = {"string": "VARCHAR", "bool": "BOOLEAN", "double": "DOUBLE", "int64": "BIGINT", "uint64": "UBIGINT"}


def write_log(out: Path, rows: int) -> Store:
    """Write the log in ten files, unless it is there."""
    paths = tuple(str(out / f"{rows}-{part}.parquet") for part in range(10))
    out.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(
        f"({MADE.get(f.name, 'NULL').replace('{rows}', str(rows))})::{SQL_TYPES.get(str(f.type), 'TIMESTAMPTZ')}"
        f" AS {f.name}"
        for f in layout.DECISIONS
    )
    for part, path in enumerate(paths):
        if not Path(path).exists():
            bounds = f"{part * rows // 10}, {(part + 1) * rows // 10}"
            duckdb.execute(
                f"COPY (SELECT {columns} FROM range({bounds}) t(i)) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
            )
    return Store(paths=paths)


def seconds(work: Callable[[], T]) -> tuple[float, T]:
    """Return processor seconds, which a busy machine does not lengthen, and the result."""
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=10_000_000)
    asked.add_argument("--sample", type=int, default=6000)
    asked.add_argument("--out", type=Path, default=Path("var/benchmark-draw"))
    options = asked.parse_args()
    store = write_log(options.out, options.rows)
    frame = Frame(where=Where(start="2026-01-01T00:00:00+00:00", end="2026-01-08T00:00:00+00:00"), groups=GROUPS)
    # What a draw reads: the columns it cuts by, and those a sampled row takes with it.
    scan = ", ".join(f"max({column})" for column in dict.fromkeys((*CUTS, *draws.FACTS)))
    store.query(f"SELECT {scan} FROM {{log}}")
    scanned, _ = seconds(lambda: store.query(f"SELECT {scan} FROM {{log}}"))
    counted, profile = seconds(lambda: frames.profile(store, frame))
    edges = frames.score_edges(profile, bands=10)
    layers = frames.layers(profile, edges=edges)
    spreads = [math.sqrt(max(s := layer.score or 0.05, 0.005) * (1 - min(s, 0.5))) for layer in layers]
    allocated, sizes = seconds(
        lambda: neyman_allocation(sizes=[layer.size for layer in layers], spreads=spreads, total=options.sample).sizes
    )
    words = keyed_hash.design_words(salt=b"benchmark", design="week-1")
    drawn, sample = seconds(lambda: draws.draw(store, frame, into=layers, sizes=sizes, words=words))
    turned = Store(paths=store.paths[::-1])
    again = draws.draw(turned, frame, into=layers, sizes=sizes, words=words)
    print(
        json.dumps(
            {
                "rows": options.rows,
                "layers": len(layers),
                "drawn": sample.num_rows,
                "scan_seconds": round(scanned, 3),
                "count_seconds": round(counted, 3),
                "allocate_seconds": round(allocated, 3),
                "draw_and_facts_seconds": round(drawn, 3),
                "times_one_scan": round((counted + drawn) / scanned, 2),
                "same_in_other_order": again.equals(sample),
                "threads": connection().execute("SELECT current_setting('threads')").fetchone()[0],
            }
        )
    )


if __name__ == "__main__":
    main()
