"""From a posted form, or a draft, to a verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping

from .terms import JudgedItem, JudgedOn, Judgement

ALL_FIELDS = ("choice", "line", "severity", "confidence", "note", "judged_on")


def judged_from(post: Mapping[str, str]) -> JudgedItem:
    """Return the verdict a form stands for. What is missing or wrong is for the rules to refuse."""
    kind, _colon, chosen = post.get("choice", "").partition(":")
    line_kind, _colon, line = post.get("line", "").partition(":")
    is_clause = line_kind == "clause" and line.isdigit()
    return JudgedItem(
        judgement=chosen if kind == "judgement" else Judgement.DECIDED,  # type: ignore[arg-type]
        outcome=chosen if kind == "outcome" else "",
        policy=line if line_kind == "policy" else "",
        clause_version=int(line) if is_clause else None,
        severity=post.get("severity", ""),
        confidence=post.get("confidence", ""),
        note=post.get("note", ""),
        judged_on=post.get("judged_on") or JudgedOn.ORIGINAL,
        active_seconds=_seconds(post.get("active_seconds", "")),
    )


def draft_from(post: Mapping[str, str]) -> dict[str, str]:
    """Return a form's fields as they stand, finished or not."""
    return {name: post.get(name, "") for name in ALL_FIELDS}


def token_from(post: Mapping[str, str]) -> int:
    """Return the fencing token; what is no number fits no task."""
    text = post.get("fencing_token", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _seconds(text: str) -> float:
    try:
        seconds = float(text or 0)
    except ValueError:
        return 0.0
    # The time on an item is a measure for planning: an odd one must never cost a verdict.
    return min(max(seconds, 0.0), 86_399.0) if math.isfinite(seconds) else 0.0
