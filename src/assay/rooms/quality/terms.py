"""The words of quality: what is measured, over which decisions, cut by what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class MeasureCode(StrEnum):
    DECISION_ACCURACY = "decision_accuracy"
    ERROR_RATE = "error_rate"
    OVER_ENFORCEMENT = "over_enforcement"
    UNDER_ENFORCEMENT = "under_enforcement"
    WRONG_POLICY = "wrong_policy"
    WRONG_ACTION = "wrong_action"
    TECHNICAL = "technical_error"
    AMBIGUITY = "ambiguity"
    OVERTURN = "overturn"
    AGREEMENT = "auditor_agreement"
    AGREEMENT_ON_ERRORS = "agreement_on_errors"
    AGREEMENT_AC1 = "agreement_ac1"


class Basis(StrEnum):
    """What a measure is computed from. A figure has one basis: they never mix."""

    SAMPLE = "sample"
    DOUBLES = "doubles"
    LOG = "log"


class Population(StrEnum):
    """The decisions a measure is about, told by the first decision alone, so known for the whole log."""

    ALL = "all"
    ENFORCING = "enforcing"
    LEFT_UP = "left_up"


class Better(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"


class Cut(StrEnum):
    """What a figure may be cut by. A single maker is not among them: people are compared by funnel."""

    SITE = "site"
    TEAM = "team"
    VENDOR = "vendor"
    MARKET = "market"
    LANGUAGE = "language"
    ITEM_TYPE = "item_type"
    QUEUE = "queue"
    POLICY = "policy"
    OUTCOME = "outcome"
    MAKER_TYPE = "maker_type"
    WEEK = "week"
    TENURE = "tenure"


class Weight(StrEnum):
    """Each decision counts once, or as often as its item was seen."""

    DECISIONS = "decisions"
    EXPOSURE = "exposure"


class Tenure(StrEnum):
    """How long the maker had been deciding, in days."""

    UNDER_30 = "0-29"
    UNDER_90 = "30-89"
    UNDER_365 = "90-364"
    FROM_365 = "365+"
    UNKNOWN = ""


# Last day of each band but the open one.
TENURE_EDGES = (30, 90, 365)
# Below this many reviews a group is shown, but not compared.
FEWEST_REVIEWS = 30
# Filters that every page offers in its form; an address may hold any cut, as links from a figure do.
FORM_FILTERS = (Cut.SITE, Cut.MARKET, Cut.POLICY, Cut.LANGUAGE, Cut.ITEM_TYPE, Cut.QUEUE, Cut.MAKER_TYPE)
# What the rows behind a cell or a person are narrowed by, on top of the cuts.
ROW_FILTERS = ("maker", "first_action", "found_action", "first_policy", "found_policy")


class Comparison(StrEnum):
    """What two periods say of each other."""

    BETTER = "better"
    WORSE = "worse"
    NOT_SHOWN = "not_shown"
    NO_COMPARISON = "no_comparison"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which decisions a figure is about; the address of every page holds exactly this.

    Args:
        equals: Cut or row filter → values let through; one left out lets all through, "" stands for blank.
        start: First day, UTC.
        end: Last day, UTC, itself included.
        weight: How much each decision counts.
        compare: Whether the period before stands beside.
    """

    equals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    start: date | None = None
    end: date | None = None
    weight: Weight = Weight.DECISIONS
    compare: bool = True


class Side(StrEnum):
    """What is set against what: the kind of action, or the policy it rests on."""

    ACTION = "action"
    POLICY = "policy"


class Cells(StrEnum):
    """Shares of the row as in all decisions, or as in the sample itself."""

    WEIGHTED = "weighted"
    COUNTED = "counted"
