"""A marketplace with known truths, sampled and judged: rows written at once, since thousands are needed.

The rows are those that freezing draws and settling reviews leave behind, with every constraint of the
database on; the same seed gives the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from assay.rooms.decisions.terms import Outcome
from assay.rooms.organisation.models import Person, Unit
from assay.rooms.reviews.models import BlindItem, Settlement, Task, Verdict
from assay.rooms.reviews.rules import classify
from assay.rooms.reviews.terms import DecisionFacts, JudgedItem, Judgement, Round, SettledBy, TaskState
from assay.rooms.sampling.models import Draw, Plan, SampledDecision, Stratum
from assay.rooms.sampling.terms import Lane, PlanState

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
POLICIES = ("counterfeit", "weapons", "adult")
OUTCOMES = (Outcome.APPROVE, Outcome.REMOVE, Outcome.AGE_GATE, Outcome.ESCALATE)
MAKERS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What to plant in one plan.

    Args:
        strata: Label → (site, decisions in the frame, drawn, judged).
        error: Share of decisions judged in error.
        doubles: Share of judged decisions judged twice.
        unjudged: Share found not to be reviewable.
    """

    code: str = "plan-1"
    start: datetime = START
    weeks: int = 4
    lane: Lane = Lane.RANDOM
    strata: dict[str, tuple[str, int, int, int]] = field(
        default_factory=lambda: {
            "dublin|0": ("dublin", 4000, 60, 55),
            "dublin|1": ("dublin", 500, 90, 90),
            "mexico|0": ("mexico", 9000, 80, 74),
            "mexico|1": ("mexico", 700, 120, 118),
        }
    )
    error: float = 0.15
    doubles: float = 0.25
    unjudged: float = 0.02
    population: dict[str, list[str]] = field(default_factory=dict)


def plant(spec: Spec, *, unit: Unit, reviewer: Person, second: Person, seed: int = 7) -> Plan:
    """Write one plan with its latest draw, its sample and what was found."""
    random = np.random.default_rng(seed)
    plan = Plan.objects.create(
        code=spec.code,
        name=spec.code,
        unit=unit,
        lane=spec.lane,
        state=PlanState.FROZEN,
        period_start=spec.start,
        period_end=spec.start + timedelta(weeks=spec.weeks),
        population={"equals": spec.population},
        created_at=spec.start,
        doubles_share=spec.doubles,
    )
    draw = _draw(plan, spec, number=1)
    for label, (_, size, drawn, _) in spec.strata.items():
        Stratum.objects.create(draw=draw, label=label, size=size, sampled=drawn, planned_spread=0.2)
        _stratum(spec, draw, label, (reviewer, second), random)
    return plan


def _draw(plan: Plan, spec: Spec, *, number: int) -> Draw:
    return Draw.objects.create(
        plan=plan,
        number=number,
        frame_size=sum(s[1] for s in spec.strata.values()),
        frame_digest="f" * 64,
        sample_size=sum(s[2] for s in spec.strata.values()),
        sample_digest="5" * 64,
        frozen_at=spec.start + timedelta(weeks=spec.weeks),
    )


def _stratum(spec: Spec, draw: Draw, label: str, auditors: tuple[Person, Person], random: np.random.Generator) -> None:
    _site, _size, drawn, judged = spec.strata[label]
    reviewer, second = auditors
    rows = [_sampled(spec, draw, label, random) for _ in range(drawn)]
    rows = SampledDecision.objects.bulk_create(rows)
    at = draw.frozen_at
    items, tasks, verdicts, settlements = [], [], [], []
    for position, row in enumerate(rows):
        item = BlindItem(sampled=row, item_type=row.item_type, content_hash=row.content_hash, policy_at=row.decided_at)
        items.append(item)
        if position >= judged:
            continue
        is_double = random.random() < spec.doubles
        first = _judged(row, spec, random)
        other = first if random.random() < 0.85 else _judged(row, spec, random)
        for round_, who, one in ((Round.FIRST, reviewer, first), (Round.SECOND, second, other))[: 1 + is_double]:
            task = Task(
                item=item,
                plan=draw.plan,
                unit=draw.plan.unit,
                round=round_,
                state=TaskState.SUBMITTED,
                holder=who,
                position=position,
                created_at=at,
            )
            tasks.append(task)
            verdicts.append(
                Verdict(
                    task=task,
                    reviewer=who,
                    judgement=one.judgement,
                    outcome=one.outcome,
                    policy=one.policy,
                    fencing_token=1,
                    idempotency_key=f"{row.decision_key}:{round_}",
                    request_digest="0" * 64,
                    submitted_at=at,
                )
            )
        last = verdicts[-1 - is_double]
        found = classify(decision=DecisionFacts(outcome=row.outcome, policy=row.policy), judged=first)
        settlements.append((row, found, last))
    BlindItem.objects.bulk_create(items)
    Task.objects.bulk_create(tasks)
    Verdict.objects.bulk_create(verdicts)
    Settlement.objects.bulk_create(
        Settlement(sampled=row, error_class=found, settled_by=SettledBy.SINGLE, verdict=verdict, settled_at=at)
        for row, found, verdict in settlements
    )


def _sampled(spec: Spec, draw: Draw, label: str, random: np.random.Generator) -> SampledDecision:
    site, size, drawn, _ = spec.strata[label]
    seconds = int(random.integers(0, spec.weeks * 7 * 86_400))
    outcome = str(
        random.choice([Outcome.APPROVE, Outcome.REMOVE, Outcome.AGE_GATE, Outcome.ESCALATE], p=[0.55, 0.3, 0.1, 0.05])
    )
    key = f"{spec.code}:{label}:{random.integers(0, 2**62)}"
    return SampledDecision(
        plan=draw.plan,
        draw=draw,
        stratum_label=label,
        inclusion_probability=drawn / size,
        draw_number="0" * 16,
        decision_key=key,
        decided_at=spec.start + timedelta(seconds=seconds),
        site=site,
        team=f"{site}-a",
        market="MX" if site == "mexico" else "IE",
        language="es" if site == "mexico" else "en",
        item_type=str(random.choice(["listing", "review"])),
        queue=str(random.choice(["new", "reported"])),
        outcome=outcome,
        policy=str(random.choice(POLICIES)) if outcome in {"remove", "age_gate"} else "",
        maker_type="human",
        maker=f"mod-{site}-{random.integers(0, MAKERS)}",
        tenure_days=int(random.integers(0, 500)),
        exposure_views=int(random.integers(0, 900)),
        content_hash=f"hash-{key}"[:64],
    )


def _judged(row: SampledDecision, spec: Spec, random: np.random.Generator) -> JudgedItem:
    dice = random.random()
    if dice < 0.03:
        return JudgedItem(judgement=Judgement.AMBIGUOUS, policy="adult")
    if dice < 0.03 + spec.unjudged:
        return JudgedItem(judgement=Judgement.NOT_REVIEWABLE, note="gone")
    if dice < 0.06 + spec.unjudged:
        return JudgedItem(judgement=Judgement.TECHNICAL)
    if random.random() >= spec.error:
        return JudgedItem(outcome=row.outcome, policy=row.policy)
    other = str(random.choice([Outcome.APPROVE, Outcome.REMOVE, Outcome.AGE_GATE]))
    return JudgedItem(outcome=other, policy="" if other == Outcome.APPROVE else str(random.choice(POLICIES)))
