"""What may be published, and what it does to the version before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assay.rooms.organisation.refusals import Refusal

from .terms import LANGUAGES, DsaCategory, Severity

_CODE = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*")
_MARKET = re.compile(r"[A-Z]{2}")
CODE_LENGTH = 40


def gettext_noop(message: str) -> str:
    """Mark a sentence for translation; rules know no Django, the sentence is translated at the edge."""
    return message


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedVersion:
    """What is known of a version already published for the same clause and market."""

    number: int
    effective_from: datetime


def check_code(code: str) -> None:
    """Refuse a code that is not capitals and digits, in groups joined by hyphens."""
    if len(code) > CODE_LENGTH or not _CODE.fullmatch(code):
        raise Refusal(
            "policies.bad_code",
            gettext_noop(
                "The code “{code}” cannot be used. Write capitals and digits joined by hyphens, such as IPR-2."
            ),
            facts={"code": code},
            field="code",
            status=422,
        )


def check_market(market: str) -> None:
    """Refuse a market that is neither empty (all markets) nor an ISO 3166 code."""
    if market and not _MARKET.fullmatch(market):
        raise Refusal(
            "policies.bad_market",
            gettext_noop(
                "“{market}” is not a market. Write two capitals such as MX, or leave it empty for all markets."
            ),
            facts={"market": market},
            field="market",
            status=422,
        )


def check_severity(severity: str) -> None:
    """Refuse a severity that is not one of the three."""
    if severity not in set(Severity):
        raise Refusal(
            "policies.bad_severity",
            gettext_noop("“{severity}” is not a severity. Choose minor, major or critical."),
            facts={"severity": severity},
            field="severity",
            status=422,
        )


def check_dsa_category(category: str) -> None:
    """Refuse a category the DSA Transparency Database does not know."""
    if category and category not in set(DsaCategory):
        raise Refusal(
            "policies.bad_dsa_category",
            gettext_noop("“{category}” is not a DSA statement category. Choose one from the list, or leave it empty."),
            facts={"category": category},
            field="dsa_category",
            status=422,
        )


def texts(values: Mapping[str, str], *, field: str, is_required: bool = True) -> dict[str, str]:
    """Return the texts trimmed, without the empty ones; refuse missing English or another language."""
    unknown = sorted(set(values) - set(LANGUAGES))
    if unknown:
        raise Refusal(
            "policies.bad_language",
            gettext_noop("“{language}” is not a language policies are written in. Use en or es."),
            facts={"language": unknown[0]},
            field=field,
            status=422,
        )
    kept = {language: text.strip() for language, text in values.items() if text.strip()}
    if is_required or kept:
        _check_english(kept, field=field)
    return kept


def _check_english(kept: Mapping[str, str], *, field: str) -> None:
    if "en" not in kept:
        raise Refusal(
            "policies.english_missing",
            gettext_noop("The English text is missing. Write it first; other languages fall back on it."),
            field=field,
            status=422,
        )


def check_can_change(*, code: str, retired_at: datetime | None) -> None:
    """Refuse any change to a policy that is no longer used."""
    if retired_at is not None:
        raise Refusal(
            "policies.policy_retired",
            gettext_noop("The policy {code} was retired on {date}. Write the clause under a policy in use."),
            facts={"code": code, "date": retired_at.date().isoformat()},
        )


def check_can_publish(
    *, latest: PublishedVersion | None, has_versions: bool, effective_from: datetime, at: datetime
) -> None:
    """Refuse a version that would change what already applied.

    Decisions are judged by the clause in force when they were made. Only the very first version of a
    clause, which puts into words what applied before, may begin in the past.
    """
    if latest is not None and effective_from <= latest.effective_from:
        raise Refusal(
            "policies.version_overlaps",
            gettext_noop("Version {number} begins on {moment}. Choose a later moment for the next version."),
            facts={"number": latest.number, "moment": _written(latest.effective_from)},
            field="effective_from",
        )
    if has_versions and effective_from < at:
        raise Refusal(
            "policies.version_in_past",
            gettext_noop(
                "A new version cannot begin on {moment}, which is past: decisions made since would be judged by "
                "a text nobody had. Choose a moment from {now} on."
            ),
            facts={"moment": _written(effective_from), "now": _written(at)},
            field="effective_from",
        )


def check_can_retire(*, code: str, retired_at: datetime | None, open_children: tuple[str, ...]) -> None:
    """Refuse to retire a policy twice, or before the policies below it."""
    check_can_change(code=code, retired_at=retired_at)
    if open_children:
        raise Refusal(
            "policies.children_in_use",
            gettext_noop("The policies {children} below {code} are still in use. Retire them first."),
            facts={"code": code, "children": ", ".join(open_children)},
        )


def next_number(latest: PublishedVersion | None) -> int:
    """Return the number of the version that follows."""
    return 1 if latest is None else latest.number + 1


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
