"""The room's words as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .terms import Density, Permission, QualificationKind, Role, Theme, UnitKind

Label = str | Promise
Word = TypeVar("Word", bound=str)

ROLES: dict[Role, Label] = {
    Role.PROGRAM_MANAGER: _("Program manager"),
    Role.QA_LEAD: _("QA lead"),
    Role.AUDITOR: _("Auditor"),
    Role.MODERATOR: _("Moderator"),
    Role.TRAINER: _("Trainer"),
    Role.SITE_LEAD: _("Site lead"),
    Role.COMPLIANCE: _("Compliance officer"),
    Role.ADMINISTRATOR: _("Administrator"),
}

PERMISSIONS: dict[Permission, Label] = {
    Permission.QUALITY_VIEW: _("See figures of quality"),
    Permission.PEOPLE_VIEW: _("See figures of people"),
    Permission.OWN_QUALITY_VIEW: _("See own quality"),
    Permission.PLANS_VIEW: _("See sampling plans"),
    Permission.PLANS_EDIT: _("Make and freeze sampling plans"),
    Permission.REVIEW: _("Review items"),
    Permission.ADJUDICATE: _("Rule on disagreements"),
    Permission.REVIEWS_VIEW: _("See the progress of reviews"),
    Permission.POLICIES_VIEW: _("Read policies"),
    Permission.POLICIES_EDIT: _("Edit and publish policies"),
    Permission.IMPORTS_VIEW: _("See imports"),
    Permission.IMPORTS_RUN: _("Import decisions"),
    Permission.AUDIT_VIEW: _("Read the audit log"),
    Permission.ORGANISATION_VIEW: _("See people and sites"),
    Permission.ORGANISATION_EDIT: _("Manage people, roles and sites"),
    Permission.TOKENS_OWN: _("Make own API tokens"),
    Permission.HEALTH_VIEW: _("See the health of the system"),
}

UNIT_KINDS: dict[UnitKind, Label] = {
    UnitKind.ORGANISATION: _("Organisation"),
    UnitKind.REGION: _("Region"),
    UnitKind.SITE: _("Site"),
    UnitKind.TEAM: _("Team"),
}

QUALIFICATION_KINDS: dict[QualificationKind, Label] = {
    QualificationKind.LANGUAGE: _("Language"),
    QualificationKind.POLICY: _("Policy"),
}

THEMES: dict[Theme, Label] = {
    Theme.SYSTEM: _("As the system"),
    Theme.LIGHT: _("Light"),
    Theme.DARK: _("Dark"),
}

DENSITIES: dict[Density, Label] = {
    Density.COMFORTABLE: _("Comfortable"),
    Density.COMPACT: _("Compact"),
}

AUDIT_KINDS: dict[str, Label] = {
    "organisation.vendor_created": _("Vendor added"),
    "organisation.unit_created": _("Site or team added"),
    "organisation.person_created": _("Person added"),
    "organisation.person_deactivated": _("Person deactivated"),
    "organisation.password_changed": _("Password changed"),
    "organisation.settings_changed": _("Settings changed"),
    "organisation.role_granted": _("Role granted"),
    "organisation.role_ended": _("Role ended"),
    "organisation.qualified": _("Qualification recorded"),
    "organisation.token_created": _("API token created"),
    "organisation.token_revoked": _("API token revoked"),
    "organisation.signed_in": _("Signed in"),
    "organisation.sessions_ended": _("Other sessions ended"),
}


def choices(labels: Mapping[Word, Label]) -> list[tuple[str, Label]]:
    """Offer labels in a form."""
    return [(str(word), label) for word, label in labels.items()]
