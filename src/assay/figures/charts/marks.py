"""The marks that carry numbers: their shape, their exact values and their spoken sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assay.figures import numbers
from assay.figures.cells import exact
from assay.figures.charts.svg import Node, element, group, path_of
from assay.figures.charts.theme import Paint
from assay.figures.numbers import NBSP, Unit
from assay.figures.words import ChartWords


class Shape(StrEnum):
    """A dot is a value, a diamond a special cause, a hollow dot a value to be read with care."""

    DOT = "dot"
    HOLLOW = "hollow"
    DIAMOND = "diamond"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The numbers behind one mark, exact, and what else is said of it."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    unit: Unit = Unit.RATE
    confidence: float = 0.95
    remarks: Sequence[str] = ()
    more: Sequence[tuple[str, float | None]] = ()


def check_facts(facts: Facts, where: str) -> None:
    """Refuse numbers no chart may show: not finite, half an interval, ends that cross, n below zero."""
    for name, value in (("value", facts.value), ("low", facts.low), ("high", facts.high), *facts.more):
        if value is not None:
            numbers.checked_number(value, f"{where}.{name}")
            if facts.unit is Unit.RATE and name in ("value", "low", "high") and not -1e-9 <= value <= 1 + 1e-9:
                raise ValueError(f"{where}.{name} must lie between 0 and 1, got {value!r}")
    if (facts.low is None) != (facts.high is None):
        raise ValueError(f"{where} must have both low and high or neither, got {facts.low!r} and {facts.high!r}")
    if facts.low is not None and facts.high is not None and facts.low > facts.high:
        raise ValueError(f"{where}.low must not exceed high, got {facts.low!r} and {facts.high!r}")
    if facts.n is not None and facts.n < 0:
        raise ValueError(f"{where}.n must not be negative, got {facts.n}")


def spoken(facts: Facts, *, region: str, words: ChartWords) -> str:
    """Say a mark: its label, value, interval, n and remarks, parted by semicolons."""
    parts = [value_text(facts, region=region, words=words)]
    if facts.low is not None and facts.high is not None:
        parts.append(interval_text(facts, region=region, words=words))
    if facts.n is not None:
        parts.append(f"{words.reviewed}{NBSP}={NBSP}{numbers.format_count(facts.n, region)}")
    return f"{facts.label}: {'; '.join((*parts, *facts.remarks))}"


def value_text(facts: Facts, *, region: str, words: ChartWords) -> str:
    """Write the value as finely as its interval deserves."""
    if facts.value is None:
        return words.no_value
    decimals = 1
    if facts.low is not None and facts.high is not None:
        decimals = numbers.decimals_for(facts.low, facts.high, facts.unit)
    return numbers.format_value(facts.value, facts.unit, region, decimals)


def interval_text(facts: Facts, *, region: str, words: ChartWords) -> str:
    """Name the interval and give its ends."""
    if facts.low is None or facts.high is None:
        return ""
    name = interval_name(facts.confidence, region=region, words=words)
    return f"{name} {numbers.format_interval(facts.low, facts.high, region, unit=facts.unit)}"


def interval_name(confidence: float, *, region: str, words: ChartWords) -> str:
    """Name the interval with its confidence: 95% interval."""
    decimals = 0 if abs(confidence * 100 - round(confidence * 100)) < 1e-9 else 1
    return words.interval.format(confidence=numbers.format_percent(confidence, region, decimals))


def mark(facts: Facts, nodes: Sequence[Node], *, x: float, y: float, region: str, words: ChartWords) -> Node:
    """Wrap shapes as one mark that the keyboard can reach and a test can read.

    No `tabindex` here: the svg is one image until `chart-focus.js` has arrived and made it a group of
    images, for without it a reader would have sixty stops and no keys to move between them.
    """
    more = {f"data_{name}": exact(value) for name, value in facts.more if value is not None}
    return group(
        nodes,
        class_="mark",
        role="img",
        aria_label=spoken(facts, region=region, words=words),
        data_label=facts.label,
        data_value=exact(facts.value),
        data_low=None if facts.low is None else exact(facts.low),
        data_high=None if facts.high is None else exact(facts.high),
        data_n=None if facts.n is None else exact(facts.n),
        data_x=x,
        data_y=y,
        **more,
    )


def point(shape: Shape, x: float, y: float, colour: str, paint: Paint, *, radius: float = 4.0) -> Node:
    """Draw a point of a shape."""
    match shape:
        case Shape.DOT:
            return element("circle", class_="dot", cx=x, cy=y, r=radius, fill=colour, stroke=paint("surface"))
        case Shape.HOLLOW:
            return element(
                "circle", class_="hollow", cx=x, cy=y, r=radius, fill=paint("surface"), stroke=colour, stroke_width=1.5
            )
        case Shape.DIAMOND:
            reach = radius * 1.7
            corners = ((x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y))
            return element(
                "path", class_="diamond", d=path_of(corners, closed=True), fill=colour, stroke=paint("surface")
            )


def hit_area(width: float, middle: float, height: float) -> Node:
    """Give a row an area of its own, for thin lines are hard to point at."""
    return element(
        "rect",
        class_="area",
        x=0,
        y=middle - height / 2,
        width=width,
        height=height,
        fill="none",
        pointer_events="all",
    )


def whisker(scale_low: float, scale_high: float, across: float, colour: str, *, upright: bool) -> Node:
    """Draw an interval as a line with short ends."""
    if upright:
        ends = f"M{across - 3:.2f} {scale_low:.2f}h6m-3 0V{scale_high:.2f}m-3 0h6"
    else:
        ends = f"M{scale_low:.2f} {across - 3:.2f}v6m0 -3H{scale_high:.2f}m0 -3v6"
    return element("path", class_="interval", d=ends, stroke=colour, fill="none", stroke_width=1.5)
