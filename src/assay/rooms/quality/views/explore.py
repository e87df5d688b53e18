"""One measure by up to two cuts, and first decisions against findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET

from assay.rooms.organisation.access import requires
from assay.rooms.organisation.terms import Permission

from .. import labels, rules
from ..figures import Change, Figure
from ..measures import MEASURES, Measure
from ..queries.confusion import Confusion, confusion_of
from ..queries.measuring import change, changes_by
from ..terms import FEWEST_REVIEWS, Basis, Cells, Cut, MeasureCode, Side
from . import pictures, words
from .answers import Select, change_table, respond, toggle_address
from .asking import Asked, address, asked, narrowed
from .definitions import definition_address

# More panels than this hide what they should show; the table has them all.
MOST_PANELS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One group: its figures, where its rows are, and whether it has enough reviews."""

    names: tuple[str, ...]
    change: Change
    unit: str
    verdict: str
    reason: str
    rows: str
    is_thin: bool


@requires(Permission.QUALITY_VIEW)
@require_GET
def explore(request: HttpRequest) -> HttpResponseBase:
    """Cut one measure by up to two things."""
    ask = asked(request, "explore", page_names=("measure", "by"))
    measure = MEASURES[rules.read_measure(request.GET.get("measure") or MeasureCode.ERROR_RATE)]
    cuts = rules.read_cuts(request.GET.getlist("by")) or (Cut.SITE,)
    whole = change(ask.question, measure)
    found = changes_by(ask.question, measure, cuts)
    names = {str(cut): words.value_names(cut, get_language() or "en") for cut in cuts}
    panels = _panels(ask, cuts, [one.now for one in found], whole.now, names)
    table = change_table(ask, words.measure_name(measure.code), found, cuts, names)
    more = {"measure": str(measure.code), "by": [str(cut) for cut in cuts]}
    context = {
        "measure": measure.code,
        "measure_name": words.measure_name(measure.code),
        "definition": str(labels.DEFINITIONS[measure.code]),
        "definition_url": definition_address(measure.code),
        "selects": _selects(measure, cuts),
        "cut_names": [labels.filter_label(cut) for cut in cuts],
        "whole": whole,
        "whole_rows": address("quality_rows", ask.filters, measure=measure.code),
        "whole_note": words.comparison(whole, ask.region) if ask.filters.compare else "",
        "whole_hint": words.unreviewed_text(whole.now),
        "unit": words.unit_of(measure.code),
        "is_weighable": measure.basis is Basis.SAMPLE,
        "lines": [_line(ask, measure, cuts, one, names) for one in found],
        "panels": panels[:MOST_PANELS],
        "panels_left": max(0, len(panels) - MOST_PANELS),
        "minimum": FEWEST_REVIEWS,
        "toggle": toggle_address(ask, **more),
    }
    return respond(request, "quality/explore.html", ask, context, {"figures": table} | {p.key: p.table for p in panels})


@requires(Permission.QUALITY_VIEW)
@require_GET
def confusion(request: HttpRequest) -> HttpResponseBase:
    """Set first decisions against what the review found."""
    ask = asked(request, "confusion", page_names=("side", "cells"))
    side = Side(rules.read_word("side", request.GET.get("side") or Side.ACTION, list(Side)))
    cells = Cells(rules.read_word("cells", request.GET.get("cells") or Cells.WEIGHTED, list(Cells)))
    found = confusion_of(ask.question.selection(), side, cells, weight=ask.filters.weight)
    picture = pictures.matrix(
        ask,
        "confusion",
        _confusion_title(found),
        found,
        row_cut=f"first_{side}",
        column_cut=f"found_{side}",
        method=str(labels.CELL_METHODS[cells]),
    )
    context = {
        "selects": [
            Select(
                id="side",
                name="side",
                label=gettext("Compare"),
                options=tuple((str(one), str(label), one is side) for one, label in labels.SIDES.items()),
            ),
            Select(
                id="cells",
                name="cells",
                label=gettext("Cells show"),
                options=tuple((str(one), str(label), one is cells) for one, label in labels.CELLS.items()),
            ),
        ],
        "picture": picture,
        "grid": _grid(ask, found, side),
        "n": found.n,
        "toggle": "",
    }
    return respond(request, "quality/confusion.html", ask, context, {picture.key: picture.table})


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """One cell as a link to its rows."""

    count: int
    rows: str
    agrees: bool
    label: str


