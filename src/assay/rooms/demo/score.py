"""What simple checks find in the demonstration, held against what was planted.

Each check searches among all places of its kind and names the one that stands out; it is told nothing of
the truth. A truth counts as found when the right place is named and chance is an unlikely explanation.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from assay.rooms.decisions import queries as decisions
from assay.rooms.decisions.terms import AUTOMATED, ENFORCING, FAMILY, ActionFamily, Outcome
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.policies.terms import ERRORS, UNJUDGED, ErrorClass
from assay.rooms.reviews.models import Settlement, Verdict
from assay.rooms.reviews.terms import Judgement, Round
from assay.rooms.sampling.terms import Lane
from assay.stats.funnel import benjamini_hochberg

from .files import TRUTH_FACTS

# One search among many places: a place stands out when it passes Benjamini-Hochberg at this rate.
DISCOVERY_RATE = 0.1
FEWEST = 8
_NEW_DAYS = 60
_WINDOW = timedelta(weeks=8)
_NOTHING = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One truth, and what was found in its place.

    Args:
        name: The truth's name in truth.json.
        planted: Where it was hidden.
        named: The place that stood out, or "".
        p_value: Chance of so much or more without a cause, before the search is accounted for.
        is_found: Whether the right place stood out.
    """

    name: str
    planted: str
    named: str
    p_value: float
    is_found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A place with its counts against those of the others: errors and items, here and elsewhere."""

    place: str
    errors: int
    items: int
    other_errors: int
    other_items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One settled decision of the random lane."""

    at: datetime
    site: str
    vendor: str
    maker: str
    maker_type: str
    tenure_days: int | None
    error: ErrorClass
    due_clause: str


