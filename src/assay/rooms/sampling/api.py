"""Plans for programs: the same operations as the pages, the same facts under the same names."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Router, Schema, Status

from assay.rooms.organisation.access import Access, access_for_request
from assay.rooms.organisation.api_auth import holding
from assay.rooms.organisation.models import Unit
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission

from . import facts, operations, queries
from .models import Plan
from .rules import Design, Population, Target

router = Router(tags=["sampling"])


class TargetIn(Schema):
    domain: str = ""
    half_width: float


class DesignIn(Schema):
    domain: str = "site"
    by_family: bool = True
    by_score: bool = True
    bands: int = 10
    floor: float = 0.1
    budget_hours: float | None = None


class PreviewIn(Schema):
    unit: str
    period_start: datetime
    period_end: datetime
    population: dict[str, list[str]] = {}
    design: DesignIn = DesignIn()
    targets: list[TargetIn] = []
    doubles_share: float = 0.1
    minutes_per_review: float = 2.0


class SizedPreviewIn(PreviewIn):
    sample_size: int | None = None


class PlanIn(PreviewIn):
    name: str
    code: str = ""


class FreezeIn(Schema):
    sample_size: int | None = None


class ExtendIn(Schema):
    total: int


@router.get("/plans", url_name="sampling_plans", auth=holding(Permission.PLANS_VIEW))
def plans(request: HttpRequest) -> list[dict[str, Any]]:
    """List plans within reach, newest first, with how far their reviews are."""
    access = access_for_request(request, Permission.PLANS_VIEW)
    return [facts.of_progress(found) for found in queries.progress_of_plans(list(queries.plans(access)))]


@router.post("/plans", url_name="sampling_plans", response={201: dict[str, Any]}, auth=holding(Permission.PLANS_EDIT))
def create_plan(request: HttpRequest, given: PlanIn) -> Status[dict[str, Any]]:
    """Keep a plan as a draft."""
    access = access_for_request(request, Permission.PLANS_EDIT)
    plan = operations.create_plan(
        name=given.name, code=given.code, actor=access.person, at=timezone.now(), **_fields(access, given)
    )
    return Status(201, facts.of_progress(queries.progress_of(plan)))


@router.post("/preview", url_name="sampling_preview", auth=holding(Permission.PLANS_EDIT))
def preview(request: HttpRequest, given: SizedPreviewIn) -> dict[str, Any]:
    """Say what a plan would take and tell; nothing is kept."""
    access = access_for_request(request, Permission.PLANS_EDIT)
    found = queries.preview(**_fields(access, given), at=timezone.now(), sample_size=given.sample_size)
    return facts.of_preview(found)


@router.get("/plans/{code}", url_name="sampling_plan", auth=holding(Permission.PLANS_VIEW))
def plan(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return one plan with its draws and strata."""
    found = _plan(access_for_request(request, Permission.PLANS_VIEW), code)
    return facts.of_progress(queries.progress_of(found), strata=True)


@router.post(
    "/plans/{code}/freeze",
    url_name="sampling_freeze",
    response={201: dict[str, Any]},
    auth=holding(Permission.PLANS_EDIT),
)
def freeze(request: HttpRequest, code: str, given: FreezeIn) -> Status[dict[str, Any]]:
    """Draw the sample of a plan and keep it for ever."""
    access = access_for_request(request, Permission.PLANS_EDIT)
    draw = operations.freeze_plan(
        plan_id=_plan(access, code).pk, sample_size=given.sample_size, actor=access.person, at=timezone.now()
    )
    return Status(201, facts.of_draw(draw))


@router.post(
    "/plans/{code}/extend",
    url_name="sampling_extend",
    response={201: dict[str, Any]},
    auth=holding(Permission.PLANS_EDIT),
)
def extend(request: HttpRequest, code: str, given: ExtendIn) -> Status[dict[str, Any]]:
    """Draw more from the same decisions."""
    access = access_for_request(request, Permission.PLANS_EDIT)
    draw = operations.extend_plan(
        plan_id=_plan(access, code).pk, total=given.total, actor=access.person, at=timezone.now()
    )
    return Status(201, facts.of_draw(draw))


@router.get("/plans/{code}/verify", url_name="sampling_verify", auth=holding(Permission.PLANS_VIEW))
def verify(request: HttpRequest, code: str) -> dict[str, Any]:
    """Draw again from today's log and compare with the frozen sample."""
    found = _plan(access_for_request(request, Permission.PLANS_VIEW), code)
    draw = queries.latest_draw(found)
    if draw is None:
        raise Refusal("sampling.not_frozen", _("This plan is a draft: there is no draw to verify yet."))
    return facts.of_redraw(queries.verified(draw))


def _plan(access: Access, code: str) -> Plan:
    found = queries.plan_by_code(code, access=access)
    if found is None:
        raise Refusal("sampling.not_found", _("There is no plan with this code here."), status=404)
    return found


def _fields(access: Access, given: PreviewIn) -> dict[str, Any]:
    unit = Unit.objects.filter(code=given.unit).first()
    if unit is None or not access.covers(unit.path):
        raise Refusal("sampling.no_unit", _("There is no place with this code here."), field="unit", status=404)
    for name in ("period_start", "period_end"):
        if getattr(given, name).tzinfo is None:
            raise Refusal(
                "sampling.no_zone",
                _("“{field}” must name its zone, such as 2026-03-01T00:00:00Z."),
                facts={"field": name},
                field=name,
                status=422,
            )
    return {
        "unit": unit,
        "period_start": given.period_start,
        "period_end": given.period_end,
        "population": Population(equals={column: tuple(values) for column, values in given.population.items()}),
        "design": Design(**given.design.dict()),
        "targets": tuple(Target(domain=t.domain, half_width=t.half_width) for t in given.targets),
        "doubles_share": given.doubles_share,
        "minutes_per_review": given.minutes_per_review,
    }
