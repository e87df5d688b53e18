"""Precision against cost: what would another hour of audits buy?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assay.figures import numbers
from assay.figures.charts import frame
from assay.figures.charts.frame import GUTTER, LINE, PAD, Box, Heading, label, sentence, text_width
from assay.figures.charts.marks import Facts, Shape, check_facts, mark, point
from assay.figures.charts.scales import Scale, nice_ticks
from assay.figures.charts.svg import Node, element, group, path_of
from assay.figures.charts.theme import Paint, Theme, paint_of
from assay.figures.numbers import NBSP, Unit
from assay.figures.tables import Column, Kind, Table

PLOT_HEIGHT = 220.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """A plan: what it costs, how many reviews that is, and the half-width of the interval it gives."""

    cost: float
    half_width: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecisionCurve:
    """Plans in order of cost; `chosen` is the place of the one chosen, `target` the half-width wanted."""

    heading: Heading
    points: tuple[CurvePoint, ...]
    cost_title: str
    cost_unit: str
    chosen: int | None = None
    target: float | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be drawn and plans out of order."""
        for i, plan in enumerate(self.points):
            numbers.checked_number(plan.cost, f"points[{i}].cost")
            numbers.checked_number(plan.half_width, f"points[{i}].half_width")
            if min(plan.cost, plan.half_width) < 0:
                raise ValueError(f"points[{i}] must not be negative, got {plan.cost!r} and {plan.half_width!r}")
            check_facts(Facts(label="", value=plan.half_width, n=plan.n), f"points[{i}]")
        for i, (before, after) in enumerate(pairwise(self.points), start=1):
            if after.cost <= before.cost:
                raise ValueError(f"points[{i}].cost must exceed {before.cost}, got {after.cost}")
        if self.chosen is not None and not 0 <= self.chosen < len(self.points):
            raise ValueError(f"chosen must be the place of a point, 0 to {len(self.points) - 1}, got {self.chosen}")
        if self.target is not None:
            numbers.checked_number(self.target, "target")


def draw(curve: PrecisionCurve, *, theme: Theme | str = Theme.CSS) -> str:
    """Draw the curve as SVG."""
    if not curve.points:
        return frame.empty(curve.heading, theme=theme, kind="precision")
    heading, paint = curve.heading, paint_of(theme)
    y_ticks = nice_ticks(0, max(*(plan.half_width for plan in curve.points), curve.target or 0.0))
    x_ticks = nice_ticks(0, curve.points[-1].cost)
    y_texts = [frame.tick_text(tick, y_ticks, Unit.HALF_WIDTH, heading.region) for tick in y_ticks]
    x_texts = [frame.tick_text(tick, x_ticks, Unit.NUMBER, heading.region) for tick in x_ticks]
    top = frame.heading_height(heading) + PAD + LINE + 4
    box = Box(
        left=max(text_width(text) for text in y_texts) + 12,
        top=top,
        right=heading.width - GUTTER,
        bottom=top + PLOT_HEIGHT,
    )
    x = Scale(low=x_ticks[0], high=x_ticks[-1], start=box.left, stop=box.right)
    y = Scale(low=y_ticks[0], high=y_ticks[-1], start=box.bottom, stop=box.top)
    body = (
        frame.y_axis(y_ticks, y, box, y_texts, paint),
        frame.x_axis(x_ticks, x, box, x_texts, paint),
        frame.axis_titles(_cost_title(curve), heading.words.half_width, box, paint),
        *_lines(curve, box, x, y, paint),
        *(_mark(curve, i, x, y, paint) for i in range(len(curve.points))),
    )
    return frame.assemble(
        heading,
        theme=theme,
        kind="precision",
        body=body,
        plot_bottom=box.bottom + 2 * LINE + PAD,
        description=_description(curve),
    )


def table_of(curve: PrecisionCurve) -> Table:
    """Give the plans as a table."""
    words = curve.heading.words
    return Table(
        title=curve.heading.title,
        facts=((words.measured, curve.heading.subtitle), (words.method, curve.heading.method)),
        columns=(
            Column(key="cost", title=_cost_title(curve), kind=Kind.NUMBER),
            Column(key="value", title=words.half_width, kind=Kind.HALF_WIDTH),
            Column(key="n", title=words.reviewed, kind=Kind.COUNT),
            Column(key="note", title=words.note),
        ),
        rows=tuple(
            (plan.cost, plan.half_width, plan.n, words.chosen if i == curve.chosen else "")
            for i, plan in enumerate(curve.points)
        ),
    )


