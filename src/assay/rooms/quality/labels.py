"""The words of quality as people read them; Spanish comes from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assay.rooms.decisions.terms import AppealOutcome
from assay.rooms.policies.terms import ErrorClass
from assay.stats.control import Rule
from assay.stats.funnel import Position

from .terms import Basis, Cells, Comparison, Cut, MeasureCode, Population, Side, Tenure, Weight

MEASURES = {
    MeasureCode.DECISION_ACCURACY: _("Decision quality"),
    MeasureCode.ERROR_RATE: _("Error rate"),
    MeasureCode.OVER_ENFORCEMENT: _("Wrongly taken down"),
    MeasureCode.UNDER_ENFORCEMENT: _("Wrongly left up"),
    MeasureCode.WRONG_POLICY: _("Wrong policy"),
    MeasureCode.WRONG_ACTION: _("Wrong action"),
    MeasureCode.TECHNICAL: _("Technical error"),
    MeasureCode.AMBIGUITY: _("Ambiguous case or policy gap"),
    MeasureCode.OVERTURN: _("Overturned on appeal"),
    MeasureCode.AGREEMENT: _("Auditor agreement"),
    MeasureCode.AGREEMENT_ON_ERRORS: _("Auditor agreement on errors"),
    MeasureCode.AGREEMENT_AC1: _("Auditor agreement beyond chance (AC1)"),
}

DEFINITIONS = {
    MeasureCode.DECISION_ACCURACY: _(
        "Of all decisions, the share that the settled review found right. Ambiguous cases and policy gaps"
        " count as no error: they are charged to the clause, and shown apart."
    ),
    MeasureCode.ERROR_RATE: _("Of all decisions, the share that the settled review found to be an error."),
    MeasureCode.OVER_ENFORCEMENT: _(
        "Of the decisions that acted against the content, the share in which no action was due."
    ),
    MeasureCode.UNDER_ENFORCEMENT: _("Of the decisions that left the content up, the share in which action was due."),
    MeasureCode.WRONG_POLICY: _(
        "Of the decisions that acted against the content, the share in which action was due under another policy."
    ),
    MeasureCode.WRONG_ACTION: _(
        "Of the decisions that acted against the content, the share in which another kind of action was due."
    ),
    MeasureCode.TECHNICAL: _("Of all decisions, the share that was right on what was shown, while the system failed."),
    MeasureCode.AMBIGUITY: _(
        "Of all decisions, the share in which experts may differ or the policy is silent. No error of a person."
    ),
    MeasureCode.OVERTURN: _(
        "Of the appeals decided, the share in which the decision was overturned. Counted in full from the"
        " decision log. People choose what they appeal: it does not say how good all decisions are."
    ),
    MeasureCode.AGREEMENT: _(
        "Of the items that two auditors judged blind, the share on which both came to the same finding."
    ),
    MeasureCode.AGREEMENT_ON_ERRORS: _("When one auditor finds an error, how often the other one does too."),
    MeasureCode.AGREEMENT_AC1: _(
        "Agreement of two auditors on error or no error, less what chance alone would give (Gwet's AC1)."
    ),
}

FORMULAS = {
    MeasureCode.DECISION_ACCURACY: _("weighted (correct + ambiguous + policy gap) / weighted decisions judged"),
    MeasureCode.ERROR_RATE: _("weighted errors / weighted decisions judged"),
    MeasureCode.OVER_ENFORCEMENT: _("weighted wrongly actioned / weighted actioned"),
    MeasureCode.UNDER_ENFORCEMENT: _("weighted violating and left up / weighted left up"),
    MeasureCode.WRONG_POLICY: _("weighted wrong policy / weighted actioned"),
    MeasureCode.WRONG_ACTION: _("weighted wrong action / weighted actioned"),
    MeasureCode.TECHNICAL: _("weighted technical errors / weighted decisions judged"),
    MeasureCode.AMBIGUITY: _("weighted (ambiguous + policy gap) / weighted decisions judged"),
    MeasureCode.OVERTURN: _("appeals overturned / appeals decided"),
    MeasureCode.AGREEMENT: _("weighted pairs with the same finding / weighted pairs"),
    MeasureCode.AGREEMENT_ON_ERRORS: _("2 × both error / (2 × both error + one error)"),
    MeasureCode.AGREEMENT_AC1: _("(agreement − chance) / (1 − chance)"),
}

BASES = {
    Basis.SAMPLE: _("Settled reviews of the random sample"),
    Basis.DOUBLES: _("Settled double reviews of the random sample"),
    Basis.LOG: _("Decision log, counted in full"),
}

POPULATIONS = {
    Population.ALL: _("All decisions"),
    Population.ENFORCING: _("Decisions that acted against the content"),
    Population.LEFT_UP: _("Decisions that left the content up"),
}

CUTS = {
    Cut.SITE: _("Site"),
    Cut.TEAM: _("Team"),
    Cut.VENDOR: _("Vendor"),
    Cut.MARKET: _("Market"),
    Cut.LANGUAGE: _("Language"),
    Cut.ITEM_TYPE: _("Item type"),
    Cut.QUEUE: _("Queue"),
    Cut.POLICY: _("Policy"),
    Cut.OUTCOME: _("First decision"),
    Cut.MAKER_TYPE: _("Decided by"),
    Cut.WEEK: _("Week"),
    Cut.TENURE: _("Days in the work"),
}

TENURES = {
    Tenure.UNDER_30: _("0–29 days"),
    Tenure.UNDER_90: _("30–89 days"),
    Tenure.UNDER_365: _("90–364 days"),
    Tenure.FROM_365: _("365 days or more"),
    Tenure.UNKNOWN: _("Not known"),
}

WEIGHTS = {
    Weight.DECISIONS: _("Each decision counts once"),
    Weight.EXPOSURE: _("Weighted by exposure"),
}

OUTCOMES = {
    "approve": _("Approve"),
    "no_action": _("No action"),
    "reject": _("Reject"),
    "remove": _("Remove"),
    "delist": _("Delist"),
    "restrict_visibility": _("Restrict visibility"),
    "age_gate": _("Age limit"),
    "label": _("Warning label"),
    "warn": _("Warn the account"),
    "suspend_feature": _("Suspend a feature"),
    "suspend_account": _("Suspend the account"),
    "terminate_account": _("Close the account"),
    "interrupt_live": _("Interrupt the livestream"),
    "hold": _("Hold"),
    "escalate": _("Escalate"),
}

ITEM_TYPES = {
    "listing": _("Listing"),
    "product_video": _("Product video"),
    "livestream": _("Livestream"),
    "live_segment": _("Livestream segment"),
    "review": pgettext_lazy("item type", "Review"),
    "comment": _("Comment"),
    "seller_account": _("Seller account"),
    "creator_account": _("Creator account"),
    "ad": _("Advertisement"),
    "image": _("Image"),
    "shop_page": _("Shop page"),
    "document": _("Document"),
}

MAKER_TYPES = {
    "human": _("Person"),
    "rule": _("Rule"),
    "model": _("Model"),
    "human_assisted": _("Person with a model’s advice"),
    "human_overrode_model": _("Person against a model’s advice"),
}

ERROR_CLASSES = {
    ErrorClass.CORRECT: _("Coincides"),
    ErrorClass.OVER_ENFORCEMENT: _("Wrongly taken down"),
    ErrorClass.UNDER_ENFORCEMENT: _("Wrongly left up"),
    ErrorClass.WRONG_POLICY: _("Wrong policy"),
    ErrorClass.WRONG_ACTION: _("Wrong action"),
    ErrorClass.TECHNICAL: _("Technical error"),
    ErrorClass.AMBIGUOUS: _("Ambiguous"),
    ErrorClass.POLICY_GAP: _("Policy gap"),
    ErrorClass.CHANGED: _("Changed after the decision"),
    ErrorClass.NOT_REVIEWABLE: _("Not reviewable"),
}

FINDINGS = {str(found): label for found, label in ERROR_CLASSES.items()}

APPEALS: dict[str, object] = {
    AppealOutcome.UPHELD: _("Confirmed"),
    AppealOutcome.OVERTURNED: _("Overturned"),
}

METHODS = {
    "stratified": _("stratified expansion"),
    "domain": _("domain of a stratified sample"),
    "hajek": _("weighted mean (Hájek)"),
    "ratio": _("weighted ratio"),
    "census": _("counted in full"),
    "pairs": _("pairs of blind reviews, design weights"),
}

INTERVALS = {
    "wilson": _("Wilson interval"),
    "wilson_effective": _("Wilson interval on the effective n"),
    "clopper_pearson": _("Clopper–Pearson interval"),
    "korn_graubard": _("Korn–Graubard interval"),
    "hypergeometric": _("exact finite-population interval"),
    "census": _("no sampling error"),
    "student": _("Student interval"),
    "fieller": _("Fieller interval"),
    "newcombe": _("Newcombe interval of the difference"),
    "normal": _("linearised interval"),
    "credible": _("credible interval"),
}

REASONS = {
    "no_units": _("Nothing was reviewed"),
    "one_unit": _("A single review gives no interval"),
    "no_size": _("None of the items was seen by anyone"),
    "denominator_uncertain": _("The number of decisions is too uncertain"),
    "no_overlap": _("Nothing was reviewed by two people"),
    "no_variation": _("All reviews are alike"),
    "one_item": _("A single pair gives no interval"),
    "one_label": _("Only one finding is possible"),
    "label_unused": _("No auditor found an error"),
}

COMPARISONS = {
    Comparison.BETTER: _("Better than the period before"),
    Comparison.WORSE: _("Worse than the period before"),
    Comparison.NOT_SHOWN: _("No difference shown from the period before"),
    Comparison.NO_COMPARISON: _("No period before to compare with"),
}


FAMILIES = {
    "leave": _("Left up"),
    "restrict": _("Restricted"),
    "remove": _("Removed"),
    "account": _("Account action"),
    "undecided": _("Not decided"),
    "ambiguous": _("Ambiguous"),
    "policy_gap": _("Policy gap"),
    "technical": _("Technical error"),
}

ROW_FILTERS = {
    "maker": _("Decided by (pseudonym)"),
    "first_action": _("First decision"),
    "found_action": _("Review found"),
    "first_policy": _("First decision’s policy"),
    "found_policy": _("Policy the review found"),
}

RULES = {
    (Rule.BEYOND_LIMIT, True): _("above its upper limit"),
    (Rule.BEYOND_LIMIT, False): _("below its lower limit"),
    (Rule.EIGHT_ON_ONE_SIDE, True): _("above the centre for eight weeks in a row or more"),
    (Rule.EIGHT_ON_ONE_SIDE, False): _("below the centre for eight weeks in a row or more"),
}

LIMITS = {
    "binomial": _("exact binomial limits"),
    "laney": _("Laney p′ limits, since weeks vary more than chance"),
    "none": _("no limits before 12 weeks with reviews"),
}

POSITIONS = {
    Position.INSIDE: _("Within the limits"),
    Position.ABOVE: _("Above the 95 % limit"),
    Position.FAR_ABOVE: _("Above the 99.8 % limit"),
    Position.BELOW: _("Below the 95 % limit"),
    Position.FAR_BELOW: _("Below the 99.8 % limit"),
    Position.TOO_FEW: _("Not enough data"),
}

SIDES = {
    Side.ACTION: _("Kind of action"),
    Side.POLICY: _("Policy"),
}

CELLS = {
    Cells.WEIGHTED: _("Share of all decisions (weighted)"),
    Cells.COUNTED: _("Share of the sample (counted)"),
}

CELL_METHODS = {
    Cells.WEIGHTED: _(
        "Count: reviews. Share of the row: settled reviews of the random sample, weighted to all decisions,"
        " 95 % intervals"
    ),
    Cells.COUNTED: _("Count: reviews. Share of the row: of the sample itself, not weighted, 95 % Wilson intervals"),
}

SETTLED_BY = {
    "single": _("One review"),
    "agreement": _("Two reviews that agree"),
    "adjudication": _("Ruling on two reviews"),
}


def filter_label(name: str) -> str:
    """Name a filter in the reader's language."""
    return str(CUTS[Cut(name)] if name in set(Cut) else ROW_FILTERS[name])


def value_label(cut: str, value: str) -> str:
    """Name one value of a cut in the reader's language; codes of sites and queues stay as they are."""
    words: dict[str, Mapping[Any, object]] = {
        "outcome": OUTCOMES,
        "item_type": ITEM_TYPES,
        "maker_type": MAKER_TYPES,
        "tenure": TENURES,
        "first_action": FAMILIES,
        "found_action": FAMILIES,
        "first_policy": FAMILIES,
        "found_policy": FAMILIES,
    }
    known = words.get(cut, {}).get(value)
    if known is not None:
        return str(known)
    return value or str(_("Not stated"))
