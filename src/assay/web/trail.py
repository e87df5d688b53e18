"""The audit log as a page. It stands here because the audit room knows nothing of who may read."""

from __future__ import annotations

import importlib
import importlib.util
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from assay.figures import numbers
from assay.figures.tables import Column, Kind, Table, csv_chunks
from assay.rooms.audit import queries
from assay.rooms.audit.models import Entry
from assay.rooms.organisation.access import Access, requires
from assay.rooms.organisation.models import Unit
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission, UnitKind

from .formats import current_region

PAGE_SIZE = 100
REASONS = {
    "missing": gettext_noop("an entry is missing"),
    "not_linked": gettext_noop("it is not linked to the one before"),
    "changed": gettext_noop("its content was changed"),
    "head_not_found": gettext_noop("the kept head is not in the trail"),
    "inserted": gettext_noop("it was inserted outside the numbering"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the reader asks for."""

    kind: str
    actor: str
    subject: str
    since: date | None
    until: date | None

    def is_any(self) -> bool:
        """Tell whether anything is filtered."""
        return any((self.kind, self.actor, self.subject, self.since, self.until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check of the chain found."""

    entries: int
    head: str
    bad_at: int | None
    reason: str


@requires(Permission.AUDIT_VIEW)
@require_GET
def audit_log(request: HttpRequest) -> HttpResponseBase:
    """List who did what and when, newest first; check the chain when asked; export what is filtered."""
    access = cast(Access, request.access)  # type: ignore[attr-defined]
    filters = _filters(request)
    found = _found(access, filters)
    if request.GET.get("format") == "csv":
        return _export(access, filters, found)
    if request.GET.get("format", "") not in {"", "html"}:
        raise _unknown("format", request.GET["format"])
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    facts = {
        "rows": [(entry, kind_label(entry.kind), _facts_of(entry)) for entry in page],
        "page_obj": page,
        "filters": filters,
        "kinds": sorted(((kind, str(label)) for kind, label in kinds().items()), key=lambda pair: pair[1]),
        "head": queries.head(),
        "checked": _check() if request.GET.get("verify") == "1" else None,
        "is_everywhere": _covers_everything(access),
    }
    return render(request, "audit_log.html", facts)


@lru_cache(maxsize=1)
def kinds() -> dict[str, str | Promise]:
    """Gather what each room calls the entries it writes."""
    found: dict[str, str | Promise] = {}
    for room in settings.ROOMS:
        name = f"assay.rooms.{room}.labels"
        if importlib.util.find_spec(name):
            found.update(getattr(importlib.import_module(name), "AUDIT_KINDS", {}))
    return found


def kind_label(kind: str) -> str:
    """Name what an entry tells of; one that no room names any more shows its code."""
    return str(kinds().get(kind, kind))


def _filters(request: HttpRequest) -> Filters:
    kind = request.GET.get("kind", "")
    if kind and kind not in kinds():
        raise _unknown("kind", kind)
    return Filters(
        kind=kind,
        actor=request.GET.get("actor", "").strip(),
        subject=request.GET.get("subject", "").strip(),
        since=_day(request, "from"),
        until=_day(request, "to"),
    )


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal(
            "request.unreadable_date",
            gettext_noop("“{value}” in “{name}” is not a date. Write it as 2026-05-31."),
            facts={"name": name, "value": text},
            status=400,
        ) from None


def _unknown(name: str, value: str) -> Refusal:
    return Refusal(
        "request.unknown_value",
        gettext_noop("The filter “{name}” does not know “{value}”. Choose one of the list."),
        facts={"name": name, "value": value},
        status=400,
    )


def _covers_everything(access: Access) -> bool:
    return Unit.objects.filter(kind=UnitKind.ORGANISATION, path__in=access.paths).exists()


def _found(access: Access, filters: Filters) -> QuerySet[Entry]:
    found = Entry.objects.order_by("-sequence")
    if not _covers_everything(access):
        # An entry without a place belongs to the whole organisation.
        places = Q(pk__in=[])
        for path in access.paths:
            places |= Q(place__gte=path, place__lt=path + "\U0010ffff")
        found = found.filter(places)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.actor:
        found = found.filter(actor=filters.actor)
    if filters.subject:
        found = found.filter(subject__icontains=filters.subject)
    if filters.since:
        found = found.filter(at__gte=_midnight(filters.since))
    if filters.until:
        found = found.filter(at__lt=_midnight(filters.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    """Say when a day begins for the reader."""
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone()).astimezone(UTC)


def _facts_of(entry: Entry) -> list[tuple[str, str]]:
    """Read an entry's facts; a damaged one must not stop the page that would show the damage."""
    try:
        facts = json.loads(entry.facts)
    except ValueError:
        return [("?", entry.facts)]
    if not isinstance(facts, dict):
        return [("?", entry.facts)]
    return [(name, _text(value)) for name, value in facts.items()]


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_text(part) for part in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _check() -> Checked:
    head = queries.head()
    bad = queries.first_bad_entry()
    reason = _(REASONS.get(bad.reason, bad.reason)) if bad else ""
    return Checked(entries=head.sequence, head=head.hash, bad_at=bad.sequence if bad else None, reason=reason)


def _export(access: Access, filters: Filters, found: QuerySet[Entry]) -> StreamingHttpResponse:
    now = timezone.now()
    columns = (
        Column(key="sequence", title=_("Number"), kind=Kind.COUNT),
        Column(key="at", title=_("When"), kind=Kind.MOMENT),
        Column(key="actor", title=_("Who")),
        Column(key="kind", title=_("What")),
        Column(key="code", title=_("Code")),
        Column(key="subject", title=_("Subject")),
        Column(key="facts", title=_("Facts")),
        Column(key="hash", title=_("Hash")),
    )
    rows = (
        (e.sequence, e.at, e.actor, kind_label(e.kind), e.kind, e.subject, e.facts, e.hash)
        for e in found.iterator(chunk_size=2000)
    )
    facts = (
        (_("Exported by"), access.person.pseudonym),
        (_("Exported at"), numbers.format_moment(now, "UTC", current_region())),
        (_("Filters"), _filter_text(filters)),
        (_("Head of the chain"), queries.head().hash),
    )
    table = Table(columns=columns, rows=rows, title=_("Audit log"), facts=facts)
    response = StreamingHttpResponse(csv_chunks(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
    return response


def _filter_text(filters: Filters) -> str:
    chosen = (
        (_("What"), kind_label(filters.kind) if filters.kind else ""),
        (_("Who"), filters.actor),
        (_("Subject"), filters.subject),
        (_("From"), filters.since.isoformat() if filters.since else ""),
        (_("To"), filters.until.isoformat() if filters.until else ""),
    )
    return "; ".join(f"{label}: {text}" for label, text in chosen if text) or _("None")
