"""What a reviewer may see and do, and what a verdict means for the decision it meets."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from assay.rooms.decisions.terms import ENFORCING, FAMILY, ActionFamily, Outcome
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.policies.terms import ErrorClass, Severity

from .terms import (
    SEEN_BUT_MAY_RULE,
    BlindContent,
    CaseFacts,
    Confidence,
    DecisionFacts,
    JudgedItem,
    JudgedOn,
    Judgement,
    ReviewerFacts,
    Round,
    TaskEvent,
    TaskFacts,
    TaskState,
)

LEASE = timedelta(minutes=15)
UNDO_WINDOW = timedelta(seconds=10)
NOTE_LIMIT = 4000
KEY_LIMIT = 255

TRANSITIONS: dict[tuple[TaskState, TaskEvent], TaskState] = {
    (TaskState.OPEN, TaskEvent.CLAIM): TaskState.HELD,
    (TaskState.HELD, TaskEvent.TAKE_OVER): TaskState.HELD,
    (TaskState.HELD, TaskEvent.RENEW): TaskState.HELD,
    (TaskState.HELD, TaskEvent.RELEASE): TaskState.OPEN,
    (TaskState.HELD, TaskEvent.SUBMIT): TaskState.SUBMITTED,
    (TaskState.SUBMITTED, TaskEvent.UNDO): TaskState.HELD,
    (TaskState.OPEN, TaskEvent.CLOSE): TaskState.VOID,
    (TaskState.HELD, TaskEvent.CLOSE): TaskState.VOID,
}
FINAL_STATES = frozenset({TaskState.VOID})
# A submitted task rests; only its reviewer can take it back, for as long as undo lasts.
RESTING_STATES = frozenset({TaskState.SUBMITTED})
# A renewal is written into the lease alone: one entry a minute and person would bury the rest.
EVENT_AUDIT_KINDS: dict[TaskEvent, str] = {
    TaskEvent.CLAIM: "reviews.task_claimed",
    TaskEvent.TAKE_OVER: "reviews.task_claimed",
    TaskEvent.RELEASE: "reviews.task_skipped",
    TaskEvent.SUBMIT: "reviews.verdict_submitted",
    TaskEvent.UNDO: "reviews.verdict_withdrawn",
    TaskEvent.CLOSE: "reviews.round_closed",
}

# What a reviewer can choose, by key 1 to 9. The list never depends on the first decision.
CHOICES = (
    Outcome.APPROVE,
    Outcome.REMOVE,
    Outcome.RESTRICT_VISIBILITY,
    Outcome.AGE_GATE,
    Outcome.LABEL,
    Outcome.WARN,
    Outcome.SUSPEND_ACCOUNT,
    Outcome.INTERRUPT_LIVE,
    Outcome.ESCALATE,
)
WITHOUT_DECISION: dict[Judgement, ErrorClass] = {
    Judgement.AMBIGUOUS: ErrorClass.AMBIGUOUS,
    Judgement.POLICY_GAP: ErrorClass.POLICY_GAP,
    Judgement.TECHNICAL: ErrorClass.TECHNICAL,
    Judgement.CHANGED: ErrorClass.CHANGED,
    Judgement.NOT_REVIEWABLE: ErrorClass.NOT_REVIEWABLE,
}
CONTEXT_FIELDS = ("category_path", "price", "currency")
DRAFT_FIELDS = ("choice", "line", "severity", "confidence", "note", "judged_on")


def _(sentence: str) -> str:
    """Mark a sentence for translation; it is translated where it is shown."""
    return sentence


def blind_projection(row: Mapping[str, Any]) -> BlindContent:
    """Return what a reviewer may know of a decision-log row: its content, and nothing of what became of it.

    The only way from the log to a reviewer. Whatever is not named here, now or in a later log, stays behind.
    """
    translation = _words(row.get("content_translation"))
    return BlindContent(
        item_type=_words(row.get("item_type")),
        market=_words(row.get("market")),
        language=_words(row.get("content_language")),
        title=_words(row.get("content_title")),
        text=_words(row.get("content_text")),
        translation={"text": translation, "language": _words(row.get("translation_language")) or "en"}
        if translation
        else {},
        context={name: _words(row.get(name)) for name in CONTEXT_FIELDS if _words(row.get(name))},
        is_graphic=bool(row.get("is_graphic")),
        content_hash=content_mark(
            content_hash=_words(row.get("content_hash")), decision_key=_words(row.get("decision_key"))
        ),
    )


def content_mark(*, content_hash: str, decision_key: str) -> str:
    """Return what stands for the content: its hash, or one of the decision's key where the log has none."""
    return content_hash or hashlib.sha256(decision_key.encode()).hexdigest()


