"""One question, any measure: figures from the sample, from double reviews or from the log."""

from __future__ import annotations

from dataclasses import dataclass

from ..figures import Change, Figure, change_of
from ..measures import Measure
from ..rules import period_before
from ..terms import Basis, Cut, Filters
from . import doubles, log
from .estimates import estimate, estimate_by
from .reviewed import Reviewed, Selection, select


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a viewer asks of the reviews.

    Args:
        reviewed: Everything judged.
        sites: The viewer's sites; none for all.
        filters: Which decisions.
    """

    reviewed: Reviewed
    sites: tuple[str, ...] | None
    filters: Filters

    def over(self, filters: Filters) -> Question:
        """Ask the same of other decisions."""
        return Question(reviewed=self.reviewed, sites=self.sites, filters=filters)

    def selection(self) -> Selection:
        """Return the reviews asked about."""
        return select(self.reviewed, sites=self.sites, filters=self.filters)


def figure(question: Question, measure: Measure) -> Figure:
    """Answer with one figure over everything asked about."""
    if measure.basis is Basis.LOG:
        return log.overturns(question.sites, question.filters, measure)[0]
    selection = question.selection()
    if measure.basis is Basis.DOUBLES:
        return doubles.agreement(selection, measure)
    return estimate(selection, measure, weight=question.filters.weight)


def figures_by(question: Question, measure: Measure, cuts: tuple[Cut, ...]) -> tuple[Figure, ...]:
    """Answer with one figure for each group of the cuts that has a review."""
    if not cuts:
        return (figure(question, measure),)
    if measure.basis is Basis.LOG:
        return log.overturns(question.sites, question.filters, measure, cuts)
    selection = question.selection()
    if measure.basis is Basis.DOUBLES:
        return doubles.agreement_by(selection, measure, cuts)
    return estimate_by(selection, measure, cuts, weight=question.filters.weight)


def change(question: Question, measure: Measure) -> Change:
    """Answer with the figure, and with the one of the period before when it is asked for."""
    now, earlier = figure(question, measure), period_before(question.filters)
    before = figure(question.over(earlier), measure) if earlier and question.filters.compare else None
    return change_of(now, before, better=measure.better)


def changes_by(question: Question, measure: Measure, cuts: tuple[Cut, ...]) -> tuple[Change, ...]:
    """Answer with the figures of each group beside those of the period before."""
    earlier = period_before(question.filters)
    before: dict[tuple[str, ...], Figure] = {}
    if earlier and question.filters.compare:
        before = {found.group: found for found in figures_by(question.over(earlier), measure, cuts)}
    return tuple(
        change_of(now, before.get(now.group), better=measure.better) for now in figures_by(question, measure, cuts)
    )
