"""How one entry is bound to the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What an entry's hash covers: everything but the hash itself."""

    sequence: int
    at: datetime
    kind: str
    actor: str
    subject: str
    place: str
    facts: str
    previous_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadEntry:
    """The first entry at which the chain does not hold, and why."""

    sequence: int
    reason: str


def canonical(facts: dict[str, Any]) -> str:
    """Write facts so that equal facts are equal text."""
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def link_hash(link: Link) -> str:
    """Hash an entry together with the hash of the one before it.

    Every field is length-prefixed, so that no text can move from one field to the next unseen.
    """
    fields = (
        str(link.sequence),
        link.at.isoformat(timespec="microseconds"),
        link.kind,
        link.actor,
        link.subject,
        link.place,
        link.facts,
        link.previous_hash,
    )
    covered = b"".join(len(raw).to_bytes(8, "big") + raw for raw in (f.encode() for f in fields))
    return hashlib.sha256(covered).hexdigest()


def first_bad(links: Iterable[tuple[Link, str]], *, head: str = "", length: int | None = None) -> BadEntry | None:
    """Walk a chain in order and name the first entry that does not hold.

    Args:
        links: Each entry with the hash stored beside it, in order of sequence.
        head: A hash somebody kept; the chain must still contain it.
        length: How many entries there must be at least, if somebody kept that.

    Returns:
        The first bad entry, or None when the whole chain holds.
    """
    previous, expected, met_head = GENESIS, 1, not head
    for link, stored in links:
        if link.sequence != expected:
            return BadEntry(sequence=expected, reason="missing")
        if link.previous_hash != previous:
            return BadEntry(sequence=expected, reason="not_linked")
        if link_hash(link) != stored:
            return BadEntry(sequence=expected, reason="changed")
        met_head = met_head or stored == head
        previous, expected = stored, expected + 1
    if length is not None and expected <= length:
        return BadEntry(sequence=expected, reason="missing")
    if not met_head:
        return BadEntry(sequence=expected - 1, reason="head_not_found")
    return None
