"""The words of the organisation."""

from enum import StrEnum


class UnitKind(StrEnum):
    ORGANISATION = "organisation"
    REGION = "region"
    SITE = "site"
    TEAM = "team"


class Role(StrEnum):
    PROGRAM_MANAGER = "program_manager"
    QA_LEAD = "qa_lead"
    AUDITOR = "auditor"
    MODERATOR = "moderator"
    TRAINER = "trainer"
    SITE_LEAD = "site_lead"
    COMPLIANCE = "compliance"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    QUALITY_VIEW = "quality.view"
    PEOPLE_VIEW = "quality.people"
    OWN_QUALITY_VIEW = "quality.own"
    PLANS_VIEW = "sampling.view"
    PLANS_EDIT = "sampling.edit"
    REVIEW = "reviews.review"
    ADJUDICATE = "reviews.adjudicate"
    REVIEWS_VIEW = "reviews.view"
    POLICIES_VIEW = "policies.view"
    POLICIES_EDIT = "policies.edit"
    IMPORTS_VIEW = "decisions.view"
    IMPORTS_RUN = "decisions.import"
    AUDIT_VIEW = "audit.view"
    ORGANISATION_VIEW = "organisation.view"
    ORGANISATION_EDIT = "organisation.edit"
    TOKENS_OWN = "organisation.tokens"
    HEALTH_VIEW = "organisation.health"


class QualificationKind(StrEnum):
    LANGUAGE = "language"
    POLICY = "policy"


class Theme(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    COMFORTABLE = "comfortable"
    COMPACT = "compact"


GRANTS: dict[Role, frozenset[Permission]] = {
    Role.PROGRAM_MANAGER: frozenset(
        {
            Permission.QUALITY_VIEW,
            Permission.PEOPLE_VIEW,
            Permission.PLANS_VIEW,
            Permission.PLANS_EDIT,
            Permission.REVIEWS_VIEW,
            Permission.POLICIES_VIEW,
            Permission.POLICIES_EDIT,
            Permission.IMPORTS_VIEW,
            Permission.IMPORTS_RUN,
            Permission.AUDIT_VIEW,
            Permission.ORGANISATION_VIEW,
            Permission.TOKENS_OWN,
        }
    ),
    Role.QA_LEAD: frozenset(
        {
            Permission.QUALITY_VIEW,
            Permission.PEOPLE_VIEW,
            Permission.PLANS_VIEW,
            Permission.PLANS_EDIT,
            Permission.REVIEW,
            Permission.ADJUDICATE,
            Permission.REVIEWS_VIEW,
            Permission.POLICIES_VIEW,
            Permission.IMPORTS_VIEW,
            Permission.IMPORTS_RUN,
            Permission.ORGANISATION_VIEW,
            Permission.TOKENS_OWN,
        }
    ),
    Role.AUDITOR: frozenset({Permission.REVIEW, Permission.POLICIES_VIEW, Permission.TOKENS_OWN}),
    Role.MODERATOR: frozenset({Permission.OWN_QUALITY_VIEW, Permission.POLICIES_VIEW}),
    Role.TRAINER: frozenset({Permission.QUALITY_VIEW, Permission.POLICIES_VIEW, Permission.ORGANISATION_VIEW}),
    Role.SITE_LEAD: frozenset(
        {
            Permission.QUALITY_VIEW,
            Permission.PEOPLE_VIEW,
            Permission.PLANS_VIEW,
            Permission.POLICIES_VIEW,
            Permission.IMPORTS_VIEW,
            Permission.ORGANISATION_VIEW,
        }
    ),
    Role.COMPLIANCE: frozenset(
        {
            Permission.QUALITY_VIEW,
            Permission.POLICIES_VIEW,
            Permission.AUDIT_VIEW,
            Permission.ORGANISATION_VIEW,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.IMPORTS_VIEW,
            Permission.IMPORTS_RUN,
            Permission.POLICIES_VIEW,
            Permission.AUDIT_VIEW,
            Permission.ORGANISATION_VIEW,
            Permission.ORGANISATION_EDIT,
            Permission.TOKENS_OWN,
            Permission.HEALTH_VIEW,
        }
    ),
}
