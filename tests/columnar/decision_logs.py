"""Generated decision logs, as the store keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from assay.columnar import layout
from assay.columnar.store import Store
from assay.stats import keyed_hash

SALT = b"a salt for tests"
START = datetime(2026, 3, 2, tzinfo=UTC)
SITES = ("mexico", "dublin", "manila", "")
OUTCOMES = ("approve", "approve", "approve", "remove", "reject", "age_gate", "suspend_account", "escalate")


def decision(number: int, **columns: Any) -> dict[str, Any]:
    """One row of the log with everything that must be there."""
    key = f"test:{number}"
    made = {
        "decision_key": key,
        "source": "test",
        "decision_id": str(number),
        "decided_at": START + timedelta(minutes=number),
        "outcome": "approve",
        "maker_type": "human",
        "item_type": "listing",
        "content_title": f"Listing {number}",
        "content_text": f"Text {number}",
        "content_hash": f"{number:064x}",
        "sample_key": keyed_hash.sample_key(salt=SALT, item=key),
        "row_hash": number,
        "import_run": 1,
    }
    return made | columns


def generated_rows(count: int, *, seed: int = 1) -> list[dict[str, Any]]:
    """Rows with sites, outcomes, scores (a fifth without one) and some gold items."""
    return [dict(row) for row in _generated(count, seed)]


@lru_cache
def _generated(count: int, seed: int) -> list[dict[str, Any]]:
    chance = np.random.default_rng(seed)
    scores = chance.beta(0.6, 8.0, count)
    return [
        decision(
            number,
            site=SITES[int(chance.choice(4, p=(0.5, 0.3, 0.15, 0.05)))] or None,
            outcome=OUTCOMES[int(chance.integers(len(OUTCOMES)))],
            risk_score=None if chance.random() < 0.2 else float(scores[number]),
            maker=f"m{int(chance.integers(20))}",
            maker_type="model" if chance.random() < 0.3 else "human",
            market="MX" if chance.random() < 0.6 else "IE",
            content_language="es" if chance.random() < 0.5 else "en",
            is_graphic=bool(chance.random() < 0.1),
            is_golden=bool(chance.random() < 0.02),
            exposure_views=int(chance.integers(1000)),
        )
        for number in range(count)
    ]


def write_store(folder: Path, rows: Sequence[dict[str, Any]], *, files: int = 2) -> Store:
    """Write rows into some files, in the order given."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for part in range(files):
        path = folder / f"part-{part}.parquet"
        pq.write_table(pa.Table.from_pylist(list(rows[part::files]), schema=layout.DECISIONS), path)
        paths.append(str(path))
    return Store(paths=tuple(paths))
