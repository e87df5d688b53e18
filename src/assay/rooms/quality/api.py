"""Figures for programs: the same facts as on the pages, under the same names."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from assay.rooms.organisation.access import access_for_request
from assay.rooms.organisation.api_auth import holding
from assay.rooms.organisation.terms import Permission

from . import facts, labels, rules
from .measures import MEASURES
from .queries.measuring import changes_by
from .views.asking import asked

router = Router(tags=["quality"])


@router.get("/measures", url_name="quality_measures", auth=holding(Permission.QUALITY_VIEW))
def measures(request: HttpRequest) -> list[dict[str, Any]]:
    """List the measures with their definitions."""
    access_for_request(request, Permission.QUALITY_VIEW)
    return [
        {
            **facts.measure_facts(measure),
            "name": str(labels.MEASURES[measure.code]),
            "definition": str(labels.DEFINITIONS[measure.code]),
            "formula": str(labels.FORMULAS[measure.code]),
        }
        for measure in MEASURES.values()
    ]


@router.get("/estimates", url_name="quality_estimates", auth=holding(Permission.QUALITY_VIEW))
def estimates(request: HttpRequest) -> dict[str, Any]:
    """Estimate one measure (`measure`), by up to two cuts (`by`), under the filters of the pages."""
    request.access = access_for_request(request, Permission.QUALITY_VIEW)  # type: ignore[attr-defined]
    ask = asked(request, "explore", page_names=("measure", "by"))
    measure = MEASURES[rules.read_measure(request.GET.get("measure", ""))]
    cuts = rules.read_cuts(request.GET.getlist("by"))
    return {
        **facts.measure_facts(measure),
        "filters": facts.filter_facts(ask.filters),
        "at": ask.at.isoformat(),
        "figures": [facts.change_facts(change, cuts) for change in changes_by(ask.question, measure, cuts)],
    }
