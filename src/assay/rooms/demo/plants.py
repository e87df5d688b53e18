"""Where the truths are planted: decided by the seed alone."""

from __future__ import annotations

import numpy as np

from . import world
from .terms import (
    AuditorDrift,
    LateClause,
    LeakedGold,
    MixShift,
    NewHires,
    Plants,
    Recipe,
    RuleVersion,
)

# Auditors who see enough items for a drift to be seen; places in the list.
_DRIFTING_AUDITORS = (3, 0, 8, 4, 6, 2)
_LATE_SITES = ("mexico-city", "bogota", "lisbon")
_LATE_CLAUSES = ("CLM-1", "UNS-2", "CLM-2")
_HIRING_VENDORS = ("pacific-review", "tagus-trust", "cordillera")
_GROWING_QUEUES = ("live-patrol", "product-videos")
_LEAKING_TEAMS = ("sao-paulo-listings", "manila-listings", "dublin-listings", "bogota-listings")


def plants(recipe: Recipe) -> Plants:
    """Return what is hidden in the world of a recipe; the next seed hides it elsewhere."""
    turn = recipe.seed - 1
    rng = np.random.default_rng([recipe.seed, 0x9A47])

    def week(share: float) -> int:
        return int(np.clip(round(recipe.weeks * share) + rng.integers(-1, 2), 1, recipe.weeks - 2))

    rule = world.RULES[turn % len(world.RULES)]
    in_force = week(0.35)
    return Plants(
        late_clause=LateClause(
            site=_LATE_SITES[turn % 3],
            clause=_LATE_CLAUSES[turn // 3 % 3],
            language="es",
            in_force_week=in_force,
            arrived_week=min(in_force + max(2, round(recipe.weeks * 0.27)), recipe.weeks),
        ),
        new_hires=NewHires(vendor=_HIRING_VENDORS[turn % 3], hired_week=week(0.55), settled_days=60, factor=4.0),
        rule_version=RuleVersion(
            rule=rule.name,
            bad_version=str(int(rule.version) + 1),
            clause=rule.clauses[0],
            from_week=week(0.6),
            wrong_share=0.5,
        ),
        auditor_drift=AuditorDrift(
            auditor=auditor_pseudonym(_DRIFTING_AUDITORS[turn % len(_DRIFTING_AUDITORS)]),
            from_week=week(0.5),
            flip_share=0.35,
        ),
        mix_shift=MixShift(queue=_GROWING_QUEUES[turn % 2], from_week=week(0.5), growth=4.0),
        leaked_gold=LeakedGold(team=_LEAKING_TEAMS[turn % 4], from_week=week(0.4)),
    )


def auditor_pseudonym(place: int) -> str:
    """Return the pseudonym of the auditor at a place in the list."""
    return f"A-{place + 1:02d}"
