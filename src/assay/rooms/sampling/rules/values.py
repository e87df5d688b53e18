"""The frozen values a plan is made of; they are kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..terms import USUAL_FLOOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Which decisions a plan is about: column of the log → values let through; nothing means all.

    Automated decisions, and approvals as well as removals, belong to it unless they are filtered out.
    """

    equals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"equals": {column: list(values) for column, values in sorted(self.equals.items()) if values}}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Population:
        return cls(equals={column: tuple(values) for column, values in kept.get("equals", {}).items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """How a frame is cut and how reviews are spread over it.

    Args:
        domain: The dimension that is reported on and drawn apart, or "".
        by_family: Draw what leaves content up and what acts against it apart.
        by_score: Draw bands of the risk score apart.
        bands: Bands of the risk score.
        floor: Share of the reviews spread in proportion, whatever the score says, 0 to 1.
        budget_hours: Auditor hours that may be spent; none without a limit.
    """

    domain: str = "site"
    by_family: bool = True
    by_score: bool = True
    bands: int = 10
    floor: float = USUAL_FLOOR
    budget_hours: float | None = None

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Design:
        return cls(**{name: kept[name] for name in cls.__slots__ if name in kept})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How well something is to be known.

    Args:
        domain: The dimension of which every value is to be known so well; "" for the whole.
        half_width: Half of the 95 % interval, as a share (0.01 is one percentage point).
    """

    domain: str = ""
    half_width: float

    def to_json(self) -> dict[str, Any]:
        return {"domain": self.domain, "half_width": self.half_width}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Target:
        return cls(domain=str(kept.get("domain", "")), half_width=float(kept["half_width"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What a number of sampled decisions asks of auditors.

    Args:
        reviews: Sampled decisions.
        doubles: Of these, reviewed twice.
        adjudications: Of these, expected to need a ruling because two auditors differ.
        hours: Auditor hours for all of it.
    """

    reviews: int
    doubles: int
    adjudications: int
    hours: float
