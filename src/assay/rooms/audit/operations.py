"""Writing the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction

from . import queries, rules
from .models import Entry

_LOCK = 0x41535359  # "ASSY": one writer at a time extends the chain.


class Actor(Protocol):
    """Whoever acts; known in the trail by pseudonym."""

    pseudonym: str


@transaction.atomic
def record(
    kind: str,
    *,
    actor: Actor | str,
    subject: str,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    place: str = "",
) -> Entry:
    """Append one entry to the trail, in the transaction of the change it tells of.

    Args:
        kind: Room and event, such as "reviews.verdict_submitted".
        actor: A person (by pseudonym), or the name of a program.
        subject: What it happened to, such as "plan:W12".
        at: When.
        facts: Plain values; no content under review.
        place: Path of the unit it belongs to.
    """
    if connection.vendor == "postgresql":
        # Held to the end of the transaction; SQLite's BEGIN IMMEDIATE already admits one writer.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    last = queries.head()
    link = rules.Link(
        sequence=last.sequence + 1,
        at=at,
        kind=kind,
        actor=actor if isinstance(actor, str) else actor.pseudonym,
        subject=subject,
        place=place,
        facts=rules.canonical(dict(facts or {})),
        previous_hash=last.hash,
    )
    return Entry.objects.create(
        hash=rules.link_hash(link), **{name: getattr(link, name) for name in rules.Link.__slots__}
    )
