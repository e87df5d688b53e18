"""The planner: a sample's price and promise while it is being thought out, then drafted or frozen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assay.rooms.organisation.access import requires
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission
from assay.rooms.sampling import forms, labels, operations, queries, rules
from assay.rooms.sampling.forms import PlanForm
from assay.rooms.sampling.models import Plan
from assay.rooms.sampling.queries import Preview

from . import pictures
from .asking import access_in, region_in


@requires(Permission.PLANS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def plans_new(request: HttpRequest) -> HttpResponse:
    """Plan a sample: the address holds all that was typed, the preview follows it."""
    access, now = access_in(request), timezone.now()
    if request.method == "POST":
        form = PlanForm(request.POST, access=access)
        made = _save(request, form) if form.is_valid() else None
        return redirect("round", code=made.code) if made else _page(request, form, status=422)
    if not request.GET:
        form = PlanForm(forms.defaults(access, at=now), access=access)
        return _page(request, _nameless(form))
    form = PlanForm(request.GET, access=access)
    return _page(request, _nameless(form))


def _nameless(form: PlanForm) -> PlanForm:
    """Let a plan be previewed before it has a name."""
    if not form["name"].value():
        form.errors.pop("name", None)
    return form


def _save(request: HttpRequest, form: PlanForm) -> Plan | None:
    """Keep the plan, and draw it if asked to; on refusal keep neither and say why beside the field."""
    person, now, size = access_in(request).person, timezone.now(), form.cleaned_data["sample_size"]
    freezes = request.POST.get("do") == "freeze"
    try:
        with transaction.atomic():
            plan = operations.create_plan(
                code=form.cleaned_data["code"],
                name=form.cleaned_data["name"],
                actor=person,
                at=now,
                **_kept_fields(form),
            )
            if freezes:
                rules.check_typed_name(typed=request.POST.get("typed", ""), code=form.cleaned_data["name"])
                draw = operations.freeze_plan(plan_id=plan.pk, sample_size=size, actor=person, at=now)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None
    if freezes:
        messages.success(request, _("Frozen. Decisions drawn: %(count)s") % {"count": draw.sample_size})
    else:
        messages.success(request, _("Draft saved"))
    return plan


def _kept_fields(form: PlanForm) -> dict[str, Any]:
    """Return the plan's fields; a fixed number stands for the precision it gives."""
    fields = form.plan_fields()
    if not fields["targets"] and fields["design"].budget_hours is None:
        preview = queries.preview(**fields, at=timezone.now(), sample_size=form.cleaned_data["sample_size"])
        fields["targets"] = (rules.Target(half_width=min(0.5, max(0.0001, preview.forecast.whole.half_width))),)
    return fields


def _page(request: HttpRequest, form: PlanForm, *, status: int = 200) -> HttpResponse:
    found = None if form.errors else _preview(form)
    facts: dict[str, Any] = {"form": form, "preview": found}
    if found is not None:
        facts |= preview_facts(found, form.cleaned_data["domain"], form.cleaned_data["half_width"], request)
    facts["hidden"] = [(name, value) for name in form.fields for value in _values(form, name)]
    facts["typed"] = request.POST.get("typed", "")
    return render(request, "sampling/planner.html", facts, status=status)


def _preview(form: PlanForm) -> Preview | None:
    if not form.is_valid():
        return None
    try:
        return queries.preview(**form.plan_fields(), at=timezone.now(), sample_size=form.cleaned_data["sample_size"])
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


def preview_facts(found: Preview, column: str, half_width: float | None, request: HttpRequest) -> dict[str, Any]:
    """Return a preview as its page shows it."""
    region = region_in(request)
    target = None if half_width is None else half_width * forms.POINT
    svg, table = pictures.curve_of(found, target=target, region=region)
    return {
        "svg": svg,
        "curve_table": table,
        "parts": pictures.domains_of(found, column=column),
        "half_width": pictures.half_width(found.forecast.whole.half_width, region),
        "others": found.frame_size - found.enforcing,
        "missed": [
            (_("The whole") if p.is_whole else labels.value_label(column, p.domain), p.half_width, p.target)
            for p in (found.forecast.whole, *found.forecast.domains)
            if not p.is_met
        ],
    }


def add_refusal(form: PlanForm, refusal: Refusal) -> None:
    """Stand a rule's refusal beside the field it is about."""
    sentence = _(refusal.message).format(**refusal.facts)
    form.add_error(_FIELD_OF.get(refusal.field, refusal.field if refusal.field in form.fields else None), sentence)


# Rules name the fields of a plan; the form has names of its own.
_FIELD_OF = {
    "period_start": "start",
    "period_end": "end",
    "targets": "half_width",
    "doubles_share": "doubles",
    "minutes_per_review": "minutes",
    "typed": None,
}


def _values(form: PlanForm, name: str) -> list[str]:
    given = form.data.getlist(name) if hasattr(form.data, "getlist") else [form.data.get(name, "")]
    return [str(value) for value in given if value not in ("", None, False)]
