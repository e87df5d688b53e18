"""Reads: plans, frames, previews, what was drawn, and whether it can be drawn again."""

from .draws import (
    CONTENT,
    Redraw,
    drawn_rows,
    facts_of,
    label_of,
    latest_draw,
    layers_of,
    rates_of,
    redraw,
    sample_digest,
    strata_of,
    verified,
    words_of,
)
from .framing import Counted, counted_frame, earlier_reviews, frame_of, frame_of_plan, known_values
from .plans import next_code, plan_by_code, plans, settled_by_stratum
from .previews import CurvePoint, Planned, Preview, planned, preview, preview_of
from .progress import PlanProgress, StratumProgress, progress_of, progress_of_plans

__all__ = [
    "CONTENT",
    "Counted",
    "CurvePoint",
    "PlanProgress",
    "Planned",
    "Preview",
    "Redraw",
    "StratumProgress",
    "counted_frame",
    "drawn_rows",
    "earlier_reviews",
    "facts_of",
    "frame_of",
    "frame_of_plan",
    "known_values",
    "label_of",
    "latest_draw",
    "layers_of",
    "next_code",
    "plan_by_code",
    "planned",
    "plans",
    "preview",
    "preview_of",
    "progress_of",
    "progress_of_plans",
    "rates_of",
    "redraw",
    "sample_digest",
    "settled_by_stratum",
    "strata_of",
    "verified",
    "words_of",
]
