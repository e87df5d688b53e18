"""A rate over time between its control limits: is a move news, or the usual variation?"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from assay.figures import numbers
from assay.figures.charts import frame
from assay.figures.charts.frame import GUTTER, PAD, Box, Heading, label, sentence, text_width
from assay.figures.charts.marks import Facts, Shape, check_facts, interval_name, mark, point
from assay.figures.charts.runs import phases, runs
from assay.figures.charts.scales import Scale, every, nice_ticks, rate_ticks, spread
from assay.figures.charts.svg import Node, element, group, path_of
from assay.figures.charts.theme import Paint, Theme, paint_of
from assay.figures.numbers import Unit
from assay.figures.tables import Column, Kind, Table

PLOT_HEIGHT = 220.0
SIGNALS_SHOWN = 3
EVENT_ROWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPoint:
    """One period. A value of None is a gap; a `centre` of its own starts or continues another phase."""

    label: str
    start_on: date
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    lower_limit: float | None = None
    upper_limit: float | None = None
    centre: float | None = None
    partial: bool = False
    signal_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, named on the time axis."""

    on: date
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChart:
    """Periods in order of time. `y_range` fixes the axis so that several charts can be compared."""

    heading: Heading
    points: tuple[ChartPoint, ...]
    centre: float | None = None
    unit: Unit = Unit.RATE
    minimum_n: int = 0
    confidence: float = 0.95
    events: tuple[Event, ...] = ()
    y_range: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be drawn and periods out of order."""
        for i, period in enumerate(self.points):
            check_facts(_facts(self, period), f"points[{i}]")
        for i, (before, after) in enumerate(pairwise(self.points), start=1):
            if after.start_on <= before.start_on:
                raise ValueError(f"points[{i}].start_on must follow {before.start_on}, got {after.start_on}")
        if self.centre is not None:
            numbers.checked_number(self.centre, "centre")
        low, high = span_of(self)
        if self.unit is Unit.RATE and not -numbers.TOLERANCE <= low <= high <= 1 + numbers.TOLERANCE:
            raise ValueError(f"limits and centre of a rate must lie between 0 and 1, they run from {low} to {high}")
        if self.y_range is not None and self.points and not self.y_range[0] <= low <= high <= self.y_range[1]:
            raise ValueError(f"y_range {self.y_range} does not hold the values, which run from {low} to {high}")


def span_of(*charts: ControlChart) -> tuple[float, float]:
    """Give the range of all values, intervals and limits drawn, for a `y_range` that charts share."""
    values = [value for chart in charts for value in _drawn_values(chart)]
    return (min(values), max(values)) if values else (0.0, 0.0)


def draw(chart: ControlChart, *, theme: Theme | str = Theme.CSS) -> str:
    """Draw the chart as SVG."""
    if not chart.points:
        return frame.empty(chart.heading, theme=theme, kind="control")
    heading, paint = chart.heading, paint_of(theme)
    ticks = _y_ticks(chart)
    texts = [frame.tick_text(tick, ticks, chart.unit, heading.region) for tick in ticks]
    box = _box(chart, texts)
    x, y = _x_scale(chart, box), Scale(low=ticks[0], high=ticks[-1], start=box.bottom, stop=box.top)
    body = (
        frame.y_axis(ticks, y, box, texts, paint),
        _time_axis(chart, box, x, paint),
        _band(chart, x, y, paint),
        _centre_line(chart, x, y, paint),
        _events(chart, box, x, paint),
        _line(chart, x, y, paint),
        *(_mark(chart, period, x, y, paint) for period in chart.points),
        _gutter(chart, box, y, paint),
    )
    return frame.assemble(
        heading,
        theme=theme,
        kind="control",
        body=body,
        plot_bottom=box.bottom + 24,
        description=_description(chart),
        notes=_notes(chart, ticks),
    )


def table_of(chart: ControlChart) -> Table:
    """Give the numbers of the chart as a table."""
    words = chart.heading.words
    kind = Kind(chart.unit)
    return Table(
        title=chart.heading.title,
        facts=((words.measured, chart.heading.subtitle), (words.method, chart.heading.method)),
        columns=(
            Column(key="period", title=words.period),
            Column(key="start_on", title=words.starts_on, kind=Kind.DATE),
            Column(key="value", title=words.value, kind=kind),
            Column(
                key="interval",
                title=interval_name(chart.confidence, region=chart.heading.region, words=words),
                kind=Kind.INTERVAL,
                unit=chart.unit,
            ),
            Column(key="n", title=words.reviewed, kind=Kind.COUNT),
            Column(key="centre", title=words.centre, kind=kind),
            Column(key="lower_limit", title=words.lower_limit, kind=kind),
            Column(key="upper_limit", title=words.upper_limit, kind=kind),
            Column(key="note", title=words.note),
        ),
        rows=tuple(
            (
                period.label,
                period.start_on,
                period.value,
                None if period.low is None or period.high is None else (period.low, period.high),
                period.n,
                _centre_of(chart, period),
                period.lower_limit,
                period.upper_limit,
                "; ".join(_remarks(chart, period)),
            )
            for period in chart.points
        ),
    )


def _facts(chart: ControlChart, period: ChartPoint) -> Facts:
    return Facts(
        label=period.label,
        value=period.value,
        low=period.low,
        high=period.high,
        n=period.n,
        unit=chart.unit,
        confidence=chart.confidence,
        remarks=_remarks(chart, period),
        more=(
            ("lower_limit", period.lower_limit),
            ("upper_limit", period.upper_limit),
            ("centre", _centre_of(chart, period)),
        ),
    )


def _remarks(chart: ControlChart, period: ChartPoint) -> tuple[str, ...]:
    words = chart.heading.words
    return tuple(
        text
        for text in (
            period.signal_text and f"{words.signal}: {period.signal_text}",
            words.not_enough if period.value is not None and period.n < chart.minimum_n else "",
            words.partial if period.partial else "",
        )
        if text
    )


def _centre_of(chart: ControlChart, period: ChartPoint) -> float | None:
    return chart.centre if period.centre is None else period.centre


def _drawn_values(chart: ControlChart) -> Iterator[float]:
    # Intervals are told, not drawn: a whisker of a thin week would flatten every other week.
    for period in chart.points:
        for value in (period.value, period.lower_limit, period.upper_limit, _centre_of(chart, period)):
            if value is not None:
                yield value


def _y_ticks(chart: ControlChart) -> tuple[float, ...]:
    low, high = chart.y_range or span_of(chart)
    return rate_ticks(low, high) if chart.unit is Unit.RATE else nice_ticks(low, high)


def _box(chart: ControlChart, texts: Sequence[str]) -> Box:
    top = frame.heading_height(chart.heading) + (18 * _event_rows(chart) if chart.events else 0) + PAD
    return Box(
        left=max(text_width(text) for text in texts) + 12,
        top=top,
        right=chart.heading.width - _gutter_width(chart),
        bottom=top + PLOT_HEIGHT,
    )


def _gutter_width(chart: ControlChart) -> float:
    words = chart.heading.words
    names = (words.upper_limit, words.centre, words.lower_limit)
    return max(GUTTER, *(text_width(name) + PAD for name in names))


def _x_scale(chart: ControlChart, box: Box) -> Scale:
    first, last = chart.points[0].start_on, chart.points[-1].start_on
    return Scale(low=first.toordinal(), high=last.toordinal(), start=box.left + 10, stop=box.right - 10)


def _band(chart: ControlChart, x: Scale, y: Scale, paint: Paint) -> Node:
    half = _half_step(chart, x)
    shapes = []
    for run in _stretches(chart, lambda p: p.lower_limit is not None and p.upper_limit is not None):
        upper = list(_steps(((p.start_on, p.upper_limit) for p in run), x, y, half))
        lower = list(_steps(((p.start_on, p.lower_limit) for p in run), x, y, half))
        edge = {"fill": "none", "stroke": paint("c1"), "stroke_opacity": ".45"}
        shapes += [
            element("path", d=path_of(upper + lower[::-1], closed=True), fill=paint("c1"), fill_opacity=".12"),
            element("path", d=path_of(upper), **edge),
            element("path", d=path_of(lower), **edge),
        ]
    return group(shapes, class_="limits", aria_hidden="true")


def _centre_line(chart: ControlChart, x: Scale, y: Scale, paint: Paint) -> Node:
    half = _half_step(chart, x)
    lines = [
        element(
            "path",
            d=path_of(_steps(((p.start_on, _centre_of(chart, p)) for p in run), x, y, half)),
            stroke=paint("c-ref"),
            stroke_dasharray="6 4",
            fill="none",
        )
        for run in _stretches(chart, lambda period: _centre_of(chart, period) is not None)
    ]
    return group(lines, class_="centre", aria_hidden="true")


def _stretches(chart: ControlChart, keep: Callable[[ChartPoint], bool]) -> Iterator[list[ChartPoint]]:
    """Limits are frozen within a phase and join across neither a gap nor two phases."""
    kept = runs(chart.points, day=lambda period: period.start_on, keep=keep)
    return phases(kept, of=lambda period: _centre_of(chart, period))


def _steps(
    values: Iterable[tuple[date, float | None]], x: Scale, y: Scale, half: float
) -> Iterator[tuple[float, float]]:
    for on, value in values:
        if value is not None:
            yield x.at(on.toordinal()) - half, y.at(value)
            yield x.at(on.toordinal()) + half, y.at(value)


def _half_step(chart: ControlChart, x: Scale) -> float:
    places = [x.at(period.start_on.toordinal()) for period in chart.points]
    return min((b - a for a, b in pairwise(places)), default=20.0) / 2


def _line(chart: ControlChart, x: Scale, y: Scale, paint: Paint) -> Node:
    kept = runs(chart.points, day=lambda period: period.start_on, keep=lambda period: period.value is not None)
    lines = [
        element(
            "path",
            d=path_of((x.at(p.start_on.toordinal()), y.at(p.value)) for p in run if p.value is not None),
            stroke=paint("c1"),
            stroke_width=1.5,
            fill="none",
        )
        for run in kept
        if len(run) > 1
    ]
    return group(lines, class_="values", aria_hidden="true")


def _mark(chart: ControlChart, period: ChartPoint, x: Scale, y: Scale, paint: Paint) -> Node:
    place = x.at(period.start_on.toordinal())
    height = y.start if period.value is None else y.at(period.value)
    shapes: tuple[Node, ...]
    if period.value is None:
        # A gap has nothing to draw, but the keyboard and the reader still pass through it.
        shapes = (element("circle", class_="gap", cx=place, cy=height, r=4.0, fill="none"),)
    elif period.signal_text:
        shapes = (point(Shape.DIAMOND, place, height, paint("c2"), paint),)
    elif period.partial or period.n < chart.minimum_n:
        shapes = (point(Shape.HOLLOW, place, height, paint("c1"), paint),)
    else:
        shapes = (point(Shape.DOT, place, height, paint("c1"), paint),)
    facts = _facts(chart, period)
    return mark(facts, shapes, x=place, y=height, region=chart.heading.region, words=chart.heading.words)


def _time_axis(chart: ControlChart, box: Box, x: Scale, paint: Paint) -> Node:
    region = chart.heading.region
    texts = [numbers.format_day(period.start_on, region) for period in chart.points]
    step = every(len(texts), room=box.width, label_width=max(text_width(text) for text in texts) + 12)
    nodes = [element("line", x1=box.left, x2=box.right, y1=box.bottom, y2=box.bottom, stroke=paint("c-axis"))]
    for period, text in list(zip(chart.points, texts, strict=True))[::step]:
        place = x.at(period.start_on.toordinal())
        nodes.append(element("line", x1=place, x2=place, y1=box.bottom, y2=box.bottom + 4, stroke=paint("c-axis")))
        nodes.append(label(text, place, box.bottom + 18, paint("c-axis"), anchor="middle"))
    return group(nodes, aria_hidden="true")


def _events_in_range(chart: ControlChart) -> list[Event]:
    first, last = chart.points[0].start_on, chart.points[-1].start_on
    return sorted((e for e in chart.events if first <= e.on <= last), key=lambda e: e.on)


def _event_rows(chart: ControlChart) -> int:
    return min(len(_events_in_range(chart)), EVENT_ROWS) if chart.points else 0


def _events(chart: ControlChart, box: Box, x: Scale, paint: Paint) -> Node:
    nodes: list[Node] = []
    rows = _event_rows(chart)
    placed = [(event, x.at(event.on.toordinal())) for event in _events_in_range(chart)]
    # Near the right edge a label stands left of its line, so that it ends inside the picture.
    left = [_reaches_edge(chart, event, place) for event, place in placed]
    # The order of the rows keeps every label clear of its neighbours' lines: labels that stand left come
    # first, latest on top; then those that stand right, earliest on top.
    order = sorted(range(len(placed)), key=lambda i: (not left[i], -i if left[i] else i))
    for row, i in enumerate(order):
        event, place = placed[i]
        top = box.top - 6 - 18 * (rows - 1 - row % rows)
        line = {"stroke": paint("c-ref"), "stroke_dasharray": "2 3"}
        nodes.append(element("line", x1=place, x2=place, y1=top - 8, y2=box.bottom, **line))
        text = frame.shortened(event.label, width=box.width * 0.6)
        anchor, shift = ("end", -4) if left[i] else ("start", 4)
        written = label(text, place + shift, top, paint("text-2"), anchor=anchor)
        nodes.append(group((element("title", event.label), written)))
    return group(nodes, class_="events", aria_hidden="true")


def _reaches_edge(chart: ControlChart, event: Event, place: float) -> bool:
    return place + 4 + text_width(event.label) > chart.heading.width


def _gutter(chart: ControlChart, box: Box, y: Scale, paint: Paint) -> Node:
    """Name the limits and the centre of the last phase beside the plot, never over a line."""
    last = next((p for p in reversed(chart.points) if p.upper_limit is not None), chart.points[-1])
    words = chart.heading.words
    named = [
        (name, value)
        for name, value in (
            (words.upper_limit, last.upper_limit),
            (words.centre, _centre_of(chart, last)),
            (words.lower_limit, last.lower_limit),
        )
        if value is not None
    ]
    places = spread([y.at(value) for _, value in named], gap=29, low=box.top + 4, high=box.bottom - 12)
    nodes = []
    for (name, value), place in zip(named, places, strict=True):
        text = numbers.format_value(value, chart.unit, chart.heading.region)
        nodes.append(label(name, box.right + PAD, place, paint("text-2")))
        nodes.append(label(text, box.right + PAD, place + 13, paint("text-2"), weight=600))
    return group(nodes, aria_hidden="true")


def _description(chart: ControlChart) -> str:
    region, words = chart.heading.region, chart.heading.words
    first, last = chart.points[0].start_on, chart.points[-1].start_on
    days = f"{numbers.format_date(first, region)} {numbers.EN_DASH} {numbers.format_date(last, region)}"
    total = numbers.format_count(sum(period.n for period in chart.points), region)
    signals = [f"{p.label}: {p.signal_text}" for p in chart.points if p.signal_text]
    events = [f"{numbers.format_date(e.on, region)}: {e.label}" for e in _events_in_range(chart)]
    return sentence(chart.heading.subtitle, days, f"{words.reviewed} = {total}", *signals, *events)


def _notes(chart: ControlChart, ticks: Sequence[float]) -> tuple[str, ...]:
    words = chart.heading.words
    signals = [f"◆ {p.label}: {p.signal_text}" for p in chart.points if p.signal_text]
    # The newest matter most; the table has them all.
    notes = signals[-SIGNALS_SHOWN:][::-1]
    if len(signals) > SIGNALS_SHOWN:
        left = numbers.format_count(len(signals) - SIGNALS_SHOWN, chart.heading.region)
        notes.append(words.more_in_table.format(count=left))
    if any(p.value is not None and (p.partial or p.n < chart.minimum_n) for p in chart.points):
        notes.append(f"○ {words.hollow}")
    if ticks[0] > 0:
        notes.append(words.not_from_zero)
    return tuple(notes)
