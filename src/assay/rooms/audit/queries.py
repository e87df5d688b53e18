"""Reading the trail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .models import Entry
from .rules import GENESIS, BadEntry, Link, first_bad


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last entry: whoever keeps it can prove later that nothing before it was rewritten."""

    sequence: int
    hash: str


def head() -> Head:
    """Return the newest entry's number and hash."""
    last = Entry.objects.order_by("-sequence").values_list("sequence", "hash").first()
    return Head(sequence=last[0], hash=last[1]) if last else Head(sequence=0, hash=GENESIS)


def link_of(entry: Entry) -> Link:
    """Return what the entry's hash covers."""
    return Link(
        sequence=entry.sequence,
        at=entry.at,
        kind=entry.kind,
        actor=entry.actor,
        subject=entry.subject,
        place=entry.place,
        facts=entry.facts,
        previous_hash=entry.previous_hash,
    )


def links() -> Iterator[tuple[Link, str]]:
    """Yield every entry with its stored hash, in order."""
    for entry in Entry.objects.order_by("sequence").iterator(chunk_size=5_000):
        yield link_of(entry), entry.hash


def first_bad_entry(*, kept_head: str = "", kept_length: int | None = None) -> BadEntry | None:
    """Check the whole trail, against a kept head where there is one.

    Entries outside the numbering (before 1) can only be forgeries and are named first.
    """
    if Entry.objects.filter(sequence__lt=1).exists():
        return BadEntry(sequence=0, reason="inserted")
    return first_bad(links(), head=kept_head, length=kept_length)
