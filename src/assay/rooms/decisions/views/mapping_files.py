"""A new file: uploaded, looked at, its columns mapped, and tried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from assay.rooms.decisions import forms, labels, operations, queries, rules
from assay.rooms.decisions.child import peek_in_child
from assay.rooms.decisions.forms import MappingForm, UploadForm
from assay.rooms.decisions.models import Mapping as SavedMapping
from assay.rooms.decisions.parsing.parse import Request
from assay.rooms.decisions.parsing.shapes import FileRefused
from assay.rooms.decisions.rules import Codes, MappingSpec
from assay.rooms.decisions.terms import LogKind
from assay.rooms.organisation.access import Access, requires
from assay.rooms.organisation.models import Unit
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission

from .uploading import KeptUpload, receive, too_large

_MOST_REMEMBERED = 20


@csrf_exempt
@requires(Permission.IMPORTS_RUN)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Take an upload. The check of the form's origin follows once the upload has its place."""
    handler = receive(request) if request.method == "POST" else None
    return _new(request, handler)


@csrf_protect
def _new(request: HttpRequest, handler: Any) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None) if handler else UploadForm()
    if handler is not None:
        valid = form.is_valid()
        if handler.is_too_large:
            raise too_large()
        if valid:
            upload = cast(KeptUpload, form.cleaned_data["file"])
            _remember(request, upload, form.cleaned_data["log_kind"])
            return redirect("imports_map", sha256=upload.stored.sha256)
    facts = {"form": form, "limit": settings.ASSAY_UPLOAD_LIMIT_BYTES // 1024**2}
    return render(request, "decisions/new.html", facts, status=422 if form.errors else 200)


@requires(Permission.IMPORTS_RUN)
@require_http_methods(["GET", "POST"])
def map_columns(request: HttpRequest, sha256: str) -> HttpResponse:
    """Show what is in an uploaded file and what a mapping makes of it; save the mapping and try the file out."""
    access = cast(Access, request.access)  # type: ignore[attr-defined]
    kept = request.session.get("uploads", {}).get(sha256)
    if kept is None:
        raise Http404
    unit = _unit(request, access)
    codes = queries.codes_for(unit)
    try:
        if request.method == "POST":
            return _answer_post(request, access, sha256, kept, codes)
        saved = _saved(request, access)
        spec = rules.spec_from_json(saved.spec) if saved else None
        look = _look(sha256, LogKind(kept["log_kind"]), spec, codes)
    except FileRefused as refused:
        why = labels.file_refusal(refused.code, refused.facts)
        return render(request, "decisions/unreadable.html", {"why": why, "kept": kept}, status=422)
    spec = rules.spec_from_json(look["spec"], is_complete=False)
    fitting = None if saved else queries.fitting_mapping(access, look["headings"])
    form = MappingForm(access=access, initial=_initial(kept["name"], unit, spec, saved))
    return _page(request, kept, form=form, spec=spec, look=look, codes=codes, fitting=fitting)


def _answer_post(
    request: HttpRequest, access: Access, sha256: str, kept: Mapping[str, str], codes: Codes
) -> HttpResponse:
    """Show the mapping again as it was changed, or save it and try the file out."""
    headings = request.POST.getlist("headings")
    kind = LogKind(kept["log_kind"])
    spec = forms.spec_from_post(request.POST, log_kind=kind, headings=headings)
    form = MappingForm(request.POST, access=access)
    refusal: Refusal | None = None
    if form.is_valid() and request.POST.get("action") == "try":
        try:
            return _try_out(access, form, spec, sha256, kept)
        except Refusal as refused:
            refusal = refused
    try:
        rules.check_spec(spec, is_complete=False)
    except Refusal as refused:
        refusal, spec = refused, MappingSpec(rules={}, log_kind=kind)
    look = _look(sha256, kind, spec, codes)
    if refusal is not None:
        sentence = gettext(refusal.message).format(**refusal.facts)
        form.add_error(refusal.field if refusal.field in form.fields else None, sentence)
    return _page(request, kept, form=form, spec=spec, look=look, codes=codes, status=422 if form.errors else 200)


def _try_out(
    access: Access, form: MappingForm, spec: MappingSpec, sha256: str, kept: Mapping[str, str]
) -> HttpResponse:
    unit = form.cleaned_data["unit"]
    access.check_unit(unit)
    now = timezone.now()
    saved = operations.save_mapping(
        name=form.cleaned_data["name"],
        source=form.cleaned_data["source"],
        unit=unit,
        spec=spec,
        actor=access.person,
        at=now,
    )
    run = operations.start_import(
        mapping=saved,
        file_path=_path(sha256),
        file_name=kept["name"],
        requested_by=access.person,
        at=now,
        dry_run=True,
    )
    operations.enqueue_import(run=run, at=now)
    return redirect("imports_run", pk=run.pk)


def _page(
    request: HttpRequest,
    kept: Mapping[str, str],
    *,
    form: MappingForm,
    spec: MappingSpec,
    look: dict[str, Any],
    codes: Codes,
    fitting: SavedMapping | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = forms.field_rows(spec, look["words"], codes)
    used = {rule.column for rule in spec.rules.values() if rule.column}
    facts = {
        "kept": kept,
        "form": form,
        "headings": look["headings"],
        "unused": [heading for heading in look["headings"] if heading not in used],
        "groups": _grouped(rows),
        "first_rows": look["rows"],
        "after": _after(look["after"], spec),
        "after_headings": [labels.FIELDS[name] for name in spec.rules],
        "faults": look["faults"],
        "fitting": fitting,
    }
    return render(request, "decisions/map.html", facts, status=status)


def _grouped(rows: Sequence[forms.FieldRow]) -> list[tuple[str, bool, list[forms.FieldRow]]]:
    """Put what every row needs first, then what the file has, then the rest, folded."""
    needed = [row for row in rows if row.is_required]
    given = [row for row in rows if not row.is_required and row.source]
    rest = [row for row in rows if not row.is_required and not row.source]
    named = (
        (gettext("Needed"), True, needed),
        (gettext("Found in the file"), True, given),
        (gettext("Not in the file"), False, rest),
    )
    return [group for group in named if group[2]]


def _after(after: list[dict[str, Any]], spec: MappingSpec) -> list[dict[str, Any]]:
    return [
        {
            "number": row["number"],
            "cells": [row["values"].get(name, "") for name in spec.rules],
            "problems": [
                {
                    "column": problem["column"],
                    "why": labels.reason_sentence(
                        problem["reason"],
                        column=problem["column"],
                        value=problem["value"][:60],
                        facts=problem["facts"],
                    ),
                }
                for problem in row["problems"]
            ],
        }
        for row in after
    ]


def _look(sha256: str, log_kind: LogKind, spec: MappingSpec | None, codes: Codes) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        return peek_in_child(
            Request(
                path=_path(sha256),
                out=Path(folder),
                spec=spec or MappingSpec(rules={}, log_kind=log_kind),
                codes=codes,
                at=timezone.now(),
                is_peek=True,
                is_guess=spec is None,
            )
        )


def _initial(file_name: str, unit: Unit, spec: MappingSpec, saved: SavedMapping | None) -> dict[str, Any]:
    stem = Path(file_name).stem.split(".")[0][:60]
    return {
        "name": saved.name if saved else stem,
        "source": saved.source if saved else slugify(stem)[:60],
        "unit": (saved.unit if saved else unit).code,
        **forms.settings_of(spec),
    }


def _saved(request: HttpRequest, access: Access) -> SavedMapping | None:
    wanted = request.GET.get("mapping", "")
    if not wanted:
        return None
    return get_object_or_404(queries.mappings(access), pk=wanted if wanted.isdigit() else 0)


def _unit(request: HttpRequest, access: Access) -> Unit:
    """Return the place chosen, or the highest one within reach."""
    wanted = request.POST.get("unit", "")
    found = access.units().filter(code=wanted).first() if wanted else access.units().order_by("path").first()
    if found is None:
        raise Http404
    return found


def _remember(request: HttpRequest, upload: KeptUpload, log_kind: str) -> None:
    """Note in the session that this person sent the file: nobody opens a file by its fingerprint alone."""
    kept = dict(request.session.get("uploads", {}))
    kept.pop(upload.stored.sha256, None)
    kept[upload.stored.sha256] = {
        "name": rules.clean_file_name(upload.name or ""),
        "log_kind": log_kind,
        "size": upload.stored.size,
    }
    request.session["uploads"] = dict(list(kept.items())[-_MOST_REMEMBERED:])


def _path(sha256: str) -> Path:
    return Path(settings.ASSAY_UPLOADS) / sha256[:2] / sha256
