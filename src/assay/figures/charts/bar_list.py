"""Amounts of named things, longest bar first: what is most of it?"""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.figures import numbers
from assay.figures.charts import frame
from assay.figures.charts.frame import PAD, Box, Heading, Lane, label, sentence, shortened, text_width
from assay.figures.charts.marks import (
    Facts,
    check_facts,
    hit_area,
    interval_name,
    interval_text,
    mark,
    value_text,
    whisker,
)
from assay.figures.charts.scales import Scale
from assay.figures.charts.svg import Node, element
from assay.figures.charts.theme import Theme, paint_of
from assay.figures.numbers import NBSP, Unit
from assay.figures.tables import Column, Kind, Table

ROW = 28.0
BAR = 14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One amount, from zero up."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarList:
    """Bars from the longest down, unless in their own order. `cumulative` writes the running share of all."""

    heading: Heading
    bars: tuple[Bar, ...]
    unit: Unit = Unit.COUNT
    confidence: float = 0.95
    in_own_order: bool = False
    cumulative: bool = False

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be drawn: a bar starts at zero and grows to the right."""
        for i, bar in enumerate(self.bars):
            check_facts(_facts(self, bar), f"bars[{i}]")
            if min(bar.value, bar.low or 0.0) < 0:
                raise ValueError(f"bars[{i}] must not be negative, got {bar.value!r}")
            if self.unit is Unit.RATE and (bar.low is None or bar.n is None):
                raise ValueError(f"bars[{i}] is a rate and must have low, high and n")
        if self.cumulative and self.unit is not Unit.COUNT:
            raise ValueError(f"cumulative needs counts, for only they add up; unit is {self.unit}")


def draw(chart: BarList, *, theme: Theme | str = Theme.CSS) -> str:
    """Draw the bars as SVG."""
    if not chart.bars:
        return frame.empty(chart.heading, theme=theme, kind="bars")
    paint = paint_of(theme)
    bars = _ordered(chart)
    box = _box(chart, bars)
    longest = max(max(bar.value, bar.high or 0.0) for bar in bars)
    x = Scale(low=0.0, high=longest or 1.0, start=box.left, stop=box.right)
    shares = _cumulative_shares(chart, bars)
    lane = Lane(box=box, x=x, paint=paint)
    rows = [_row(chart, bar, shares[i], lane, box.top + ROW * (i + 0.5)) for i, bar in enumerate(bars)]
    base = element("line", x1=box.left, x2=box.left, y1=box.top, y2=box.bottom, stroke=paint("c-axis"))
    return frame.assemble(
        chart.heading,
        theme=theme,
        kind="bars",
        body=(*rows, base),
        plot_bottom=box.bottom + PAD,
        description=_description(chart, bars),
    )


def table_of(chart: BarList) -> Table:
    """Give the amounts as a table, in the order drawn."""
    words = chart.heading.words
    bars = _ordered(chart)
    columns = [
        Column(key="group", title=words.group),
        Column(key="value", title=words.value, kind=Kind(chart.unit)),
    ]
    with_interval = any(bar.low is not None for bar in bars)
    with_n = any(bar.n is not None for bar in bars)
    if with_interval:
        title = interval_name(chart.confidence, region=chart.heading.region, words=words)
        columns.append(Column(key="interval", title=title, kind=Kind.INTERVAL, unit=chart.unit))
    if with_n:
        columns.append(Column(key="n", title=words.reviewed, kind=Kind.COUNT))
    if chart.cumulative:
        columns.append(Column(key="cumulative", title=words.cumulative, kind=Kind.RATE))
    columns.append(Column(key="note", title=words.note))
    rows = []
    for bar, share in zip(bars, _cumulative_shares(chart, bars), strict=True):
        interval = None if bar.low is None or bar.high is None else (bar.low, bar.high)
        value = int(bar.value) if chart.unit is Unit.COUNT else bar.value
        rows.append(
            (
                bar.label,
                value,
                *((interval,) if with_interval else ()),
                *((bar.n,) if with_n else ()),
                *((share,) if chart.cumulative else ()),
                bar.remark,
            )
        )
    return Table(
        title=chart.heading.title,
        facts=((words.measured, chart.heading.subtitle), (words.method, chart.heading.method)),
        columns=tuple(columns),
        rows=tuple(rows),
    )


def _facts(chart: BarList, bar: Bar, share: float | None = None) -> Facts:
    words, region = chart.heading.words, chart.heading.region
    running = "" if share is None else f"{words.cumulative}: {numbers.format_percent(share, region)}"
    return Facts(
        label=bar.label,
        value=bar.value,
        low=bar.low,
        high=bar.high,
        n=bar.n,
        unit=chart.unit,
        confidence=chart.confidence,
        remarks=tuple(text for text in (running, bar.remark) if text),
        more=(("cumulative", share),),
    )


def _ordered(chart: BarList) -> tuple[Bar, ...]:
    if chart.in_own_order:
        return chart.bars
    return tuple(sorted(chart.bars, key=lambda bar: (-bar.value, bar.label)))


def _cumulative_shares(chart: BarList, bars: Sequence[Bar]) -> tuple[float | None, ...]:
    total = sum(bar.value for bar in bars)
    if not chart.cumulative or total == 0:
        return (None,) * len(bars)
    return tuple(sum(bar.value for bar in bars[: i + 1]) / total for i in range(len(bars)))


def _text(chart: BarList, bar: Bar, share: float | None) -> str:
    words, region = chart.heading.words, chart.heading.region
    facts = _facts(chart, bar)
    text = value_text(facts, region=region, words=words)
    if bar.low is not None and bar.high is not None:
        text = f"{text} ({numbers.format_interval(bar.low, bar.high, region, unit=chart.unit)})"
    if bar.n is not None:
        text = f"{text}, {words.reviewed}{NBSP}={NBSP}{numbers.format_count(bar.n, region)}"
    if share is not None:
        text = f"{text} · Σ{NBSP}{numbers.format_percent(share, region, 0)}"
    return text


def _box(chart: BarList, bars: Sequence[Bar]) -> Box:
    width = chart.heading.width
    shares = _cumulative_shares(chart, bars)
    gutter = max(text_width(_text(chart, bar, share)) for bar, share in zip(bars, shares, strict=True)) + 2 * PAD
    left = min(max(text_width(bar.label) for bar in bars) + 12, width * 0.36)
    left = min(left, max(width - gutter - width * 0.15, width * 0.15))
    top = frame.heading_height(chart.heading) + PAD
    return Box(left=left, top=top, right=max(width - gutter, left + 24), bottom=top + ROW * len(bars))


def _row(chart: BarList, bar: Bar, share: float | None, lane: Lane, y: float) -> Node:
    box, x, paint = lane.box, lane.x, lane.paint
    shapes = [
        hit_area(chart.heading.width, y, ROW),
        label(shortened(bar.label, width=box.left - 12), 0, y + 4, paint("text")),
        element(
            "rect",
            class_="bar",
            x=box.left,
            y=y - BAR / 2,
            width=x.at(bar.value) - box.left,
            height=BAR,
            fill=paint("c1"),
        ),
    ]
    if bar.low is not None and bar.high is not None:
        shapes.append(whisker(x.at(bar.low), x.at(bar.high), y, paint("c-ref"), upright=False))
    end = x.at(max(bar.value, bar.high or 0.0)) + PAD
    text = shortened(_text(chart, bar, share), width=chart.heading.width - end)
    shapes.append(label(text, end, y + 4, paint("text-2")))
    facts = _facts(chart, bar, share)
    return mark(facts, shapes, x=x.at(bar.value), y=y, region=chart.heading.region, words=chart.heading.words)


def _description(chart: BarList, bars: Sequence[Bar]) -> str:
    words, region = chart.heading.words, chart.heading.region
    shown = words.marks_count.format(count=numbers.format_count(len(bars), region))
    first = _facts(chart, bars[0])
    value = value_text(first, region=region, words=words)
    interval = interval_text(first, region=region, words=words)
    longest = f"{bars[0].label}: {value}{', ' if interval else ''}{interval}"
    return sentence(chart.heading.subtitle, shown, longest)
