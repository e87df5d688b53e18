"""The words of sampling in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assay.rooms.decisions.labels import ENQUEUE_SOURCES, FIELDS, ITEM_TYPES, MAKER_TYPES, OUTCOMES
from assay.rooms.decisions.terms import ActionFamily
from assay.rooms.policies.labels import SEVERITIES

from .terms import PlanState

Label = str | Promise

STATES: dict[PlanState, Label] = {
    PlanState.DRAFT: _("Draft"),
    PlanState.FROZEN: _("Frozen"),
    PlanState.CLOSED: _("Closed"),
}

FAMILIES: dict[str, Label] = {
    str(ActionFamily.LEAVE): _("Leaves it up"),
    str(ActionFamily.RESTRICT): _("Restricts it"),
    str(ActionFamily.REMOVE): _("Takes it down"),
    str(ActionFamily.ACCOUNT): _("Acts on the account"),
    str(ActionFamily.UNDECIDED): _("Leaves it undecided"),
    "": _("All actions"),
}

AUDIT_KINDS: dict[str, Label] = {
    "sampling.plan_created": _("Sampling plan created"),
    "sampling.plan_discarded": _("Draft of a sampling plan discarded"),
    "sampling.plan_frozen": _("Sample drawn and frozen"),
    "sampling.plan_extended": _("Sample extended"),
}

# Values of these columns have names; those of the others are the company's own codes.
_VALUES: dict[str, dict[str, Label]] = {
    "outcome": {str(k): v for k, v in OUTCOMES.items()},
    "item_type": {str(k): v for k, v in ITEM_TYPES.items()},
    "maker_type": {str(k): v for k, v in MAKER_TYPES.items()},
    "enqueue_source": {str(k): v for k, v in ENQUEUE_SOURCES.items()},
    "severity": {str(k): v for k, v in SEVERITIES.items()},
}


def column_label(column: str) -> str:
    """Name a column of the log."""
    return str(FIELDS[column])


def value_label(column: str, value: str) -> str:
    """Name a value of a column of the log."""
    if not value:
        return str(_("Not stated"))
    return str(_VALUES.get(column, {}).get(value, value))
