"""Half-widths in the reader's format."""

from __future__ import annotations

from django import template

from assay.rooms.sampling.views import pictures

register = template.Library()


@register.filter
def half_width(value: float | None, region: str) -> str:
    """Write half of an interval, in percentage points."""
    return pictures.half_width(value, region)
