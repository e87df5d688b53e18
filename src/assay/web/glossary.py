"""The glossary as a page and as a document: `python -m assay.web.glossary` writes docs/glossary.md."""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from .glossary_terms import TERMS, Term

INTRODUCTION = (
    "# Glossary · Glosario\n\n"
    "One word for one thing, in both languages. Pages, API, code and documents use these.\n"
    "Written by `python -m assay.web.glossary`; change `src/assay/web/glossary_terms.py` instead.\n\n"
    "| English | Español | Meaning | Significado |\n| --- | --- | --- | --- |\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTerm:
    """A term for readers of one language."""

    anchor: str
    name: str
    other: str
    other_language: str
    meaning: str


def terms_in(language: str) -> tuple[ShownTerm, ...]:
    """List the terms in a language, in its alphabetical order."""
    shown = [_shown(term, language) for term in TERMS]
    return tuple(sorted(shown, key=lambda term: _sort_key(term.name)))


def document() -> str:
    """Write the glossary as a Markdown table."""
    rows = sorted(TERMS, key=lambda term: _sort_key(term.english))
    lines = (f"| {t.english} | {t.spanish} | {t.meaning} | {t.significado} |\n" for t in rows)
    return INTRODUCTION + "".join(lines)


def _shown(term: Term, language: str) -> ShownTerm:
    is_spanish = language == "es"
    return ShownTerm(
        anchor="-".join(_sort_key(term.english).split()),
        name=term.spanish if is_spanish else term.english,
        other=term.english if is_spanish else term.spanish,
        other_language="en" if is_spanish else "es",
        meaning=term.significado if is_spanish else term.meaning,
    )


def _sort_key(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in plain.casefold()).strip()


if __name__ == "__main__":
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/glossary.md")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document(), encoding="utf-8")
