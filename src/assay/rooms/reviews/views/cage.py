"""Content under review in a document of its own, in which nothing can run and nothing is fetched."""

from __future__ import annotations

import unicodedata

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from .. import labels
from ..queries import Content

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
SHOWS = ("both", "original", "translation")
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


@xframe_options_sameorigin
def caged(request: HttpRequest, content: Content) -> HttpResponse:
    """Answer with the content as text: original, translation, or both beside each other."""
    show = request.GET.get("show", "both")
    show = show if show in SHOWS and content.translation else "original"
    facts = {
        "original": _side(content.language, content.title, content.text),
        "translation": _side(content.translation.get("language", ""), "", content.translation.get("text", "")),
        "show": show,
        "context": [(labels.CONTEXT.get(name, name), visible(value)) for name, value in content.context.items()],
    }
    response = render(request, "reviews/cage.html", facts)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def visible(text: str) -> str:
    """Show what would be invisible: marks that turn text around, hide in it or take no room."""
    return "".join(f"⟦U+{ord(sign):04X}⟧" if _is_hidden(sign) else sign for sign in text)


def direction(language: str) -> str:
    """Return "rtl" for a language written from right to left, and "auto" where none is named."""
    if not language:
        return "auto"
    return "rtl" if language.replace("_", "-").split("-", maxsplit=1)[0].lower() in _RIGHT_TO_LEFT else "ltr"


def _is_hidden(sign: str) -> bool:
    # Joiners shape letters in several scripts and emoji; they stay as they are.
    return unicodedata.category(sign) in {"Cf", "Cc"} and sign not in "\t\n\r\u200c\u200d"


def _side(language: str, title: str, text: str) -> dict[str, str]:
    return {
        "language": language,
        "direction": direction(language),
        "title": visible(title),
        "text": visible(text),
    }
