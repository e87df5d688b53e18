"""What a program manager asks first: how good, is it news, and what changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from ..figures import Change, Figure, change_of
from ..measures import MEASURES, TILES, Measure
from ..rules import chart_period, period_before
from ..terms import Basis, Comparison, Cut
from .estimates import estimate_groups, groups_of
from .measuring import Question, change, figures_by
from .trend import Trend, trend_of

# Chance alone may put a site on the list of changes once in twenty looks at the whole list.
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChange:
    """A site whose rate differs from the period before by more than chance explains."""

    site: str
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One measure on the overview: its tile, its chart, and the sites that moved.

    Attributes:
        compared: How many comparisons the sites' intervals were widened for.
    """

    measure: Measure
    change: Change
    trend: Trend
    sites: tuple[SiteChange, ...]
    compared: int


def looks(question: Question, *, today: date) -> tuple[Look, ...]:
    """Look at the four measures of the overview."""
    return tuple(_look(question, MEASURES[code], today) for code in TILES)


def trend(question: Question, measure: Measure, *, today: date) -> Trend:
    """Return a measure by week, up to the end of the period asked about."""
    over = chart_period(question.filters)
    weekly = figures_by(question.over(over), measure, (Cut.WEEK,))
    return trend_of(weekly, first=over.start or today, last=over.end or today, today=today)


def _look(question: Question, measure: Measure, today: date) -> Look:
    moved, compared = site_changes(question, measure)
    return Look(
        measure=measure,
        change=change(question, measure),
        trend=trend(question, measure, today=today),
        sites=moved,
        compared=compared,
    )


def site_changes(question: Question, measure: Measure) -> tuple[tuple[SiteChange, ...], int]:
    """Return the sites that moved, and among how many comparisons.

    The intervals are widened (Bonferroni) so that a quiet list stays quiet: nineteen times in twenty no site
    is on it by chance alone.
    """
    earlier = period_before(question.filters)
    if measure.basis is not Basis.SAMPLE or earlier is None:
        return (), 0
    now_by, before_by = _at(question, measure, CONFIDENCE), _at(question.over(earlier), measure, CONFIDENCE)
    both = [group for group in now_by if group in before_by and _usable(now_by[group]) and _usable(before_by[group])]
    if not both:
        return (), 0
    confidence = 1.0 - (1.0 - CONFIDENCE) / len(both)
    wide_now = _at(question, measure, confidence)
    wide_before = _at(question.over(earlier), measure, confidence)
    moved = [
        SiteChange(
            site=group[0],
            # Judged by the wide interval and shown with it: sentence and verdict rest on the same bounds.
            change=replace(
                change_of(wide_now[group], wide_before[group], better=measure.better),
                now=now_by[group],
                before=before_by[group],
            ),
        )
        for group in both
    ]
    return tuple(m for m in moved if m.change.comparison in {Comparison.BETTER, Comparison.WORSE}), len(both)


def _usable(figure: Figure) -> bool:
    return figure.value is not None and figure.interval is not None


def _at(question: Question, measure: Measure, confidence: float) -> dict[tuple[str, ...], Figure]:
    selection = question.selection()
    groups = groups_of(selection, measure, (Cut.SITE,))
    found = estimate_groups(selection, measure, groups, weight=question.filters.weight, confidence=confidence)
    return {figure.group: figure for figure in found}
