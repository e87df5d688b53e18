"""Regions, sites and teams."""

from __future__ import annotations

from collections import Counter
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assay.rooms.organisation import operations
from assay.rooms.organisation.access import Access, can, requires
from assay.rooms.organisation.forms import UnitForm
from assay.rooms.organisation.labels import UNIT_KINDS
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission, UnitKind

from .forms_and_refusals import add_refusal


@requires(Permission.ORGANISATION_VIEW)
@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """Show the tree of places within the viewer's own."""
    access = cast(Access, request.access)  # type: ignore[attr-defined]
    found = list(access.units().select_related("vendor"))
    homes = Counter(Person.objects.filter(home__in=access.units(), is_active=True).values_list("home__path", flat=True))
    facts = {
        "rows": [
            (
                unit,
                UNIT_KINDS[UnitKind(unit.kind)],
                range(unit.path.count(".") - 1),
                sum(count for path, count in homes.items() if path.startswith(unit.path)),
            )
            for unit in found
        ],
        "may_edit": can(access.person, Permission.ORGANISATION_EDIT),
    }
    return render(request, "organisation/units.html", facts)


@requires(Permission.ORGANISATION_EDIT)
@require_http_methods(["GET", "POST"])
def new_unit(request: HttpRequest) -> HttpResponse:
    """Add a region, site or team below a place the viewer manages."""
    access = cast(Access, request.access)  # type: ignore[attr-defined]
    form = UnitForm(request.POST or None, access=access, initial={"zone": access.person.zone})
    if request.method == "POST" and form.is_valid():
        values = {**form.cleaned_data, "kind": UnitKind(form.cleaned_data["kind"])}
        try:
            operations.create_unit(**values, actor=access.person, at=timezone.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Place added."))
            return redirect("admin_units")
    return render(request, "organisation/new_unit.html", {"form": form}, status=422 if form.is_bound else 200)
