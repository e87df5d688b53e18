"""Filters of the policies' pages: severities and languages by name, texts by language."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from assay.rooms.policies import labels
from assay.rooms.policies.terms import Severity, Texts

register = template.Library()


@register.filter
def severity_name(severity: str) -> str:
    """Name a severity in the language of the page."""
    return str(labels.SEVERITIES[Severity(severity)])


@register.filter
def language_name(code: str) -> str:
    """Name a language in the language of the page."""
    return str(labels.LANGUAGES.get(code, code))


@register.filter
def language_names(codes: Iterable[str]) -> str:
    """Name languages, with commas between them."""
    return ", ".join(language_name(code) for code in codes)


@register.filter
def in_language(texts: Texts, language: str) -> str:
    """Return the text in exactly this language, or nothing."""
    return texts.get(language, "")
