"""The list of rounds, and one round: its draws, strata and coverage."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from assay.rooms.organisation.access import access_of, can, requires
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission
from assay.rooms.sampling import forms, labels, operations, queries, rules
from assay.rooms.sampling.models import Plan
from assay.rooms.sampling.rules import Design, Target
from assay.rooms.sampling.terms import PlanState

from . import pictures
from .asking import about, access_in, check_parameters, export, may_edit, plan_in, region_in
from .planner import preview_facts

_EXTRA_KEYS_SHOWN = 20


@requires(Permission.PLANS_VIEW)
@require_GET
def rounds(request: HttpRequest) -> HttpResponseBase:
    """List the plans within reach with how far their reviews are."""
    check_parameters(request, "state", "format")
    access, state = access_in(request), request.GET.get("state", "")
    if state and state not in set(PlanState):
        raise BadRequest(
            _("“%(value)s” is no state; use one of: %(known)s.") % {"value": state, "known": ", ".join(PlanState)}
        )
    found = queries.plans(access)
    everything = found.filter(state=state) if state else found
    progress = queries.progress_of_plans(list(everything))
    table = pictures.rounds_table(progress, facts=about(request, (_("State"), state or _("All"))))
    if request.GET.get("format"):
        return export(table, name="assay-rounds", wanted=request.GET["format"])
    facts = {
        "rows": [(p, labels.STATES[p.state]) for p in progress],
        "states": [(str(each), label, each == state) for each, label in labels.STATES.items()],
        "is_filtered": bool(state),
        "may_plan": bool(access_of(access.person, Permission.PLANS_EDIT).paths),
    }
    return render(request, "sampling/rounds.html", facts)


@requires(Permission.PLANS_VIEW)
@require_GET
def round_page(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show one round; of what its reviews found nothing is told here."""
    check_parameters(request, "format", "verify")
    plan = plan_in(request, code)
    if request.GET.get("format"):
        return export(_strata(request, plan), name=f"assay-{plan.code}-strata", wanted=request.GET["format"])
    return _page(request, plan)


@requires(Permission.PLANS_VIEW)
@require_GET
def round_sample(request: HttpRequest, code: str) -> HttpResponseBase:
    """Send the sampled decisions with their first decisions, to people who review nothing."""
    check_parameters(request, "format")
    plan = plan_in(request, code)
    if can(access_in(request).person, Permission.REVIEW):
        raise Refusal(
            "sampling.export_would_unblind",
            gettext_noop(
                "The export shows the first decisions, and your role reviews blind. Ask somebody who does not review."
            ),
            status=403,
        )
    rows = plan.sampled.order_by("stratum_label", "draw_number").iterator(chunk_size=2000)
    table = pictures.sample_of(rows, facts=about(request, (_("Round"), plan.code)))
    return export(table, name=f"assay-{plan.code}-sample", wanted=request.GET.get("format", "csv"))


@requires(Permission.PLANS_EDIT)
@require_POST
def round_freeze(request: HttpRequest, code: str) -> HttpResponse:
    """Draw the sample of a draft."""
    plan, person = plan_in(request, code), access_in(request).person
    try:
        rules.check_typed_name(typed=request.POST.get("typed", ""), code=plan.code)
        size = _number(request, "sample_size")
        draw = operations.freeze_plan(plan_id=plan.pk, sample_size=size, actor=person, at=timezone.now())
    except Refusal as refusal:
        return _refused(request, plan, refusal)
    messages.success(request, _("Frozen. Decisions drawn: %(count)s") % {"count": draw.sample_size})
    return redirect("round", code=plan.code)


@requires(Permission.PLANS_EDIT)
@require_POST
def round_extend(request: HttpRequest, code: str) -> HttpResponse:
    """Draw more from the same decisions."""
    plan, person = plan_in(request, code), access_in(request).person
    try:
        rules.check_typed_name(typed=request.POST.get("typed", ""), code=plan.code)
        total = _number(request, "total") or 0
        draw = operations.extend_plan(plan_id=plan.pk, total=total, actor=person, at=timezone.now())
    except Refusal as refusal:
        return _refused(request, plan, refusal)
    messages.success(request, _("Extended. Decisions in the sample: %(count)s") % {"count": draw.sample_size})
    return redirect("round", code=plan.code)


