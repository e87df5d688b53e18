"""A small decision log, brought in through the import like any other."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from assay.rooms.decisions import operations
from assay.rooms.decisions.rules import FieldRule, MappingSpec
from tests import factories

FIELDS = (
    "decision_id", "decided_at", "outcome", "maker_type", "site", "market", "queue", "item_type", "tenure_days",
    "appeal_outcome", "is_golden", "content_hash",
)  # fmt: skip


def row(number: int, **facts: str) -> dict[str, str]:
    """Make one decision of the week of 2 March 2026."""
    usual = {
        "decision_id": f"d{number}",
        "decided_at": "2026-03-03T10:00:00Z",
        "outcome": "remove",
        "maker_type": "human",
        "site": "mexico",
        "queue": "new",
        "item_type": "listing",
    }
    return dict.fromkeys(FIELDS, "") | usual | facts


def bring_in(world: factories.World, rows: Sequence[dict[str, str]], folder: Path) -> None:
    """Import the rows into the decision log."""
    path = folder / "decisions.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(rows)
    mapping = operations.save_mapping(
        name="test",
        source="test",
        unit=world.root,
        spec=MappingSpec(rules={name: FieldRule(column=name) for name in FIELDS}),
        actor=None,
        at=factories.NOW,
    )
    run = operations.start_import(
        mapping=mapping, file_path=path, file_name=path.name, requested_by=None, at=factories.NOW
    )
    ended = operations.run_import(run.pk, at=factories.NOW)
    assert ended.accepted == len(rows), (ended.state, ended.error_code, ended.refused)
