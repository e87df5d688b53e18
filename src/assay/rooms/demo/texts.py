"""What the simulated listings, videos, reviews and comments say, in seven languages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from . import world

_FILE = Path(__file__).with_name("texts.json")
GROUPS = ("listing", "ad", "product_video", "live_segment", "review", "comment", "seller_account")
OPENINGS = 2
TITLES = 3
CLEAN = 6
# Which harmless sentences fit: buyers speak of use and delivery, sellers of the goods.
SAID_BY_BUYERS = (3, 4, 3, 4)
SAID_BY_SELLERS = (0, 1, 2, 5)
OF_BUYERS = frozenset({"review", "comment"})
# What is said after the opening: one sentence per policy line, some harmless ones, one that leaves it open.
ENDINGS = len(world.LINES) + CLEAN + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pools:
    """Every text there is, flat; a row's text is found by arithmetic.

    `titles` is (language, product, title); `bodies` is (language, group, opening, product, ending).
    """

    titles: pa.Array
    bodies: pa.Array


@cache
def pools() -> Pools:
    """Return all titles and texts; the same place in each language says the same, so that it translates."""
    words: dict[str, dict[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))
    titles, bodies = list[str](), list[str]()
    for language in world.LANGUAGES:
        said = words[language]
        titles += [_filled(title, product) for product in said["products"] for title in said["titles"]]
        endings = [*(said["breaches"][line.code] for line in world.LINES), *said["clean"], said["unclear"]]
        for group in GROUPS:
            for opening in said["openings"][group]:
                bodies += [
                    f"{_filled(opening, product)} {ending}" for product in said["products"] for ending in endings
                ]
    return Pools(titles=pa.array(titles), bodies=pa.array(bodies))


def _filled(pattern: str, product: str) -> str:
    text = pattern.replace("{p}", product)
    return text[0].upper() + text[1:]
