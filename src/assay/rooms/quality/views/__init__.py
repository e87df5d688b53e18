"""Pages: figures with their intervals, and the rows behind each."""

from .definitions import definitions
from .explore import confusion, explore
from .overview import overview
from .people import my_quality, people
from .rows import rows

__all__ = ["confusion", "definitions", "explore", "my_quality", "overview", "people", "rows"]
