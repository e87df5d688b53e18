"""The simulated moderators: where they work, since when, and how steady their hand is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import world
from .plants import plants
from .terms import Recipe
from .world import Desk

_HIRES_PER_TEAM = {Desk.LISTINGS: 5, Desk.MEDIA: 3, Desk.COMMUNITY: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """One row a moderator, in the order of the pseudonyms; days count from the first day of the log.

    Args:
        team: Place of the team in `world.TEAMS`: (moderators,).
        starts: Day of joining, negative when before the log begins: (moderators,).
        hand: Multiplies the chance of an error; 1 is usual: (moderators,).
        is_new_hire: Joined in the planted wave: (moderators,).
    """

    team: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    hand: npt.NDArray[np.float64]
    is_new_hire: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.team)


def pseudonym(place: int) -> str:
    """Return the pseudonym of the moderator at a place in the roster."""
    return f"M-{place + 1:03d}"


def roster(recipe: Recipe) -> Roster:
    """Return who moderates; the last of each team may be the planted new hires."""
    rng = np.random.default_rng([recipe.seed, 0x7EA3])
    hires = plants(recipe).new_hires
    vendors = {site.code: site.vendor for site in world.SITES}
    teams, starts, is_new = list[int](), list[int](), list[bool]()
    for place, (site, desk) in enumerate(world.TEAMS):
        settled = world.MODERATORS_PER_TEAM[desk]
        joined = -rng.integers(90, 1500, settled)
        # One of each team joins during the log, as people do.
        joined[-1] = rng.integers(-30, recipe.days // 2)
        wave = _HIRES_PER_TEAM[desk] if vendors[site] == hires.vendor else 0
        teams += [place] * (settled + wave)
        starts += [*joined.tolist(), *[hires.hired_week * 7] * wave]
        is_new += [False] * settled + [True] * wave
    return Roster(
        team=np.array(teams, dtype=np.int64),
        starts=np.array(starts, dtype=np.int64),
        hand=np.exp(rng.normal(0.0, 0.28, len(teams))),
        is_new_hire=np.array(is_new),
    )


def day_rosters(people: Roster, *, days: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return who of each team is at work on each day.

    Returns:
        Their places, padded: (days, teams, most), and how many they are: (days, teams).
    """
    teams = len(world.TEAMS)
    most = int(np.bincount(people.team, minlength=teams).max())
    places = np.zeros((days, teams, most), dtype=np.int64)
    counts = np.zeros((days, teams), dtype=np.int64)
    for team in range(teams):
        members = np.flatnonzero(people.team == team)
        by_start = members[np.argsort(people.starts[members], kind="stable")]
        places[:, team, : len(by_start)] = by_start
        counts[:, team] = (people.starts[by_start][None, :] <= np.arange(days)[:, None]).sum(axis=1)
    return places, counts
