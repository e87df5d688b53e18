"""The colours of a chart: names the page resolves, or the same colours written out.

A page follows its own theme through `var(--c1)`. A PDF or a copied picture has no such names, and the
usual PDF makers draw an unknown name black, so there the light or dark colour is written out.
"""

from collections.abc import Callable
from enum import StrEnum

Paint = Callable[[str], str]


class Theme(StrEnum):
    """Where the colours come from."""

    CSS = "css"
    LIGHT = "light"
    DARK = "dark"


LIGHT = {
    "surface": "#FFFFFF", "surface-2": "#EEF1F5", "border": "#D5DAE1", "border-strong": "#7C8798",
    "text": "#1A2029", "text-2": "#465163", "text-3": "#5D697B", "accent-ink": "#FFFFFF",
    "c1": "#074F9F", "c2": "#AA4702", "c3": "#02855C", "c4": "#BD52E9", "c5": "#B48504", "c6": "#1C2A4A",
    "c-grid": "#E3E7EC", "c-axis": "#5D697B", "c-ref": "#465163", "c-mute": "#858F9E",
    "q1": "#E6EEF7", "q2": "#B5CDE8", "q3": "#7FA7D3", "q4": "#3F78B5", "q5": "#074F9F",
}  # fmt: skip

DARK = {
    "surface": "#1C2027", "surface-2": "#252B34", "border": "#363F4C", "border-strong": "#76839A",
    "text": "#E8ECF2", "text-2": "#B9C3D0", "text-3": "#9AA6B7", "accent-ink": "#0B1622",
    "c1": "#4C88E1", "c2": "#FF7512", "c3": "#0BCC9A", "c4": "#FFB3FC", "c5": "#FFED6B", "c6": "#EFF5F3",
    "c-grid": "#2B323C", "c-axis": "#9AA6B7", "c-ref": "#B9C3D0", "c-mute": "#707C8D",
    "q1": "#1D2B3D", "q2": "#234469", "q3": "#2F639C", "q4": "#4C88E1", "q5": "#A9CBFF",
}  # fmt: skip

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif"


def paint_of(theme: Theme | str) -> Paint:
    """Give the function that turns a colour's name into what the SVG says."""
    match Theme(theme):
        case Theme.CSS:
            return _named
        case Theme.LIGHT:
            return LIGHT.__getitem__
        case Theme.DARK:
            return DARK.__getitem__


def font_of(theme: Theme | str) -> str:
    """Give the font family: the page's, or the system's own."""
    return "var(--font)" if Theme(theme) is Theme.CSS else FONT


def _named(name: str) -> str:
    if name not in LIGHT:
        raise KeyError(name)
    return f"var(--{name})"
