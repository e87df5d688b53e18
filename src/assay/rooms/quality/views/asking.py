"""From an address to a question, and from a question back to addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from assay.figures import numbers
from assay.rooms.organisation.access import Access

from .. import labels, rules
from ..queries.measuring import Question
from ..queries.reviewed import Reviewed, day_of, known_values, reviewed, within_sites
from ..terms import FORM_FILTERS, Cut, Filters, Tenure, Weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, understood.

    Attributes:
        question: Which decisions, for which sites.
        typed: The filters as the address has them, before a period was filled in.
        at: When it was asked.
    """

    question: Question
    typed: Filters
    at: datetime
    region: str
    viewer: str
    page: str

    @property
    def filters(self) -> Filters:
        """The filters with their period."""
        return self.question.filters

    @property
    def today(self) -> date:
        """The day it was asked, UTC, as weeks are counted."""
        return self.at.astimezone(UTC).date()


def asked(
    request: HttpRequest, page: str, *, also: Sequence[str] = (), page_names: Sequence[str] = (), all_time: bool = False
) -> Asked:
    """Read the filters of an address, checked against what the viewer may see.

    Args:
        request: Its access says which sites.
        page: Name of the address, for links back to it.
        also: Filters that this page has besides the cuts.
        page_names: Other parameters of the page.
        all_time: Leave a period that was not given open.
    """
    access: Access = request.access  # type: ignore[attr-defined]
    parameters = parameters_of(request)
    rules.check_names(parameters, page_names=(*also, *page_names))
    typed = rules.read_filters(parameters, also=also)
    everything, sites = reviewed(), access.site_codes()
    rules.check_values(typed, _known(everything, typed, sites), sees_all_sites=sites is None)
    filters = typed if all_time else rules.with_period(typed, days_within(everything, sites))
    return Asked(
        question=Question(reviewed=everything, sites=sites, filters=filters),
        typed=typed,
        at=timezone.now(),
        region=request.region,  # type: ignore[attr-defined]
        viewer=access.person.pseudonym,
        page=page,
    )


def parameters_of(request: HttpRequest) -> dict[str, list[str]]:
    """Return every parameter of an address with all its values."""
    return {name: request.GET.getlist(name) for name in request.GET}


def days_within(everything: Reviewed, sites: tuple[str, ...] | None) -> tuple[date, date] | None:
    """Return the first and last day with a judged decision that the viewer may see."""
    days = everything.day[within_sites(everything, sites)]
    return (day_of(int(days.min())), day_of(int(days.max()))) if days.size else None


def parameters(filters: Filters, **more: str | Sequence[str]) -> list[tuple[str, str]]:
    """Write filters as the parameters of an address; what is as by default is left out."""
    pairs = [(name, value or "-") for name, values in sorted(filters.equals.items()) for value in values]
    pairs += [("from", filters.start.isoformat())] if filters.start else []
    pairs += [("to", filters.end.isoformat())] if filters.end else []
    pairs += [("weight", filters.weight)] if filters.weight is not Weight.DECISIONS else []
    pairs += [("compare", "0")] if not filters.compare else []
    for name, values in more.items():
        pairs += [(name, value) for value in ([values] if isinstance(values, str) else values) if value]
    return pairs


def address(page: str, filters: Filters, *args: object, **more: str | Sequence[str]) -> str:
    """Return the address of a page about the same decisions."""
    query = urlencode(parameters(filters, **more))
    return f"{reverse(page, args=args)}?{query}" if query else reverse(page, args=args)


def narrowed(filters: Filters, group: Mapping[str, str]) -> Filters:
    """Return the filters of one group of a figure."""
    equals = {**filters.equals, **{name: (value,) for name, value in group.items()}}
    return Filters(equals=equals, start=filters.start, end=filters.end, weight=filters.weight, compare=filters.compare)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One value a filter can take."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One filter of the form."""

    name: str
    label: str
    options: tuple[Option, ...]
    is_multiple: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter in force that the form has no field for, and the address without it."""

    name: str
    label: str
    values: tuple[str, ...]
    shown: str
    without: str


def choices(asked: Asked) -> tuple[Choice, ...]:
    """Return the filters of the form, each with the values among the decisions the viewer may see."""
    return tuple(_choice(asked, cut) for cut in FORM_FILTERS)


def chips(asked: Asked, **more: str | Sequence[str]) -> tuple[Chip, ...]:
    """Return the filters in force that have no field in the form."""
    found = []
    for name, values in asked.filters.equals.items():
        if name in FORM_FILTERS:
            continue
        rest = {other: kept for other, kept in asked.filters.equals.items() if other != name}
        filters = Filters(
            equals=rest,
            start=asked.filters.start,
            end=asked.filters.end,
            weight=asked.filters.weight,
            compare=asked.filters.compare,
        )
        shown = ", ".join(labels.value_label(name, value) for value in values)
        found.append(
            Chip(
                name=name,
                label=labels.filter_label(name),
                values=tuple(value or "-" for value in values),
                shown=shown,
                without=address(asked.page, filters, **more),
            )
        )
    return tuple(found)


def weeks_and_days(filters: Filters, region: str) -> str:
    """Say the period in words."""
    if filters.start is None or filters.end is None:
        return gettext("All reviewed decisions")
    return gettext("%(start)s to %(end)s (UTC)") % {
        "start": numbers.format_date(filters.start, region),
        "end": numbers.format_date(filters.end, region),
    }


def filter_words(asked: Asked, filters: Filters | None = None) -> str:
    """Say the filters in force (or others) in words, for exports and captions."""
    filters = filters or asked.filters
    parts = [
        gettext("%(filter)s: %(values)s")
        % {
            "filter": labels.filter_label(name),
            "values": ", ".join(labels.value_label(name, value) for value in values),
        }
        for name, values in sorted(filters.equals.items())
    ]
    return "; ".join([*parts, weeks_and_days(filters, asked.region), str(labels.WEIGHTS[filters.weight])])


def facts(asked: Asked) -> tuple[tuple[str, str], ...]:
    """Say who exported a table, when and with which filters."""
    return (
        (gettext("Exported by"), asked.viewer),
        (gettext("Exported at"), asked.at.astimezone(UTC).isoformat(timespec="seconds")),
        (gettext("Filters"), filter_words(asked)),
    )


def _choice(asked: Asked, cut: Cut) -> Choice:
    chosen = asked.filters.equals.get(cut, ())
    known = known_values(asked.question.reviewed, cut, sites=asked.question.sites)
    options = tuple(
        Option(value=value or "-", label=labels.value_label(cut, value), is_chosen=value in chosen) for value in known
    )
    return Choice(name=cut, label=labels.filter_label(cut), options=options, is_multiple=len(chosen) > 1)


def _known(everything: Reviewed, filters: Filters, sites: tuple[str, ...] | None) -> dict[str, tuple[str, ...]]:
    known = {name: known_values(everything, name, sites=sites) for name in filters.equals}
    if Cut.TENURE in known:
        known[Cut.TENURE] = tuple(Tenure)
    return known
