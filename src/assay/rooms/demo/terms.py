"""The demo's frozen values: what is to be generated, and what is hidden in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Any

MOST_DECISIONS = 1_000_000_000


class Truth(IntEnum):
    """What an item truly is; known to the simulation alone."""

    FINE = 0
    BREACH = 1
    UNCLEAR = 2
    TECHNICAL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What fully determines a generated log: the same recipe gives the same bytes.

    Args:
        seed: Decides everything random, and where the truths are planted.
        decisions: How many.
        weeks: Over how many weeks.
        ends_on: The day after the last one.
    """

    seed: int = 1
    decisions: int = 400_000
    weeks: int = 26
    ends_on: date

    def __post_init__(self) -> None:
        if self.seed < 1:
            raise ValueError(f"seed must be at least 1, got {self.seed}")
        if not 1 <= self.decisions <= MOST_DECISIONS:
            raise ValueError(f"decisions must lie between 1 and {MOST_DECISIONS:,}, got {self.decisions:,}")
        if not 4 <= self.weeks <= 520:
            raise ValueError(f"weeks must lie between 4 and 520, got {self.weeks}")

    @property
    def days(self) -> int:
        return self.weeks * 7

    @property
    def starts_on(self) -> date:
        return self.ends_on - timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateClause:
    """A line's new version reached one site's Spanish-speaking teams weeks after it was in force."""

    site: str
    clause: str
    language: str
    in_force_week: int
    arrived_week: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHires:
    """A vendor took on many people at once; until they have settled they err more."""

    vendor: str
    hired_week: int
    settled_days: int
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """A new version of a rule takes down what is fine."""

    rule: str
    bad_version: str
    clause: str
    from_week: int
    wrong_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditorDrift:
    """An auditor calls more and more fine items a breach."""

    auditor: str
    from_week: int
    flip_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MixShift:
    """A hard queue grows: the average falls although no queue got worse."""

    queue: str
    from_week: int
    growth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakedGold:
    """A team knows the reference cases: it answers them fast and almost always as expected."""

    team: str
    from_week: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plants:
    """All that is hidden in one generated world. Weeks count from 0."""

    late_clause: LateClause
    new_hires: NewHires
    rule_version: RuleVersion
    auditor_drift: AuditorDrift
    mix_shift: MixShift
    leaked_gold: LeakedGold

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
