"""Plans, previews and draws as plain values, the same for the API and the command line."""

from __future__ import annotations

from typing import Any

from .models import Draw
from .queries import PlanProgress, Preview, Redraw
from .rules import PlannedDomain


def of_progress(found: PlanProgress, *, strata: bool = False) -> dict[str, Any]:
    """Return a plan and how far it is; nothing of what its reviews found."""
    plan = found.plan
    shown: dict[str, Any] = {
        "code": plan.code,
        "name": plan.name,
        "unit": plan.unit.code,
        "state": plan.state,
        "purpose": plan.purpose,
        "lane": plan.lane,
        "period_start": plan.period_start,
        "period_end": plan.period_end,
        "population": plan.population,
        "design": plan.design,
        "targets": plan.targets,
        "doubles_share": plan.doubles_share,
        "minutes_per_review": plan.minutes_per_review,
        "sampled": found.sampled,
        "settled": found.settled,
        "doubles": found.doubles,
        "half_width_now": found.half_width_now,
        "half_width_planned": found.half_width_planned,
    }
    if strata:
        shown["draws"] = [of_draw(draw) for draw in plan.draws.order_by("number")]
        shown["strata"] = [
            {
                "label": s.label,
                "domain": s.domain,
                "family": s.family,
                "low": s.low,
                "high": s.high,
                "size": s.size,
                "sampled": s.sampled,
                "settled": s.settled,
                "inclusion_probability": s.probability,
            }
            for s in found.strata
        ]
    return shown


def of_draw(draw: Draw) -> dict[str, Any]:
    """Return a frozen draw."""
    return {
        "plan": draw.plan.code,
        "number": draw.number,
        "frame_size": draw.frame_size,
        "frame_digest": draw.frame_digest,
        "sample_size": draw.sample_size,
        "sample_digest": draw.sample_digest,
        "frozen_at": draw.frozen_at,
    }


def of_preview(found: Preview) -> dict[str, Any]:
    """Return what a plan would take and tell."""
    told = found.cannot_tell
    return {
        "frame_size": found.frame_size,
        "automated": found.automated,
        "enforcing": found.enforcing,
        "reviews": found.forecast.total,
        "doubles": found.workload.doubles,
        "adjudications": found.workload.adjudications,
        "hours": found.workload.hours,
        "graphic": found.graphic,
        "strata": len(found.forecast.sizes),
        "bands": found.planned.bands,
        "feasible": found.forecast.feasible,
        "binding": list(found.forecast.binding),
        "whole": _domain(found.forecast.whole),
        "domains": [_domain(part) for part in found.forecast.domains],
        "another_hour": found.another_hour,
        "curve": [{"reviews": p.reviews, "hours": p.hours, "half_width": p.half_width} for p in found.curve],
        "cannot_tell": {
            "smallest_rise": told.detectable.rise,
            "smallest_fall": told.detectable.fall,
            "power": told.detectable.power,
            "zero_errors_upper": told.zero_errors_upper,
            "people": told.people,
            "people_with_enough": told.people_with_enough,
            "median_reviews": told.median_reviews,
            "chance_to_notice_double": told.chance_to_notice_double,
            "reviews_to_notice_double": told.reviews_to_notice_double,
        },
    }


def of_redraw(found: Redraw) -> dict[str, Any]:
    """Return how a draw made again compares with the frozen one."""
    return {
        "is_same": found.is_same,
        "drawn": len(found.keys),
        "missing": list(found.missing),
        "added": list(found.added),
        "frame_then": found.frame_then,
        "frame_now": found.frame_now,
        "is_same_frame": found.is_same_frame,
        "changed_strata": [{"label": label, "then": then, "now": now} for label, then, now in found.changed_strata],
    }


def _domain(part: PlannedDomain) -> dict[str, Any]:
    return {
        "domain": part.domain,
        "size": part.size,
        "reviews": part.reviews,
        "rate": part.rate,
        "half_width": part.half_width,
        "target": part.target,
        "is_met": part.is_met,
    }
