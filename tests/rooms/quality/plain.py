"""The same figures in plain Python: one row after the other, no arrays, no code of the product."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assay.rooms.reviews.models import Settlement
from assay.rooms.sampling.models import Stratum

ERRORS = {"over_enforcement", "under_enforcement", "wrong_policy", "wrong_action", "technical_error"}
UNJUDGED = {"changed_after_decision", "not_reviewable"}
ACTED = {
    "reject", "remove", "delist", "interrupt_live", "restrict_visibility", "age_gate", "label", "warn",
    "suspend_feature", "suspend_account", "terminate_account",
}  # fmt: skip
LEFT = {"approve", "no_action"}

COUNTS: dict[str, tuple[Callable[[dict[str, Any]], bool], Callable[[dict[str, Any]], bool]]] = {
    "decision_accuracy": (lambda r: True, lambda r: r["found"] in {"correct", "ambiguous", "policy_gap"}),
    "error_rate": (lambda r: True, lambda r: r["found"] in ERRORS),
    "over_enforcement": (lambda r: r["outcome"] in ACTED, lambda r: r["found"] == "over_enforcement"),
    "under_enforcement": (lambda r: r["outcome"] in LEFT, lambda r: r["found"] == "under_enforcement"),
    "wrong_policy": (lambda r: r["outcome"] in ACTED, lambda r: r["found"] == "wrong_policy"),
    "wrong_action": (lambda r: r["outcome"] in ACTED, lambda r: r["found"] == "wrong_action"),
    "technical_error": (lambda r: True, lambda r: r["found"] == "technical_error"),
    "ambiguity": (lambda r: True, lambda r: r["found"] in {"ambiguous", "policy_gap"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    n: int
    counted: int
    value: float
    n_eff: float


def rows(*, lane: str = "random") -> list[dict[str, Any]]:
    """Read every judged decision with the size of its stratum and the reviews made there."""
    found = []
    reviews: dict[tuple[int, str], int] = defaultdict(int)
    for settlement in Settlement.objects.select_related("sampled__plan"):
        sampled = settlement.sampled
        if sampled.plan.lane != lane or settlement.error_class in UNJUDGED:
            continue
        reviews[sampled.plan_id, sampled.stratum_label] += 1
        found.append(
            {name: getattr(sampled, name) for name in ("site", "outcome", "policy", "queue", "decided_at", "maker")}
            | {"views": sampled.exposure_views, "plan": sampled.plan_id, "stratum": sampled.stratum_label}
            | {"found": settlement.error_class, "share": 1.0, "item_type": sampled.item_type}
        )
    for row in found:
        newest = Stratum.objects.filter(draw__plan_id=row["plan"], label=row["stratum"]).order_by("draw__number")
        row["size"] = list(newest)[-1].size
        row["reviews"] = reviews[row["plan"], row["stratum"]]
    return found


def estimate(
    all_rows: list[dict[str, Any]],
    measure: str,
    *,
    keep: Callable[[dict[str, Any]], bool] = lambda row: True,
    exposure: Callable[[dict[str, Any]], float] = lambda row: row["share"],
) -> Plain:
    """Weight each row by size / reviews of its stratum, and linearise the ratio for its variance."""
    about, counts = COUNTS[measure]
    inside = [row for row in all_rows if keep(row) and about(row)]
    top = sum(row["size"] / row["reviews"] * exposure(row) * counts(row) for row in inside)
    bottom = sum(row["size"] / row["reviews"] * exposure(row) for row in inside)
    value = top / bottom
    variance = 0.0
    strata: dict[tuple[int, str], list[float]] = defaultdict(list)
    facts: dict[tuple[int, str], tuple[int, int]] = {}
    for row in all_rows:
        key = (row["plan"], row["stratum"])
        facts[key] = (row["size"], row["reviews"])
        is_in = keep(row) and about(row)
        weight = row["size"] / row["reviews"] * exposure(row)
        strata[key].append(weight * (counts(row) - value) / bottom if is_in else 0.0)
    for key, residuals in strata.items():
        size, n = facts[key]
        mean = sum(residuals) / n
        variance += (1 - n / size) * n / (n - 1) * sum((u - mean) ** 2 for u in residuals)
    n_eff = value * (1 - value) / variance if variance > 0 else math.inf
    return Plain(n=len(inside), counted=sum(map(counts, inside)), value=value, n_eff=n_eff)


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T00:00:00+00:00")
