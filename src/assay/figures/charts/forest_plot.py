"""Rates of groups beside each other, each with its interval: which differ, and how sure is that?"""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.figures import numbers
from assay.figures.charts import frame
from assay.figures.charts.frame import PAD, Box, Heading, Lane, label, sentence, shortened, text_width
from assay.figures.charts.marks import (
    Facts,
    Shape,
    check_facts,
    hit_area,
    interval_name,
    mark,
    point,
    value_text,
    whisker,
)
from assay.figures.charts.scales import Scale, nice_ticks, rate_ticks
from assay.figures.charts.svg import Node, group
from assay.figures.charts.theme import Theme, paint_of
from assay.figures.numbers import EN_DASH, Unit
from assay.figures.tables import Column, Kind, Table

ROW = 24.0
HEAD = 22.0
LABEL_SHARE = 0.32


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """One group; a value of None is a group that could not be estimated."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestPlot:
    """Groups sorted by value, unless their own order says more. `reference` is a line to compare with."""

    heading: Heading
    rows: tuple[ForestRow, ...]
    unit: Unit = Unit.RATE
    minimum_n: int = 0
    confidence: float = 0.95
    reference: float | None = None
    reference_label: str = ""
    in_own_order: bool = False
    x_range: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be drawn."""
        for i, row in enumerate(self.rows):
            check_facts(_facts(self, row), f"rows[{i}]")
        if self.reference is not None:
            numbers.checked_number(self.reference, "reference")
        low, high = span_of(self)
        if self.x_range is not None and self.rows and not self.x_range[0] <= low <= high <= self.x_range[1]:
            raise ValueError(f"x_range {self.x_range} does not hold the values, which run from {low} to {high}")


def span_of(*plots: ForestPlot) -> tuple[float, float]:
    """Give the range of all values and intervals, for an `x_range` that plots share."""
    values = [
        value
        for plot in plots
        for value in (plot.reference, *(end for row in plot.rows for end in (row.value, row.low, row.high)))
        if value is not None
    ]
    return (min(values), max(values)) if values else (0.0, 0.0)


def draw(plot: ForestPlot, *, theme: Theme | str = Theme.CSS) -> str:
    """Draw the plot as SVG."""
    if not plot.rows:
        return frame.empty(plot.heading, theme=theme, kind="forest")
    heading, paint = plot.heading, paint_of(theme)
    rows = _ordered(plot)
    box = _box(plot, rows)
    ticks = _ticks(plot)
    texts = [frame.tick_text(tick, ticks, plot.unit, heading.region) for tick in ticks]
    x = Scale(low=ticks[0], high=ticks[-1], start=box.left, stop=box.right)
    lane = Lane(box=box, x=x, paint=paint, stops=_column_places(plot, box))
    marks = [_row(plot, row, lane, box.top + ROW * (i + 0.5)) for i, row in enumerate(rows)]
    body = (
        frame.x_axis(ticks, x, box, texts, paint),
        _head(plot, lane),
        *marks,
    )
    return frame.assemble(
        heading,
        theme=theme,
        kind="forest",
        body=body,
        plot_bottom=box.bottom + 24,
        description=_description(plot, rows),
        notes=_notes(plot, ticks),
    )


def table_of(plot: ForestPlot) -> Table:
    """Give the numbers of the plot as a table, in the order drawn."""
    words = plot.heading.words
    return Table(
        title=plot.heading.title,
        facts=((words.measured, plot.heading.subtitle), (words.method, plot.heading.method)),
        columns=(
            Column(key="group", title=words.group),
            Column(key="value", title=words.value, kind=Kind(plot.unit)),
            Column(
                key="interval",
                title=interval_name(plot.confidence, region=plot.heading.region, words=words),
                kind=Kind.INTERVAL,
                unit=plot.unit,
            ),
            Column(key="n", title=words.reviewed, kind=Kind.COUNT),
            Column(key="note", title=words.note),
        ),
        rows=tuple(
            (
                row.label,
                row.value,
                None if row.low is None or row.high is None else (row.low, row.high),
                row.n,
                "; ".join(_remarks(plot, row)),
            )
            for row in _ordered(plot)
        ),
    )


def _facts(plot: ForestPlot, row: ForestRow) -> Facts:
    return Facts(
        label=row.label,
        value=row.value,
        low=row.low,
        high=row.high,
        n=row.n,
        unit=plot.unit,
        confidence=plot.confidence,
        remarks=_remarks(plot, row),
    )


def _is_thin(plot: ForestPlot, row: ForestRow) -> bool:
    return row.value is None or row.n < plot.minimum_n


def _remarks(plot: ForestPlot, row: ForestRow) -> tuple[str, ...]:
    words = plot.heading.words
    return tuple(text for text in (row.remark, words.not_enough if _is_thin(plot, row) else "") if text)


def _ordered(plot: ForestPlot) -> tuple[ForestRow, ...]:
    if plot.in_own_order:
        return plot.rows
    # Groups with too little data take no place among the values: they follow, by name.
    firm = [row for row in plot.rows if not _is_thin(plot, row)]
    thin = [row for row in plot.rows if _is_thin(plot, row)]
    return (
        *sorted(firm, key=lambda row: (-(row.value or 0.0), row.label)),
        *sorted(thin, key=lambda row: row.label),
    )


