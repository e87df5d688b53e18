"""The page of one import, and what can be done from there."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from assay.figures.charts import bar_list
from assay.figures.charts.bar_list import Bar, BarList
from assay.figures.charts.frame import Heading
from assay.figures.words import words_in
from assay.rooms.decisions import exports, labels, operations, queries
from assay.rooms.decisions.forms import MendForm
from assay.rooms.decisions.models import ImportRun
from assay.rooms.decisions.terms import FileFormat, Reason, RunState
from assay.rooms.jobs.models import Job
from assay.rooms.organisation.access import Access, access_of, requires
from assay.rooms.organisation.terms import Permission

from .listing import mapping_facts
from .uploading import KeptUpload, receive, too_large

_ROWS_SHOWN = 200
_GROUPS_DRAWN = 12


@requires(Permission.IMPORTS_VIEW)
@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one import: its ledger, why rows were refused, and what to do next."""
    access = cast(Access, request.access)  # type: ignore[attr-defined]
    found = get_object_or_404(queries.runs(access), pk=pk)
    return _page(request, access, found)


@requires(Permission.IMPORTS_VIEW)
@require_GET
def refused_rows(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the refused rows as a file to mend."""
    access = cast(Access, request.access)  # type: ignore[attr-defined]
    found = get_object_or_404(queries.runs(access).exclude(refused_path=""), pk=pk)
    operations.note_export(run=found, actor=access.person, at=timezone.now())
    answer = StreamingHttpResponse(exports.refused_csv(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="assay-import-{found.pk}-refused.csv"'
    return answer


@requires(Permission.IMPORTS_RUN)
@require_POST
def run_for_real(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring in the file that was tried out."""
    access = cast(Access, request.access)  # type: ignore[attr-defined]
    tried = get_object_or_404(queries.runs(access), pk=pk)
    made = operations.repeat_for_real(run_id=tried.pk, actor=access.person, at=timezone.now())
    return redirect("imports_run", pk=made.pk)


@csrf_exempt
@requires(Permission.IMPORTS_RUN)
@require_POST
def mend(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a mended file of refused rows. The check of the form's origin follows once the upload has its place."""
    handler = receive(request)
    return _mend(request, pk, handler)


@csrf_protect
def _mend(request: HttpRequest, pk: int, handler: Any) -> HttpResponse:
    access = cast(Access, request.access)  # type: ignore[attr-defined]
    found = get_object_or_404(queries.runs(access).filter(state=RunState.DONE), pk=pk)
    form = MendForm(request.POST, request.FILES)
    if handler.is_too_large:
        raise too_large()
    if not form.is_valid():
        return _page(request, access, found, form=form, status=422)
    upload = cast(KeptUpload, form.cleaned_data["file"])
    now = timezone.now()
    made = operations.start_import(
        mapping=found.mapping,
        file_path=upload.stored.path,
        file_name=upload.name or "",
        requested_by=access.person,
        at=now,
        dry_run=found.is_dry_run,
        mends=found,
    )
    operations.enqueue_import(run=made, at=now)
    messages.success(request, _("The mended file is being read."))
    return redirect("imports_run", pk=made.pk)


def _page(
    request: HttpRequest, access: Access, found: ImportRun, *, form: MendForm | None = None, status: int = 200
) -> HttpResponse:
    groups = list(found.refusal_groups.all())
    rows = _shown_rows(found) if found.refused_path else []
    facts = {
        "run": found,
        "state": labels.STATES[RunState(found.state)],
        "format": labels.FORMATS[FileFormat(found.file_format)],
        "job": Job.objects.filter(dedupe_key=f"decisions.import:{found.pk}").first(),
        "why": labels.file_refusal(found.error_code, found.error_facts) if found.error_code else "",
        "groups": [(group, _cause(group.reason, group.column, group.example, group.facts)) for group in groups],
        "chart": _causes(request, found, groups) if len(groups) > 1 else None,
        "rows": rows,
        "more_rows": max(0, found.refused - len(rows)),
        "mended_by": list(found.mended_by.all()),
        "form": form or MendForm(),
        "may_import": access_of(access.person, Permission.IMPORTS_RUN).covers(found.unit.path),
        "mapping": found.mapping,
        **mapping_facts(found.mapping.spec),
    }
    return render(request, "decisions/run.html", facts, status=status)


def _shown_rows(found: ImportRun) -> list[dict[str, Any]]:
    """Return the first refused rows with their causes in words."""
    shown: list[dict[str, Any]] = []
    lines = queries.refused_rows(found)
    next(lines, None)
    for line in lines:
        if len(shown) == _ROWS_SHOWN:
            break
        problems = [
            {
                "column": problem["column"],
                "value": problem["value"][:120],
                "why": _cause(problem["reason"], problem["column"], problem["value"], problem["facts"]),
            }
            for problem in line["problems"]
        ]
        shown.append({"number": line["row"], "problems": problems})
    return shown


def _cause(reason: str, column: str, value: str, facts: dict[str, Any]) -> str:
    return labels.reason_sentence(reason, column=column, value=value[:60], facts=facts)


def _causes(request: HttpRequest, found: ImportRun, groups: list[Any]) -> dict[str, Any]:
    """Draw how many rows each cause refused."""
    bars = tuple(
        Bar(label=_cause_name(group.column, group.reason), value=float(group.count)) for group in groups[:_GROUPS_DRAWN]
    )
    first = groups[0]
    chart = BarList(
        heading=Heading(
            key="causes",
            title=_("Most rows were refused for: %(cause)s") % {"cause": _cause_name(first.column, first.reason)},
            subtitle=_("Refused rows by column and cause; a row may have several"),
            method=_("Count of rows"),
            region=getattr(request, "region", "en_US"),
            words=words_in(get_language() or "en"),
        ),
        bars=bars,
    )
    return {"svg": bar_list.draw(chart), "table": bar_list.table_of(chart)}


def _cause_name(column: str, reason: str) -> str:
    name = str(labels.REASON_NAMES[Reason(reason)]) if reason in set(Reason) else reason
    return f"{column}: {name}" if column else name
