"""First decision against audit verdict: which mistakes are made, and how often of all such decisions?"""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.figures import numbers
from assay.figures.charts import frame
from assay.figures.charts.frame import LINE, PAD, Box, Heading, label, sentence, shortened, text_width, wrapped
from assay.figures.charts.marks import Facts, check_facts, interval_name, mark
from assay.figures.charts.svg import Node, element, group
from assay.figures.charts.theme import Paint, Theme, paint_of
from assay.figures.numbers import NBSP
from assay.figures.tables import Column, Kind, Table

CELL_HEIGHT = 46.0
HEAD_LINES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixCell:
    """How many audits fell here; `share` of the row is weighted when the draw was, else count by count."""

    count: int
    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfusionMatrix:
    """`cells` is rows by columns. Cells whose row and column bear the same key agree."""

    heading: Heading
    row_title: str
    column_title: str
    rows: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    cells: tuple[tuple[MatrixCell, ...], ...]
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """Refuse a matrix with missing cells or numbers that cannot be drawn."""
        if len(self.cells) != len(self.rows):
            raise ValueError(f"cells must have {len(self.rows)} rows, got {len(self.cells)}")
        for i, row in enumerate(self.cells):
            if len(row) != len(self.columns):
                raise ValueError(f"cells[{i}] must have {len(self.columns)} cells, got {len(row)}")
            for j, cell in enumerate(row):
                if cell.count < 0:
                    raise ValueError(f"cells[{i}][{j}].count must not be negative, got {cell.count}")
            for j in range(len(row)):
                check_facts(_facts(self, i, j), f"cells[{i}][{j}]")


def draw(matrix: ConfusionMatrix, *, theme: Theme | str = Theme.CSS) -> str:
    """Draw the matrix as SVG; the keys of rows and columns come first, their labels second."""
    if not matrix.rows or not matrix.columns or not any(_total(matrix, i) for i in range(len(matrix.rows))):
        return frame.empty(matrix.heading, theme=theme, kind="matrix")
    paint = paint_of(theme)
    box = _box(matrix)
    body = (
        _heads(matrix, box, paint),
        *(_cell(matrix, i, j, box, paint) for i in range(len(matrix.rows)) for j in range(len(matrix.columns))),
    )
    return frame.assemble(
        matrix.heading,
        theme=theme,
        kind="matrix",
        body=body,
        plot_bottom=box.bottom + PAD,
        description=_description(matrix),
    )


def table_of(matrix: ConfusionMatrix) -> Table:
    """Give the cells as a table, one row a cell."""
    words = matrix.heading.words
    return Table(
        title=matrix.heading.title,
        facts=((words.measured, matrix.heading.subtitle), (words.method, matrix.heading.method)),
        columns=(
            Column(key="row", title=matrix.row_title),
            Column(key="column", title=matrix.column_title),
            Column(key="count", title=words.count, kind=Kind.COUNT),
            Column(key="value", title=words.row_share, kind=Kind.RATE),
            Column(
                key="interval",
                title=interval_name(matrix.confidence, region=matrix.heading.region, words=words),
                kind=Kind.INTERVAL,
            ),
            Column(key="n", title=words.row_total, kind=Kind.COUNT),
        ),
        rows=tuple(
            (
                row_label,
                column_label,
                cell.count,
                _share(matrix, i, j),
                None if cell.low is None or cell.high is None else (cell.low, cell.high),
                _total(matrix, i),
            )
            for i, (_, row_label) in enumerate(matrix.rows)
            for j, (_, column_label) in enumerate(matrix.columns)
            for cell in (matrix.cells[i][j],)
        ),
    )


def _total(matrix: ConfusionMatrix, i: int) -> int:
    return sum(cell.count for cell in matrix.cells[i])


def _share(matrix: ConfusionMatrix, i: int, j: int) -> float | None:
    cell, total = matrix.cells[i][j], _total(matrix, i)
    if cell.share is not None:
        return cell.share
    return cell.count / total if total else None


def _facts(matrix: ConfusionMatrix, i: int, j: int) -> Facts:
    cell = matrix.cells[i][j]
    return Facts(
        label=f"{matrix.rows[i][1]} → {matrix.columns[j][1]}",
        value=_share(matrix, i, j),
        low=cell.low,
        high=cell.high,
        n=_total(matrix, i),
        confidence=matrix.confidence,
        remarks=(f"{matrix.heading.words.count}: {numbers.format_count(cell.count, matrix.heading.region)}",),
        more=(("count", cell.count),),
    )


