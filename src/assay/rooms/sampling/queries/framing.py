"""The frame of a plan: which decisions, cut how."""

# Queries are put together from column names of the log; every value goes in as a parameter.

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np

from assay.columnar import frames
from assay.columnar.frames import Frame, Layer, Profile
from assay.columnar.store import Store, Where
from assay.rooms.decisions import queries as decisions
from assay.rooms.decisions.terms import FAMILY, ActionFamily, Outcome
from assay.rooms.organisation.models import Unit
from assay.rooms.organisation.terms import UnitKind
from assay.rooms.policies.terms import ERRORS, UNJUDGED

from ..models import Plan, SampledDecision
from ..rules import Design, History, Population
from ..terms import Lane

# Names under which a sampled decision keeps columns of the log.
_RENAMED = {"content_language": "language"}
# Rates move: older reviews say little of today's spread.
_MOST_EARLIER_REVIEWS = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A frame, counted and cut."""

    frame: Frame
    profile: Profile
    layers: tuple[Layer, ...]


def frame_of(
    *, unit: Unit, period_start: datetime, period_end: datetime, population: Population, design: Design
) -> Frame:
    """Return the frame a plan draws from: its filters, within its unit."""
    equals = {column: tuple(values) for column, values in population.equals.items()}
    for column, codes in _unit_filter(unit).items():
        # A filter outside the unit leaves nothing, never everything.
        equals[column] = tuple(v for v in equals.get(column, codes) if v in codes)
    where = Where(start=iso(period_start), end=iso(period_end), equals=equals)
    families = tuple((str(f), tuple(str(o) for o in Outcome if FAMILY[o] is f)) for f in ActionFamily)
    return Frame(
        where=where, domain=design.domain, groups=families if design.by_family else (), by_score=design.by_score
    )


def frame_of_plan(plan: Plan) -> Frame:
    """Return the frame of a kept plan."""
    return frame_of(
        unit=plan.unit,
        period_start=plan.period_start,
        period_end=plan.period_end,
        population=Population.from_json(plan.population),
        design=Design.from_json(plan.design),
    )


def counted_frame(frame: Frame, *, bands: int, store: Store | None = None) -> Counted:
    """Count a frame and cut it into layers."""
    counted = frames.profile(store or decisions.decision_store(), frame)
    edges = frames.score_edges(counted, bands=bands)
    return Counted(frame=frame, profile=counted, layers=frames.layers(counted, edges=edges))


def earlier_reviews(design: Design, *, before: datetime) -> History:
    """Return settled reviews of the random lane, as far as they tell what to expect of a new frame.

    The settlement belongs to a later room; it is reached over its relation, so that this room need not
    know that one.
    """
    column = _RENAMED.get(design.domain, design.domain)
    names = {f.name for f in SampledDecision._meta.concrete_fields}
    settled = SampledDecision.objects.filter(
        plan__lane=Lane.RANDOM, settlement__isnull=False, settlement__settled_at__lt=before
    ).exclude(settlement__error_class__in=UNJUDGED)
    rows = list(
        settled.order_by("-decided_at", "-pk").values_list(
            column if column in names else "pk", "outcome", "risk_score", "settlement__error_class"
        )[:_MOST_EARLIER_REVIEWS]
    )
    domains, outcomes, scores, classes = zip(*rows, strict=True) if rows else ((), (), (), ())
    return History(
        domains=domains if column in names else ("",) * len(rows),
        groups=[_family(outcome) if design.by_family else "" for outcome in outcomes],
        scores=np.array([np.nan if s is None else s for s in scores], dtype=np.float64),
        is_error=np.array([c in ERRORS for c in classes], dtype=np.float64),
    )


def known_values(column: str, *, unit: Unit | None, limit: int = 200) -> tuple[str, ...]:
    """Return the values a column of the log holds within a unit (none: anywhere), most frequent first."""
    equals = _unit_filter(unit) if unit else {}
    return _known_values(decisions.decision_store(), column, tuple(sorted(equals.items())), limit)


@lru_cache(maxsize=256)
def _known_values(
    store: Store, column: str, equals: tuple[tuple[str, tuple[str, ...]], ...], limit: int
) -> tuple[str, ...]:
    """Files of the log never change, so the answer is kept for as long as they are the log."""
    condition, values = Where(equals=dict(equals)).sql()
    found = store.query(
        f"SELECT coalesce({column}, '') AS value FROM {{log}} WHERE {condition}"
        f" GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {limit}",
        values,
    )
    return tuple(found["value"].to_pylist())


def _unit_filter(unit: Unit) -> dict[str, tuple[str, ...]]:
    """Return what narrows the log to a unit; nothing for the whole organisation."""
    if unit.kind == UnitKind.ORGANISATION:
        return {}
    if unit.kind == UnitKind.TEAM:
        site = unit.parent.code if unit.parent and unit.parent.kind == UnitKind.SITE else ""
        return {"team": (unit.code,), "site": (site,)} if site else {"team": (unit.code,)}
    below = Unit.objects.within([unit.path]).filter(kind=UnitKind.SITE)
    return {"site": tuple(unit.code for unit in below)}


def _family(outcome: str) -> str:
    try:
        return str(FAMILY[Outcome(outcome)])
    except ValueError:
        return ""


def iso(moment: datetime) -> str:
    """Write a moment as the log's filters take it."""
    return moment.astimezone(UTC).isoformat()
