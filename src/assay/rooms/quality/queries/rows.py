"""The decisions behind a figure, exactly those it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from assay.rooms.policies.terms import ErrorClass
from assay.rooms.reviews.models import Settlement
from assay.rooms.reviews.rules import content_mark
from assay.stats.arrays import IntArray

from ..measures import Measure
from ..terms import Basis
from .doubles import has_pair
from .estimates import asked, counted
from .reviewed import Selection

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One decision with what the review found; `mark` stands for its content."""

    decision_key: str
    decided_at: datetime
    site: str
    item_type: str
    market: str
    language: str
    queue: str
    outcome: str
    policy: str
    maker: str
    found: str
    found_outcome: str
    found_policy: str
    clause: dict[str, str]
    settled_by: str
    rationale: str
    views: int
    mark: str


def rows_behind(selection: Selection, measure: Measure, *, only_counted: bool) -> IntArray:
    """Return the keys of the sampled decisions a figure counts, newest first; their number is its n.

    Args:
        only_counted: Only those that have what is measured.
    """
    reviewed = selection.reviewed
    inside = asked(selection, measure)
    if measure.basis is Basis.DOUBLES:
        inside = selection.inside & has_pair(reviewed)
    elif only_counted:
        inside = inside & (counted(reviewed, measure) > 0.0)
    chosen = np.flatnonzero(inside)
    order = np.lexsort((-reviewed.ids[chosen], -reviewed.moment[chosen]))
    return reviewed.ids[chosen[order]]


def read_rows(ids: Sequence[int] | IntArray) -> list[Row]:
    """Read decisions in the order of their keys given."""
    wanted = [int(key) for key in ids]
    found: dict[int, Row] = {}
    # In pieces: SQLite takes only so many values in one statement.
    for start in range(0, len(wanted), _CHUNK):
        settlements = Settlement.objects.filter(sampled_id__in=wanted[start : start + _CHUNK])
        for settlement in settlements.select_related("sampled", "verdict__clause_version__clause"):
            found[settlement.sampled_id] = _row(settlement)
    return [found[key] for key in wanted if key in found]


def _row(settlement: Settlement) -> Row:
    sampled, verdict = settlement.sampled, settlement.verdict
    version = verdict.clause_version
    return Row(
        decision_key=sampled.decision_key,
        decided_at=sampled.decided_at,
        site=sampled.site,
        item_type=sampled.item_type,
        market=sampled.market,
        language=sampled.language,
        queue=sampled.queue,
        outcome=sampled.outcome,
        policy=sampled.policy,
        maker=sampled.maker,
        found=str(ErrorClass(settlement.error_class)),
        found_outcome=verdict.outcome,
        found_policy=verdict.policy,
        clause=version.clause.title if version else {},
        settled_by=settlement.settled_by,
        rationale=settlement.rationale,
        views=sampled.exposure_views,
        mark=content_mark(content_hash=sampled.content_hash, decision_key=sampled.decision_key),
    )
