"""The words of sampling."""

from enum import StrEnum


class Purpose(StrEnum):
    ESTIMATION = "estimation"


class Lane(StrEnum):
    """Where a reviewed decision comes from. Lanes are never mixed in one estimate."""

    RANDOM = "random"
    TARGETED = "targeted"
    GOLD = "gold"
    DISPUTE = "dispute"


class PlanState(StrEnum):
    DRAFT = "draft"
    FROZEN = "frozen"
    CLOSED = "closed"


# Dimensions that may be reported on, and so drawn apart; the others have too many values, or tell the decision.
DOMAINS = ("site", "team", "vendor", "market", "content_language", "item_type", "queue", "maker_type")
# Dimensions by which the population may be narrowed.
FILTERS = (*DOMAINS, "outcome", "policy", "severity", "enqueue_source")

# Two auditors differ on about this share of the decisions both review; each such pair is ruled on by a third.
EXPECTED_DISAGREEMENT_SHARE = 0.08
# Error rate expected where there is neither a score nor an earlier review.
UNKNOWN_ERROR_RATE = 0.05
# Under this nobody's own figure is shown.
FEWEST_REVIEWS_OF_A_PERSON = 30
FIRST_CYCLE_FLOOR = 0.30
USUAL_FLOOR = 0.10
MOST_BANDS = 12
LARGEST_SAMPLE = 200_000

AUDIT_KINDS = (
    "sampling.plan_created",
    "sampling.plan_discarded",
    "sampling.plan_frozen",
    "sampling.plan_extended",
)