def classify(*, decision: DecisionFacts, judged: JudgedItem) -> ErrorClass:
    """Return what a verdict makes of the decision it meets.

    Outcomes are compared by what they do to the content (`FAMILY`), so that "reject" before publication
    and "remove" after it are the same. A policy is compared only where both name one.
    """
    if judged.judgement != Judgement.DECIDED:
        return WITHOUT_DECISION[judged.judgement]
    was, due = FAMILY[Outcome(decision.outcome)], FAMILY[Outcome(judged.outcome)]
    if was in ENFORCING and due in ENFORCING and _cite_another_policy(decision, judged):
        return ErrorClass.WRONG_POLICY
    if was == due:
        return ErrorClass.CORRECT
    if was in ENFORCING and due == ActionFamily.LEAVE:
        return ErrorClass.OVER_ENFORCEMENT
    if was == ActionFamily.LEAVE and due in ENFORCING:
        return ErrorClass.UNDER_ENFORCEMENT
    return ErrorClass.WRONG_ACTION


def _cite_another_policy(decision: DecisionFacts, judged: JudgedItem) -> bool:
    return bool(decision.policy and judged.policy) and decision.policy != judged.policy


def next_state(state: TaskState, event: TaskEvent) -> TaskState:
    """Return the state a task comes to.

    Raises:
        Refusal: The event does not happen to a task in this state.
    """
    try:
        return TRANSITIONS[TaskState(state), event]
    except KeyError:
        raise Refusal(
            "reviews.wrong_state",
            _("This task is {state}, so this cannot be done with it. Go back to your work."),
            facts={"state": str(state), "event": str(event)},
        ) from None


def check_eligible(reviewer: ReviewerFacts, case: CaseFacts) -> None:
    """Raise a refusal unless the person may judge the case with an open mind and in its language."""
    if case.language and case.language not in reviewer.languages:
        raise Refusal(
            "reviews.language",
            _("This item is in “{language}”, for which there is no qualification. Ask your lead to add it."),
            facts={"language": case.language},
            status=403,
        )
    if reviewer.moderator_ref and case.maker == reviewer.moderator_ref:
        raise Refusal("reviews.own_decision", _("Nobody reviews a decision of their own."), status=403)
    if reviewer.team and case.team == reviewer.team:
        raise Refusal("reviews.own_team", _("Nobody reviews a decision of their own team."), status=403)
    if reviewer.person in case.reviewed_by:
        raise Refusal("reviews.already_reviewed", _("Nobody reviews the same item twice."), status=403)
    if case.seen_how and not (case.round == Round.ADJUDICATION and case.seen_how in SEEN_BUT_MAY_RULE):
        raise Refusal(
            "reviews.not_blind",
            _("This content was seen outside a blind review, so another person judges it. Nothing is lost."),
            facts={"how": case.seen_how},
            status=403,
        )


def is_eligible(reviewer: ReviewerFacts, case: CaseFacts) -> bool:
    try:
        check_eligible(reviewer, case)
    except Refusal:
        return False
    return True


def check_can_submit(task: TaskFacts, *, person: int, fencing_token: int) -> None:
    """Raise a refusal unless the person holds the task under this very token.

    The token decides and not the clock: a lease that ran out while nobody else took the item costs nothing.
    """
    check_holds(task, person=person, fencing_token=fencing_token)
    next_state(task.state, TaskEvent.SUBMIT)


def check_holds(task: TaskFacts, *, person: int, fencing_token: int) -> None:
    if task.state == TaskState.SUBMITTED and task.holder == person:
        raise Refusal(
            "reviews.already_submitted",
            _("This item was already submitted, perhaps in another tab. Your text is kept as a draft."),
        )
    if task.state != TaskState.HELD or task.holder != person or task.fencing_token != fencing_token:
        raise Refusal(
            "reviews.lease_lost",
            _("This item went to someone else after 15 minutes away. Your text is kept as a draft."),
        )


def check_can_undo(*, submitted_at: datetime, is_settled: bool, at: datetime) -> None:
    if is_settled or at - submitted_at > UNDO_WINDOW:
        raise Refusal(
            "reviews.undo_over",
            _("A review can be taken back for {seconds} seconds. This one now stands."),
            facts={"seconds": int(UNDO_WINDOW.total_seconds())},
        )


