"""Files and runs for the tests of this room."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assay.rooms.decisions import operations, rules
from assay.rooms.decisions.models import ImportRun, Mapping
from assay.rooms.decisions.parsing.parse import parse
from assay.rooms.organisation.models import Unit
from tests.factories import NOW

HEADINGS = (
    "id",
    "decided_at",
    "outcome",
    "maker_type",
    "moderator",
    "site",
    "text",
    "language",
    "market",
    "views",
    "risk",
    "claimed_at",
    "updated_at",
)
SPEC: dict[str, Any] = {
    "fields": {
        "decision_id": {"column": "id"},
        "decided_at": {"column": "decided_at"},
        "outcome": {"column": "outcome"},
        "maker_type": {"column": "maker_type"},
        "maker": {"column": "moderator"},
        "site": {"column": "site"},
        "content_text": {"column": "text"},
        "content_language": {"column": "language"},
        "market": {"column": "market"},
        "exposure_views": {"column": "views"},
        "risk_score": {"column": "risk"},
        "claimed_at": {"column": "claimed_at"},
        "revision_at": {"column": "updated_at"},
    }
}


def row(number: int, **more: str) -> dict[str, str]:
    """One good row, with whatever is asked for otherwise."""
    return {
        "id": f"D-{number}",
        "decided_at": f"2026-05-01T10:{number % 60:02d}:00Z",
        "outcome": "approve",
        "maker_type": "human",
        "moderator": f"mod-{number % 7}",
        "site": "mexico",
        "text": f"Zapatos, talla {number}",
        "language": "es",
        "market": "MX",
        "views": str(number * 10),
        "risk": "0.25",
        "claimed_at": "2026-05-01T09:58:00Z",
        "updated_at": "",
        **more,
    }


def csv_file(folder: Path, rows: Sequence[dict[str, str]], name: str = "first.csv") -> Path:
    """Write rows as a CSV with the usual headings."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADINGS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def mapping(unit: Unit, *, name: str = "tool", source: str = "tool", **spec: Any) -> Mapping:
    """Save the mapping that fits those headings."""
    return operations.save_mapping(
        name=name,
        source=source,
        unit=unit,
        spec=rules.spec_from_json({**SPEC, **spec}),
        actor=None,
        at=NOW,
    )


def parse_here(request: Any, *, progress: Any) -> dict[str, Any]:
    """Parse without a process of its own, which takes half a second to start."""
    return parse(request, progress=progress)


def bring_in(used: Mapping, path: Path, **more: Any) -> ImportRun:
    """Bring a file in."""
    run = operations.start_import(mapping=used, file_path=path, file_name=path.name, requested_by=None, at=NOW, **more)
    return operations.run_import(run.pk, at=NOW, parse=parse_here)


def ledger(run: ImportRun) -> tuple[int, int, int, int, int]:
    """Rows in, accepted, duplicate, superseded, refused."""
    return run.rows_in, run.accepted, run.duplicate, run.superseded, run.refused
