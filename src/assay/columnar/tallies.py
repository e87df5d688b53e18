"""Counts over the log by many cuts at once, in one reading of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import layout
from .store import Store, Where

# Cuts that are made from the moment of decision, in UTC; a week is named by its Monday.
_PERIODS = {
    "day": "strftime(decided_at AT TIME ZONE 'UTC', '%Y-%m-%d')",
    "week": "strftime(date_trunc('week', decided_at AT TIME ZONE 'UTC'), '%Y-%m-%d')",
}
CUTS = (*layout.DIMENSIONS, *_PERIODS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What the counts count; the log itself does not know which outcomes act and which makers are machines."""

    actioned: tuple[str, ...]
    automated: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The counts of one group.

    Args:
        by: The cuts.
        values: The group's value of each cut, "" for a missing one.
        rows: Decisions.
        actioned: Those whose outcome acts against the content.
        automated: Those made by a machine.
        exposure: Views of the items decided on; an unknown number counts as none.
    """

    by: tuple[str, ...]
    values: tuple[str, ...]
    rows: int
    actioned: int
    automated: int
    exposure: int


def tally(store: Store, *, by: Sequence[tuple[str, ...]], where: Where, measures: Measures) -> tuple[Tally, ...]:
    """Count decisions by each of several sets of cuts.

    Args:
        store: The decision log.
        by: Sets of cuts, such as `((), ("site",), ("site", "week"))`; `()` is the whole.
        where: Which decisions; reference cases among them are never counted.
        measures: What counts as actioned and as automated.

    Returns:
        The groups that have rows, set by set in the order asked, groups by value. The whole is always there.

    Raises:
        ValueError: A cut is none of `CUTS`.
    """
    sets = list(dict.fromkeys(by))
    cuts = sorted({cut for each in sets for cut in each})
    if unknown := [cut for cut in cuts if cut not in CUTS]:
        raise ValueError(f"The log is not cut by {unknown[0]!r}; use one of {', '.join(CUTS)}")
    if not sets:
        return ()
    sql, values = _query(sets, cuts, where, measures)
    found: dict[tuple[str, ...], list[Tally]] = {each: [] for each in sets}
    for row in store.query(sql, values).to_pylist():
        each = sets[row["which"]]
        found[each].append(
            Tally(
                by=each,
                values=tuple(row[cut] for cut in each),
                rows=row["rows"],
                actioned=row["actioned"],
                automated=row["automated"],
                exposure=int(row["exposure"]),
            )
        )
    return tuple(one for each in sets for one in sorted(found[each], key=lambda group: group.values))


def _query(sets: list[tuple[str, ...]], cuts: list[str], where: Where, measures: Measures) -> tuple[str, list[object]]:
    condition, values = where.sql()
    columns = "".join(f"{_PERIODS.get(cut, f'coalesce({cut}, {chr(39) * 2})')} AS {cut}, " for cut in cuts)
    kept = (
        f"SELECT {columns} {_is_one_of('outcome', measures.actioned)} AS is_actioned, "
        f"{_is_one_of('maker_type', measures.automated)} AS is_automated, exposure_views "
        f"FROM {{log}} WHERE is_golden IS NOT TRUE AND {condition}"
    )
    grouped = ", ".join(f"({', '.join(each)})" for each in sets)
    return (
        f"WITH kept AS ({kept}) SELECT {_which(sets, cuts)} AS which, "
        f"{''.join(f'{cut}, ' for cut in cuts)} count(*) AS rows, "
        "count(*) FILTER (is_actioned) AS actioned, count(*) FILTER (is_automated) AS automated, "
        f"coalesce(sum(exposure_views), 0) AS exposure FROM kept GROUP BY GROUPING SETS ({grouped})",
        [*measures.actioned, *measures.automated, *values],
    )


def _which(sets: list[tuple[str, ...]], cuts: list[str]) -> str:
    """Return the expression that tells of which set a group is: its position among them."""
    if not cuts:
        return "0"
    pattern = f"grouping({', '.join(cuts)})"
    cases = " ".join(
        f"WHEN {sum(1 << (len(cuts) - 1 - i) for i, cut in enumerate(cuts) if cut not in each)} THEN {position}"
        for position, each in enumerate(sets)
    )
    return f"CASE {pattern} {cases} END"


def _is_one_of(column: str, words: tuple[str, ...]) -> str:
    return f"coalesce({column} IN ({', '.join('?' for _ in words)}), false)" if words else "false"
