"""The reviews' words in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assay.rooms.decisions.terms import ItemType, Outcome
from assay.rooms.policies.labels import ERROR_CLASSES, SEVERITIES

from .terms import Confidence, Judgement, Round, SettledBy, TaskState

Words = str | Promise

# Every outcome a log may hold, and under the same words the nine a reviewer can choose.
OUTCOMES: dict[str, Words] = {
    Outcome.APPROVE: pgettext_lazy("outcome", "Approve"),
    Outcome.NO_ACTION: pgettext_lazy("outcome", "No action"),
    Outcome.REJECT: pgettext_lazy("outcome", "Reject"),
    Outcome.REMOVE: pgettext_lazy("outcome", "Reject or remove"),
    Outcome.DELIST: pgettext_lazy("outcome", "Delist"),
    Outcome.RESTRICT_VISIBILITY: pgettext_lazy("outcome", "Restrict visibility"),
    Outcome.AGE_GATE: pgettext_lazy("outcome", "Limit by age"),
    Outcome.LABEL: pgettext_lazy("outcome", "Add a label"),
    Outcome.WARN: pgettext_lazy("outcome", "Warn"),
    Outcome.SUSPEND_FEATURE: pgettext_lazy("outcome", "Suspend a feature"),
    Outcome.SUSPEND_ACCOUNT: pgettext_lazy("outcome", "Suspend the account"),
    Outcome.TERMINATE_ACCOUNT: pgettext_lazy("outcome", "Close the account"),
    Outcome.INTERRUPT_LIVE: pgettext_lazy("outcome", "Interrupt the livestream"),
    Outcome.HOLD: pgettext_lazy("outcome", "Hold"),
    Outcome.ESCALATE: pgettext_lazy("outcome", "Escalate"),
}
JUDGEMENTS: dict[str, Words] = {
    Judgement.DECIDED: _("An action is due"),
    Judgement.AMBIGUOUS: _("The policy line leaves it open"),
    Judgement.POLICY_GAP: _("No policy line covers it"),
    Judgement.TECHNICAL: _("Right on what was shown; the system failed"),
    Judgement.CHANGED: _("The item changed after the decision"),
    Judgement.NOT_REVIEWABLE: _("It cannot be reviewed"),
}
CONFIDENCES: dict[str, Words] = {
    Confidence.LOW: pgettext_lazy("confidence", "Low"),
    Confidence.MEDIUM: pgettext_lazy("confidence", "Medium"),
    Confidence.HIGH: pgettext_lazy("confidence", "High"),
}
ITEM_TYPES: dict[str, Words] = {
    ItemType.LISTING: pgettext_lazy("item type", "Listing"),
    ItemType.PRODUCT_VIDEO: pgettext_lazy("item type", "Product video"),
    ItemType.LIVESTREAM: pgettext_lazy("item type", "Livestream"),
    ItemType.LIVE_SEGMENT: pgettext_lazy("item type", "Segment of a livestream"),
    ItemType.REVIEW: pgettext_lazy("item type", "Product review"),
    ItemType.COMMENT: pgettext_lazy("item type", "Comment"),
    ItemType.SELLER_ACCOUNT: pgettext_lazy("item type", "Seller account"),
    ItemType.CREATOR_ACCOUNT: pgettext_lazy("item type", "Creator account"),
    ItemType.AD: pgettext_lazy("item type", "Advertisement"),
    ItemType.IMAGE: pgettext_lazy("item type", "Image"),
    ItemType.SHOP_PAGE: pgettext_lazy("item type", "Shop page"),
    ItemType.DOCUMENT: pgettext_lazy("item type", "Document"),
}
CONTEXT: dict[str, Words] = {
    "category_path": _("Category"),
    "price": _("Price"),
    "currency": _("Currency"),
}
ROUNDS: dict[str, Words] = {
    Round.FIRST: _("First reviews"),
    Round.SECOND: _("Second reviews"),
    Round.ADJUDICATION: _("Rulings"),
}
TASK_STATES: dict[str, Words] = {
    TaskState.OPEN: pgettext_lazy("task", "Open"),
    TaskState.HELD: pgettext_lazy("task", "In hand"),
    TaskState.SUBMITTED: pgettext_lazy("task", "Submitted"),
    TaskState.VOID: pgettext_lazy("task", "Closed"),
}
SETTLED_BY: dict[str, Words] = {
    SettledBy.SINGLE: _("One review"),
    SettledBy.AGREEMENT: _("Two reviews that agree"),
    SettledBy.ADJUDICATION: _("A ruling"),
}
AUDIT_KINDS: dict[str, Words] = {
    "reviews.tasks_opened": _("Reviews of a draw opened"),
    "reviews.task_claimed": _("Review taken"),
    "reviews.task_skipped": _("Review skipped"),
    "reviews.case_known": _("Review given back: case known"),
    "reviews.verdict_submitted": _("Verdict submitted"),
    "reviews.verdict_withdrawn": _("Verdict taken back"),
    "reviews.case_ruled": _("Disagreement ruled on"),
    "reviews.settled": _("Reviews settled"),
    "reviews.case_seen": _("First decisions seen"),
    "reviews.round_closed": _("Reviews of a round closed"),
    "reviews.reference_loaded": _("Reference verdicts loaded"),
}

__all__ = ["ERROR_CLASSES", "SEVERITIES"]


def result_label(*, outcome: str, judgement: str) -> str:
    """Name what a verdict says: its action, or why there is none."""
    return str(OUTCOMES.get(outcome, outcome)) if outcome else str(JUDGEMENTS.get(judgement, judgement))