def _box(matrix: ConfusionMatrix) -> Box:
    width = matrix.heading.width
    labels = max(text_width(text) for text in (*(text for _, text in matrix.rows), matrix.row_title))
    top = frame.heading_height(matrix.heading) + LINE * (HEAD_LINES + 1) + PAD
    return Box(
        left=min(labels + 12, width * 0.28),
        top=top,
        right=width - max(_totals_width(matrix), 64.0),
        bottom=top + CELL_HEIGHT * len(matrix.rows),
    )


def _totals_width(matrix: ConfusionMatrix) -> float:
    return max(text_width(_total_text(matrix, i)) for i in range(len(matrix.rows))) + PAD


def _total_text(matrix: ConfusionMatrix, i: int) -> str:
    count = numbers.format_count(_total(matrix, i), matrix.heading.region)
    return f"{matrix.heading.words.reviewed}{NBSP}={NBSP}{count}"


def _heads(matrix: ConfusionMatrix, box: Box, paint: Paint) -> Node:
    width = box.width / len(matrix.columns)
    nodes = [
        label(matrix.column_title, box.left, box.top - LINE * HEAD_LINES - PAD, paint("text-3")),
        label(shortened(matrix.row_title, width=box.left - 8), 0, box.top - PAD, paint("text-3")),
    ]
    for j, (_, text) in enumerate(matrix.columns):
        lines = _head_lines(text, width - 6)
        for k, line in enumerate(lines):
            y = box.top - PAD - LINE * (len(lines) - 1 - k)
            nodes.append(label(line, box.left + width * (j + 0.5), y, paint("text-2"), anchor="middle"))
    for i, (_, text) in enumerate(matrix.rows):
        middle = box.top + CELL_HEIGHT * (i + 0.5) + 4
        nodes.append(label(shortened(text, width=box.left - 10), 0, middle, paint("text")))
        nodes.append(label(_total_text(matrix, i), box.right + PAD, middle, paint("text-2")))
    return group(nodes, aria_hidden="true")


def _head_lines(text: str, width: float) -> Sequence[str]:
    lines = wrapped(text, width=width)
    if len(lines) <= HEAD_LINES:
        return lines
    return (*lines[: HEAD_LINES - 1], shortened(" ".join(lines[HEAD_LINES - 1 :]), width=width))


def _cell(matrix: ConfusionMatrix, i: int, j: int, box: Box, paint: Paint) -> Node:
    width = box.width / len(matrix.columns)
    x, y = box.left + width * j, box.top + CELL_HEIGHT * i
    share = _share(matrix, i, j)
    level = 1 if share is None else min(5, 1 + int(share * 5))
    # Chosen for contrast in both themes: the two strongest steps take the ink of the accent.
    ink = paint("accent-ink") if level >= 4 else paint("text")
    agrees = matrix.rows[i][0] == matrix.columns[j][0]
    fill = paint("surface-2") if share is None else paint(f"q{level}")
    count = numbers.format_count(matrix.cells[i][j].count, matrix.heading.region)
    shapes = [
        element("rect", x=x + 1, y=y + 1, width=width - 2, height=CELL_HEIGHT - 2, fill=fill, rx=2.0),
        label(count, x + width / 2, y + 20, ink, anchor="middle", size=14.0, weight=600),
    ]
    if share is not None:
        text = shortened(numbers.format_percent(share, matrix.heading.region), width=width)
        shapes.append(label(text, x + width / 2, y + 36, ink, anchor="middle"))
    if agrees:
        shapes.append(_outline(x + 2, y + 2, width - 4, paint))
        # A narrow cell has room for its numbers alone; the outline still says that it agrees.
        if text_width(count, 15) + 44 <= width:
            shapes.append(label("✓", x + 6, y + 16, ink))
    facts = _facts(matrix, i, j)
    return mark(facts, shapes, x=x + width / 2, y=y, region=matrix.heading.region, words=matrix.heading.words)


def _outline(x: float, y: float, width: float, paint: Paint) -> Node:
    return element(
        "rect",
        class_="agrees",
        x=x,
        y=y,
        width=width,
        height=CELL_HEIGHT - 4,
        rx=2,
        fill="none",
        stroke=paint("border-strong"),
        stroke_width=2,
    )


def _description(matrix: ConfusionMatrix) -> str:
    words, region = matrix.heading.words, matrix.heading.region
    total = numbers.format_count(sum(_total(matrix, i) for i in range(len(matrix.rows))), region)
    axes = f"{matrix.row_title} → {matrix.column_title}"
    return sentence(matrix.heading.subtitle, axes, f"{words.reviewed} = {total}")
