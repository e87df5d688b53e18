"""Plans that look at the same decisions: how many of them could have drawn each one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from assay.rooms.organisation.models import Unit
from assay.rooms.organisation.terms import UnitKind
from assay.rooms.sampling.models import Plan
from assay.stats.arrays import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from .reviewed import Labels

# Names of the log's columns that a sampled decision keeps under another name.
_RENAMED = {"content_language": "language"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFrame:
    """The decisions a plan draws from.

    Args:
        plan: Key of the plan.
        start: First moment.
        end: First moment after.
        equals: Column of the log → values let through.
        sites: Codes of its sites; none for the whole organisation.
    """

    plan: int
    start: datetime
    end: datetime
    equals: Mapping[str, Sequence[str]]
    sites: frozenset[str] | None


def plan_frames(plans: Sequence[Plan]) -> tuple[PlanFrame, ...]:
    """Return the frame of each plan."""
    sites = list(Unit.objects.filter(kind=UnitKind.SITE).values_list("path", "code"))
    return tuple(
        PlanFrame(
            plan=plan.pk,
            start=plan.period_start,
            end=plan.period_end,
            equals=_equals_of(plan),
            sites=_sites_of(plan.unit, sites),
        )
        for plan in plans
    )


def multiplicity(
    frames: Sequence[PlanFrame], plan: IntArray, moment: IntArray, texts: Mapping[str, Labels]
) -> FloatArray:
    """Count, for each reviewed decision, the plans that could have drawn it: (units,).

    A decision in two frames stands in both for the same decisions; halving its share in each keeps the
    total right (multiplicity estimator).

    Args:
        frames: Every plan with a review.
        plan: Key of the plan that drew each unit: (units,).
        moment: When each was decided, seconds since 1970-01-01 in UTC: (units,).
        texts: The facts that frames filter by.

    Source: Mecatti (2007), Survey Methodology 33, 151-157.
    """
    if len(frames) < 2 or not moment.size:
        return np.ones(moment.size, dtype=np.float64)
    count = np.zeros(moment.size, dtype=np.float64)
    for frame in frames:
        own = plan == frame.plan
        # What a plan drew was in its frame, whatever has changed in the organisation since.
        count += own | _covered(frame, moment, texts)
    return count


def _covered(frame: PlanFrame, moment: IntArray, texts: Mapping[str, Labels]) -> BoolArray:
    inside = (moment >= frame.start.timestamp()) & (moment < frame.end.timestamp())
    if frame.sites is not None:
        inside &= texts["site"].among(frame.sites)
    for column, allowed in frame.equals.items():
        name = _RENAMED.get(column, column)
        if name not in texts:
            # A fact the sample does not keep: other plans' decisions cannot be placed, so claim none.
            return np.zeros(moment.size, dtype=np.bool_)
        inside &= texts[name].among(allowed)
    return inside


def _sites_of(unit: Unit, sites: Sequence[tuple[str, str]]) -> frozenset[str] | None:
    if unit.kind == UnitKind.ORGANISATION:
        return None
    return frozenset(code for path, code in sites if path.startswith(unit.path) or unit.path.startswith(path))


def _equals_of(plan: Plan) -> dict[str, Sequence[str]]:
    equals = dict(plan.population.get("equals", {}))
    return equals | {"team": (plan.unit.code,)} if plan.unit.kind == UnitKind.TEAM else equals
