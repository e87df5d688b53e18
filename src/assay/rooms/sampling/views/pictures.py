"""Frozen values of this room as charts and tables."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assay.figures import numbers
from assay.figures.charts import precision_curve, progress
from assay.figures.charts.frame import Heading
from assay.figures.charts.precision_curve import CurvePoint, PrecisionCurve
from assay.figures.charts.progress import Progress, ProgressRow
from assay.figures.tables import Column, Kind, Table
from assay.figures.words import words_in
from assay.rooms.sampling import labels
from assay.rooms.sampling.models import SampledDecision
from assay.rooms.sampling.queries import PlanProgress, Preview


def half_width(value: float | None, region: str) -> str:
    """Write a half-width, finer when it is small."""
    return "—" if value is None else numbers.format_half_width(value, region, 2)


def curve_of(preview: Preview, *, target: float | None, region: str) -> tuple[str, Table]:
    """Draw what more or fewer hours would buy."""
    chosen = next(i for i, point in enumerate(preview.curve) if point.reviews == preview.forecast.total)
    title = _("One more hour brings the whole from %(now)s to %(then)s") % {
        "now": half_width(preview.forecast.whole.half_width, region),
        "then": half_width(preview.another_hour, region),
    }
    curve = PrecisionCurve(
        heading=_heading("price", title, _("Half of the 95 % interval of the whole, by auditor hours"), region),
        points=tuple(CurvePoint(cost=p.hours, half_width=p.half_width, n=p.reviews) for p in preview.curve),
        cost_title=_("Auditor hours"),
        cost_unit=_("h"),
        chosen=chosen,
        target=target,
    )
    return precision_curve.draw(curve), precision_curve.table_of(curve)


def domains_of(preview: Preview, *, column: str) -> Table:
    """Say what each part will be known by."""
    rows = []
    for part in (preview.forecast.whole, *preview.forecast.domains):
        seen = preview.cannot_tell.detectable if part.is_whole else preview.detectable.get(part.domain)
        name = _("The whole") if part.is_whole else labels.value_label(column, part.domain)
        verdict = "" if part.target is None else (_("Reached") if part.is_met else _("Not reached"))
        rows.append(
            (
                name,
                part.size,
                part.reviews,
                part.half_width,
                part.target,
                verdict,
                seen.rise if seen and seen.rise is not None else None,
            )
        )
    return Table(
        title=_("What each part will be known by"),
        columns=(
            Column(key="part", title=labels.column_label(column) if column else _("Part")),
            Column(key="size", title=_("Decisions in the population"), kind=Kind.COUNT),
            Column(key="reviews", title=_("To be drawn"), kind=Kind.COUNT),
            Column(key="half_width", title=_("Expected precision"), kind=Kind.HALF_WIDTH),
            Column(key="target", title=_("Target"), kind=Kind.HALF_WIDTH),
            Column(key="verdict", title=_("Target reached")),
            Column(key="rise", title=_("Smallest rise that would probably be seen"), kind=Kind.POINTS),
        ),
        rows=tuple(rows),
        sheet_names=(_("About"), _("Parts")),
    )


def coverage_of(found: PlanProgress, *, column: str, region: str) -> tuple[str, Table]:
    """Draw how much of each part is settled."""
    done: dict[str, list[int]] = {}
    for stratum in found.strata:
        counts = done.setdefault(stratum.domain, [0, 0])
        counts[0] += stratum.settled
        counts[1] += stratum.sampled
    title = _("Settled: %(settled)s of %(sampled)s") % {
        "settled": numbers.format_count(found.settled, region),
        "sampled": numbers.format_count(found.sampled, region),
    }
    name = labels.column_label(column) if column else _("The whole")
    picture = Progress(
        heading=_heading("coverage", title, _("Sampled decisions whose review is settled, by: %s") % name, region),
        rows=tuple(
            ProgressRow(label=labels.value_label(column, domain) if column else _("The whole"), done=n, planned=planned)
            for domain, (n, planned) in done.items()
        ),
    )
    return progress.draw(picture), progress.table_of(picture)


def strata_of(found: PlanProgress, *, column: str, facts: tuple[tuple[str, str], ...]) -> Table:
    """List the frozen strata."""
    return Table(
        title=_("Strata"),
        columns=(
            Column(key="domain", title=labels.column_label(column) if column else _("Part")),
            Column(key="family", title=_("What was done")),
            Column(key="scores", title=_("Risk score")),
            Column(key="size", title=_("Decisions in the population"), kind=Kind.COUNT),
            Column(key="sampled", title=_("Drawn"), kind=Kind.COUNT),
            Column(key="settled", title=_("Settled"), kind=Kind.COUNT),
            Column(key="probability", title=_("Inclusion probability"), kind=Kind.RATE),
        ),
        rows=tuple(
            (
                labels.value_label(column, s.domain) if column else _("The whole"),
                str(labels.FAMILIES.get(s.family, s.family)),
                _scores(s.is_scored, s.low, s.high),
                s.size,
                s.sampled,
                s.settled,
                s.probability,
            )
            for s in found.strata
        ),
        facts=facts,
        sheet_names=(_("About"), _("Strata")),
    )


def sample_of(rows: Iterable[SampledDecision], *, facts: tuple[tuple[str, str], ...]) -> Table:
    """List the sampled decisions with all that an estimate needs."""
    texts = (
        "decision_key",
        "stratum_label",
        "site",
        "team",
        "vendor",
        "market",
        "language",
        "item_type",
        "queue",
        "outcome",
        "policy",
        "clause",
        "severity",
        "maker_type",
        "maker",
    )
    return Table(
        title=_("Sampled decisions"),
        columns=(
            *(Column(key=name, title=name) for name in texts),
            Column(key="decided_at", title="decided_at", kind=Kind.MOMENT),
            Column(key="risk_score", title="risk_score", kind=Kind.NUMBER),
            Column(key="exposure_views", title="exposure_views", kind=Kind.COUNT),
            Column(key="inclusion_probability", title="inclusion_probability", kind=Kind.NUMBER),
            Column(key="draw_number", title="draw_number"),
        ),
        rows=(
            (
                *(getattr(row, name) for name in texts),
                row.decided_at,
                row.risk_score,
                row.exposure_views,
                row.inclusion_probability,
                row.draw_number,
            )
            for row in rows
        ),
        facts=facts,
        sheet_names=(_("About"), _("Sampled decisions")),
    )


def rounds_table(found: Iterable[PlanProgress], *, facts: tuple[tuple[str, str], ...]) -> Table:
    """List plans and how far they are."""
    return Table(
        title=_("Rounds"),
        columns=(
            Column(key="code", title=_("Code")),
            Column(key="name", title=_("Name")),
            Column(key="unit", title=_("Place")),
            Column(key="state", title=_("State")),
            Column(key="start", title=_("First day"), kind=Kind.DATE),
            Column(key="end", title=_("Last day"), kind=Kind.DATE),
            Column(key="sampled", title=_("Drawn"), kind=Kind.COUNT),
            Column(key="settled", title=_("Settled"), kind=Kind.COUNT),
            Column(key="doubles", title=_("Settled by two auditors"), kind=Kind.COUNT),
            Column(key="now", title=_("Expected precision now"), kind=Kind.HALF_WIDTH),
            Column(key="planned", title=_("Expected precision when done"), kind=Kind.HALF_WIDTH),
        ),
        rows=tuple(
            (
                p.plan.code,
                p.plan.name,
                p.plan.unit.name,
                str(labels.STATES[p.state]),
                p.first_day(timezone.get_current_timezone()),
                p.last_day(timezone.get_current_timezone()),
                p.sampled,
                p.settled,
                p.doubles,
                p.half_width_now,
                p.half_width_planned,
            )
            for p in found
        ),
        facts=facts,
        sheet_names=(_("About"), _("Rounds")),
    )


def _scores(is_scored: bool, low: float | None, high: float | None) -> str:
    if not is_scored:
        return _("No score")
    if low is None and high is None:
        return _("Any")
    if low is None:
        return _("Below %s") % f"{high:.4g}"
    return _("From %s") % f"{low:.4g}" if high is None else f"{low:.4g}–{high:.4g}"


def _heading(key: str, title: str, subtitle: str, region: str) -> Heading:
    return Heading(
        key=key,
        title=title,
        subtitle=subtitle,
        method=_("Stratified sample without replacement"),
        region=region,
        words=words_in(get_language() or "en"),
    )