def check_judged(judged: JudgedItem, *, round: Round = Round.FIRST) -> JudgedItem:
    """Return the verdict with its text in normal form.

    Raises:
        Refusal: It is not a whole verdict; `field` says what is missing.
    """
    _check_word(judged.judgement, Judgement, "judgement")
    _check_word(judged.judged_on, JudgedOn, "judged_on")
    _check_word(judged.confidence, Confidence, "confidence", may_be_blank=True)
    _check_word(judged.severity, Severity, "severity", may_be_blank=True)
    note = check_note(judged.note)
    _check_decision(judged)
    if judged.judgement == Judgement.NOT_REVIEWABLE and not note.strip():
        raise _incomplete("note", _("Say in the note why the item cannot be reviewed."))
    if round == Round.ADJUDICATION and not note.strip():
        raise _incomplete("note", _("Give the reason for the ruling; both reviewers will read it."))
    if not 0 <= judged.active_seconds < 86_400:
        raise _incomplete("active_seconds", _("The time on the item must lie between 0 and 86,400 seconds."))
    return replace(judged, note=note)


def _check_decision(judged: JudgedItem) -> None:
    if judged.judgement != Judgement.DECIDED:
        if judged.outcome:
            raise _incomplete("outcome", _("Choose either an action or a reason why none can be chosen."))
        if judged.judgement == Judgement.AMBIGUOUS and not judged.policy:
            raise _incomplete("line", _("Choose the policy line that leaves the case open."))
        return
    if not judged.outcome:
        raise _incomplete("outcome", _("Choose an action."))
    _check_word(judged.outcome, Outcome, "outcome")
    if FAMILY[Outcome(judged.outcome)] in ENFORCING and not judged.policy:
        raise _incomplete("line", _("Choose the policy line on which this action rests."))
    if FAMILY[Outcome(judged.outcome)] == ActionFamily.LEAVE and judged.policy:
        raise _incomplete(
            "line", _("Leaving content up cites no policy line. Clear the line or choose another action.")
        )


def check_note(note: str) -> str:
    """Return the note in normal form (NFC).

    Raises:
        Refusal: It is too long, or holds a control character other than tab and newline.
    """
    normal = unicodedata.normalize("NFC", note.replace("\r\n", "\n").replace("\r", "\n"))
    if len(normal) > NOTE_LIMIT:
        raise Refusal(
            "reviews.note_too_long",
            _("The note has {length} characters; {limit} fit. Shorten it."),
            facts={"length": len(normal), "limit": NOTE_LIMIT},
            field="note",
            status=422,
        )
    for place, sign in enumerate(normal, start=1):
        if unicodedata.category(sign) == "Cc" and sign not in "\t\n":
            raise Refusal(
                "reviews.note_control",
                _("The note has an invisible control character (U+{code}) at place {place}. Remove it."),
                facts={"code": f"{ord(sign):04X}", "place": place},
                field="note",
                status=422,
            )
    return normal


def clean_draft(content: Mapping[str, Any]) -> dict[str, str]:
    """Return a draft's known fields as text; a draft may be unfinished, but not grow without end."""
    return {name: str(content.get(name) or "")[:NOTE_LIMIT] for name in DRAFT_FIELDS}


def request_digest(*, task_id: str, reviewer: int, judged: JudgedItem) -> str:
    """Return what tells a repeated request from another one under the same key."""
    body = {"task": task_id, "reviewer": reviewer, **asdict(judged)}
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def check_key(key: str) -> None:
    if not 1 <= len(key) <= KEY_LIMIT:
        raise Refusal(
            "reviews.key_length",
            _("The idempotency key must have 1 to {limit} characters, got {length}."),
            facts={"limit": KEY_LIMIT, "length": len(key)},
            status=400,
        )


def language_of(tag: str) -> str:
    """Return the main language of a tag: "es" for "es-MX"."""
    return tag.replace("_", "-").split("-", maxsplit=1)[0].lower()


def task_diagram() -> str:
    """Return the life of a task as a Mermaid diagram, drawn from the table that runs it."""
    lines = ["stateDiagram-v2", f"    [*] --> {TaskState.OPEN}"]
    lines += [f"    {old} --> {new}: {event}" for (old, event), new in TRANSITIONS.items()]
    lines += [f"    {state} --> [*]" for state in sorted(FINAL_STATES | RESTING_STATES)]
    return "\n".join(lines)


def _check_word(value: str, words: type[StrEnum], field: str, *, may_be_blank: bool = False) -> None:
    if value in set(words) or (may_be_blank and value == ""):
        return
    raise Refusal(
        "reviews.unknown_word",
        _("“{value}” is not a value of {field}; use one of: {words}."),
        facts={"value": str(value)[:60], "field": field, "words": ", ".join(words)},
        field=field,
        status=422,
    )


def _incomplete(field: str, message: str) -> Refusal:
    return Refusal("reviews.incomplete", message, facts={"field": field}, field=field, status=422)


def _words(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else str(value)