def _cost_title(curve: PrecisionCurve) -> str:
    return f"{curve.cost_title} ({curve.cost_unit})"


def _half_width_text(curve: PrecisionCurve, half_width: float) -> str:
    decimals = 2 if 0 < half_width < 0.005 else 1
    return numbers.format_half_width(half_width, curve.heading.region, decimals)


def _cost_text(curve: PrecisionCurve, cost: float) -> str:
    whole = abs(cost - round(cost)) < 1e-9
    return f"{numbers.format_number(cost, curve.heading.region, 0 if whole else 1)}{NBSP}{curve.cost_unit}"


def _lines(curve: PrecisionCurve, box: Box, x: Scale, y: Scale, paint: Paint) -> Sequence[Node]:
    line = path_of((x.at(plan.cost), y.at(plan.half_width)) for plan in curve.points)
    nodes = [element("path", class_="values", d=line, stroke=paint("c1"), stroke_width=2.0, fill="none")]
    if curve.target is not None:
        height = y.at(curve.target)
        nodes.append(frame.level_line(box, height, paint("c-ref")))
        name, words = _half_width_text(curve, curve.target), curve.heading.words
        nodes.append(label(words.target, box.right + PAD, height - 2, paint("text-2")))
        nodes.append(label(name, box.right + PAD, height + 12, paint("text-2"), weight=600))
    if curve.chosen is not None:
        plan = curve.points[curve.chosen]
        place, height = x.at(plan.cost), y.at(plan.half_width)
        lead = path_of(((place, box.bottom), (place, height), (box.left, height)))
        nodes.append(element("path", d=lead, stroke=paint("c2"), stroke_dasharray="2 3", fill="none"))
        nodes.append(_chosen(curve, plan, place, max(height - 26, box.top + 10), paint))
    return [group(nodes, aria_hidden="true")]


def _chosen(curve: PrecisionCurve, plan: CurvePoint, place: float, top: float, paint: Paint) -> Node:
    words, region = curve.heading.words, curve.heading.region
    count = numbers.format_count(plan.n, region)
    texts = (
        f"{words.chosen}: {_cost_text(curve, plan.cost)}",
        f"{_half_width_text(curve, plan.half_width)}, {words.reviewed}{NBSP}={NBSP}{count}",
    )
    # The curve falls to the right, so the free corner lies above and right of the point. Semibold runs wide.
    start = min(place + 12, curve.heading.width - max(text_width(text, 13.5) for text in texts))
    return group(label(text, start, top + 14 * i, paint("text"), weight=600) for i, text in enumerate(texts))


def _mark(curve: PrecisionCurve, i: int, x: Scale, y: Scale, paint: Paint) -> Node:
    plan, words = curve.points[i], curve.heading.words
    chosen = i == curve.chosen
    facts = Facts(
        label=_cost_text(curve, plan.cost),
        value=plan.half_width,
        n=plan.n,
        unit=Unit.HALF_WIDTH,
        remarks=(words.chosen,) if chosen else (),
        more=(("cost", plan.cost),),
    )
    place, height = x.at(plan.cost), y.at(plan.half_width)
    shape = (
        point(Shape.DIAMOND, place, height, paint("c2"), paint)
        if chosen
        else point(Shape.DOT, place, height, paint("c1"), paint, radius=3.0)
    )
    return mark(facts, (shape,), x=place, y=height, region=curve.heading.region, words=words)


def _description(curve: PrecisionCurve) -> str:
    words = curve.heading.words
    ends = tuple(
        f"{_cost_text(curve, plan.cost)}: {_half_width_text(curve, plan.half_width)}"
        for plan in dict.fromkeys((curve.points[0], curve.points[-1]))
    )
    chosen = ""
    if curve.chosen is not None:
        plan = curve.points[curve.chosen]
        chosen = (
            f"{words.chosen}: {_cost_text(curve, plan.cost)}, {_half_width_text(curve, plan.half_width)}, "
            f"{words.reviewed} = {numbers.format_count(plan.n, curve.heading.region)}"
        )
    return sentence(curve.heading.subtitle, *ends, chosen)
