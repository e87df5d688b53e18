"""Pages of this room: the rounds, the planner, and one round."""

from .planner import plans_new
from .rounds import round_discard, round_extend, round_freeze, round_page, round_sample, rounds

__all__ = [
    "plans_new",
    "round_discard",
    "round_extend",
    "round_freeze",
    "round_page",
    "round_sample",
    "rounds",
]
