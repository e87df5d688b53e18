"""People and sites by funnel, and what a moderator sees of their own work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_GET

from assay.figures.charts import forest_plot
from assay.figures.tables import Column, Kind, Table
from assay.rooms.decisions.terms import AUTOMATED
from assay.rooms.organisation.access import requires
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.queries import site_of
from assay.rooms.organisation.terms import Permission
from assay.rooms.reviews import operations as reviews
from assay.rooms.reviews.terms import SeenHow
from assay.stats.funnel import Position

from .. import labels, rules
from ..figures import Figure
from ..measures import MEASURES
from ..queries.estimates import estimate
from ..queries.measuring import Question
from ..queries.people import Funnel, Placed, funnel_of
from ..queries.reviewed import Selection, reviewed
from ..queries.rows import Row, read_rows, rows_behind
from ..terms import FEWEST_REVIEWS, Basis, Better, Cut, Filters, MeasureCode, Weight
from . import pictures, words
from .answers import Select, respond
from .asking import Asked, address, asked, facts, narrowed, parameters_of

ROWS_A_PAGE = 50
# A funnel reads "above is worse": only measures of errors are put in one.
_MEASURES = tuple(m.code for m in MEASURES.values() if m.basis is Basis.SAMPLE and m.better is Better.LOWER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person or site on the page."""

    name: str
    figure: Figure
    size: int
    position: str
    is_thin: bool
    is_flagged: bool
    rows: str


@requires(Permission.PEOPLE_VIEW)
@require_GET
def people(request: HttpRequest) -> HttpResponseBase:
    """Show makers and sites in funnels; in order of name, since few reviews make no rank."""
    ask = asked(request, "people", page_names=("measure",))
    code = MeasureCode(rules.read_word("measure", request.GET.get("measure") or MeasureCode.ERROR_RATE, _MEASURES))
    measure = MEASURES[code]
    selection = ask.question.selection()
    human = ~selection.reviewed.labels["maker_type"].among(AUTOMATED)
    by_people = Selection(reviewed=selection.reviewed, inside=selection.inside & human)
    makers = funnel_of(by_people, measure, "maker", weight=ask.filters.weight)
    sites = funnel_of(selection, measure, "site", weight=ask.filters.weight)
    drawn = [
        pictures.funnel(ask, "funnel-makers", _title(makers, gettext("People")), _subtitle(ask, makers), makers),
        pictures.funnel(ask, "funnel-sites", _title(sites, gettext("Sites")), _subtitle(ask, sites), sites),
    ]
    lists = {"makers": _table(ask, makers, gettext("People")), "sites": _table(ask, sites, gettext("Sites"))}
    context = {
        "selects": [
            Select(
                id="measure",
                name="measure",
                label=gettext("Measure"),
                options=tuple((str(one), words.measure_name(one), one is code) for one in _MEASURES),
            )
        ],
        "measure": code,
        "measure_name": words.measure_name(code),
        "makers": [_person(ask, placed, "maker", code) for placed in makers.placed],
        "sites": [_person(ask, placed, Cut.SITE, code) for placed in sites.placed],
        "target": makers.target,
        "minimum": FEWEST_REVIEWS,
        "expected_false": _expected_false(makers),
        "charts": drawn,
        "toggle": "",
    }
    tables = lists | {picture.key: picture.table for picture in drawn}
    return respond(request, "quality/people.html", ask, context, tables)


@requires(Permission.OWN_QUALITY_VIEW)
@require_GET
def my_quality(request: HttpRequest) -> HttpResponseBase:
    """Show a moderator the sampled decisions of their own, and what the reviews found."""
    rules.check_names(parameters_of(request), page_names=("page",))
    person: Person = request.access.person  # type: ignore[attr-defined]
    ask = _own(request, person)
    measure = MEASURES[MeasureCode.DECISION_ACCURACY]
    selection = ask.question.selection()
    mine = estimate(selection, measure, weight=Weight.DECISIONS)
    site = site_of(person.home)
    ids = rows_behind(selection, measure, only_counted=False).tolist()
    page = Paginator(ids, ROWS_A_PAGE).get_page(request.GET.get("page"))
    wanted = request.GET.get("format")
    shown = read_rows(ids if wanted else list(page.object_list))
    reviews.mark_seen(person=person, content_hashes=[row.mark for row in shown], how=SeenHow.SETTLED, at=ask.at)
    table, picture = _own_table(ask, shown), _beside_site(ask, mine, site.code if site else "")
    context = {
        "mine": mine,
        "picture": picture,
        "table": table,
        "page_obj": page,
        "minimum": FEWEST_REVIEWS,
        "has_ref": bool(person.moderator_ref),
        "toggle": "",
    }
    return respond(request, "quality/me.html", ask, context, {"rows": table, picture.key: picture.table})


def _own(request: HttpRequest, person: Person) -> Asked:
    # A maker that does not exist has no decisions; a blank one would be everybody's unnamed ones.
    maker = person.moderator_ref or "\x00"
    filters = Filters(equals={"maker": (maker,)}, compare=False)
    return Asked(
        question=Question(reviewed=reviewed(), sites=None, filters=filters),
        typed=filters,
        at=timezone.now(),
        region=request.region,  # type: ignore[attr-defined]
        viewer=person.pseudonym,
        page="my_quality",
    )


