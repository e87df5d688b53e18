"""Rows received by site and day: on which days did a site send nothing?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assay.figures import numbers
from assay.figures.charts import frame
from assay.figures.charts.frame import LINE, PAD, Box, Heading, label, sentence, shortened, text_width
from assay.figures.charts.marks import Facts, check_facts, mark
from assay.figures.charts.scales import every
from assay.figures.charts.svg import Node, element, group, path_of
from assay.figures.charts.theme import Paint, Theme, paint_of
from assay.figures.numbers import EN_DASH, Unit
from assay.figures.tables import Column, Kind, Table

CELL = 24.0
WIDEST_CELL = 48.0
LEVELS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    """One site; `counts` has a place for every day, None where no row was due."""

    label: str
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarHeatmap:
    """Sites by days from `first_day` on. A count of zero is a gap and is crossed out."""

    heading: Heading
    first_day: date
    rows: tuple[CalendarRow, ...]

    def __post_init__(self) -> None:
        """Refuse rows of unequal length and negative counts."""
        for i, row in enumerate(self.rows):
            if len(row.counts) != len(self.rows[0].counts):
                raise ValueError(f"rows[{i}].counts must have {len(self.rows[0].counts)} days, got {len(row.counts)}")
            for j, count in enumerate(row.counts):
                if count is not None and count < 0:
                    raise ValueError(f"rows[{i}].counts[{j}] must not be negative, got {count}")
                check_facts(Facts(label=row.label, value=count, unit=Unit.COUNT), f"rows[{i}].counts[{j}]")


def draw(calendar: CalendarHeatmap, *, theme: Theme | str = Theme.CSS) -> str:
    """Draw the calendar as SVG."""
    if not calendar.rows or not calendar.rows[0].counts:
        return frame.empty(calendar.heading, theme=theme, kind="calendar")
    paint = paint_of(theme)
    box = _box(calendar)
    bounds = level_bounds(calendar)
    body = (
        _labels(calendar, box, paint),
        *(
            _cell(calendar, (i, j), box, bounds, paint)
            for i, row in enumerate(calendar.rows)
            for j in range(len(row.counts))
        ),
        _legend(calendar, box, bounds, paint),
    )
    return frame.assemble(
        calendar.heading,
        theme=theme,
        kind="calendar",
        body=body,
        plot_bottom=box.bottom + LINE + 28,
        description=_description(calendar),
    )


def table_of(calendar: CalendarHeatmap) -> Table:
    """Give the counts as a table, one row a site and day."""
    words = calendar.heading.words
    return Table(
        title=calendar.heading.title,
        facts=((words.measured, calendar.heading.subtitle), (words.method, calendar.heading.method)),
        columns=(
            Column(key="site", title=words.site),
            Column(key="day", title=words.day, kind=Kind.DATE),
            Column(key="value", title=words.rows_received, kind=Kind.COUNT),
            Column(key="note", title=words.note),
        ),
        rows=tuple(
            (row.label, _day(calendar, j), count, words.no_rows if count == 0 else "")
            for row in calendar.rows
            for j, count in enumerate(row.counts)
        ),
    )


def level_bounds(calendar: CalendarHeatmap) -> tuple[int, ...]:
    """Give the greatest count of each step of colour: fifths of the largest count."""
    largest = max((count or 0 for row in calendar.rows for count in row.counts), default=0)
    return tuple(-(-largest * level // LEVELS) for level in range(1, LEVELS + 1))


def _day(calendar: CalendarHeatmap, j: int) -> date:
    return calendar.first_day + timedelta(days=j)


def _box(calendar: CalendarHeatmap) -> Box:
    width = calendar.heading.width
    left = min(max(text_width(row.label) for row in calendar.rows) + 14, width * 0.3)
    days = len(calendar.rows[0].counts)
    cell = min(WIDEST_CELL, (width - left) / days)
    top = frame.heading_height(calendar.heading) + PAD
    return Box(left=left, top=top, right=left + cell * days, bottom=top + CELL * len(calendar.rows))


def _labels(calendar: CalendarHeatmap, box: Box, paint: Paint) -> Node:
    region = calendar.heading.region
    days = len(calendar.rows[0].counts)
    cell = box.width / days
    nodes = [
        label(shortened(row.label, width=box.left - 10), 0, box.top + CELL * (i + 0.5) + 4, paint("text"))
        for i, row in enumerate(calendar.rows)
    ]
    texts = [numbers.format_day(_day(calendar, j), region) for j in range(days)]
    step = every(days, room=box.width, label_width=max(text_width(text) for text in texts) + 8)
    if step > 1:
        step = -(-step // 7) * 7
    for j in range(0, days, step):
        # A label starts with its day, and the last one ends inside the picture.
        start = min(box.left + cell * j, calendar.heading.width - text_width(texts[j]))
        nodes.append(label(texts[j], start, box.bottom + LINE, paint("c-axis")))
    return group(nodes, aria_hidden="true")


def _cell(calendar: CalendarHeatmap, place: tuple[int, int], box: Box, bounds: Sequence[int], paint: Paint) -> Node:
    i, j = place
    row, region, words = calendar.rows[i], calendar.heading.region, calendar.heading.words
    count = row.counts[j]
    width = box.width / len(row.counts)
    x, y = box.left + width * j, box.top + CELL * i
    inner = {"x": x + 0.75, "y": y + 0.75, "width": max(width - 1.5, 1.0), "height": CELL - 1.5}
    day = _day(calendar, j)
    facts = Facts(
        label=f"{row.label}, {numbers.format_date(day, region)}",
        value=count,
        unit=Unit.COUNT,
        remarks=(words.no_rows,) if count == 0 else (),
    )
    shapes = _shapes(count, inner, bounds, region, paint)
    return mark(facts, shapes, x=x + width / 2, y=y, region=region, words=words)


def _shapes(
    count: int | None, inner: dict[str, float], bounds: Sequence[int], region: str, paint: Paint
) -> Sequence[Node]:
    x, y, width, height = inner["x"], inner["y"], inner["width"], inner["height"]
    if count is None:
        # Nothing was due: an empty place, so that a closed day is not taken for a gap.
        return (element("rect", class_="not-due", **inner, fill="none", stroke=paint("c-grid")),)
    if count == 0:
        left, right, top, bottom = x + 2, x + width - 2, y + 4, y + height - 4
        cross = path_of(((left, top), (right, bottom))) + path_of(((right, top), (left, bottom)))
        return (
            element("rect", class_="no-rows", **inner, fill=paint("surface"), stroke=paint("c2"), stroke_width=1.5),
            element("path", class_="cross", d=cross, stroke=paint("c2"), stroke_width=1.5),
        )
    level = next(step for step, bound in enumerate(bounds, start=1) if count <= bound)
    shapes = [element("rect", class_="rows", **inner, fill=paint(f"q{level}"))]
    text = numbers.format_count(count, region)
    if text_width(text, 11) <= width - 2:
        ink = paint("accent-ink") if level >= 4 else paint("text")
        shapes.append(label(text, x + width / 2, y + height / 2 + 4, ink, anchor="middle", size=11.0))
    return shapes


def _legend(calendar: CalendarHeatmap, box: Box, bounds: Sequence[int], paint: Paint) -> Node:
    region, words = calendar.heading.region, calendar.heading.words
    y, x = box.bottom + LINE + 14, 0.0
    nodes: list[Node] = []
    lower = 1
    for level, upper in enumerate(bounds, start=1):
        if upper < lower:
            continue
        ends = dict.fromkeys((lower, upper))
        text = EN_DASH.join(numbers.format_count(end, region) for end in ends)
        nodes.append(
            element("rect", x=x, y=y, width=12.0, height=12.0, fill=paint(f"q{level}"), stroke=paint("border"))
        )
        nodes.append(label(text, x + 17, y + 10, paint("text-3")))
        x += 17 + text_width(text) + 14
        lower = upper + 1
    if any(count == 0 for row in calendar.rows for count in row.counts):
        nodes.append(label(f"✕ {words.no_rows}", x, y + 10, paint("c2")))
    return group(nodes, class_="legend", aria_hidden="true")


def _description(calendar: CalendarHeatmap) -> str:
    region, words = calendar.heading.region, calendar.heading.words
    last = _day(calendar, len(calendar.rows[0].counts) - 1)
    days = f"{numbers.format_date(calendar.first_day, region)} {EN_DASH} {numbers.format_date(last, region)}"
    total = sum(count or 0 for row in calendar.rows for count in row.counts)
    received = f"{words.rows_received}: {numbers.format_count(total, region)}"
    gaps = [
        f"{row.label}: {words.no_rows} ({numbers.format_count(missing, region)})"
        for row in calendar.rows
        if (missing := sum(1 for count in row.counts if count == 0))
    ]
    return sentence(calendar.heading.subtitle, days, received, *gaps)