def score(truth: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Run every check and compare it with the truth."""
    judged = _judged()
    planted = truth["planted"]
    starts = datetime.fromisoformat(truth["starts_on"] + "T00:00+00:00")
    half = starts + timedelta(weeks=truth["recipe"]["weeks"]) / 2
    late, rule = planted["late_clause"], planted["rule_version"]
    checks = {
        "late_clause": (f"{late['site']} {late['clause']}", _missed_lines(judged)),
        "new_hires": (planted["new_hires"]["vendor"], _newcomers(judged)),
        "rule_version": (f"rule-{rule['rule']}-v{rule['bad_version']}", _machines(judged)),
        "auditor_drift": (planted["auditor_drift"]["auditor"], _auditors(half)),
        "mix_shift": (planted["mix_shift"]["queue"], _queues(half)),
        "leaked_gold": (planted["leaked_gold"]["team"], _fast_gold()),
    }
    return tuple(_finding(name, place, suspects) for name, (place, suspects) in checks.items())


def read_truth() -> dict[str, Any]:
    """Return what was planted in this home.

    Raises:
        Refusal: No demonstration was built here.
    """
    path = Path(settings.HOME) / "demo" / TRUTH_FACTS
    if not path.is_file():
        raise Refusal(
            "demo.no_truth",
            "There is no demonstration in {home}. Build one with `assay demo`.",
            facts={"home": str(settings.HOME)},
        )
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def outstanding(suspects: Iterable[Suspect]) -> tuple[str, float]:
    """Return the place that stands out most, and how unlikely that is; no place when none does."""
    from scipy.stats import fisher_exact

    tested = [s for s in suspects if s.items >= FEWEST and s.other_items >= FEWEST]
    if not tested:
        return "", 1.0
    p_values = np.array(
        [
            fisher_exact(
                [[s.errors, s.items - s.errors], [s.other_errors, s.other_items - s.other_errors]],
                alternative="greater",
            ).pvalue
            for s in tested
        ]
    )
    best = int(np.argmin(p_values))
    is_clear = bool(benjamini_hochberg(p_values, rate=DISCOVERY_RATE)[best])
    return (tested[best].place if is_clear else ""), float(p_values[best])


def _finding(name: str, planted: str, suspects: Iterable[Suspect]) -> Finding:
    named, p_value = outstanding(suspects)
    return Finding(name=name, planted=planted, named=named, p_value=p_value, is_found=named == planted)


def _judged() -> list[Judged]:
    rows = (
        Settlement.objects.filter(sampled__plan__lane=Lane.RANDOM)
        .exclude(error_class__in=UNJUDGED)
        .values_list(
            "sampled__decided_at", "sampled__site", "sampled__vendor", "sampled__maker", "sampled__maker_type",
            "sampled__tenure_days", "error_class", "verdict__clause_version__clause__code",
        )
    )  # fmt: skip
    return [
        Judged(
            at=at, site=site, vendor=vendor, maker=maker, maker_type=kind, tenure_days=tenure,
            error=ErrorClass(error), due_clause=clause or "",
        )
        for at, site, vendor, maker, kind, tenure, error, clause in rows
    ]  # fmt: skip


def _against_others(counts: Mapping[str, tuple[int, int]]) -> list[Suspect]:
    """Set each place against all others together."""
    errors = sum(wrong for wrong, _items in counts.values())
    items = sum(items for _wrong, items in counts.values())
    return [
        Suspect(place=place, errors=wrong, items=n, other_errors=errors - wrong, other_items=items - n)
        for place, (wrong, n) in counts.items()
    ]


def _tallied(marks: Iterable[tuple[str, bool]]) -> dict[str, tuple[int, int]]:
    counts = defaultdict[str, list[int]](lambda: [0, 0])
    for place, is_wrong in marks:
        counts[place][0] += is_wrong
        counts[place][1] += 1
    return {place: (wrong, items) for place, (wrong, items) in counts.items()}


def _missed_lines(judged: list[Judged]) -> list[Suspect]:
    """Of what breaks a line, how much a site leaves up in some two months, against the other sites then."""
    suspects = list[Suspect]()
    for window in _windows(judged):
        for clause in sorted({each.due_clause for each in window if each.due_clause}):
            marks = (
                (each.site, each.error == ErrorClass.UNDER_ENFORCEMENT)
                for each in window
                if each.due_clause == clause and each.site
            )
            suspects += [replace(s, place=f"{s.place} {clause}") for s in _against_others(_tallied(marks))]
    return suspects


def _windows(judged: list[Judged]) -> Iterator[list[Judged]]:
    """Stretches of eight weeks, each beginning four weeks after the last."""
    if not judged:
        return
    start, last = min(each.at for each in judged), max(each.at for each in judged)
    while start <= last:
        yield [each for each in judged if start <= each.at < start + _WINDOW]
        start += _WINDOW / 2


def _newcomers(judged: list[Judged]) -> list[Suspect]:
    """A vendor's people in their first days, against its others."""
    suspects = list[Suspect]()
    for vendor in sorted({each.vendor for each in judged if each.vendor}):
        marks = (
            ("new" if each.tenure_days < _NEW_DAYS else "settled", each.error in ERRORS)
            for each in judged
            if each.vendor == vendor and each.tenure_days is not None
        )
        counts = _tallied(marks)
        suspects.append(_pair(vendor, counts.get("new", _NOTHING), counts.get("settled", _NOTHING)))
    return suspects


def _machines(judged: list[Judged]) -> list[Suspect]:
    """What a rule or model wrongly takes down, against the other rules and models."""
    marks = ((each.maker, each.error == ErrorClass.OVER_ENFORCEMENT) for each in judged if each.maker_type in AUTOMATED)
    return _against_others(_tallied(marks))


def _auditors(half: datetime) -> list[Suspect]:
    """How often an auditor sees a breach in what was left up, against the same auditor in the first half."""
    left_up = [outcome for outcome in Outcome if FAMILY[outcome] == ActionFamily.LEAVE]
    rows = Verdict.objects.filter(
        withdrawn_at__isnull=True,
        judgement=Judgement.DECIDED,
        task__round__in=(Round.FIRST, Round.SECOND),
        task__item__sampled__outcome__in=left_up,
    ).values_list("reviewer__pseudonym", "submitted_at", "outcome")
    counts = _tallied((f"{who}|{at >= half}", FAMILY[Outcome(outcome)] in ENFORCING) for who, at, outcome in rows)
    return [
        _pair(who, counts.get(f"{who}|True", _NOTHING), counts.get(f"{who}|False", _NOTHING))
        for who in sorted({key.split("|")[0] for key in counts})
    ]


def _queues(half: datetime) -> list[Suspect]:
    """A queue's share of what people decide in the second half, against the first."""
    rows = (
        decisions.decision_store()
        .query(
            "SELECT coalesce(queue, '') AS queue, decided_at >= ?::timestamptz AS is_later, count(*) AS n "
            "FROM {log} WHERE maker_type NOT IN ('rule', 'model') GROUP BY ALL",
            [half.isoformat()],
        )
        .to_pylist()
    )
    counts = {(row["queue"], row["is_later"]): int(row["n"]) for row in rows}
    totals = {later: sum(n for (_queue, is_later), n in counts.items() if is_later == later) for later in (True, False)}
    return [
        _pair(queue, (counts.get((queue, True), 0), totals[True]), (counts.get((queue, False), 0), totals[False]))
        for queue in sorted({queue for queue, _later in counts})
    ]


def _fast_gold() -> list[Suspect]:
    """Reference cases answered in under ten seconds, against the same team's other cases."""
    rows = (
        decisions.decision_store()
        .query(
            "SELECT team, coalesce(is_golden, false) AS is_gold, count(*) AS n, "
            "count(*) FILTER (date_diff('second', claimed_at, decided_at) < 10) AS fast "
            "FROM {log} WHERE team IS NOT NULL AND claimed_at IS NOT NULL GROUP BY ALL"
        )
        .to_pylist()
    )
    counts = {(row["team"], row["is_gold"]): (int(row["fast"]), int(row["n"])) for row in rows}
    return [
        _pair(team, answered, counts[team, False])
        for (team, is_gold), answered in sorted(counts.items())
        if is_gold and (team, False) in counts
    ]


def _pair(place: str, here: tuple[int, int], elsewhere: tuple[int, int]) -> Suspect:
    return Suspect(place=place, errors=here[0], items=here[1], other_errors=elsewhere[0], other_items=elsewhere[1])
