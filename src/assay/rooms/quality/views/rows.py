"""The rows behind any figure. Whoever opens them has seen decisions, and reviews their content no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import get_language, gettext, gettext_noop
from django.views.decorators.http import require_GET

from assay.figures.tables import Column, Kind, Table, Value
from assay.rooms.organisation.access import access_of, requires
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission
from assay.rooms.reviews import operations as reviews
from assay.rooms.reviews.terms import SeenHow

from .. import labels, rules
from ..measures import MEASURES, Measure
from ..queries import log
from ..queries.measuring import figure
from ..queries.rows import Row, read_rows, rows_behind
from ..terms import ROW_FILTERS, Basis, Cut, MeasureCode
from . import words
from .answers import export, respond
from .asking import Asked, address, asked, chips, facts

ROWS_A_PAGE = 50


@requires(Permission.QUALITY_VIEW)
@require_GET
def rows(request: HttpRequest) -> HttpResponseBase:
    """List the decisions behind a figure; there are as many as its n."""
    ask = asked(request, "quality_rows", also=ROW_FILTERS, page_names=("measure", "counted", "page"))
    measure = MEASURES[rules.read_measure(request.GET.get("measure") or MeasureCode.ERROR_RATE)]
    only = rules.read_word("counted", request.GET.get("counted") or "0", ["0", "1"]) == "1"
    viewer = request.access.person  # type: ignore[attr-defined]
    ask = _within_people(ask, viewer)
    if measure.basis is Basis.LOG:
        return _appeals(request, ask, measure, only, viewer)
    ids = rows_behind(ask.question.selection(), measure, only_counted=only).tolist()
    page = Paginator(ids, ROWS_A_PAGE).get_page(request.GET.get("page"))
    wanted = request.GET.get("format")
    shown = read_rows(ids if wanted else list(page.object_list))
    _mark(viewer, [row.mark for row in shown], ask)
    table = _table(ask, shown, _makers_of(viewer))
    return _respond(request, ask, measure, table=table, page=page, only=only)


def _respond(
    request: HttpRequest, ask: Asked, measure: Measure, *, table: Table, page: Page[Any], only: bool
) -> HttpResponseBase:
    if request.GET.get("format"):
        rules.read_word("format", request.GET["format"], ["csv", "xlsx"])
        return export(table, name="assay-rows", wanted=request.GET["format"])
    more = {"measure": str(measure.code), "counted": "1" if only else ""}
    shown = chips(ask, **more)
    context = {
        "measure_name": words.measure_name(measure.code),
        "measure": measure.code,
        "definition": str(labels.DEFINITIONS[measure.code]),
        "figure": figure(ask.question, measure),
        "unit": words.unit_of(measure.code),
        "table": table,
        "page_obj": page,
        "only": only,
        "all_rows": address("quality_rows", ask.filters, measure=measure.code),
        "counted_rows": address("quality_rows", ask.filters, measure=measure.code, counted="1")
        if measure.basis is not Basis.DOUBLES
        else "",
        "chips": shown,
        "hidden": [(chip.name, value) for chip in shown for value in chip.values]
        + [(name, value) for name, value in more.items() if value],
        "toggle": "",
    }
    return respond(request, "quality/rows.html", ask, context, {"rows": table})


def _within_people(ask: Asked, viewer: Person) -> Asked:
    """Let rows be narrowed to a person only where the viewer may compare people."""
    if "maker" not in ask.filters.equals:
        return ask
    makers = _makers_of(viewer)
    if makers == ():
        raise Refusal("quality.not_found", gettext_noop("There is no such thing here."), status=404)
    own, there = ask.question.sites, makers
    sites = own if there is None else there if own is None else tuple(site for site in own if site in there)
    return replace(ask, question=replace(ask.question, sites=sites))


def _makers_of(viewer: Person) -> tuple[str, ...] | None:
    """Return the sites whose makers the viewer may see by pseudonym; none for all."""
    access = access_of(viewer, Permission.PEOPLE_VIEW)
    return access.site_codes() if access.paths else ()


def _mark(viewer: Person, marks: Sequence[str], ask: Asked) -> None:
    reviews.mark_seen(person=viewer, content_hashes=marks, how=SeenHow.ROWS, at=ask.at)


def _table(ask: Asked, shown: Sequence[Row], makers: tuple[str, ...] | None) -> Table:
    columns = [
        Column(key="decision", title=gettext("Decision")),
        Column(key="decided_at", title=gettext("Decided at"), kind=Kind.MOMENT),
        *(Column(key=str(cut), title=labels.filter_label(cut)) for cut in _ROW_CUTS),
        Column(key="found", title=gettext("Finding")),
        Column(key="found_outcome", title=gettext("Review decided")),
        Column(key="found_policy", title=gettext("Policy the review found")),
        Column(key="settled_by", title=gettext("Settled by")),
        Column(key="views", title=gettext("Views"), kind=Kind.COUNT),
    ]
    if makers != ():
        columns.insert(2, Column(key="maker", title=labels.filter_label("maker")))
    return Table(
        columns=tuple(columns),
        rows=tuple(_cells(shown, makers)),
        title=gettext("Decisions behind the figure"),
        facts=facts(ask),
        sheet_names=(gettext("About"), gettext("Rows")),
    )


_ROW_CUTS = (Cut.SITE, Cut.ITEM_TYPE, Cut.MARKET, Cut.LANGUAGE, Cut.QUEUE, Cut.OUTCOME, Cut.POLICY)


def _cells(shown: Sequence[Row], makers: tuple[str, ...] | None) -> Iterator[tuple[Value, ...]]:
    names = words.value_names("policy", get_language() or "en")
    for row in shown:
        cells: list[Value] = [
            row.decision_key,
            row.decided_at,
            row.site,
            labels.value_label("item_type", row.item_type),
            row.market,
            row.language,
            row.queue,
            labels.value_label("outcome", row.outcome),
            names.get(row.policy, row.policy),
            str(labels.FINDINGS[row.found]),
            labels.value_label("outcome", row.found_outcome) if row.found_outcome else "",
            names.get(row.found_policy, row.found_policy),
            str(labels.SETTLED_BY[row.settled_by]),
            row.views,
        ]
        if makers != ():
            cells.insert(2, row.maker if makers is None or row.site in makers else "")
        yield tuple(cells)


def _appeals(request: HttpRequest, ask: Asked, measure: Measure, only: bool, viewer: Person) -> HttpResponseBase:
    """List the decided appeals behind the overturn figure."""
    now = figure(ask.question, measure)
    count = now.counted if only else now.n
    page = Paginator(range(count), ROWS_A_PAGE).get_page(request.GET.get("page"))
    first, limit = (0, count) if request.GET.get("format") else (page.start_index() - 1, ROWS_A_PAGE)
    shown = log.appeals(
        ask.question.sites, ask.filters, limit=max(0, limit), offset=max(0, first), only_overturned=only
    )
    _mark(viewer, [row.mark for row in shown], ask)
    names = words.value_names("policy", get_language() or "en")
    cuts = (Cut.SITE, Cut.ITEM_TYPE, Cut.MARKET, Cut.QUEUE, Cut.OUTCOME, Cut.POLICY)
    table = Table(
        columns=(
            Column(key="decision", title=gettext("Decision")),
            Column(key="decided_at", title=gettext("Decided at"), kind=Kind.MOMENT),
            *(Column(key=str(cut), title=labels.filter_label(cut)) for cut in cuts),
            Column(key="appeal_outcome", title=gettext("Appeal")),
        ),
        rows=tuple(
            (
                row.decision_key,
                row.decided_at,
                row.site,
                labels.value_label("item_type", row.item_type),
                row.market,
                row.queue,
                labels.value_label("outcome", row.outcome),
                names.get(row.policy, row.policy),
                str(labels.APPEALS[row.appeal_outcome]),
            )
            for row in shown
        ),
        title=gettext("Decisions behind the figure"),
        facts=facts(ask),
        sheet_names=(gettext("About"), gettext("Rows")),
    )
    return _respond(request, ask, measure, table=table, page=page, only=only)
