"""The API: files in, ledgers out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from ninja import File, Form, Router, Schema, Status, UploadedFile
from ninja.decorators import decorate_view

from assay.rooms.organisation.access import access_for_request
from assay.rooms.organisation.api_auth import holding
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission

from . import labels, operations, queries
from .models import ImportRun
from .views.uploading import KeptUpload, receive, too_large

router = Router(tags=["decisions"])


class Cause(Schema):
    """Rows refused for one cause."""

    column: str
    reason: str
    message: str
    count: int
    first_row: int
    example: str


class Run(Schema):
    """One import and its ledger."""

    id: int
    mapping: str
    source: str
    unit: str
    file_name: str
    file_format: str
    file_sha256: str
    state: str
    is_dry_run: bool
    rows_in: int
    accepted: int
    duplicate: int
    superseded: int
    refused: int
    notes: dict[str, Any]
    error_code: str
    error_message: str
    causes: list[Cause]
    requested_at: datetime
    ended_at: datetime | None


def shown(run: ImportRun) -> dict[str, Any]:
    """Return a run as the API and the command line show it."""
    return {
        "id": run.pk,
        "mapping": run.mapping.name,
        "source": run.mapping.source,
        "unit": run.unit.code,
        "file_name": run.file_name,
        "file_format": run.file_format,
        "file_sha256": run.file_sha256,
        "state": run.state,
        "is_dry_run": run.is_dry_run,
        "rows_in": run.rows_in,
        "accepted": run.accepted,
        "duplicate": run.duplicate,
        "superseded": run.superseded,
        "refused": run.refused,
        "notes": run.notes,
        "error_code": run.error_code,
        "error_message": labels.file_refusal(run.error_code, run.error_facts) if run.error_code else "",
        "causes": [
            {
                "column": group.column,
                "reason": group.reason,
                "message": labels.reason_sentence(
                    group.reason, column=group.column, value=group.example, facts=group.facts
                ),
                "count": group.count,
                "first_row": group.first_row,
                "example": group.example,
            }
            for group in run.refusal_groups.all()
        ],
        "requested_at": run.requested_at,
        "ended_at": run.ended_at,
    }


@router.get("/imports", response=list[Run], auth=holding(Permission.IMPORTS_VIEW))
def imports(request: HttpRequest, limit: int = 50) -> Any:
    """List imports within reach, newest first; at most 200."""
    access = access_for_request(request, Permission.IMPORTS_VIEW)
    return [shown(run) for run in queries.runs(access)[: max(1, min(limit, 200))]]


def _keeping(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the upload as it arrives, so that its size is refused before it is read whole."""

    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            request.keeping = receive(request)  # type: ignore[attr-defined]
        except Refusal as refusal:
            message = gettext(refusal.message).format(**refusal.facts)
            facts = {"code": refusal.code, "message": message, "facts": refusal.facts}
            return JsonResponse(facts, status=refusal.status)
        return view(request, *args, **kwargs)

    return kept


@router.post("/imports", response={202: Run}, auth=holding(Permission.IMPORTS_RUN))
@decorate_view(_keeping)
def start(
    request: HttpRequest,
    mapping: Form[str] = "",
    file: UploadedFile | None = File(None),  # type: ignore[type-arg]  # noqa: B008
    dry_run: Form[bool] = False,
) -> Any:
    """Take a file in with a saved mapping; the work goes on after the answer."""
    access = access_for_request(request, Permission.IMPORTS_RUN)
    if request.keeping.is_too_large:  # type: ignore[attr-defined]
        raise too_large()
    if file is None:
        raise Refusal("decisions.no_upload", _("Send the file under the name “file”."), field="file", status=422)
    found = get_object_or_404(queries.mappings(access), name=mapping)
    now = timezone.now()
    stored = cast(KeptUpload, file).stored
    run = operations.start_import(
        mapping=found,
        file_path=stored.path,
        file_name=file.name or "",
        requested_by=cast(Person, request.user),
        at=now,
        dry_run=dry_run,
    )
    operations.enqueue_import(run=run, at=now)
    return Status(202, shown(run))


@router.get("/imports/{run_id}", response=Run, auth=holding(Permission.IMPORTS_VIEW))
def one(request: HttpRequest, run_id: int) -> Any:
    """Return one import."""
    access = access_for_request(request, Permission.IMPORTS_VIEW)
    return shown(get_object_or_404(queries.runs(access), pk=run_id))
