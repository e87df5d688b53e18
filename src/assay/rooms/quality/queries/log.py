"""Figures counted in full from the decision log: volumes, and what became of appeals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from assay.columnar.store import Where
from assay.rooms.decisions.queries import decision_store
from assay.rooms.decisions.terms import AppealOutcome
from assay.rooms.reviews.rules import content_mark
from assay.stats.intervals import Interval, Method

from ..figures import Figure
from ..measures import Measure
from ..rules import period_before
from ..terms import TENURE_EDGES, Cut, Filters, Tenure

CONFIDENCE = 0.95

_COLUMN_OF: dict[str, str] = {
    "maker": "coalesce(maker, '')",
    Cut.SITE: "coalesce(site, '')",
    Cut.TEAM: "coalesce(team, '')",
    Cut.VENDOR: "coalesce(vendor, '')",
    Cut.MARKET: "coalesce(market, '')",
    Cut.LANGUAGE: "coalesce(content_language, '')",
    Cut.ITEM_TYPE: "coalesce(item_type, '')",
    Cut.QUEUE: "coalesce(queue, '')",
    Cut.POLICY: "coalesce(policy, '')",
    Cut.OUTCOME: "outcome",
    Cut.MAKER_TYPE: "maker_type",
    Cut.WEEK: "strftime(date_trunc('week', decided_at AT TIME ZONE 'UTC'), '%Y-%m-%d')",
    Cut.TENURE: (
        f"CASE WHEN tenure_days IS NULL THEN '{Tenure.UNKNOWN}'"
        f" WHEN tenure_days < {TENURE_EDGES[0]} THEN '{Tenure.UNDER_30}'"
        f" WHEN tenure_days < {TENURE_EDGES[1]} THEN '{Tenure.UNDER_90}'"
        f" WHEN tenure_days < {TENURE_EDGES[2]} THEN '{Tenure.UNDER_365}'"
        f" ELSE '{Tenure.FROM_365}' END"
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """Decisions of one site in the period and in the one before."""

    site: str
    now: int
    before: int


def volumes(sites: tuple[str, ...] | None, filters: Filters) -> tuple[Volume, ...]:
    """Count the decisions of each site, in the period and in the one before, in one query."""
    earlier = period_before(filters)
    if earlier is None or filters.start is None:
        return ()
    both = Filters(equals=filters.equals, start=earlier.start, end=filters.end)
    condition, values = condition_of(sites, both)
    border = datetime.combine(filters.start, time(), UTC).isoformat()
    rows = decision_store().query(
        "SELECT coalesce(site, '') AS site,"
        " count(*) FILTER (decided_at >= ?::timestamptz) AS now,"
        " count(*) FILTER (decided_at < ?::timestamptz) AS before"
        f" FROM {{log}} WHERE {condition} GROUP BY 1 ORDER BY 1",
        [border, border, *values],
    )
    return tuple(Volume(**row) for row in rows.to_pylist())


def overturns(
    sites: tuple[str, ...] | None, filters: Filters, measure: Measure, cuts: tuple[Cut, ...] = ()
) -> tuple[Figure, ...]:
    """Count appeals overturned among appeals decided, over everything or in each group of the cuts.

    Appeals are counted, not sampled: what is shown is the log's own share, with no sampling error. It
    says how appealed decisions fared, not how good all decisions are: people choose what they appeal.
    """
    condition, values = condition_of(sites, filters)
    columns = [f"{_COLUMN_OF[cut]} AS g{i}" for i, cut in enumerate(cuts)]
    names = [f"g{i}" for i in range(len(cuts))]
    grouping = f" GROUP BY {', '.join(names)} ORDER BY {', '.join(names)}" if names else ""
    rows = decision_store().query(
        f"SELECT {', '.join([*columns, ''])}"
        " count(*) FILTER (appeal_outcome = ?) AS overturned, count(*) AS decided"
        f" FROM {{log}} WHERE appeal_outcome IN (?, ?) AND {condition}{grouping}",
        [AppealOutcome.OVERTURNED, *AppealOutcome, *values],
    )
    return tuple(
        _census(measure, tuple(str(row[name]) for name in names), row["overturned"], row["decided"])
        for row in rows.to_pylist()
    )


def condition_of(sites: tuple[str, ...] | None, filters: Filters) -> tuple[str, list[object]]:
    """Turn the filters of an address into a condition on the log, within a viewer's sites."""
    equals = dict(filters.equals)
    if sites is not None:
        equals["site"] = tuple(site for site in sites if site and site in equals.get("site", sites))
    where = Where(
        start=datetime.combine(filters.start, time(), UTC).isoformat() if filters.start else "",
        end=datetime.combine(filters.end + timedelta(days=1), time(), UTC).isoformat() if filters.end else "",
        equals={},
    )
    condition, values = where.sql()
    for name, allowed in sorted(equals.items()):
        marks = ", ".join("?" for _ in allowed) or "NULL"
        condition += f" AND {_COLUMN_OF[name]} IN ({marks})"
        values.extend(allowed)
    # Reference cases are planted: they tell of the plant, not of the work.
    return f"{condition} AND is_golden IS NOT TRUE", values


def _census(measure: Measure, group: tuple[str, ...], overturned: int, decided: int) -> Figure:
    value = overturned / decided if decided else None
    interval = None
    if value is not None:
        interval = Interval(low=value, high=value, confidence=CONFIDENCE, method=Method.CENSUS)
    return Figure(
        measure=measure.code,
        basis=measure.basis,
        group=group,
        value=value,
        interval=interval,
        n=decided,
        counted=overturned,
        n_eff=math.inf if decided else None,
        method="census",
        reason="" if decided else "no_units",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """One decided appeal; `mark` stands for its content."""

    decision_key: str
    decided_at: datetime
    site: str
    item_type: str
    market: str
    queue: str
    outcome: str
    policy: str
    appeal_outcome: str
    mark: str


def appeals(
    sites: tuple[str, ...] | None, filters: Filters, *, limit: int, offset: int = 0, only_overturned: bool = False
) -> list[Appeal]:
    """Read the decided appeals behind the overturn figure, newest decision first."""
    condition, values = condition_of(sites, filters)
    outcomes = [AppealOutcome.OVERTURNED] if only_overturned else list(AppealOutcome)
    marks = ", ".join("?" for _ in outcomes)
    rows = decision_store().query(
        "SELECT decision_key, decided_at, coalesce(site, '') AS site, coalesce(item_type, '') AS item_type,"
        " coalesce(market, '') AS market, coalesce(queue, '') AS queue, outcome, coalesce(policy, '') AS policy,"
        " appeal_outcome, coalesce(content_hash, '') AS content_hash"
        f" FROM {{log}} WHERE appeal_outcome IN ({marks}) AND {condition}"
        f" ORDER BY decided_at DESC, decision_key LIMIT {limit} OFFSET {offset}",
        [*outcomes, *values],
    )
    return [_appeal(row) for row in rows.to_pylist()]


def _appeal(row: dict[str, Any]) -> Appeal:
    mark = content_mark(content_hash=row.pop("content_hash"), decision_key=row["decision_key"])
    return Appeal(**row, mark=mark)
