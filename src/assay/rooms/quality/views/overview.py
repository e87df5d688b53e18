"""The overview: four figures, whether they are news, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from assay.figures.tables import Column, Kind, Table
from assay.rooms.decisions.queries import freshness
from assay.rooms.organisation.access import requires
from assay.rooms.organisation.terms import Permission

from .. import labels
from ..figures import Figure
from ..measures import MEASURES
from ..queries import log
from ..queries.overview import Look, looks
from ..terms import Comparison, Cut, MeasureCode
from . import pictures, words
from .answers import change_table, respond, toggle_address
from .asking import Asked, address, asked, facts, narrowed
from .definitions import definition_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One figure with where it leads."""

    label: str
    figure: Figure
    before: Figure | None
    note: str
    hint: str
    rows: str
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One line of what changed, and where to look further."""

    sentence: str
    address: str
    is_worse: bool


@requires(Permission.QUALITY_VIEW)
@require_GET
def overview(request: HttpRequest) -> HttpResponseBase:
    """Show how good the decisions are, and whether that is news."""
    ask = asked(request, "overview")
    found = looks(ask.question, today=ask.today)
    charts = [pictures.control(ask, look) for look in found]
    volumes = _volume_table(ask)
    tables = {"figures": change_table(ask, gettext("Overview"), [look.change for look in found], (), {})}
    tables |= {chart.key: chart.table for chart in charts} | {"volumes": volumes}
    context = {
        "tiles": [_tile(ask, look) for look in found],
        "news": _news(ask, found),
        "compared": words.compared_text(found),
        "charts": charts,
        "volumes": volumes,
        "freshness": freshness(request.access),  # type: ignore[attr-defined]
        "is_empty": ask.question.reviewed.count == 0,
        "toggle": toggle_address(ask),
    }
    return respond(request, "quality/overview.html", ask, context, tables)


def _tile(ask: Asked, look: Look) -> Tile:
    return Tile(
        label=words.measure_name(look.measure.code),
        figure=look.change.now,
        before=look.change.before,
        note=words.comparison(look.change, ask.region) if ask.filters.compare else "",
        hint=words.unreviewed_text(look.change.now),
        rows=address("quality_rows", ask.filters, measure=look.measure.code),
        definition=definition_address(look.measure.code),
    )


def _news(ask: Asked, found: Sequence[Look]) -> list[News]:
    """List special causes within the period, then differences from the period before."""
    news = list[News]()
    start = ask.filters.start or ask.today
    for look in found:
        name = words.measure_name(look.measure.code)
        explore = address("explore", ask.filters, measure=look.measure.code, by=[Cut.SITE, Cut.WEEK])
        for week in look.trend.signals_since(start):
            worse = week.is_above != (look.measure.better == "higher")
            news.append(News(sentence=words.week_sentence(name, week, ask.region), address=explore, is_worse=worse))
        if look.change.comparison in {Comparison.BETTER, Comparison.WORSE}:
            sentence = gettext("%(measure)s. %(change)s") % {
                "measure": name,
                "change": words.comparison(look.change, ask.region),
            }
            news.append(News(sentence=sentence, address=explore, is_worse=look.change.comparison is Comparison.WORSE))
        for moved in look.sites:
            there = narrowed(ask.filters, {Cut.SITE: moved.site})
            news.append(
                News(
                    sentence=words.site_sentence(name, moved, ask.region),
                    address=address("explore", there, measure=look.measure.code, by=[Cut.QUEUE]),
                    is_worse=moved.change.comparison is Comparison.WORSE,
                )
            )
    return news


def _volume_table(ask: Asked) -> Table:
    counted = log.volumes(ask.question.sites, ask.filters)
    overturned = log.overturns(ask.question.sites, ask.filters, MEASURES[MeasureCode.OVERTURN], (Cut.SITE,))
    by_site = {figure.group[0]: figure for figure in overturned}
    return Table(
        columns=(
            Column(key="site", title=labels.filter_label(Cut.SITE)),
            Column(key="decisions", title=gettext("Decisions"), kind=Kind.COUNT),
            Column(key="before", title=gettext("Period before"), kind=Kind.COUNT),
            Column(key="appeals", title=gettext("Appeals decided"), kind=Kind.COUNT),
            Column(key="overturned", title=gettext("Of these, overturned"), kind=Kind.COUNT),
        ),
        rows=tuple(
            (
                labels.value_label(Cut.SITE, volume.site),
                volume.now,
                volume.before,
                by_site[volume.site].n if volume.site in by_site else 0,
                by_site[volume.site].counted if volume.site in by_site else 0,
            )
            for volume in counted
        ),
        title=gettext("Decisions by site"),
        facts=facts(ask),
        sheet_names=(gettext("About"), gettext("Figures")),
    )
