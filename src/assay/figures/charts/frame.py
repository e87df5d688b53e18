"""What every chart shares: the heading, the axes, the root element, and how wide a text is."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assay.figures import numbers
from assay.figures.charts.scales import Scale, every, tick_decimals
from assay.figures.charts.svg import Node, element, group
from assay.figures.charts.theme import Paint, Theme, font_of, paint_of
from assay.figures.numbers import Unit
from assay.figures.words import ChartWords

GUTTER = 96.0
TEXT = 12.0
TITLE = 16.0
LINE = 16.0
PAD = 8.0
MINIMUM_WIDTH = 320


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What a chart says about itself, in the reader's language.

    `key` names the chart within its page. `title` is the finding, `subtitle` the measure, unit, n and what
    the band is, `method` how the values and their intervals were computed.
    """

    key: str
    title: str
    subtitle: str
    method: str
    region: str
    words: ChartWords
    width: int = 720


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The rectangle that holds the marks."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Its width."""
        return self.right - self.left


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Where the rows of a list are drawn: the rectangle, its scale across, the colours, and where texts end."""

    box: Box
    x: Scale
    paint: Paint
    stops: tuple[float, ...] = ()


_NARROW = frozenset("iljtfrI.,:;'|!()[] \u00a0")
_WIDE = frozenset("mwMW@%—=±+<>Σ▲▼◆○✓✕→")


def text_width(text: str, size: float = TEXT) -> float:
    """Guess how wide a text is drawn, a little too wide rather than too narrow."""
    return size * sum(_character_width(character) for character in text)


def _character_width(character: str) -> float:
    if character in _NARROW:
        return 0.34
    if ord(character) > 0x2E80:
        return 1.05
    if character in _WIDE:
        return 0.9
    if character.isupper():
        return 0.72
    return 0.64 if character.isdigit() else 0.605


def wrapped(text: str, *, width: float, size: float = TEXT) -> tuple[str, ...]:
    """Break a text into lines that fit; a word wider than the line stays whole and is cut."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(shortened(line, width=width, size=size) for line in lines if line)


def shortened(text: str, *, width: float, size: float = TEXT) -> str:
    """Cut a text that does not fit and end it with an ellipsis."""
    if text_width(text, size) <= width:
        return text
    kept = text
    while kept and text_width(f"{kept}…", size) > width:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def label(
    text: str, x: float, y: float, fill: str, *, anchor: str = "start", size: float = TEXT, weight: int | None = None
) -> Node:
    """Write a text on its base line."""
    anchored = None if anchor == "start" else anchor
    return element("text", text, x=x, y=y, fill=fill, text_anchor=anchored, font_size=size, font_weight=weight)


def heading_height(heading: Heading) -> float:
    """Tell how far down the title and subtitle reach."""
    title, subtitle = _heading_lines(heading)
    return len(title) * 20 + len(subtitle) * LINE + PAD


def _heading_lines(heading: Heading) -> tuple[tuple[str, ...], tuple[str, ...]]:
    # Semibold runs wider than the guess.
    return (
        wrapped(heading.title, width=heading.width * 0.84, size=TITLE),
        wrapped(heading.subtitle, width=heading.width),
    )


def notes_height(heading: Heading, notes: Sequence[str]) -> float:
    """Tell how much the lines below the plot need."""
    return len(_note_lines(heading, notes)) * LINE + PAD / 2


def _note_lines(heading: Heading, notes: Sequence[str]) -> tuple[str, ...]:
    texts = (*notes, f"{heading.words.method}: {heading.method}")
    return tuple(line for text in texts for line in wrapped(text, width=heading.width))


def assemble(
    heading: Heading,
    *,
    theme: Theme | str,
    kind: str,
    body: Iterable[Node],
    plot_bottom: float,
    description: str,
    notes: Sequence[str] = (),
) -> str:
    """Put the heading above and the notes below a drawing and close the SVG."""
    if heading.width < MINIMUM_WIDTH:
        raise ValueError(f"width must be at least {MINIMUM_WIDTH}, got {heading.width}")
    paint = paint_of(theme)
    height = math.ceil(plot_bottom + notes_height(heading, notes) + PAD)
    root = element(
        "svg",
        element("title", heading.title, id=f"{heading.key}-title"),
        element("desc", description, id=f"{heading.key}-desc"),
        _heading_nodes(heading, paint),
        *body,
        _note_nodes(heading, notes, plot_bottom, paint),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {heading.width} {height}",
        width=float(heading.width),
        # No height of its own: a page sets the width, and the height follows from the viewBox.
        role="img",
        aria_labelledby=f"{heading.key}-title {heading.key}-desc",
        class_=f"drawing drawing-{kind}",
        font_family=font_of(theme),
        font_size=TEXT,
        data_key=heading.key,
    )
    return root.markup


