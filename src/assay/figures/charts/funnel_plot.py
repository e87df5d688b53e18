"""Rates by how much was reviewed, between limits that narrow with n: who stands out beyond chance?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assay.figures import numbers
from assay.figures.charts import frame
from assay.figures.charts.frame import GUTTER, LINE, PAD, Box, Heading, label, sentence, shortened, text_width
from assay.figures.charts.marks import Facts, Shape, check_facts, interval_name, mark, point
from assay.figures.charts.scales import Scale, nice_ticks, rate_ticks, spread
from assay.figures.charts.svg import Node, element, group, path_of
from assay.figures.charts.theme import Paint, Theme, paint_of
from assay.figures.numbers import Unit
from assay.figures.tables import Column, Kind, Table

PLOT_HEIGHT = 280.0
LABEL_GAP = 14.0


class Position(StrEnum):
    """Where a group lies against the limits; above is worse for a rate of errors."""

    INSIDE = "inside"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelPoint:
    """One person, team or site."""

    label: str
    value: float
    n: int
    low: float | None = None
    high: float | None = None
    position: Position = Position.INSIDE
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """One pair of limits, named ("95%"); `curve` holds n, lower and upper, in order of n."""

    name: str
    curve: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelPlot:
    """Groups against a target. `note` says whether the spread is more than chance."""

    heading: Heading
    points: tuple[FunnelPoint, ...]
    target: float
    target_label: str
    limits: tuple[Limits, ...] = ()
    minimum_n: int = 30
    confidence: float = 0.95
    x_title: str = ""
    y_title: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be drawn, and a verdict on a group with too little data."""
        numbers.checked_number(self.target, "target")
        for i, one in enumerate(self.points):
            check_facts(_facts(self, one), f"points[{i}]")
            if one.n < self.minimum_n and one.position is not Position.INSIDE:
                raise ValueError(
                    f"points[{i}] has n = {one.n}, below {self.minimum_n}, and cannot be {one.position} the limits"
                )
        for limits in self.limits:
            for n, lower, upper in limits.curve:
                if not 0 <= lower <= upper <= 1:
                    raise ValueError(f"limits {limits.name!r} at n = {n} must lie in order between 0 and 1")


def draw(plot: FunnelPlot, *, theme: Theme | str = Theme.CSS) -> str:
    """Draw the plot as SVG."""
    if not plot.points:
        return frame.empty(plot.heading, theme=theme, kind="funnel")
    heading, paint = plot.heading, paint_of(theme)
    y_ticks, x_ticks = _y_ticks(plot), nice_ticks(0, max(one.n for one in plot.points) or 1)
    y_texts = [frame.tick_text(tick, y_ticks, Unit.RATE, heading.region) for tick in y_ticks]
    x_texts = [frame.tick_text(tick, x_ticks, Unit.COUNT, heading.region) for tick in x_ticks]
    box = _box(plot, y_texts)
    x = Scale(low=x_ticks[0], high=x_ticks[-1], start=box.left, stop=box.right)
    y = Scale(low=y_ticks[0], high=y_ticks[-1], start=box.bottom, stop=box.top)
    body = (
        frame.y_axis(y_ticks, y, box, y_texts, paint),
        frame.x_axis(x_ticks, x, box, x_texts, paint),
        frame.axis_titles(plot.x_title or heading.words.reviewed, plot.y_title, box, paint),
        _limits(plot, x, y, paint),
        _target(plot, box, y, paint),
        _gutter(plot, box, x, y, paint),
        *(_mark(plot, one, x, y, paint) for one in plot.points),
        _labels(plot, box, x, y, paint),
    )
    return frame.assemble(
        heading,
        theme=theme,
        kind="funnel",
        body=body,
        plot_bottom=box.bottom + 2 * LINE + PAD,
        description=_description(plot),
        notes=_notes(plot, y_ticks),
    )


def table_of(plot: FunnelPlot) -> Table:
    """Give the numbers of the plot as a table, by name: a funnel is no ranking."""
    words = plot.heading.words
    return Table(
        title=plot.heading.title,
        facts=((words.measured, plot.heading.subtitle), (words.method, plot.heading.method)),
        columns=(
            Column(key="group", title=words.group),
            Column(key="value", title=words.value, kind=Kind.RATE),
            Column(
                key="interval",
                title=interval_name(plot.confidence, region=plot.heading.region, words=words),
                kind=Kind.INTERVAL,
            ),
            Column(key="n", title=words.reviewed, kind=Kind.COUNT),
            Column(key="position", title=words.position),
            Column(key="note", title=words.note),
        ),
        rows=tuple(
            (
                one.label,
                one.value,
                None if one.low is None or one.high is None else (one.low, one.high),
                one.n,
                _position_text(plot, one),
                one.remark,
            )
            for one in sorted(plot.points, key=lambda one: one.label)
        ),
    )


def _facts(plot: FunnelPlot, one: FunnelPoint) -> Facts:
    return Facts(
        label=one.label,
        value=one.value,
        low=one.low,
        high=one.high,
        n=one.n,
        confidence=plot.confidence,
        remarks=tuple(text for text in (_position_text(plot, one), one.remark) if text),
    )


def _position_text(plot: FunnelPlot, one: FunnelPoint) -> str:
    words = plot.heading.words
    if one.n < plot.minimum_n:
        return words.not_enough
    return {Position.INSIDE: words.inside, Position.ABOVE: words.above, Position.BELOW: words.below}[one.position]