def _ticks(plot: ForestPlot) -> tuple[float, ...]:
    low, high = plot.x_range or span_of(plot)
    return rate_ticks(low, high, 4) if plot.unit is Unit.RATE else nice_ticks(low, high, 4)


def _texts(plot: ForestPlot, row: ForestRow) -> tuple[str, str, str]:
    region, words = plot.heading.region, plot.heading.words
    count = numbers.format_count(row.n, region)
    if _is_thin(plot, row):
        return "", words.not_enough, count
    value = value_text(_facts(plot, row), region=region, words=words)
    if row.low is None or row.high is None:
        return value, "", count
    return value, numbers.format_interval(row.low, row.high, region, unit=plot.unit), count


def _column_widths(plot: ForestPlot, rows: Sequence[ForestRow]) -> tuple[float, float, float]:
    heads = _head_texts(plot)
    texts = [_texts(plot, row) for row in rows]
    value, interval, count = (max(text_width(t[i]) for t in (heads, *texts)) + 14 for i in range(3))
    return value, interval, count


def _head_texts(plot: ForestPlot) -> tuple[str, str, str]:
    words, region = plot.heading.words, plot.heading.region
    return words.value, interval_name(plot.confidence, region=region, words=words), words.reviewed


def _box(plot: ForestPlot, rows: Sequence[ForestRow]) -> Box:
    width = plot.heading.width
    left = min(max(text_width(row.label) for row in rows), width * LABEL_SHARE) + 16
    top = frame.heading_height(plot.heading) + HEAD + (HEAD if plot.reference_label else 0)
    right = width - sum(_column_widths(plot, rows))
    # On a narrow page the plot keeps a fifth of the width and the labels give way.
    left = min(left, max(right - width * 0.2, width * 0.12))
    return Box(left=left, top=top, right=right, bottom=top + ROW * len(rows))


def _column_places(plot: ForestPlot, box: Box) -> tuple[float, float, float]:
    value, interval, count = _column_widths(plot, plot.rows)
    return box.right + value, box.right + value + interval, box.right + value + interval + count


def _head(plot: ForestPlot, lane: Lane) -> Node:
    box, x, paint = lane.box, lane.x, lane.paint
    nodes = [
        label(text, place, box.top - PAD, paint("text-3"), anchor="end")
        for text, place in zip(_head_texts(plot), lane.stops, strict=True)
    ]
    if plot.reference is not None:
        place = x.at(plot.reference)
        top = box.top - HEAD if plot.reference_label else box.top
        nodes.append(frame.upright_line(place, top, box.bottom, paint("c-ref"), "6 4"))
        if plot.reference_label:
            value = numbers.format_value(plot.reference, plot.unit, plot.heading.region)
            text = f"{plot.reference_label} {value}"
            half = text_width(text) / 2
            centre = min(max(place, half), plot.heading.width - half)
            nodes.append(label(text, centre, top - 5, paint("text-2"), anchor="middle"))
    return group(nodes, aria_hidden="true")


def _row(plot: ForestPlot, row: ForestRow, lane: Lane, y: float) -> Node:
    box, x, paint = lane.box, lane.x, lane.paint
    thin = _is_thin(plot, row)
    colour = paint("c-mute") if thin else paint("c1")
    ink = paint("text-3") if thin else paint("text")
    shapes = [
        hit_area(plot.heading.width, y, ROW),
        label(shortened(row.label, width=box.left - 16), 0, y + 4, ink),
    ]
    shapes += [
        label(text, place, y + 4, ink, anchor="end")
        for text, place in zip(_texts(plot, row), lane.stops, strict=True)
        if text
    ]
    if row.low is not None and row.high is not None:
        shapes.append(whisker(x.at(row.low), x.at(row.high), y, colour, upright=False))
    place = box.left if row.value is None else x.at(row.value)
    if row.value is not None:
        shapes.append(point(Shape.HOLLOW if thin else Shape.DOT, place, y, colour, paint))
    facts = _facts(plot, row)
    return mark(facts, shapes, x=place, y=y, region=plot.heading.region, words=plot.heading.words)


def _description(plot: ForestPlot, rows: Sequence[ForestRow]) -> str:
    region, words = plot.heading.region, plot.heading.words
    total = numbers.format_count(sum(row.n for row in rows), region)
    shown = words.marks_count.format(count=numbers.format_count(len(rows), region))
    firm = [row for row in rows if not _is_thin(plot, row)]
    ends = (firm[0], firm[-1]) if len(firm) > 1 else firm
    extremes = f" {EN_DASH} ".join(
        f"{row.label}: {value_text(_facts(plot, row), region=region, words=words)}" for row in ends
    )
    return sentence(plot.heading.subtitle, shown, extremes, f"{words.reviewed} = {total}")


def _notes(plot: ForestPlot, ticks: Sequence[float]) -> tuple[str, ...]:
    words = plot.heading.words
    notes = []
    if any(row.value is not None and row.n < plot.minimum_n for row in plot.rows):
        notes.append(f"○ {words.hollow}")
    if ticks[0] > 0:
        notes.append(words.not_from_zero)
    return tuple(notes)
