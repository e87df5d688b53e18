"""How far the reviews of a plan are. Says nothing of what was found before it is all found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from django.db.models import Count

from .. import rules
from ..models import Draw, Plan, Stratum
from ..terms import PlanState
from .draws import layers_of, rates_of
from .plans import settled_by_stratum


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumProgress:
    """A frozen stratum and its reviews.

    Args:
        label: Its name, the same in every language.
        domain: Value of the reported dimension.
        family: What was done to the content; "" when not cut by it.
        low: Smallest score; none without, or when open.
        high: First score above; none without, or when open.
        is_scored: Whether its decisions have a score.
        size: Decisions in the frame.
        sampled: Decisions drawn.
        settled: Of these, decisions whose review is settled.
    """

    label: str
    domain: str
    family: str
    low: float | None
    high: float | None
    is_scored: bool
    size: int
    sampled: int
    settled: int

    @property
    def probability(self) -> float:
        """The inclusion probability."""
        return self.sampled / self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanProgress:
    """A plan and how far it is.

    Args:
        draw: The draw that holds; none for a draft.
        sampled: Decisions drawn.
        settled: Of these, decisions whose review is settled.
        doubles: Of these, reviewed by two auditors.
        half_width_now: Half-width that the settled reviews would give, by the plan's own expectation; none when a
            stratum has none yet.
        half_width_planned: Half-width once all are settled.
    """

    plan: Plan
    draw: Draw | None
    sampled: int
    settled: int
    doubles: int
    half_width_now: float | None
    half_width_planned: float | None
    strata: tuple[StratumProgress, ...] = ()

    @property
    def state(self) -> PlanState:
        """The plan's state."""
        return PlanState(self.plan.state)

    def first_day(self, zone: tzinfo) -> date:
        """Return the first day of the period in a zone."""
        return self.plan.period_start.astimezone(zone).date()

    def last_day(self, zone: tzinfo) -> date:
        """Return the last day of the period in a zone."""
        return (self.plan.period_end.astimezone(zone) - timedelta(microseconds=1)).date()

    @property
    def last_moment(self) -> datetime:
        """The last moment of the period, whose day is its last day."""
        return self.plan.period_end - timedelta(microseconds=1)

    @property
    def share(self) -> float:
        """Share of the sample that is settled."""
        return self.settled / self.sampled if self.sampled else 0.0


def progress_of(plan: Plan) -> PlanProgress:
    """Return how far one plan is."""
    return progress_of_plans([plan])[0]


def progress_of_plans(plans: Sequence[Plan]) -> tuple[PlanProgress, ...]:
    """Return how far plans are, in their order, with the same number of queries for one and for many."""
    ids = [plan.pk for plan in plans]
    draws: dict[int, Draw] = {}
    for draw in Draw.objects.filter(plan_id__in=ids).order_by("number"):
        draws[draw.plan_id] = draw
    strata: dict[int, list[Stratum]] = {}
    for stratum in Stratum.objects.filter(draw__in=list(draws.values())).order_by("pk"):
        strata.setdefault(stratum.draw_id, []).append(stratum)
    settled = settled_by_stratum(ids)
    doubles = _doubles(ids)
    return tuple(
        _progress(plan, draws[plan.pk], strata.get(draws[plan.pk].pk, []), settled, doubles.get(plan.pk, 0))
        if plan.pk in draws
        else PlanProgress(
            plan=plan,
            draw=None,
            sampled=0,
            settled=0,
            doubles=0,
            half_width_now=None,
            half_width_planned=None,
        )
        for plan in plans
    )


def _progress(
    plan: Plan, draw: Draw, strata: Sequence[Stratum], settled: Mapping[tuple[int, str], int], doubles: int
) -> PlanProgress:
    layers, rates = layers_of(strata), rates_of(strata)
    done = [settled.get((plan.pk, stratum.label), 0) for stratum in strata]
    now, n_eff = rules.precision_of(layers, rates, done, domain=None)
    target = rules.precision_of(layers, rates, [s.sampled for s in strata], domain=None)[0]
    return PlanProgress(
        plan=plan,
        draw=draw,
        sampled=draw.sample_size,
        settled=sum(done),
        doubles=doubles,
        half_width_now=now if n_eff > 0 else None,
        half_width_planned=target,
        strata=tuple(_stratum(s, n) for s, n in zip(strata, done, strict=True)),
    )


def _stratum(stratum: Stratum, settled: int) -> StratumProgress:
    facts = stratum.facts
    return StratumProgress(
        label=stratum.label,
        domain=facts["domain"],
        family=facts["family"],
        low=facts["low"],
        high=facts["high"],
        is_scored=facts["is_scored"],
        size=stratum.size,
        sampled=stratum.sampled,
        settled=settled,
    )


def _doubles(plan_ids: Sequence[int]) -> dict[int, int]:
    """Count the settled decisions that two auditors reviewed; tasks belong to a later room."""
    rows = (
        Plan.objects.filter(pk__in=plan_ids, sampled__settlement__settled_by__in=("agreement", "adjudication"))
        .order_by()
        .values_list("pk")
        .annotate(doubles=Count("sampled"))
    )
    return dict(rows)