def _beside_site(ask: Asked, mine: Figure, site: str) -> pictures.Picture:
    measure = MEASURES[MeasureCode.DECISION_ACCURACY]
    there = Filters(equals={"site": (site,)}, compare=False)
    whole = estimate(ask.question.over(there).selection(), measure, weight=Weight.DECISIONS)
    named = [(gettext("My decisions"), mine), (gettext("My site"), whole)]
    chart = forest_plot.ForestPlot(
        heading=pictures.heading(
            ask,
            key="mine",
            title=gettext("My decisions beside my site"),
            subtitle=gettext("%(measure)s, all reviewed decisions. Bars: 95 %% intervals")
            % {"measure": words.measure_name(measure.code)},
            method=words.method(mine),
        ),
        rows=tuple(
            forest_plot.ForestRow(
                label=name,
                value=one.value,
                low=one.interval.low if one.interval else None,
                high=one.interval.high if one.interval else None,
                n=one.n,
            )
            for name, one in named
        ),
        minimum_n=FEWEST_REVIEWS,
        in_own_order=True,
    )
    table = replace(forest_plot.table_of(chart), facts=facts(ask))
    return pictures.Picture(key="mine", svg=forest_plot.draw(chart), table=table)


def _own_table(ask: Asked, shown: Sequence[Row]) -> Table:
    language = get_language() or "en"
    names = words.value_names("policy", language)
    return Table(
        columns=(
            Column(key="decided_at", title=gettext("Decided at"), kind=Kind.MOMENT),
            Column(key="decision", title=gettext("Decision")),
            Column(key="item_type", title=labels.filter_label(Cut.ITEM_TYPE)),
            Column(key="outcome", title=labels.filter_label(Cut.OUTCOME)),
            Column(key="policy", title=labels.filter_label(Cut.POLICY)),
            Column(key="found", title=gettext("Finding")),
            Column(key="clause", title=gettext("Policy line")),
            Column(key="rationale", title=gettext("Reason")),
        ),
        rows=tuple(
            (
                row.decided_at,
                row.decision_key,
                labels.value_label("item_type", row.item_type),
                labels.value_label("outcome", row.outcome),
                names.get(row.policy, row.policy),
                str(labels.FINDINGS[row.found]),
                row.clause.get(language) or row.clause.get("en", ""),
                row.rationale,
            )
            for row in shown
        ),
        title=gettext("My reviewed decisions"),
        facts=(
            (gettext("Exported by"), ask.viewer),
            (gettext("Exported at"), ask.at.isoformat(timespec="seconds")),
        ),
        sheet_names=(gettext("About"), gettext("Rows")),
    )


def _person(ask: Asked, placed: Placed, name: str, code: MeasureCode) -> Entry:
    return Entry(
        name=placed.name,
        figure=placed.figure,
        size=placed.size,
        position=str(labels.POSITIONS[placed.position]),
        is_thin=placed.position is Position.TOO_FEW,
        is_flagged=placed.is_flagged,
        rows=address("quality_rows", narrowed(ask.filters, {name: placed.name}), measure=code),
    )


def _title(funnel: Funnel, subject: str) -> str:
    outside = sum(placed.is_flagged for placed in funnel.placed)
    if not outside:
        return gettext("%(subject)s: nothing stands out beyond chance") % {"subject": subject}
    return ngettext(
        "%(subject)s: %(count)d stands out beyond chance", "%(subject)s: %(count)d stand out beyond chance", outside
    ) % {"subject": subject, "count": outside}


def _subtitle(ask: Asked, funnel: Funnel) -> str:
    return gettext("%(measure)s by effective reviews, %(count)d shown. Curves: exact 95 %% and 99.8 %% limits") % {
        "measure": words.measure_name(funnel.target.measure),
        "count": len(funnel.placed),
    }


def _expected_false(funnel: Funnel) -> str:
    if not funnel.expected_false:
        return ""
    return gettext("Of those that stand out, about one in ten does so by chance.")


def _table(ask: Asked, funnel: Funnel, title: str) -> Table:
    return Table(
        columns=(
            Column(key="name", title=title),
            Column(key="value", title=words.measure_name(funnel.target.measure), kind=Kind.RATE),
            Column(key="interval", title=gettext("Interval (95 %)"), kind=Kind.INTERVAL),
            Column(key="n", title=gettext("n"), kind=Kind.COUNT),
            Column(key="size", title=gettext("Effective reviews"), kind=Kind.COUNT),
            Column(key="position", title=gettext("Position")),
        ),
        rows=tuple(
            (
                placed.name,
                placed.figure.value,
                (placed.figure.interval.low, placed.figure.interval.high) if placed.figure.interval else None,
                placed.figure.n,
                placed.size,
                str(labels.POSITIONS[placed.position]),
            )
            for placed in funnel.placed
        ),
        title=title,
        facts=facts(ask),
        sheet_names=(gettext("About"), gettext("Figures")),
    )
