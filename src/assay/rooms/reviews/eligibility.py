"""Which tasks a person may be given, as SQL: one text for giving the next one and for counting what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from assay.rooms.organisation.models import Person
from assay.rooms.organisation.terms import Permission

from . import facts

# Everything that makes a person ineligible, as `rules.check_eligible` says it of one case.
_TASKS = """
  FROM reviews_task t
  JOIN reviews_blinditem i ON i.id = t.item_id
  JOIN sampling_sampleddecision s ON s.id = i.sampled_id
  JOIN organisation_unit u ON u.id = t.unit_id
 WHERE {state}
   AND t.round IN ('first', 'second')
   AND (t.language = '' OR t.language IN ({languages}))
   AND ({places})
   {not_mine}
   AND NOT EXISTS (SELECT 1 FROM reviews_seen x
                    WHERE x.person_id = %(person)s AND x.content_hash = i.content_hash)
   AND NOT EXISTS (SELECT 1 FROM reviews_task o WHERE o.item_id = t.item_id AND o.id <> t.id
                    AND o.holder_id = %(person)s AND o.state IN ('held', 'submitted'))
   AND NOT EXISTS (SELECT 1 FROM reviews_verdict v JOIN reviews_task o ON o.id = v.task_id
                    WHERE o.item_id = t.item_id AND o.id <> t.id AND v.reviewer_id = %(person)s)
"""
LAPSED = "t.state = 'held' AND t.lease_until <= %(at)s"
OPEN = "t.state = 'open'"
FREE = f"({OPEN} OR ({LAPSED}))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligible:
    """The FROM and WHERE of the tasks a person may take, with their values."""

    sql: str
    values: dict[str, Any]


def moment(at: datetime) -> Any:
    """Return a moment as the database writes it, for SQL of our own."""
    return connection.ops.adapt_datetimefield_value(at)


def eligible_tasks(person: Person, *, state: str, at: datetime) -> Eligible | None:
    """Return the tasks in a state that a person may take, or None if they review nowhere."""
    paths = facts.review_paths(person, Permission.REVIEW)
    if not paths:
        return None
    reviewer = facts.of_reviewer(person, at=at)
    values: dict[str, Any] = {"person": person.pk, "at": moment(at)}
    values |= {f"language{n}": code for n, code in enumerate(sorted(reviewer.languages))}
    values |= {f"from{n}": path for n, path in enumerate(paths)}
    values |= {f"to{n}": path + "\U0010ffff" for n, path in enumerate(paths)}
    not_mine = list[str]()
    if reviewer.moderator_ref:
        values["ref"] = reviewer.moderator_ref
        not_mine.append("AND s.maker <> %(ref)s")
    if reviewer.team:
        values["team"] = reviewer.team
        not_mine.append("AND s.team <> %(team)s")
    sql = _TASKS.format(
        state=state,
        languages=", ".join(f"%(language{n})s" for n in range(len(reviewer.languages))) or "NULL",
        places=" OR ".join(f"(u.path >= %(from{n})s AND u.path < %(to{n})s)" for n in range(len(paths))),
        not_mine=" ".join(not_mine),
    )
    return Eligible(sql=sql, values=values)
