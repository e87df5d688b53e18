"""What every view of this room needs of a request."""

from __future__ import annotations

from typing import cast

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from assay.figures import numbers
from assay.figures.tables import Table, csv_chunks, to_xlsx
from assay.rooms.organisation.access import Access, access_of
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.terms import Permission
from assay.rooms.sampling import queries
from assay.rooms.sampling.models import Plan

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def access_in(request: HttpRequest) -> Access:
    """Return what `requires` found."""
    return cast(Access, request.access)  # type: ignore[attr-defined]


def region_in(request: HttpRequest) -> str:
    """Return whose number formats to follow."""
    return str(getattr(request, "region", "en_US"))


def plan_in(request: HttpRequest, code: str) -> Plan:
    """Return a plan within reach; of another place's plan not even its existence is told."""
    found = queries.plan_by_code(code, access=access_in(request))
    if found is None:
        raise Http404
    return found


def may_edit(plan: Plan, person: Person) -> bool:
    """Tell whether somebody may freeze, extend and discard a plan."""
    return access_of(person, Permission.PLANS_EDIT).covers(plan.unit.path)


def about(request: HttpRequest, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Say who exported what when."""
    moment = numbers.format_moment(timezone.now(), timezone.get_current_timezone(), region_in(request))
    return (
        (_("Exported by"), access_in(request).person.pseudonym),
        (_("Exported at"), moment),
        *more,
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


def check_parameters(request: HttpRequest, *known: str) -> None:
    """Refuse a parameter the page does not know, rather than showing something else than was asked for."""
    for name in request.GET:
        if name not in known:
            raise BadRequest(_("The address holds “%(name)s”, which this page does not know.") % {"name": name})
