"""Writes: plans, and the draws that freeze and extend them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from assay.columnar import draws, frames
from assay.columnar.frames import Layer
from assay.rooms.audit import operations as audit
from assay.rooms.decisions import queries as decisions
from assay.rooms.organisation.models import Person, Unit
from assay.rooms.organisation.refusals import Refusal

from . import queries, rules
from .models import Draw, Plan, SampledDecision, Stratum
from .rules import Design, Population, Target
from .terms import PlanState

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """A draw before it is written.

    Args:
        layers: The strata.
        rates: Error rate each was planned with.
        spreads: Spread each was planned with.
        sizes: Decisions drawn from each.
        rows: What was drawn.
        frame_size: Decisions in the frame.
        frame_digest: Digest of the frame.
    """

    layers: tuple[Layer, ...]
    rates: tuple[float, ...]
    spreads: tuple[float, ...]
    sizes: tuple[int, ...]
    rows: pa.Table
    frame_size: int
    frame_digest: str


@transaction.atomic
def create_plan(
    *,
    name: str,
    unit: Unit,
    period_start: datetime,
    period_end: datetime,
    actor: Person | str,
    at: datetime,
    code: str = "",
    population: Population | None = None,
    design: Design | None = None,
    targets: Sequence[Target] = (),
    doubles_share: float = 0.1,
    minutes_per_review: float = 2.0,
) -> Plan:
    """Keep a plan as a draft; nothing is drawn yet.

    Args:
        code: Its short name in addresses; one is chosen when empty.
        unit: The place whose decisions it is about, and all below it.
        targets: How well what is to be known; may be empty when the design has a budget.
    """
    population, design = population or Population(), design or Design()
    code = code or queries.next_code()
    rules.check_code(code)
    rules.check_plan(
        name=name,
        period_start=period_start,
        period_end=period_end,
        population=population,
        design=design,
        targets=targets,
        doubles_share=doubles_share,
        minutes_per_review=minutes_per_review,
    )
    if Plan.objects.filter(code=code).exists():
        raise Refusal(
            "sampling.code_taken",
            _("There is already a plan with the code “{code}”."),
            facts={"code": code},
            field="code",
            status=422,
        )
    plan = Plan.objects.create(
        code=code,
        name=name.strip(),
        unit=unit,
        period_start=period_start,
        period_end=period_end,
        population=population.to_json(),
        design=design.to_json(),
        targets=[target.to_json() for target in targets],
        doubles_share=doubles_share,
        minutes_per_review=minutes_per_review,
        created_at=at,
        created_by=actor if isinstance(actor, Person) else None,
    )
    facts = {"design": plan.design, "population": plan.population, "targets": plan.targets}
    _record("sampling.plan_created", plan, actor=actor, at=at, facts=facts)
    return plan


@transaction.atomic
def discard_plan(*, plan_id: int, actor: Person | str, at: datetime) -> None:
    """Remove a draft; what was drawn is never removed."""
    plan = _locked(plan_id)
    rules.check_can_discard(state=plan.state, draws=plan.draws.count())
    _record("sampling.plan_discarded", plan, actor=actor, at=at)
    plan.delete()


def freeze_plan(*, plan_id: int, sample_size: int | None = None, actor: Person | str, at: datetime) -> Draw:
    """Draw the sample of a plan and keep it for ever.

    The log is read before the transaction begins, so that a long read does not hold up reviewers.

    Args:
        sample_size: How many decisions to draw; as many as the plan's targets or hours ask for when none.
    """
    plan = Plan.objects.select_related("unit").get(pk=plan_id)
    rules.check_can_freeze(state=plan.state, draws=plan.draws.count())
    drawn = _draw_first(plan, sample_size, at=at)
    return _write_first(plan_id, drawn, actor=actor, at=at)


def extend_plan(*, plan_id: int, total: int, actor: Person | str, at: datetime) -> Draw:
    """Draw more decisions from the same frame and strata, up to a new total; none is taken away."""
    plan = Plan.objects.select_related("unit").get(pk=plan_id)
    last = queries.latest_draw(plan)
    rules.check_can_extend(
        state=plan.state,
        total=total,
        sampled=last.sample_size if last else 0,
        frame=last.frame_size if last else 0,
    )
    assert last is not None
    drawn = _draw_more(plan, last, total)
    return _write_more(plan_id, last.number, drawn, actor=actor, at=at)


def _draw_first(plan: Plan, sample_size: int | None, *, at: datetime) -> _Drawn:
    whole = _planned(plan, sample_size, at=at)
    counted, found = whole.counted, whole.forecast
    if sample_size is None:
        missed = [(p.domain, p.target or 0.0, p.half_width) for p in (found.whole, *found.domains) if not p.is_met]
        rules.check_targets_reached(feasible=not missed, missed=missed)
    rows = draws.draw(
        decisions.decision_store(),
        counted.frame,
        into=counted.layers,
        sizes=found.sizes,
        words=queries.words_of(plan.code),
    )
    return _Drawn(
        layers=counted.layers,
        rates=found.rates,
        spreads=found.spreads,
        sizes=found.sizes,
        rows=rows,
        frame_size=counted.profile.size,
        frame_digest=counted.profile.digest,
    )


def _planned(plan: Plan, sample_size: int | None, *, at: datetime) -> queries.Planned:
    return queries.planned(
        unit=plan.unit,
        period_start=plan.period_start,
        period_end=plan.period_end,
        population=Population.from_json(plan.population),
        design=Design.from_json(plan.design),
        targets=tuple(Target.from_json(target) for target in plan.targets),
        doubles_share=plan.doubles_share,
        minutes_per_review=plan.minutes_per_review,
        sample_size=sample_size,
        at=at,
    )


def _draw_more(plan: Plan, last: Draw, total: int) -> _Drawn:
    strata, store, frame = queries.strata_of(last), decisions.decision_store(), queries.frame_of_plan(plan)
    counted = frames.profile(store, frame)
    if counted.digest != last.frame_digest:
        raise Refusal(
            "sampling.frame_changed",
            _(
                "The decision log has changed since this sample was frozen: the period then held {then} decisions"
                " and now holds {now}. A sample is only extended from the same decisions; make a new plan."
            ),
            facts={"then": last.frame_size, "now": counted.size},
        )
    sizes = rules.extended_sizes([s.sampled for s in strata], [s.size for s in strata], total=total)
    layers = queries.layers_of(strata)
    return _Drawn(
        layers=layers,
        rates=tuple(s.facts["rate"] for s in strata),
        spreads=tuple(s.planned_spread for s in strata),
        sizes=sizes,
        rows=draws.draw(store, frame, into=layers, sizes=sizes, words=queries.words_of(plan.code)),
        frame_size=last.frame_size,
        frame_digest=last.frame_digest,
    )


@transaction.atomic
def _write_first(plan_id: int, drawn: _Drawn, *, actor: Person | str, at: datetime) -> Draw:
    plan = _locked(plan_id)
    rules.check_can_freeze(state=plan.state, draws=plan.draws.count())
    draw = _write(plan, 1, drawn, known=frozenset(), actor=actor, at=at)
    plan.state = PlanState.FROZEN
    plan.save(update_fields=["state"])
    _record("sampling.plan_frozen", plan, actor=actor, at=at, facts=_draw_facts(draw))
    return draw


@transaction.atomic
def _write_more(plan_id: int, last: int, drawn: _Drawn, *, actor: Person | str, at: datetime) -> Draw:
    plan = _locked(plan_id)
    kept = plan.draws.aggregate(number=Max("number"))["number"]
    if kept != last:
        raise Refusal(
            "sampling.extended_meanwhile",
            _("Somebody else has extended this plan meanwhile; look at the new sample before extending again."),
        )
    known = frozenset(plan.sampled.values_list("decision_key", flat=True))
    draw = _write(plan, last + 1, drawn, known=known, actor=actor, at=at)
    for stratum in draw.strata.all():
        plan.sampled.filter(stratum_label=stratum.label).update(inclusion_probability=stratum.sampled / stratum.size)
    _record("sampling.plan_extended", plan, actor=actor, at=at, facts=_draw_facts(draw))
    return draw


def _write(plan: Plan, number: int, drawn: _Drawn, *, known: frozenset[str], actor: Person | str, at: datetime) -> Draw:
    """Write the draw, its strata, and the decisions that are not yet in the sample."""
    shares = [n / layer.size for n, layer in zip(drawn.sizes, drawn.layers, strict=True)]
    rows = drawn.rows.to_pylist()
    draw = Draw.objects.create(
        plan=plan,
        number=number,
        frame_size=drawn.frame_size,
        frame_digest=drawn.frame_digest,
        sample_size=len(rows),
        sample_digest=queries.sample_digest((row["decision_key"], shares[row["layer"]]) for row in rows),
        frozen_at=at,
        frozen_by=actor if isinstance(actor, Person) else None,
    )
    strata = [
        Stratum(
            draw=draw,
            label=queries.label_of(layer),
            facts=queries.facts_of(layer, rate=rate),
            size=layer.size,
            sampled=n,
            planned_spread=spread,
        )
        for layer, rate, spread, n in zip(drawn.layers, drawn.rates, drawn.spreads, drawn.sizes, strict=True)
    ]
    Stratum.objects.bulk_create(strata, batch_size=_BATCH)
    sampled = [
        _sampled(plan, draw, row, strata[row["layer"]].label, shares[row["layer"]])
        for row in rows
        if row["decision_key"] not in known
    ]
    SampledDecision.objects.bulk_create(sampled, batch_size=_BATCH)
    return draw


def _sampled(plan: Plan, draw: Draw, row: dict[str, Any], label: str, share: float) -> SampledDecision:
    texts = ("site", "team", "vendor", "market", "item_type", "queue", "policy", "clause", "severity", "maker")
    return SampledDecision(
        plan=plan,
        draw=draw,
        stratum_label=label,
        inclusion_probability=share,
        draw_number=f"{row['number']:016x}",
        decision_key=row["decision_key"],
        decided_at=row["decided_at"],
        language=row["content_language"] or "",
        outcome=row["outcome"],
        maker_type=row["maker_type"],
        tenure_days=row["tenure_days"],
        risk_score=_score(row["risk_score"]),
        exposure_views=row["exposure_views"] or 0,
        content_hash=row["content_hash"] or "",
        **{name: row[name] or "" for name in texts},
    )


def _score(score: object) -> float | None:
    # A score that is not a number is no score, as in the draw.
    return score if isinstance(score, float) and not math.isnan(score) else None


def _draw_facts(draw: Draw) -> dict[str, object]:
    return {
        "draw": draw.number,
        "frame_size": draw.frame_size,
        "frame_digest": draw.frame_digest,
        "sample_size": draw.sample_size,
        "sample_digest": draw.sample_digest,
    }


def _record(
    kind: str, plan: Plan, *, actor: Person | str, at: datetime, facts: dict[str, object] | None = None
) -> None:
    audit.record(kind, actor=actor, subject=f"plan:{plan.code}", at=at, place=plan.unit.path, facts=facts or {})


def _locked(plan_id: int) -> Plan:
    return Plan.objects.select_for_update(of=("self",)).select_related("unit").get(pk=plan_id)
