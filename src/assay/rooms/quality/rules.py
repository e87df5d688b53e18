"""What an address may ask for, and what is wrong with one that asks for something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from assay.rooms.organisation.refusals import Refusal

from .terms import Cut, Filters, MeasureCode, Weight

# Names every page understands beside the filters; a page adds its own.
_FILTER_NAMES = frozenset({*Cut, "from", "to", "weight", "compare", "format", "table"})
# Four weeks: each weekday as often, so that two periods compare like with like.
PERIOD_DAYS = 28
CHART_WEEKS = 26


def _(sentence: str) -> str:
    """Mark a sentence for translation; it is translated where it is shown."""
    return sentence


def check_names(names: Iterable[str], *, page_names: Iterable[str] = ()) -> None:
    """Refuse a parameter that no part of the page reads: a misspelt filter would silently show everything."""
    allowed = _FILTER_NAMES | frozenset(page_names)
    for name in sorted(set(names) - allowed):
        raise Refusal(
            "quality.unknown_parameter",
            _("The address has “{name}”, which this page does not know. It knows: {known}."),
            facts={"name": name, "known": ", ".join(sorted(allowed))},
            field=name,
            status=400,
        )


def read_filters(parameters: Mapping[str, Sequence[str]], *, also: Sequence[str] = ()) -> Filters:
    """Read the filters of an address; a period starts with no bounds.

    Args:
        parameters: Name → values, as in the address. Values that are empty are left out; "-" stands for blank.
        also: Names of filters that this page has besides the cuts.
    """
    equals = {
        name: tuple(sorted({"" if value == "-" else value for value in parameters.get(name, ()) if value}))
        for name in (*map(str, Cut), *also)
    }
    start = read_day("from", _last(parameters, "from"))
    end = read_day("to", _last(parameters, "to"))
    if start and end and end < start:
        raise Refusal(
            "quality.period_backwards",
            _("The period ends on {end}, before it starts on {start}."),
            facts={"start": start.isoformat(), "end": end.isoformat()},
            field="to",
            status=400,
        )
    return Filters(
        equals={name: values for name, values in equals.items() if values},
        start=start,
        end=end,
        weight=Weight(read_word("weight", _last(parameters, "weight") or Weight.DECISIONS, list(Weight))),
        compare=read_word("compare", _last(parameters, "compare") or "1", ["0", "1"]) == "1",
    )


def read_day(name: str, text: str) -> date | None:
    """Read a day such as 2026-03-01, or nothing."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            "quality.bad_date",
            _("“{name}” must be a day such as 2026-03-01, got “{value}”."),
            facts={"name": name, "value": text},
            field=name,
            status=400,
        ) from None


def read_word(name: str, value: str, allowed: Sequence[str]) -> str:
    """Return a value that is one of the allowed ones, or name them."""
    if value not in allowed:
        raise Refusal(
            "quality.unknown_value",
            _("“{name}” cannot be “{value}”. Choose one of: {known}."),
            facts={"name": name, "value": value or "-", "known": ", ".join(word or "-" for word in allowed)},
            field=name,
            status=400,
        )
    return value


def read_measure(value: str) -> MeasureCode:
    """Read the name of a measure."""
    return MeasureCode(read_word("measure", value, list(MeasureCode)))


def read_cuts(values: Sequence[str]) -> tuple[Cut, ...]:
    """Read at most two different cuts."""
    cuts = tuple(Cut(read_word("by", value, list(Cut))) for value in values if value)
    if len(cuts) > 2 or len(set(cuts)) < len(cuts):
        raise Refusal(
            "quality.bad_cuts",
            _("A figure is cut by at most two different things; got: {cuts}."),
            facts={"cuts": ", ".join(cuts)},
            field="by",
            status=400,
        )
    return cuts


def check_values(filters: Filters, known: Mapping[str, Sequence[str]], *, sees_all_sites: bool) -> None:
    """Refuse a filter value that stands for nothing the viewer may see.

    Args:
        filters: What was asked.
        known: Filter field → values that exist within the viewer's sites.
        sees_all_sites: Whether the viewer sees the whole organisation. If not, another site's name is
            answered like one that does not exist.
    """
    for name, values in filters.equals.items():
        for value in values:
            if value in known[name]:
                continue
            if name == "site" and not sees_all_sites:
                raise Refusal("quality.not_found", _("There is no such thing here."), status=404)
            read_word(name, value, known[name])


def with_period(filters: Filters, days: tuple[date, date] | None) -> Filters:
    """Give a period to filters that have none: the four weeks up to the last reviewed decision.

    Args:
        filters: What was asked.
        days: First and last day with a reviewed decision; none when there is none.
    """
    if days is None or (filters.start and filters.end):
        return filters
    end = filters.end or max(days[1], filters.start or days[1])
    start = filters.start or end - timedelta(days=PERIOD_DAYS - 1)
    return _replaced(filters, start, end)


def period_before(filters: Filters) -> Filters | None:
    """Return the same filters over the period of equal length that ends the day before; none without bounds."""
    if filters.start is None or filters.end is None:
        return None
    length = (filters.end - filters.start).days + 1
    return _replaced(filters, filters.start - timedelta(days=length), filters.start - timedelta(days=1))


def chart_period(filters: Filters) -> Filters:
    """Return the same filters over the weeks a control chart shows: up to the end of the period."""
    if filters.end is None:
        return filters
    monday = filters.end - timedelta(days=filters.end.weekday())
    return _replaced(filters, monday - timedelta(weeks=CHART_WEEKS - 1), filters.end)


def _replaced(filters: Filters, start: date, end: date) -> Filters:
    return Filters(equals=filters.equals, start=start, end=end, weight=filters.weight, compare=filters.compare)


def _last(parameters: Mapping[str, Sequence[str]], name: str) -> str:
    values = parameters.get(name, ())
    return values[-1] if values else ""
