"""How far the reviews of a round are, and closing it to further ones."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assay.rooms.organisation import access as organisation_access
from assay.rooms.organisation.access import Access, requires
from assay.rooms.organisation.terms import Permission
from assay.rooms.sampling.models import Plan

from .. import labels, operations, queries
from ..terms import Round


@requires(Permission.REVIEWS_VIEW)
@require_GET
def reviews_of_round(request: HttpRequest, code: str) -> HttpResponse:
    """Show how many reviews of a round are in."""
    access: Access = request.access  # type: ignore[attr-defined]
    plan = _plan(code, access)
    status = queries.round_status(plan)
    rows = (
        (labels.ROUNDS[Round.FIRST], status.first),
        (labels.ROUNDS[Round.SECOND], status.second),
        (labels.ROUNDS[Round.ADJUDICATION], status.rulings),
    )
    may_close = organisation_access.access_of(access.person, Permission.ADJUDICATE).covers(plan.unit.path)
    return render(
        request,
        "reviews/round.html",
        {"plan": plan, "status": status, "rows": rows, "may_close": may_close},
    )


@requires(Permission.ADJUDICATE)
@require_POST
def reviews_of_round_close(request: HttpRequest, code: str) -> HttpResponseBase:
    """Close a round to further reviews; its code must be typed, since that cannot be undone."""
    access: Access = request.access  # type: ignore[attr-defined]
    plan = _plan(code, access)
    if request.POST.get("code", "").strip() != plan.code:
        messages.error(request, _("Type the code of the round exactly as it is shown. Nothing was closed."))
    else:
        operations.close_round(plan=plan, actor=access.person, at=timezone.now())
        messages.success(request, _("This round takes no more reviews."))
    return redirect("reviews_of_round", code)


def _plan(code: str, access: Access) -> Plan:
    plan = Plan.objects.select_related("unit").filter(code=code).first()
    if plan is None or not access.covers(plan.unit.path):
        raise Http404
    return plan
