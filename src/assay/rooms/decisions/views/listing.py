"""The list of imports, with how fresh each site's decisions are, and the list of mappings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assay.figures.charts import calendar_heatmap
from assay.figures.charts.calendar_heatmap import CalendarHeatmap, CalendarRow
from assay.figures.charts.frame import Heading
from assay.figures.tables import Column, Kind, Table, csv_chunks, to_xlsx
from assay.figures.words import words_in
from assay.rooms.decisions import labels, queries, rules
from assay.rooms.decisions.models import ImportRun
from assay.rooms.decisions.terms import LogKind, RunState
from assay.rooms.organisation.access import Access, access_of, requires
from assay.rooms.organisation.models import Unit
from assay.rooms.organisation.terms import Permission

_DAYS = 28
_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires(Permission.IMPORTS_VIEW)
@require_GET
def imports(request: HttpRequest) -> HttpResponseBase:
    """List what was brought in, newest first, and on which days a site sent nothing."""
    access = cast(Access, request.access)  # type: ignore[attr-defined]
    found = queries.runs(access)
    state = _state(request)
    if state:
        found = found.filter(state=state)
    wanted = request.GET.get("format", "")
    if wanted:
        return export(runs_table(list(found)), name="assay-imports", wanted=wanted)
    names = dict(Unit.objects.values_list("code", "name"))
    fresh = queries.freshness(access)
    page = Paginator(found, _PAGE).get_page(request.GET.get("page"))
    facts = {
        "page_obj": page,
        "rows": [(run, labels.STATES[RunState(run.state)]) for run in page],
        "states": [(str(each), label, each == state) for each, label in labels.STATES.items()],
        "is_filtered": bool(state),
        "freshness": [(each, names.get(each.site, each.site)) for each in fresh],
        "calendar": _calendar(request, access, names) if fresh else None,
        "may_import": bool(access_of(access.person, Permission.IMPORTS_RUN).paths),
    }
    return render(request, "decisions/imports.html", facts)


@requires(Permission.IMPORTS_VIEW)
@require_GET
def mappings(request: HttpRequest) -> HttpResponse:
    """List the mappings within reach."""
    access = cast(Access, request.access)  # type: ignore[attr-defined]
    rows = [(each, labels.LOG_KINDS[LogKind(each.log_kind)]) for each in queries.mappings(access)]
    may_import = bool(access_of(access.person, Permission.IMPORTS_RUN).paths)
    return render(request, "decisions/mappings.html", {"rows": rows, "may_import": may_import})


@requires(Permission.IMPORTS_VIEW)
@require_GET
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how one mapping reads a file."""
    access = cast(Access, request.access)  # type: ignore[attr-defined]
    found = get_object_or_404(queries.mappings(access), pk=pk)
    return render(request, "decisions/mapping.html", {"mapping": found, **mapping_facts(found.spec)})


def mapping_facts(made: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping as its page shows it: column of the log, where from, words."""
    spec = rules.spec_from_json(made)
    lines = [
        (labels.FIELDS[name], rule.column, rule.constant, rule.clock_start, sorted(rule.values.items()))
        for name, rule in spec.rules.items()
    ]
    return {"lines": lines, "spec": spec}


def runs_table(runs: list[ImportRun]) -> Table:
    """Return runs with their ledgers as a table."""
    return Table(
        title=_("Imports"),
        columns=(
            Column(key="run", title=_("Import"), kind=Kind.COUNT),
            Column(key="requested_at", title=_("Requested"), kind=Kind.MOMENT),
            Column(key="file", title=_("File")),
            Column(key="source", title=_("Source")),
            Column(key="unit", title=_("Belongs to")),
            Column(key="state", title=_("State")),
            Column(key="dry_run", title=_("Trial run")),
            Column(key="rows_in", title=_("Rows in"), kind=Kind.COUNT),
            Column(key="accepted", title=_("Accepted"), kind=Kind.COUNT),
            Column(key="duplicate", title=_("Duplicate"), kind=Kind.COUNT),
            Column(key="superseded", title=_("Superseded"), kind=Kind.COUNT),
            Column(key="refused", title=_("Refused"), kind=Kind.COUNT),
        ),
        rows=tuple(
            (
                run.pk,
                run.requested_at,
                run.file_name,
                run.mapping.source,
                run.unit.name,
                str(labels.STATES[RunState(run.state)]),
                _("Yes") if run.is_dry_run else _("No"),
                run.rows_in,
                run.accepted,
                run.duplicate,
                run.superseded,
                run.refused,
            )
            for run in runs
        ),
        sheet_names=(_("About"), _("Imports")),
    )


def export(table: Table, *, name: str, wanted: str) -> HttpResponseBase:
    """Send a table as a file."""
    if wanted == "csv":
        answer: HttpResponseBase = StreamingHttpResponse(csv_chunks(table), content_type="text/csv; charset=utf-8")
    elif wanted == "xlsx":
        answer = HttpResponse(to_xlsx(table), content_type=XLSX)
    else:
        raise BadRequest(_("“%(value)s” is no format; use csv or xlsx.") % {"value": wanted})
    answer["Content-Disposition"] = f'attachment; filename="{name}.{wanted}"'
    return answer


def _state(request: HttpRequest) -> str:
    state = request.GET.get("state", "")
    if state and state not in set(RunState):
        words = ", ".join(RunState)
        raise BadRequest(_("“%(value)s” is no state; use %(words)s.") % {"value": state, "words": words})
    return state


def _calendar(request: HttpRequest, access: Access, names: dict[str, str]) -> dict[str, Any] | None:
    """Draw rows by day and site over the last four weeks that have any."""
    last = max(each.last_at for each in queries.freshness(access)).date()
    first = max(last - timedelta(days=_DAYS - 1), date(2000, 1, 1))
    counts = queries.rows_by_day(access, since=first)
    by_site: dict[str, dict[date, int]] = {}
    for count in counts:
        by_site.setdefault(count.site, {})[count.day] = count.rows
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    rows = tuple(
        CalendarRow(label=names.get(site, site) or _("No site"), counts=tuple(found.get(day, 0) for day in days))
        for site, found in sorted(by_site.items())
    )
    gaps = sum(1 for row in rows for count in row.counts if count == 0)
    chart = CalendarHeatmap(
        heading=Heading(
            key="rows-by-day",
            title=_("Some days have no rows") if gaps else _("Every site sent rows on every day"),
            subtitle=_("Decisions in the log by site and day of the decision, days in UTC"),
            method=_("Count of rows"),
            region=getattr(request, "region", "en_US"),
            words=words_in(get_language() or "en"),
        ),
        first_day=first,
        rows=rows,
    )
    return {"svg": calendar_heatmap.draw(chart), "table": calendar_heatmap.table_of(chart), "at": timezone.now()}
