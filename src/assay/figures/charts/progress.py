"""Work done against the plan, and against what should be done by now."""

from dataclasses import dataclass

from assay.figures import numbers
from assay.figures.charts import frame
from assay.figures.charts.frame import PAD, Box, Heading, label, sentence, shortened, text_width
from assay.figures.charts.marks import Facts, check_facts, hit_area, mark
from assay.figures.charts.scales import Scale
from assay.figures.charts.svg import Node, element, path_of
from assay.figures.charts.theme import Paint, Theme, paint_of
from assay.figures.numbers import NBSP, Unit
from assay.figures.tables import Column, Kind, Table

ROW = 34.0
BAR = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressRow:
    """One plan, or one stratum of it: how much is done, planned, and needed by now."""

    label: str
    done: int
    planned: int
    needed_by_now: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Each row has its own full length, so that a small stratum shows as clearly as a large one."""

    heading: Heading
    rows: tuple[ProgressRow, ...]

    def __post_init__(self) -> None:
        """Refuse counts below zero."""
        for i, row in enumerate(self.rows):
            for name, count in (("done", row.done), ("planned", row.planned), ("needed_by_now", row.needed_by_now)):
                facts = Facts(label=row.label, value=count, n=count, unit=Unit.COUNT)
                check_facts(facts, f"rows[{i}].{name}")


def draw(progress: Progress, *, theme: Theme | str = Theme.CSS) -> str:
    """Draw the bars as SVG."""
    if not progress.rows:
        return frame.empty(progress.heading, theme=theme, kind="progress")
    paint = paint_of(theme)
    box = _box(progress)
    rows = [_row(progress, row, box, box.top + ROW * (i + 0.5), paint) for i, row in enumerate(progress.rows)]
    words = progress.heading.words
    needed = any(row.needed_by_now is not None for row in progress.rows)
    return frame.assemble(
        progress.heading,
        theme=theme,
        kind="progress",
        body=rows,
        plot_bottom=box.bottom + PAD,
        description=_description(progress),
        notes=(f"▼ {words.needed_by_now}",) if needed else (),
    )


def table_of(progress: Progress) -> Table:
    """Give the counts as a table."""
    words = progress.heading.words
    return Table(
        title=progress.heading.title,
        facts=((words.measured, progress.heading.subtitle), (words.method, progress.heading.method)),
        columns=(
            Column(key="group", title=words.group),
            Column(key="value", title=words.done, kind=Kind.COUNT),
            Column(key="planned", title=words.planned, kind=Kind.COUNT),
            Column(key="needed_by_now", title=words.needed_by_now, kind=Kind.COUNT),
        ),
        rows=tuple((row.label, row.done, row.planned, row.needed_by_now) for row in progress.rows),
    )


def _facts(progress: Progress, row: ProgressRow) -> Facts:
    words, region = progress.heading.words, progress.heading.region
    remarks = [f"{words.planned}: {numbers.format_count(row.planned, region)}"]
    if row.needed_by_now is not None:
        remarks.append(f"{words.needed_by_now}: {numbers.format_count(row.needed_by_now, region)}")
    return Facts(
        label=row.label,
        value=row.done,
        unit=Unit.COUNT,
        remarks=remarks,
        more=(("planned", row.planned), ("needed_by_now", row.needed_by_now)),
    )


def _text(progress: Progress, row: ProgressRow) -> str:
    region = progress.heading.region
    return f"{numbers.format_count(row.done, region)}{NBSP}/{NBSP}{numbers.format_count(row.planned, region)}"


def _box(progress: Progress) -> Box:
    width = progress.heading.width
    left = min(max(text_width(row.label) for row in progress.rows) + 12, width * 0.36)
    gutter = max(text_width(_text(progress, row)) for row in progress.rows) + 2 * PAD
    top = frame.heading_height(progress.heading) + PAD
    return Box(left=left, top=top, right=width - gutter, bottom=top + ROW * len(progress.rows))


def _row(progress: Progress, row: ProgressRow, box: Box, y: float, paint: Paint) -> Node:
    # More done than planned: the bar ends at what was done, and the plan is a line before it.
    full = max(row.planned, row.done, row.needed_by_now or 0, 1)
    x = Scale(low=0.0, high=float(full), start=box.left, stop=box.right)
    shapes = [
        hit_area(progress.heading.width, y, ROW),
        label(shortened(row.label, width=box.left - 12), 0, y + 4, paint("text")),
        _bar("planned", x, y, row.planned, fill=paint("surface-2"), stroke=paint("border-strong")),
        _bar("done", x, y, row.done, fill=paint("c1")),
    ]
    if row.done > row.planned:
        shapes.append(frame.upright_line(x.at(row.planned), y - BAR / 2, y + BAR / 2, paint("surface")))
    if row.needed_by_now is not None:
        place, top = x.at(row.needed_by_now), y - BAR / 2
        tip = path_of(((place, top + 1), (place - 5, top - 6), (place + 5, top - 6)), closed=True)
        shapes.append(element("path", class_="needed", d=tip, fill=paint("c2")))
        shapes.append(frame.upright_line(place, top, y + BAR / 2 + 2, paint("c2")))
    shapes.append(label(_text(progress, row), box.right + PAD, y + 4, paint("text-2")))
    facts = _facts(progress, row)
    return mark(facts, shapes, x=x.at(row.done), y=y, region=progress.heading.region, words=progress.heading.words)


def _bar(name: str, x: Scale, middle: float, count: int, **paints: str) -> Node:
    width = x.at(count) - x.start
    return element("rect", class_=name, x=x.start, y=middle - BAR / 2, width=width, height=BAR, **paints)


def _description(progress: Progress) -> str:
    words, region = progress.heading.words, progress.heading.region
    done = numbers.format_count(sum(row.done for row in progress.rows), region)
    planned = numbers.format_count(sum(row.planned for row in progress.rows), region)
    return sentence(progress.heading.subtitle, f"{words.done}: {done}", f"{words.planned}: {planned}")