@requires(Permission.PLANS_EDIT)
@require_POST
def round_discard(request: HttpRequest, code: str) -> HttpResponse:
    """Throw a draft away; the planner is offered filled in again, which is the way back."""
    plan, person = plan_in(request, code), access_in(request).person
    again = urlencode([("name", plan.name), ("code", plan.code), *forms.fields_of(plan)])
    try:
        operations.discard_plan(plan_id=plan.pk, actor=person, at=timezone.now())
    except Refusal as refusal:
        return _refused(request, plan, refusal)
    messages.success(request, _("Draft discarded. The planner still holds what was typed."))
    return redirect(f"/plans/new?{again}")


def _page(request: HttpRequest, plan: Plan, *, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    progress, design = queries.progress_of(plan), Design.from_json(plan.design)
    facts: dict[str, Any] = {
        "plan": plan,
        "state": labels.STATES[PlanState(plan.state)],
        "progress": progress,
        "draws": plan.draws.select_related("frozen_by").order_by("number"),
        "filters": [
            (labels.column_label(column), ", ".join(labels.value_label(column, v) for v in values))
            for column, values in rules.Population.from_json(plan.population).equals.items()
        ],
        "targets": [_target(target, request) for target in map(Target.from_json, plan.targets)],
        "design": design,
        "domain": labels.column_label(design.domain) if design.domain else "",
        "may_edit": may_edit(plan, access_in(request).person),
        "may_export": not can(access_in(request).person, Permission.REVIEW),
        "again": f"/plans/new?{urlencode(forms.fields_of(plan))}",
        "refused": _(refusal.message).format(**refusal.facts) if refusal else "",
        "typed": request.POST.get("typed", ""),
        "total": request.POST.get("total", ""),
    }
    if progress.draw is None:
        facts |= _draft_facts(request, plan)
    else:
        svg, table = pictures.coverage_of(progress, column=design.domain, region=region_in(request))
        planned = round(progress.sampled * plan.doubles_share)
        facts |= {
            "coverage": svg,
            "coverage_table": table,
            "strata": _strata(request, plan),
            "planned_doubles": planned,
        }
        if request.GET.get("verify"):
            found = queries.verified(progress.draw)
            facts |= {"verified": found, "shown_keys": _EXTRA_KEYS_SHOWN}
    return render(request, "sampling/round.html", facts, status=status)


def _draft_facts(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    try:
        found = queries.preview_of(plan, at=timezone.now())
    except Refusal as refusal:
        return {"cannot_preview": _(refusal.message).format(**refusal.facts)}
    wholes = [t.half_width / forms.POINT for t in map(Target.from_json, plan.targets) if not t.domain]
    column = Design.from_json(plan.design).domain
    return {"preview": found} | preview_facts(found, column, wholes[0] if wholes else None, request)


def _refused(request: HttpRequest, plan: Plan, refusal: Refusal) -> HttpResponse:
    return _page(request, plan, refusal=refusal, status=refusal.status)


def _strata(request: HttpRequest, plan: Plan) -> Any:
    column = Design.from_json(plan.design).domain
    facts = about(request, (_("Round"), plan.code))
    return pictures.strata_of(queries.progress_of(plan), column=column, facts=facts)


def _target(target: Target, request: HttpRequest) -> tuple[str, str]:
    name = labels.column_label(target.domain) if target.domain else _("The whole")
    return name, pictures.half_width(target.half_width, region_in(request))


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Refusal(
            "sampling.not_a_number",
            gettext_noop("“{text}” is no whole number; write digits only."),
            facts={"text": text},
            field=name,
            status=422,
        )
    return int(text)