def empty(heading: Heading, *, theme: Theme | str, kind: str) -> str:
    """Draw the chart that has nothing to show, and say so."""
    top = heading_height(heading)
    paint = paint_of(theme)
    text = label(heading.words.empty, heading.width / 2, top + 48, paint("text-2"), anchor="middle")
    area = element(
        "rect", x=0.5, y=top, width=heading.width - 1.0, height=88.0, rx=6.0, fill="none",
        stroke=paint("border-strong"), stroke_dasharray="4 4",
    )  # fmt: skip
    return assemble(
        heading,
        theme=theme,
        kind=kind,
        body=(area, text),
        plot_bottom=top + 88 + PAD,
        description=f"{heading.subtitle}. {heading.words.empty}.",
    )


def tick_text(value: float, ticks: Sequence[float], unit: Unit, region: str) -> str:
    """Write a tick with just the decimals the axis needs."""
    percent = unit in numbers.PERCENT_UNITS
    return numbers.format_value(value, unit, region, tick_decimals(ticks, percent=percent))


def y_axis(ticks: Sequence[float], scale: Scale, box: Box, texts: Sequence[str], paint: Paint) -> Node:
    """Draw thin lines across the plot and their values at the left."""
    lines = [
        element("line", x1=box.left, x2=box.right, y1=scale.at(tick), y2=scale.at(tick), stroke=paint("c-grid"))
        for tick in ticks
    ]
    values = [
        label(text, box.left - PAD, scale.at(tick) + 4, paint("c-axis"), anchor="end")
        for tick, text in zip(ticks, texts, strict=True)
    ]
    return group((*lines, *values), aria_hidden="true")


def x_axis(ticks: Sequence[float], scale: Scale, box: Box, texts: Sequence[str], paint: Paint) -> Node:
    """Draw thin lines up the plot and their values below."""
    lines = [upright_line(scale.at(tick), box.top, box.bottom, paint("c-grid")) for tick in ticks]
    widest = max(text_width(text) for text in texts) + 10
    step = every(len(texts), room=box.width + widest, label_width=widest)
    values = [
        label(text, scale.at(tick), box.bottom + LINE, paint("c-axis"), anchor="middle")
        for tick, text in list(zip(ticks, texts, strict=True))[::step]
    ]
    return group((*lines, *values), aria_hidden="true")


def axis_titles(x_title: str, y_title: str, box: Box, paint: Paint) -> Node:
    """Name the axes: the upright one above its top, the level one below its right end."""
    return group(
        (
            label(y_title, 0, box.top - 14, paint("text-3")),
            label(x_title, box.right, box.bottom + 2 * LINE, paint("text-3"), anchor="end"),
        ),
        aria_hidden="true",
    )


def level_line(box: Box, y: float, colour: str, dash: str = "6 4") -> Node:
    """Draw a dashed line across the plot, such as a target."""
    return element("line", x1=box.left, x2=box.right, y1=y, y2=y, stroke=colour, stroke_dasharray=dash)


def upright_line(x: float, top: float, bottom: float, colour: str, dash: str | None = None) -> Node:
    """Draw a line up the plot."""
    return element("line", x1=x, x2=x, y1=top, y2=bottom, stroke=colour, stroke_dasharray=dash)


def sentence(*parts: str) -> str:
    """Join the parts of a description, each its own sentence."""
    return " ".join(part if part.endswith((".", "…")) else f"{part}." for part in parts if part)


def _heading_nodes(heading: Heading, paint: Paint) -> Node:
    title, subtitle = _heading_lines(heading)
    nodes = [label(line, 0, 16 + i * 20, paint("text"), size=TITLE, weight=600) for i, line in enumerate(title)]
    start = len(title) * 20 + 13
    nodes += [label(line, 0, start + i * LINE, paint("text-2")) for i, line in enumerate(subtitle)]
    # The svg's own title and desc say this already.
    return group(nodes, aria_hidden="true")


def _note_nodes(heading: Heading, notes: Sequence[str], top: float, paint: Paint) -> Node:
    lines = _note_lines(heading, notes)
    return group(
        (label(line, 0, top + 14 + i * LINE, paint("text-3")) for i, line in enumerate(lines)),
        aria_hidden="true",
    )
