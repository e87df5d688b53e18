"""What the decision form offers, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, gettext

from assay.rooms.organisation.refusals import Refusal
from assay.rooms.policies.terms import ClauseView, in_language

from .. import labels, rules
from ..queries import Line
from ..terms import Confidence, JudgedOn, Judgement

CONFIDENCE_KEYS = {Confidence.LOW: "Z", Confidence.MEDIUM: "X", Confidence.HIGH: "C"}
WITHOUT_ACTION = tuple(judgement for judgement in Judgement if judgement != Judgement.DECIDED)
_FIELD_OF = {"outcome": "choice", "judgement": "choice"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    value: str
    label: str
    key: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLines:
    """A policy with its lines, for the list of lines and for the policy pane."""

    code: str
    name: str
    choices: tuple[Choice, ...]
    texts: tuple[LineText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineText:
    """A policy line as the pane shows it, in each language it has."""

    id: int
    code: str
    number: int
    has_changed: bool
    languages: tuple[LineWords, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWords:
    """A line's words in one language; `shown_language` differs from it where English stands in."""

    language: str
    shown_language: str
    is_shown: bool
    policy: str
    title: str
    text: str
    breach: str
    no_breach: str


def bench_choices(lines: Sequence[Line], filled: Mapping[str, str], request: HttpRequest) -> dict[str, Any]:
    """Return the choices of a decision form, with those of a draft made."""
    language = get_language() or "en"
    asked = request.GET.get("policy", language)
    pane = asked if asked in {"en", "es"} else "en"
    chosen = filled.get("choice", "")
    return {
        "actions": [
            Choice(
                value=f"outcome:{outcome}",
                label=str(labels.OUTCOMES[outcome]),
                key=str(number),
                is_chosen=chosen == f"outcome:{outcome}",
            )
            for number, outcome in enumerate(rules.CHOICES, start=1)
        ],
        "reasons": [
            Choice(
                value=f"judgement:{judgement}",
                label=str(labels.JUDGEMENTS[judgement]),
                key="D" if judgement == Judgement.AMBIGUOUS else "",
                is_chosen=chosen == f"judgement:{judgement}",
            )
            for judgement in WITHOUT_ACTION
        ],
        "confidences": [
            Choice(
                value=confidence,
                label=str(labels.CONFIDENCES[confidence]),
                key=CONFIDENCE_KEYS[confidence],
                is_chosen=filled.get("confidence") == confidence,
            )
            for confidence in Confidence
        ],
        "policies": _policies(lines, filled.get("line", ""), language=language, pane=pane),
        "pane_language": pane,
        "pane_languages": (("en", "English"), ("es", "Español")),
        "note": filled.get("note", ""),
        "on_translation": filled.get("judged_on") == JudgedOn.TRANSLATION,
        "has_changed_lines": any(line.has_changed for line in lines),
    }


def refusal_facts(refusal: Refusal | None) -> dict[str, str] | None:
    """Return a refusal as the form shows it: which field, and the sentence."""
    if refusal is None:
        return None
    sentence = gettext(refusal.message).format(**refusal.facts)
    return {"field": _FIELD_OF.get(refusal.field, refusal.field), "sentence": sentence}


def _policies(lines: Sequence[Line], chosen: str, *, language: str, pane: str) -> tuple[PolicyLines, ...]:
    by_policy = dict[str, list[Line]]()
    for line in lines:
        by_policy.setdefault(line.clause.policy, []).append(line)
    return tuple(
        PolicyLines(
            code=code,
            name=in_language(its[0].clause.policy_name, language),
            choices=(
                *(_choice(line.clause, chosen, language) for line in its),
                Choice(
                    value=f"policy:{code}",
                    label=in_language(its[0].clause.policy_name, language),
                    is_chosen=chosen == f"policy:{code}",
                ),
            ),
            texts=tuple(_text(line, pane=pane) for line in its),
        )
        for code, its in by_policy.items()
    )


def _choice(clause: ClauseView, chosen: str, language: str) -> Choice:
    return Choice(
        value=f"clause:{clause.id}",
        label=f"{clause.code} · {in_language(clause.title, language)}",
        is_chosen=chosen == f"clause:{clause.id}",
    )


def _text(line: Line, *, pane: str) -> LineText:
    clause = line.clause
    return LineText(
        id=clause.id,
        code=clause.code,
        number=clause.number,
        has_changed=line.has_changed,
        languages=tuple(_words(clause, code, is_shown=code == pane) for code in ("en", "es")),
    )


def _words(clause: ClauseView, language: str, *, is_shown: bool) -> LineWords:
    return LineWords(
        language=language,
        shown_language=language if clause.text.get(language) else "en",
        is_shown=is_shown,
        policy=in_language(clause.policy_name, language),
        title=in_language(clause.title, language),
        text=in_language(clause.text, language),
        breach=in_language(clause.breach, language),
        no_breach=in_language(clause.no_breach, language),
    )