def _grid(ask: Asked, found: Confusion, side: Side) -> dict[str, object]:
    names = words.value_names(f"first_{side}", get_language() or "en")

    def named(value: str, cut: str) -> str:
        return names.get(value) or labels.value_label(cut, value)

    lines = []
    for i, first in enumerate(found.rows):
        cells = [
            GridCell(
                count=found.cells[i][j].count,
                rows=address("quality_rows", narrowed(ask.filters, {f"first_{side}": first, f"found_{side}": column})),
                agrees=first == column,
                label=gettext("%(first)s, review found %(found)s")
                % {"first": named(first, f"first_{side}"), "found": named(column, f"found_{side}")},
            )
            for j, column in enumerate(found.columns)
        ]
        lines.append((named(first, f"first_{side}"), cells))
    return {"columns": [named(column, f"found_{side}") for column in found.columns], "lines": lines}


def _selects(measure: Measure, cuts: Sequence[Cut]) -> list[Select]:
    by = [(str(cut), labels.filter_label(cut)) for cut in Cut]
    return [
        Select(
            id="measure",
            name="measure",
            label=gettext("Measure"),
            options=tuple((str(code), words.measure_name(code), code is measure.code) for code in MEASURES),
        ),
        Select(
            id="by",
            name="by",
            label=gettext("By"),
            options=tuple((value, label, value == cuts[0]) for value, label in by),
        ),
        Select(
            id="and",
            name="by",
            label=gettext("And by"),
            options=tuple((value, label, value in cuts[1:]) for value, label in by),
            optional=True,
        ),
    ]


def _confusion_title(found: Confusion) -> str:
    if not found.n:
        return gettext("First decision and what the review found")
    apart = [
        (found.cells[i][j].count, i, j)
        for i, first in enumerate(found.rows)
        for j, column in enumerate(found.columns)
        if first != column
    ]
    if not apart or max(apart)[0] == 0:
        return gettext("Every first decision coincides with the review")
    return gettext("Where first decisions differ from the review")


def _panels(
    ask: Asked,
    cuts: Sequence[Cut],
    figures: Sequence[Figure],
    whole: Figure,
    names: dict[str, dict[str, str]],
) -> list[pictures.Picture]:
    """Draw one forest plot, or for two cuts one for each value of the second, on one scale."""
    title = words.measure_name(whole.measure)
    if len(cuts) == 1:
        return [pictures.forest(ask, "forest", title, figures, cut=cuts[0], whole=whole, names=names[cuts[0]])]
    shared = pictures.x_range_of(figures, whole)
    panels = []
    ordered = sorted(figures, key=lambda figure: (figure.group[1], figure.group[0]))
    for number, (value, group) in enumerate(groupby(ordered, key=lambda figure: figure.group[1])):
        shown = names[cuts[1]].get(value) or labels.value_label(cuts[1], value)
        panels.append(
            pictures.forest(
                ask,
                f"forest-{number + 1}",
                gettext("%(measure)s: %(group)s") % {"measure": title, "group": shown},
                list(group),
                cut=cuts[0],
                whole=whole,
                names=names[cuts[0]],
                x_range=shared,
                width=pictures.HALF,
            )
        )
    return panels


def _line(ask: Asked, measure: Measure, cuts: Sequence[Cut], one: Change, names: dict[str, dict[str, str]]) -> Line:
    group = {str(cut): value for cut, value in zip(cuts, one.now.group, strict=True)}
    return Line(
        names=tuple(names[cut].get(value) or labels.value_label(cut, value) for cut, value in group.items()),
        change=one,
        unit=words.unit_of(measure.code),
        verdict=words.comparison(one, ask.region) if ask.filters.compare else "",
        reason=words.reason(one.now),
        rows=address("quality_rows", narrowed(ask.filters, group), measure=measure.code),
        is_thin=one.now.n < FEWEST_REVIEWS,
    )
