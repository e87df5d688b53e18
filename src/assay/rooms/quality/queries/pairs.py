"""The findings of both auditors on every item that two judged blind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assay.rooms.policies.terms import ErrorClass
from assay.rooms.reviews.models import Verdict
from assay.rooms.reviews.rules import classify
from assay.rooms.reviews.terms import DecisionFacts, JudgedItem, Judgement, Round
from assay.rooms.sampling.terms import Lane
from assay.stats.arrays import IntArray

CLASSES = tuple(ErrorClass)
_NUMBER = {found: number for number, found in enumerate(CLASSES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Findings of both auditors on each doubly judged unit.

    Attributes:
        unit: Position among the reviewed units: (pairs,).
        found: Place of each finding in `CLASSES`, the first auditor's and the second's: (pairs, 2).
    """

    unit: IntArray
    found: IntArray


def read_pairs(ids: IntArray) -> Pairs:
    """Read both standing verdicts of every settled item that was judged twice, in one query.

    Args:
        ids: Keys of the judged sampled decisions, ascending: (units,).
    """
    rows = Verdict.objects.filter(
        withdrawn_at__isnull=True,
        task__round__in=(Round.FIRST, Round.SECOND),
        task__item__tasks__round=Round.SECOND,
        task__item__sampled__plan__lane=Lane.RANDOM,
        task__item__sampled__settlement__isnull=False,
    ).values_list(
        "task__item__sampled_id",
        "task__round",
        "judgement",
        "outcome",
        "policy",
        "task__item__sampled__outcome",
        "task__item__sampled__policy",
    )
    found: dict[int, dict[str, int]] = {}
    for sampled, round_, judgement, outcome, policy, first_outcome, first_policy in rows:
        judged = JudgedItem(judgement=Judgement(judgement), outcome=outcome, policy=policy)
        decision = DecisionFacts(outcome=first_outcome, policy=first_policy)
        found.setdefault(sampled, {})[round_] = _NUMBER[classify(decision=decision, judged=judged)]
    both = np.array(sorted(key for key, pair in found.items() if len(pair) == 2), dtype=np.int64)
    # A pair whose case was settled as unjudgeable is no reviewed unit and falls out here.
    kept = both[np.isin(both, ids)]
    pairs = [[found[int(key)][Round.FIRST], found[int(key)][Round.SECOND]] for key in kept]
    return Pairs(
        unit=np.searchsorted(ids, kept).astype(np.int64),
        found=np.array(pairs, dtype=np.int64).reshape(-1, 2),
    )
