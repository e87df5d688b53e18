"""Build SVG from elements; every text and attribute is escaped on the way in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Node:
    """Markup that is already safe."""

    markup: str


Attribute = str | int | float | None


def element(name: str, *children: Node | str, **attributes: Attribute) -> Node:
    """Make an element; `data_value` becomes `data-value`, `class_` becomes `class`, None is left out."""
    written = "".join(
        f' {_attribute_name(key)}="{_attribute_text(value)}"' for key, value in attributes.items() if value is not None
    )
    inside = "".join(child.markup if isinstance(child, Node) else text_of(child) for child in children)
    return Node(f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>")


def group(children: Iterable[Node | str], **attributes: Attribute) -> Node:
    """Gather nodes in a `g`."""
    return element("g", *children, **attributes)


def text_of(text: str) -> str:
    """Escape a text and drop what XML cannot hold."""
    return escape(_NOT_XML.sub("\ufffd", text), quote=True)


def pixels(value: float) -> str:
    """Write a coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-0", "0" if abs(value) < 0.005 else "-0")


def path_of(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """Write a line through points for the `d` of a path."""
    line = "L".join(f"{pixels(x)} {pixels(y)}" for x, y in points)
    return f"M{line}{'Z' if closed else ''}" if line else ""


def _attribute_name(key: str) -> str:
    return key.rstrip("_").replace("_", "-") if key != "viewBox" else key


def _attribute_text(value: str | float) -> str:
    return text_of(value if isinstance(value, str) else pixels(value))
