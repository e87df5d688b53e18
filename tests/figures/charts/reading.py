"""Read a drawn chart back: its marks, texts and shapes."""

import math
from xml.etree import ElementTree as ET

from assay.figures.charts.frame import Heading
from assay.figures.tables import Table
from assay.figures.words import words_in

NS = "{http://www.w3.org/2000/svg}"


def heading(*, language="en", region="en_US", width=720, title="The finding", key="c1"):
    return Heading(
        key=key,
        title=title,
        subtitle="The measure",
        method="The method",
        region=region,
        words=words_in(language),
        width=width,
    )


def parse(svg):
    return ET.fromstring(svg)


def marks(svg):
    return [dict(node.attrib) for node in parse(svg).iter(f"{NS}g") if node.get("class") == "mark"]


def column(svg, name):
    return [mark.get(f"data-{name}") for mark in marks(svg)]


def labels(svg):
    return [mark["aria-label"] for mark in marks(svg)]


def shapes(svg, name):
    """Count or give the elements of a class, in order."""
    return [node for node in parse(svg).iter() if node.get("class") == name]


def shape_of_marks(svg):
    known = {"dot", "hollow", "diamond", "gap"}
    return [
        next(child.get("class") for child in node if child.get("class") in known)
        for node in parse(svg).iter(f"{NS}g")
        if node.get("class") == "mark"
    ]


def texts(svg):
    return ["".join(node.itertext()) for node in parse(svg).iter(f"{NS}text")]


def place_of(svg, text):
    """Give the x, y and anchor of a text."""
    node = next(node for node in parse(svg).iter(f"{NS}text") if "".join(node.itertext()) == text)
    return float(node.get("x")), float(node.get("y")), node.get("text-anchor", "start")


def sees_only_finite_numbers(svg):
    """Tell whether every coordinate is a number and the svg is one tree."""
    for node in parse(svg).iter():
        for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"):
            value = node.get(name)
            if value is not None and not (value.endswith("%") or math.isfinite(float(value))):
                return False
        if "nan" in (node.get("d") or ""):
            return False
    return True


def table_column(table: Table, key: str):
    place = [column.key for column in table.columns].index(key)
    return [row[place] for row in table.rows]


def agrees_with_table(svg, table: Table, *, label_key, keys=("value", "interval", "n")):
    """Compare the numbers of marks and table rows by label, whatever their order."""
    order = [column.key for column in table.columns]
    from_table = {}
    for row in table.rows:
        cells = dict(zip(order, row, strict=True))
        seen = {"value": cells["value"]}
        if "interval" in keys:
            low, high = cells["interval"] or (None, None)
            seen |= {"low": low, "high": high}
        if "n" in keys:
            seen["n"] = cells["n"]
        from_table[label_key(cells)] = seen
    from_marks = {}
    for mark in marks(svg):
        seen = {"value": _number(mark["data-value"])}
        if "interval" in keys:
            seen |= {"low": _number(mark.get("data-low", "")), "high": _number(mark.get("data-high", ""))}
        if "n" in keys:
            seen["n"] = _number(mark.get("data-n", ""))
        from_marks[mark["data-label"]] = seen
    return from_marks == from_table


def _number(text):
    return None if text == "" else float(text)
