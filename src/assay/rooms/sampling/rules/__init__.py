"""What a plan says, what may be done with it, and how many reviews it takes. No Django, no log."""

from ..terms import EXPECTED_DISAGREEMENT_SHARE as DISAGREEMENT
from .checks import (
    check_can_discard,
    check_can_extend,
    check_can_freeze,
    check_code,
    check_frame,
    check_plan,
    check_sample_size,
    check_targets_reached,
    check_typed_name,
)
from .planning import (
    Forecast,
    History,
    PlannedDomain,
    expected_rates,
    extended_sizes,
    fewest_reviews,
    forecast,
    precision_of,
    reviews_for_hours,
    workload,
)
from .values import Design, Population, Target, Workload

__all__ = [
    "DISAGREEMENT",
    "Design",
    "Forecast",
    "History",
    "PlannedDomain",
    "Population",
    "Target",
    "Workload",
    "check_can_discard",
    "check_can_extend",
    "check_can_freeze",
    "check_code",
    "check_frame",
    "check_plan",
    "check_sample_size",
    "check_targets_reached",
    "check_typed_name",
    "expected_rates",
    "extended_sizes",
    "fewest_reviews",
    "forecast",
    "precision_of",
    "reviews_for_hours",
    "workload",
]
