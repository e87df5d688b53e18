"""The words of reviewing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Round(StrEnum):
    FIRST = "first"
    SECOND = "second"
    ADJUDICATION = "adjudication"


class TaskState(StrEnum):
    OPEN = "open"
    HELD = "held"
    SUBMITTED = "submitted"
    VOID = "void"


class TaskEvent(StrEnum):
    """What can happen to a task; `rules.TRANSITIONS` says from where and to where."""

    CLAIM = "claim"
    TAKE_OVER = "take_over"
    RENEW = "renew"
    RELEASE = "release"
    SUBMIT = "submit"
    UNDO = "undo"
    CLOSE = "close"


class Judgement(StrEnum):
    """What the reviewer says about the item itself; the error class follows when it meets the decision."""

    DECIDED = "decided"
    AMBIGUOUS = "ambiguous"
    POLICY_GAP = "policy_gap"
    TECHNICAL = "technical"
    CHANGED = "changed"
    NOT_REVIEWABLE = "not_reviewable"


class Confidence(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class JudgedOn(StrEnum):
    ORIGINAL = "original"
    TRANSLATION = "translation"


class SettledBy(StrEnum):
    SINGLE = "single"
    AGREEMENT = "agreement"
    ADJUDICATION = "adjudication"


class SeenHow(StrEnum):
    """How a person came to meet content before reviewing it."""

    SKIPPED = "skipped"
    KNOWN = "known"
    DISAGREEMENT = "disagreement"
    SETTLED = "settled"
    ROWS = "rows"


# Opening a disagreement shows verdicts, not the first decision: it bars from review, not from ruling.
SEEN_BUT_MAY_RULE = frozenset({SeenHow.DISAGREEMENT})

AUDIT_KINDS = (
    "reviews.tasks_opened",
    "reviews.task_claimed",
    "reviews.task_skipped",
    "reviews.case_known",
    "reviews.verdict_submitted",
    "reviews.verdict_withdrawn",
    "reviews.case_ruled",
    "reviews.settled",
    "reviews.case_seen",
    "reviews.round_closed",
    "reviews.reference_loaded",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedItem:
    """One verdict, from whomever it comes: reviewer, adjudicator, reference file or machine."""

    judgement: Judgement = Judgement.DECIDED
    outcome: str = ""
    policy: str = ""
    clause_version: int | None = None
    severity: str = ""
    confidence: str = ""
    note: str = ""
    judged_on: str = JudgedOn.ORIGINAL
    active_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFacts:
    """What the first decision was, as far as a verdict is compared with it."""

    outcome: str
    policy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindContent:
    """All that a reviewer may know of a decision. A field that is not here cannot reach a page."""

    item_type: str
    market: str
    language: str
    title: str
    text: str
    translation: dict[str, str] = field(default_factory=dict)
    context: dict[str, str] = field(default_factory=dict)
    is_graphic: bool = False
    content_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerFacts:
    """What decides whether a person may review something."""

    person: int
    moderator_ref: str = ""
    team: str = ""
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What a person must have nothing to do with in order to review it."""

    language: str = ""
    maker: str = ""
    team: str = ""
    round: Round = Round.FIRST
    reviewed_by: frozenset[int] = frozenset()
    seen_how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    state: TaskState
    holder: int | None
    fencing_token: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A task in somebody's hands: hand the token in with the verdict."""

    task_id: UUID
    fencing_token: int
    lease_until: datetime
    is_resumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceLoad:
    """What came of a file of reference verdicts: rows = recorded + repeated + not in the sample."""

    recorded: int
    repeated: int
    not_sampled: int
