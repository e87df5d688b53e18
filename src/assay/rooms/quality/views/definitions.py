"""Every measure in words: what it counts, its formula, its n and its method."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from assay.figures.tables import Column, Kind, Table
from assay.rooms.organisation.access import requires
from assay.rooms.organisation.terms import Permission

from .. import labels
from ..figures import Figure
from ..measures import MEASURES, Measure
from ..queries.measuring import figure
from ..terms import MeasureCode
from . import words
from .answers import respond
from .asking import Asked, address, asked, facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One measure, explained, with what it is at the moment."""

    code: MeasureCode
    name: str
    words: str
    formula: str
    basis: str
    population: str
    figure: Figure
    unit: str
    method: str
    rows: str


def definition_address(code: MeasureCode) -> str:
    """Return where a measure is explained."""
    return f"{reverse('quality_definitions')}#{code}"


@requires(Permission.QUALITY_VIEW)
@require_GET
def definitions(request: HttpRequest) -> HttpResponseBase:
    """Explain every measure."""
    ask = asked(request, "quality_definitions", all_time=True)
    found = [_definition(ask, measure) for measure in MEASURES.values()]
    return respond(
        request, "quality/definitions.html", ask, {"definitions": found}, {"definitions": _table(ask, found)}
    )


def _definition(ask: Asked, measure: Measure) -> Definition:
    now = figure(ask.question, measure)
    return Definition(
        code=measure.code,
        name=words.measure_name(measure.code),
        words=str(labels.DEFINITIONS[measure.code]),
        formula=str(labels.FORMULAS[measure.code]),
        basis=str(labels.BASES[measure.basis]),
        population=str(labels.POPULATIONS[measure.population]),
        figure=now,
        unit=words.unit_of(measure.code),
        method=words.reason(now) or words.method(now),
        rows=address("quality_rows", ask.filters, measure=measure.code),
    )


def _table(ask: Asked, found: list[Definition]) -> Table:
    return Table(
        columns=(
            Column(key="measure", title=gettext("Measure")),
            Column(key="definition", title=gettext("Definition")),
            Column(key="formula", title=gettext("Formula")),
            Column(key="n", title=gettext("n"), kind=Kind.COUNT),
            Column(key="method", title=gettext("Method")),
        ),
        rows=tuple((one.name, one.words, one.formula, one.figure.n, one.method) for one in found),
        title=gettext("Definitions"),
        facts=facts(ask),
        sheet_names=(gettext("About"), gettext("Figures")),
    )
