"""Figures and signals as sentences."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, ngettext

from assay.figures import numbers
from assay.figures.numbers import Unit
from assay.rooms.policies.queries import policy_names

from .. import labels
from ..figures import Change, Figure
from ..queries.overview import Look, SiteChange
from ..queries.trend import Trend, Week
from ..terms import Basis, Comparison, MeasureCode


def measure_name(code: MeasureCode) -> str:
    """Name a measure."""
    return str(labels.MEASURES[code])


def unit_of(code: MeasureCode) -> Unit:
    """Return what a measure counts: a share, or for a coefficient that may be negative a plain number."""
    return Unit.NUMBER if code is MeasureCode.AGREEMENT_AC1 else Unit.RATE


def value_names(cut: str, language: str) -> dict[str, str]:
    """Return names for codes that are kept in both languages elsewhere: policies."""
    return policy_names(language) if cut in {"policy", "first_policy", "found_policy"} else {}


def method(figure: Figure) -> str:
    """Say how a figure was made."""
    return gettext("%(basis)s; %(method)s; %(interval)s") % {
        "basis": labels.BASES[figure.basis],
        "method": labels.METHODS.get(figure.method, figure.method),
        "interval": labels.INTERVALS[str(figure.interval.method)] if figure.interval else gettext("no interval"),
    }


def reason(figure: Figure) -> str:
    """Say why a figure has no value or no interval."""
    return str(labels.REASONS.get(figure.reason, "")) if figure.reason else ""


def comparison(change: Change, region: str) -> str:
    """Say what two periods tell of each other, with the interval of the difference."""
    said = str(labels.COMPARISONS[change.comparison])
    if change.difference is None or change.interval is None:
        return said
    unit = Unit.POINTS if unit_of(change.now.measure) is Unit.RATE else Unit.NUMBER
    return gettext("%(verdict)s: %(difference)s (%(interval)s)") % {
        "verdict": said,
        "difference": numbers.format_value(change.difference, unit, region),
        "interval": numbers.format_interval(change.interval.low, change.interval.high, region, unit=unit),
    }


def trend_title(look: Look, region: str) -> str:
    """Say what a control chart shows."""
    name = measure_name(look.measure.code)
    signals = [week for week in look.trend.weeks if week.signals]
    if signals:
        return week_sentence(name, signals[-1], region)
    if look.trend.centre is None:
        return gettext("%(measure)s: too few weeks with reviews for limits") % {"measure": name}
    return gettext("%(measure)s: usual variation, no special cause") % {"measure": name}


def week_sentence(name: str, week: Week, region: str) -> str:
    """Name a special cause, its week and its rule."""
    rules = "; ".join(str(labels.RULES[rule, week.is_above]) for rule in week.signals)
    return gettext("%(measure)s: %(rule)s in the week %(week)s") % {
        "measure": name,
        "rule": rules,
        "week": numbers.format_week(week.start_on, region),
    }


def limits_text(trend: Trend, region: str) -> str:
    """Say how the limits were made and how often they would be wrong."""
    made = str(labels.LIMITS[trend.limits])
    if trend.run_length is None:
        return made
    return gettext("%(limits)s; a false signal about every %(weeks)s weeks") % {
        "limits": made,
        "weeks": numbers.format_count(round(min(trend.run_length, 99_999)), region),
    }


def site_sentence(name: str, moved: SiteChange, region: str) -> str:
    """Name a site that moved."""
    return gettext("%(measure)s at %(site)s. %(change)s") % {
        "measure": name,
        "site": labels.value_label("site", moved.site),
        "change": comparison(moved.change, region),
    }


def compared_text(looks: Sequence[Look]) -> str:
    """Say how many comparisons were made to name the sites that moved."""
    count = sum(look.compared for look in looks)
    return ngettext(
        "%(count)d comparison of a site with its period before was made; intervals are widened for that.",
        "%(count)d comparisons of a site with its period before were made; intervals are widened for that.",
        count,
    ) % {"count": count}


def unreviewed_text(figure: Figure) -> str:
    """Say how many sampled decisions have no judgement yet."""
    if figure.basis is not Basis.SAMPLE or not figure.unreviewed:
        return ""
    return ngettext(
        "%(count)d sampled decision is not judged yet; it is taken to be like the others of its stratum.",
        "%(count)d sampled decisions are not judged yet; they are taken to be like the others of their stratum.",
        figure.unreviewed,
    ) % {"count": figure.unreviewed}


def tone(change: Change) -> str:
    """Return the class of a verdict's mark: a word and a sign, never colour alone."""
    return {Comparison.BETTER: "chip-ok", Comparison.WORSE: "chip-bad"}.get(change.comparison, "")