def _y_ticks(plot: FunnelPlot) -> tuple[float, ...]:
    values = [plot.target, *(one.value for one in plot.points)]
    smallest = min(one.n for one in plot.points)
    # The limits near n = 0 reach everywhere; where nobody is they must not flatten the picture.
    reach = [
        end
        for limits in plot.limits
        for n, lower, upper in limits.curve
        if n >= max(smallest, plot.minimum_n)
        for end in (lower, upper)
    ]
    return rate_ticks(min(*values, *reach), max(*values, *reach))


def _box(plot: FunnelPlot, texts: Sequence[str]) -> Box:
    top = frame.heading_height(plot.heading) + PAD + (LINE + 4 if plot.y_title else 0)
    return Box(
        left=max(text_width(text) for text in texts) + 12,
        top=top,
        right=plot.heading.width - _gutter_width(plot),
        bottom=top + PLOT_HEIGHT,
    )


def _target_text(plot: FunnelPlot) -> str:
    return f"{plot.target_label} {numbers.format_percent(plot.target, plot.heading.region)}"


def _gutter_width(plot: FunnelPlot) -> float:
    return min(max(GUTTER, text_width(_target_text(plot)) + PAD), plot.heading.width * 0.36)


def _limits(plot: FunnelPlot, x: Scale, y: Scale, paint: Paint) -> Node:
    nodes = []
    for order, limits in enumerate(plot.limits):
        dash = None if order == len(plot.limits) - 1 else "5 3"
        for side in (1, 2):
            curve = [(x.at(row[0]), y.at(row[side])) for row in _visible(limits, side, x, y)]
            nodes.append(element("path", d=path_of(curve), stroke=paint("c-ref"), stroke_dasharray=dash, fill="none"))
    return group(nodes, class_="limits", aria_hidden="true")


def _visible(limits: Limits, side: int, x: Scale, y: Scale) -> Iterator[tuple[int, float, float]]:
    for row in limits.curve:
        if row[0] <= x.high and y.low - 1e-9 <= row[side] <= y.high + 1e-9:
            yield row


def _target(plot: FunnelPlot, box: Box, y: Scale, paint: Paint) -> Node:
    line = frame.level_line(box, y.at(plot.target), paint("c1"), "8 4")
    return group((line,), class_="centre", aria_hidden="true")


def _gutter(plot: FunnelPlot, box: Box, x: Scale, y: Scale, paint: Paint) -> Node:
    named = [(_target_text(plot), y.at(plot.target))]
    for limits in plot.limits:
        for side in (1, 2):
            seen = list(_visible(limits, side, x, y))
            if seen:
                named.append((limits.name, y.at(seen[-1][side])))
    places = spread([place for _, place in named], gap=LABEL_GAP, low=box.top, high=box.bottom)
    nodes = [
        label(shortened(text, width=plot.heading.width - box.right - PAD), box.right + PAD, place + 4, paint("text-2"))
        for (text, _), place in zip(named, places, strict=True)
    ]
    return group(nodes, aria_hidden="true")


def _mark(plot: FunnelPlot, one: FunnelPoint, x: Scale, y: Scale, paint: Paint) -> Node:
    place, height = x.at(one.n), y.at(one.value)
    if one.n < plot.minimum_n:
        shape = point(Shape.HOLLOW, place, height, paint("c-mute"), paint)
    elif one.position is Position.INSIDE:
        shape = point(Shape.DOT, place, height, paint("c1"), paint)
    else:
        colour = "c2" if one.position is Position.ABOVE else "c3"
        shape = point(Shape.DIAMOND, place, height, paint(colour), paint)
    facts = _facts(plot, one)
    return mark(facts, (shape,), x=place, y=height, region=plot.heading.region, words=plot.heading.words)


def _labels(plot: FunnelPlot, box: Box, x: Scale, y: Scale, paint: Paint) -> Node:
    """Name only those outside, with an arrow that says on which side."""
    outside = [one for one in plot.points if one.position is not Position.INSIDE]
    nodes = []
    for right in (True, False):
        side = [one for one in outside if (x.at(one.n) < (box.left + box.right) / 2) is right]
        places = spread([y.at(one.value) for one in side], gap=LABEL_GAP, low=box.top + 4, high=box.bottom - 4)
        for one, place in zip(side, places, strict=True):
            arrow = "▲" if one.position is Position.ABOVE else "▼"
            text = f"{shortened(one.label, width=box.width * 0.36)} {arrow}"
            shift, anchor = (10, "start") if right else (-10, "end")
            nodes.append(label(text, x.at(one.n) + shift, place + 4, paint("text"), anchor=anchor))
    return group(nodes, class_="outside", aria_hidden="true")


def _description(plot: FunnelPlot) -> str:
    words, region = plot.heading.words, plot.heading.region
    total = numbers.format_count(sum(one.n for one in plot.points), region)
    count = numbers.format_count(len(plot.points), region)
    target = f"{plot.target_label}: {numbers.format_percent(plot.target, region)}"
    outside = [
        f"{one.label}: {_position_text(plot, one)}" for one in plot.points if one.position is not Position.INSIDE
    ]
    shown = words.marks_count.format(count=count)
    return sentence(plot.heading.subtitle, target, shown, f"{words.reviewed} = {total}", *outside)


def _notes(plot: FunnelPlot, ticks: Sequence[float]) -> tuple[str, ...]:
    words = plot.heading.words
    positions = {one.position for one in plot.points}
    notes = (
        f"▲ {words.above}" if Position.ABOVE in positions else "",
        f"▼ {words.below}" if Position.BELOW in positions else "",
        f"○ {words.not_enough}" if any(one.n < plot.minimum_n for one in plot.points) else "",
        words.not_from_zero if ticks[0] > 0 else "",
        plot.note,
    )
    return tuple(note for note in notes if note)
