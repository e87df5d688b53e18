"""One answer for every page: HTML, or one of its tables as CSV or XLSX at the same address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from assay.figures.numbers import Unit
from assay.figures.tables import Column, Kind, Table, Value, csv_chunks, to_xlsx

from .. import labels, rules
from ..figures import Change
from ..terms import Cut
from . import words
from .asking import Asked, address, chips, choices, facts, weeks_and_days

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A choice of a page's own, before the filters: (value, label, is chosen) each."""

    id: str
    name: str
    label: str
    options: tuple[tuple[str, str, bool], ...]
    optional: bool = False


def respond(
    request: HttpRequest, template: str, asked: Asked, context: Mapping[str, object], tables: Mapping[str, Table]
) -> HttpResponseBase:
    """Answer with the page, or with the table that the address asks for."""
    wanted = request.GET.get("format", "")
    if wanted:
        rules.read_word("format", wanted, ["csv", "xlsx"])
        key = rules.read_word("table", request.GET.get("table") or next(iter(tables)), list(tables))
        return export(tables[key], name=f"assay-{asked.page}-{key}", wanted=wanted)
    return render(request, template, {**common(asked), **context})


def export(table: Table, *, name: str, wanted: str) -> HttpResponseBase:
    """Send a table as a file."""
    if wanted == "csv":
        answer: HttpResponseBase = StreamingHttpResponse(csv_chunks(table), content_type="text/csv; charset=utf-8")
    else:
        answer = HttpResponse(to_xlsx(table), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{wanted}"'
    return answer


def common(asked: Asked) -> dict[str, object]:
    """Return what the head of every figures page shows."""
    filters, shown = asked.filters, chips(asked)
    return {
        "asked": asked,
        "filters": filters,
        "choices": choices(asked),
        "chips": shown,
        "clear": reverse(asked.page),
        "hidden": [(chip.name, value) for chip in shown for value in chip.values],
        "weights": [(weight, label, weight is filters.weight) for weight, label in labels.WEIGHTS.items()],
        "period": weeks_and_days(filters, asked.region),
        "has_filters": bool(asked.typed.equals or asked.typed.start or asked.typed.end),
    }


def change_table(
    asked: Asked, title: str, changes: Sequence[Change], cuts: Sequence[Cut], names: Mapping[str, Mapping[str, str]]
) -> Table:
    """Return figures and those of the period before as a table, ready for export."""
    unit = words.unit_of(changes[0].now.measure) if changes else Unit.RATE
    apart = Unit.POINTS if unit is Unit.RATE else unit
    columns = [
        Column(key="measure", title=gettext("Measure")),
        *(Column(key=str(cut), title=labels.filter_label(cut)) for cut in cuts),
        Column(key="value", title=gettext("Value"), kind=Kind(unit)),
        Column(key="interval", title=gettext("Interval (95 %)"), kind=Kind.INTERVAL, unit=unit),
        Column(key="n", title=gettext("n"), kind=Kind.COUNT),
        Column(key="counted", title=gettext("Counted"), kind=Kind.COUNT),
        Column(key="method", title=gettext("Method")),
    ]
    if asked.filters.compare:
        columns += [
            Column(key="before", title=gettext("Period before"), kind=Kind(unit)),
            Column(key="before_interval", title=gettext("Interval before (95 %)"), kind=Kind.INTERVAL, unit=unit),
            Column(key="before_n", title=gettext("n before"), kind=Kind.COUNT),
            Column(key="difference", title=gettext("Difference"), kind=Kind(apart)),
            Column(
                key="difference_interval", title=gettext("Interval of the difference"), kind=Kind.INTERVAL, unit=apart
            ),
        ]
    return Table(
        columns=tuple(columns),
        rows=tuple(tuple(_row(asked, one, cuts, names)) for one in changes),
        title=title,
        facts=facts(asked),
        sheet_names=(gettext("About"), gettext("Figures")),
    )


def _row(asked: Asked, one: Change, cuts: Sequence[Cut], names: Mapping[str, Mapping[str, str]]) -> list[Value]:
    now, before = one.now, one.before
    row: list[Value] = [
        words.measure_name(now.measure),
        *(names.get(cut, {}).get(v) or labels.value_label(cut, v) for cut, v in zip(cuts, now.group, strict=True)),
        now.value,
        (now.interval.low, now.interval.high) if now.interval else None,
        now.n,
        now.counted,
        words.reason(now) or words.method(now),
    ]
    if asked.filters.compare:
        row += [
            before.value if before else None,
            (before.interval.low, before.interval.high) if before and before.interval else None,
            before.n if before else None,
            one.difference,
            (one.interval.low, one.interval.high) if one.interval else None,
        ]
    return row


def toggle_address(asked: Asked, **more: str | Sequence[str]) -> str:
    """Return the address of the same page with the comparison switched."""
    filters = asked.filters
    other = type(filters)(
        equals=filters.equals,
        start=filters.start,
        end=filters.end,
        weight=filters.weight,
        compare=not filters.compare,
    )
    return address(asked.page, other, **more)
