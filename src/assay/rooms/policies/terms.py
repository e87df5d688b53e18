"""The words of the policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LANGUAGES = ("en", "es")


class Severity(StrEnum):
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class ErrorClass(StrEnum):
    """What a settled review says of a decision. The first five are errors; the rest are not the moderator's."""

    OVER_ENFORCEMENT = "over_enforcement"
    UNDER_ENFORCEMENT = "under_enforcement"
    WRONG_POLICY = "wrong_policy"
    WRONG_ACTION = "wrong_action"
    TECHNICAL = "technical_error"
    CORRECT = "correct"
    AMBIGUOUS = "ambiguous"
    POLICY_GAP = "policy_gap"
    CHANGED = "changed_after_decision"
    NOT_REVIEWABLE = "not_reviewable"


ERRORS = frozenset(
    {
        ErrorClass.OVER_ENFORCEMENT,
        ErrorClass.UNDER_ENFORCEMENT,
        ErrorClass.WRONG_POLICY,
        ErrorClass.WRONG_ACTION,
        ErrorClass.TECHNICAL,
    }
)
# Charged to the clause, not to the person: they count as judged, and as no error.
NOT_THE_MODERATORS = frozenset({ErrorClass.AMBIGUOUS, ErrorClass.POLICY_GAP})
# No judgement could be made: they leave the estimate as non-response.
UNJUDGED = frozenset({ErrorClass.CHANGED, ErrorClass.NOT_REVIEWABLE})


class AuditKind(StrEnum):
    POLICY_CREATED = "policies.policy_created"
    POLICY_EDITED = "policies.policy_edited"
    POLICY_RETIRED = "policies.policy_retired"
    CLAUSE_CREATED = "policies.clause_created"
    VERSION_PUBLISHED = "policies.version_published"
    TAXONOMY_LOADED = "policies.taxonomy_loaded"


AUDIT_KINDS = tuple(AuditKind)


class DsaCategory(StrEnum):
    """The statement categories of the DSA Transparency Database, without their common prefix."""

    ANIMAL_WELFARE = "ANIMAL_WELFARE"
    CONSUMER_INFORMATION = "CONSUMER_INFORMATION"
    CYBER_VIOLENCE = "CYBER_VIOLENCE"
    CYBER_VIOLENCE_AGAINST_WOMEN = "CYBER_VIOLENCE_AGAINST_WOMEN"
    DATA_PROTECTION = "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS"
    ILLEGAL_OR_HARMFUL_SPEECH = "ILLEGAL_OR_HARMFUL_SPEECH"
    INTELLECTUAL_PROPERTY = "INTELLECTUAL_PROPERTY_INFRINGEMENTS"
    CIVIC_DISCOURSE = "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS"
    NOT_SPECIFIED_NOTICE = "NOT_SPECIFIED_NOTICE"
    OTHER_VIOLATION = "OTHER_VIOLATION_TC"
    PROTECTION_OF_MINORS = "PROTECTION_OF_MINORS"
    PUBLIC_SECURITY = "RISK_FOR_PUBLIC_SECURITY"
    SCAMS_AND_FRAUD = "SCAMS_AND_FRAUD"
    SELF_HARM = "SELF_HARM"
    UNSAFE_PRODUCTS = "UNSAFE_AND_PROHIBITED_PRODUCTS"
    VIOLENCE = "VIOLENCE"


Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseView:
    """A clause as it read in one market at one moment; texts are {"en": …, "es": …}.

    `id` is that of the version, so that a verdict can name the exact text it rests on.
    """

    id: int
    code: str
    policy: str
    policy_name: Texts
    title: Texts
    text: Texts
    breach: Texts
    no_breach: Texts
    severity: str
    number: int
    market: str
    is_graphic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One version of a clause, with what is needed to list, show and compare it."""

    id: int
    number: int
    market: str
    text: Texts
    breach: Texts
    no_breach: Texts
    severity: str
    effective_from: datetime
    effective_until: datetime | None
    published_at: datetime
    reason: str
    is_in_force: bool
    missing_languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseNode:
    """A clause in the reader's language, with its versions from newest to oldest."""

    code: str
    title: str
    titles: Texts
    versions: tuple[VersionView, ...]

    @property
    def in_force(self) -> tuple[VersionView, ...]:
        return tuple(version for version in self.versions if version.is_in_force)

    @property
    def proposed_count(self) -> int:
        """Versions published but not yet in force."""
        newest = {version.market: version.number for version in self.in_force}
        return sum(1 for version in self.versions if version.number > newest.get(version.market, 0))

    @property
    def missing_languages(self) -> tuple[str, ...]:
        return tuple(lang for lang in LANGUAGES if any(lang in v.missing_languages for v in self.in_force))


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyNode:
    """A policy in the reader's language, with its clauses and the policies below it."""

    code: str
    name: str
    names: Texts
    description: str
    descriptions: Texts
    severity: str
    dsa_category: str
    is_graphic: bool
    retired_at: datetime | None
    parent: str
    clauses: tuple[ClauseNode, ...]
    children: tuple[PolicyNode, ...]

    @property
    def missing_count(self) -> int:
        """Clauses with a version in force that lacks a language."""
        return sum(1 for clause in self.clauses if clause.missing_languages)


def in_language(texts: Texts, language: str) -> str:
    """Return the text in `language`, or in English where it is missing."""
    return texts.get(language) or texts.get("en", "")


class Show(StrEnum):
    """Which policies the list shows."""

    IN_USE = "in_use"
    UNTRANSLATED = "untranslated"
    PROPOSED = "proposed"
    RETIRED = "retired"
    ALL = "all"
