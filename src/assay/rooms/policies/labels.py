"""The policies' words in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .terms import AuditKind, DsaCategory, ErrorClass, Severity, Show

Words = str | Promise

SEVERITIES: dict[Severity, Words] = {
    Severity.MINOR: pgettext_lazy("severity", "Minor"),
    Severity.MAJOR: pgettext_lazy("severity", "Major"),
    Severity.CRITICAL: pgettext_lazy("severity", "Critical"),
}

ERROR_CLASSES: dict[ErrorClass, Words] = {
    ErrorClass.OVER_ENFORCEMENT: _("Wrongly taken down"),
    ErrorClass.UNDER_ENFORCEMENT: _("Wrongly left up"),
    ErrorClass.WRONG_POLICY: _("Wrong policy"),
    ErrorClass.WRONG_ACTION: _("Wrong action"),
    ErrorClass.TECHNICAL: _("Technical error"),
    ErrorClass.CORRECT: _("Correct"),
    ErrorClass.AMBIGUOUS: _("Ambiguous"),
    ErrorClass.POLICY_GAP: _("Policy gap"),
    ErrorClass.CHANGED: _("Changed after the decision"),
    ErrorClass.NOT_REVIEWABLE: _("Cannot be reviewed"),
}

DSA_CATEGORIES: dict[DsaCategory, Words] = {
    DsaCategory.ANIMAL_WELFARE: _("Animal welfare"),
    DsaCategory.CONSUMER_INFORMATION: _("Consumer information"),
    DsaCategory.CYBER_VIOLENCE: _("Cyber violence"),
    DsaCategory.CYBER_VIOLENCE_AGAINST_WOMEN: _("Cyber violence against women"),
    DsaCategory.DATA_PROTECTION: _("Data protection and privacy"),
    DsaCategory.ILLEGAL_OR_HARMFUL_SPEECH: _("Illegal or harmful speech"),
    DsaCategory.INTELLECTUAL_PROPERTY: _("Intellectual property"),
    DsaCategory.CIVIC_DISCOURSE: _("Civic discourse or elections"),
    DsaCategory.NOT_SPECIFIED_NOTICE: _("Not specified in the notice"),
    DsaCategory.OTHER_VIOLATION: _("Other breach of terms"),
    DsaCategory.PROTECTION_OF_MINORS: _("Protection of minors"),
    DsaCategory.PUBLIC_SECURITY: _("Risk for public security"),
    DsaCategory.SCAMS_AND_FRAUD: _("Scams and fraud"),
    DsaCategory.SELF_HARM: _("Self-harm"),
    DsaCategory.UNSAFE_PRODUCTS: _("Unsafe and prohibited products"),
    DsaCategory.VIOLENCE: _("Violence"),
}

AUDIT_KINDS: dict[AuditKind, Words] = {
    AuditKind.POLICY_CREATED: _("Policy created"),
    AuditKind.POLICY_EDITED: _("Policy edited"),
    AuditKind.POLICY_RETIRED: _("Policy retired"),
    AuditKind.CLAUSE_CREATED: _("Policy line created"),
    AuditKind.VERSION_PUBLISHED: _("Version of a policy line published"),
    AuditKind.TAXONOMY_LOADED: _("Default policies loaded"),
}

SHOWS: dict[Show, Words] = {
    Show.IN_USE: _("In use"),
    Show.UNTRANSLATED: _("Without a translation"),
    Show.PROPOSED: _("With a proposed version"),
    Show.RETIRED: _("Retired"),
    Show.ALL: pgettext_lazy("policies", "All"),
}

PARTS: dict[str, Words] = {
    "text": _("Text"),
    "breach": _("A breach is"),
    "no_breach": _("No breach is"),
}

LANGUAGES: dict[str, Words] = {"en": _("English"), "es": _("Spanish")}
