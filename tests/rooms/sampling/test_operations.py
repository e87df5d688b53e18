"""Plans, and the draws that freeze and extend them."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assay.rooms.audit.models import Entry
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.sampling import operations, queries
from assay.rooms.sampling.models import Draw, Plan, SampledDecision
from assay.rooms.sampling.rules import Design, Population, Target
from assay.rooms.sampling.terms import PlanState
from tests.columnar.decision_logs import START, decision, generated_rows

from .worlds import AT, END, World, bring_in, build_world, draft


def _frozen(plan: Plan, size: int | None = 300) -> Draw:
    return operations.freeze_plan(plan_id=plan.pk, sample_size=size, actor="tests", at=AT)


def _sample(plan: Plan) -> dict[str, float]:
    return dict(plan.sampled.values_list("decision_key", "inclusion_probability"))


def test_plan_is_kept_as_a_draft(world: World) -> None:
    plan = draft(world)
    assert (plan.state, plan.code, plan.draws.count()) == (PlanState.DRAFT, "round-1", 0)
    entry = Entry.objects.get(kind="sampling.plan_created")
    assert (entry.subject, entry.actor) == ("plan:round-1", "P-program_manager")


def test_code_is_chosen_when_none_is_given(world: World) -> None:
    draft(world, code="round-2")
    assert draft(world, code="").code == "round-3"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": " "}, "sampling.bad_plan", "name"),
        ({"code": "a/b"}, "sampling.bad_code", "code"),
        ({"period_end": START}, "sampling.bad_plan", "period_end"),
        ({"targets": ()}, "sampling.bad_plan", "targets"),
        ({"targets": (Target(half_width=0.0),)}, "sampling.bad_plan", "half_width"),
        ({"targets": (Target(domain="market", half_width=0.1),)}, "sampling.bad_plan", "domain_half_width"),
        ({"design": Design(domain="maker")}, "sampling.bad_plan", "domain"),
        ({"design": Design(bands=13)}, "sampling.bad_plan", "bands"),
        ({"design": Design(floor=1.5)}, "sampling.bad_plan", "floor"),
        ({"population": Population(equals={"price": ("1",)})}, "sampling.bad_plan", "population"),
        ({"doubles_share": -0.1}, "sampling.bad_plan", "doubles_share"),
        ({"minutes_per_review": float("nan")}, "sampling.bad_plan", "minutes_per_review"),
    ],
)
def test_bad_plan_is_refused_at_its_field(world: World, changes: dict, code: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        draft(world, **changes)
    assert (refused.value.code, refused.value.field, refused.value.status) == (code, field, 422)
    assert Plan.objects.count() == 0


def test_code_is_used_once(world: World) -> None:
    draft(world)
    with pytest.raises(Refusal) as refused:
        draft(world)
    assert refused.value.code == "sampling.code_taken"


def test_freezing_keeps_sample_strata_and_trail(world: World) -> None:
    plan = draft(world)
    draw = _frozen(plan)
    plan.refresh_from_db()
    strata = queries.strata_of(draw)
    assert (plan.state, draw.number, draw.sample_size) == (PlanState.FROZEN, 1, 300)
    assert sum(s.sampled for s in strata) == plan.sampled.count() == 300
    assert sum(s.size for s in strata) == draw.frame_size
    share = {s.label: s.sampled / s.size for s in strata}
    assert all(row.inclusion_probability == share[row.stratum_label] for row in plan.sampled.all())
    facts = json.loads(Entry.objects.get(kind="sampling.plan_frozen").facts)
    assert facts["sample_digest"] == draw.sample_digest == queries.sample_digest(_sample(plan).items())


def test_weights_add_up_to_the_frame(world: World) -> None:
    plan = draft(world)
    draw = _frozen(plan)
    assert sum(1 / share for share in _sample(plan).values()) == pytest.approx(draw.frame_size)


def test_sampled_decision_copies_the_log(tmp_path: Path, db: None) -> None:
    row = decision(
        1, site="dublin", team="t1", vendor="v", market="IE", content_language="en", queue="q", outcome="remove",
        policy="IPR", clause="IPR-1", severity="major", maker="m1", tenure_days=12, risk_score=0.25, exposure_views=7,
    )  # fmt: skip
    world = build_world(tmp_path, rows=[row, decision(2, risk_score=float("nan"))])
    plan = draft(world)
    _frozen(plan, 2)
    first, second = plan.sampled.order_by("decision_key")
    kept = {name: getattr(first, name) for name in ("site", "team", "vendor", "market", "language", "queue", "outcome")}
    assert kept == {
        "site": "dublin", "team": "t1", "vendor": "v", "market": "IE", "language": "en", "queue": "q",
        "outcome": "remove",
    }  # fmt: skip
    assert (first.policy, first.clause, first.severity, first.maker) == ("IPR", "IPR-1", "major", "m1")
    assert (first.tenure_days, first.risk_score, first.exposure_views) == (12, 0.25, 7)
    assert first.decided_at == row["decided_at"]
    assert (second.site, second.risk_score, second.exposure_views) == ("", None, 0)


def test_frozen_plan_is_not_frozen_again(world: World) -> None:
    plan = draft(world)
    _frozen(plan)
    with pytest.raises(Refusal) as refused:
        _frozen(plan, 400)
    assert refused.value.code == "sampling.already_frozen"


def test_targets_decide_the_number_of_reviews(world: World) -> None:
    wide, narrow = draft(world), draft(world, code="round-2", targets=(Target(half_width=0.01),))
    assert _frozen(narrow, None).sample_size > _frozen(wide, None).sample_size


def test_extension_takes_nothing_away(world: World) -> None:
    plan = draft(world)
    first = _frozen(plan)
    before = _sample(plan)
    second = operations.extend_plan(plan_id=plan.pk, total=500, actor="tests", at=AT + timedelta(days=1))
    after = _sample(plan)
    assert (second.number, second.sample_size, second.frame_digest) == (2, 500, first.frame_digest)
    assert set(before) < set(after)
    assert len(after) == 500
    assert plan.sampled.filter(draw=first).count() == 300
    sizes = {s.label: (s.size, s.sampled) for s in queries.strata_of(second)}
    for old in queries.strata_of(first):
        assert sizes[old.label][0] == old.size
        assert sizes[old.label][1] >= old.sampled
    assert all(
        row.inclusion_probability == sizes[row.stratum_label][1] / sizes[row.stratum_label][0]
        for row in plan.sampled.all()
    )
    assert second.sample_digest == queries.sample_digest(after.items())


def test_probabilities_follow_the_newest_draw(world: World) -> None:
    plan = draft(world)
    _frozen(plan)
    for total in (340, 410, 500):
        draw = operations.extend_plan(plan_id=plan.pk, total=total, actor="tests", at=AT)
        assert sum(1 / share for share in _sample(plan).values()) == pytest.approx(draw.frame_size)
    assert [d.sample_size for d in plan.draws.all()] == [300, 340, 410, 500]


@pytest.mark.parametrize("total", [300, 299, 4001])
def test_extension_is_refused_outside_the_frame(world: World, total: int) -> None:
    plan = draft(world)
    _frozen(plan)
    with pytest.raises(Refusal) as refused:
        operations.extend_plan(plan_id=plan.pk, total=total, actor="tests", at=AT)
    assert (refused.value.code, refused.value.field) == ("sampling.bad_extension", "total")


def test_draft_cannot_be_extended(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        operations.extend_plan(plan_id=draft(world).pk, total=10, actor="tests", at=AT)
    assert refused.value.code == "sampling.not_frozen"


def test_extension_is_refused_after_the_log_changed(world: World, tmp_path: Path) -> None:
    plan = draft(world)
    _frozen(plan)
    bring_in(tmp_path, generated_rows(4000)[:3990], unit=world.root)
    with pytest.raises(Refusal) as refused:
        operations.extend_plan(plan_id=plan.pk, total=400, actor="tests", at=AT)
    assert refused.value.code == "sampling.frame_changed"


def test_draw_is_the_same_after_import_in_another_order(world: World, tmp_path: Path) -> None:
    plan = draft(world)
    draw = _frozen(plan)
    rows = generated_rows(4000)
    random.Random(3).shuffle(rows)
    bring_in(tmp_path, rows, unit=world.root, files=7)
    found = queries.verified(draw)
    assert found.is_same
    assert queries.redraw(draw) == tuple(sorted(_sample(plan)))
    assert (found.missing, found.added, found.changed_strata) == ((), (), ())


def test_extended_draws_are_each_drawn_again(world: World) -> None:
    plan = draft(world)
    first = _frozen(plan)
    second = operations.extend_plan(plan_id=plan.pk, total=500, actor="tests", at=AT)
    assert queries.verified(first).is_same
    assert queries.verified(second).is_same


def test_redraw_names_what_differs(world: World, tmp_path: Path) -> None:
    plan = draft(world)
    draw = _frozen(plan)
    lost = sorted(_sample(plan))[0]
    rows = [row for row in generated_rows(4000) if row["decision_key"] != lost]
    bring_in(tmp_path, rows, unit=world.root)
    found = queries.verified(draw)
    assert not found.is_same
    assert not found.is_same_frame
    assert lost in found.missing
    assert len(found.added) == 1
    assert (found.frame_then - found.frame_now, len(found.changed_strata)) == (1, 1)


def test_correction_of_the_log_changes_no_frozen_sample(world: World, tmp_path: Path) -> None:
    plan = draft(world)
    _frozen(plan)
    before = list(plan.sampled.order_by("pk").values())
    bring_in(tmp_path, [row | {"outcome": "reject"} for row in generated_rows(4000)], unit=world.root)
    assert list(plan.sampled.order_by("pk").values()) == before


def test_plan_of_a_site_covers_that_site_only(world: World) -> None:
    plan = draft(world, unit=world.sites["dublin"])
    draw = _frozen(plan, 200)
    assert set(plan.sampled.values_list("site", flat=True)) == {"dublin"}
    rows = [row for row in generated_rows(4000) if row["site"] == "dublin" and not row["is_golden"]]
    assert draw.frame_size == len(rows)


def test_filter_outside_the_unit_leaves_nothing(world: World) -> None:
    plan = draft(world, unit=world.sites["dublin"], population=Population(equals={"site": ("mexico",)}))
    with pytest.raises(Refusal) as refused:
        _frozen(plan)
    assert refused.value.code == "sampling.empty_frame"


def test_population_filter_is_followed(world: World) -> None:
    plan = draft(world, population=Population(equals={"market": ("IE",), "maker_type": ("human",)}))
    _frozen(plan, 200)
    assert set(plan.sampled.values_list("market", "maker_type")) == {("IE", "human")}


def test_period_without_decisions_is_refused(world: World) -> None:
    plan = draft(world, period_start=END, period_end=END + timedelta(days=7))
    with pytest.raises(Refusal) as refused:
        _frozen(plan, None)
    assert (refused.value.code, Draw.objects.count()) == ("sampling.empty_frame", 0)


@pytest.mark.parametrize(("size", "code"), [(5, "sampling.size_too_small"), (9999, "sampling.size_too_large")])
def test_impossible_sample_size_is_refused(world: World, size: int, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        _frozen(draft(world), size)
    assert refused.value.code == code
    assert SampledDecision.objects.count() == 0


def test_hours_that_do_not_reach_are_refused(world: World) -> None:
    plan = draft(world, design=Design(bands=4, budget_hours=6.0))
    with pytest.raises(Refusal) as refused:
        _frozen(plan, None)
    assert refused.value.code == "sampling.targets_not_reachable"
    assert "±" in refused.value.facts["missed"]
    assert _frozen(plan, 150).sample_size == 150


def test_budget_alone_decides_the_size(world: World) -> None:
    plan = draft(world, targets=(), design=Design(bands=4, budget_hours=10.0))
    draw = _frozen(plan, None)
    # 10 hours of 2 minutes with 10 % reviewed twice and 8 % of these ruled on.
    assert draw.sample_size == 270


def test_draft_is_discarded_and_frozen_plan_is_not(world: World) -> None:
    kept = draft(world)
    operations.discard_plan(plan_id=kept.pk, actor="tests", at=AT)
    assert Plan.objects.count() == 0
    frozen = draft(world)
    _frozen(frozen)
    with pytest.raises(Refusal) as refused:
        operations.discard_plan(plan_id=frozen.pk, actor="tests", at=AT)
    assert refused.value.code == "sampling.cannot_discard"


def test_drawn_rows_hold_content_and_no_decision(world: World) -> None:
    plan = draft(world)
    draw = _frozen(plan)
    found = queries.drawn_rows(draw)
    assert sorted(found["decision_key"].to_pylist()) == sorted(_sample(plan))
    assert set(found.column_names) == set(queries.CONTENT)
    secret = {"outcome", "policy", "clause", "severity", "maker", "site", "team", "queue", "risk_score", "rationale"}
    assert not secret & set(found.column_names)


def test_drawn_rows_of_an_extension_are_the_added_ones(world: World) -> None:
    plan = draft(world)
    first = _frozen(plan)
    second = operations.extend_plan(plan_id=plan.pk, total=340, actor="tests", at=AT)
    assert queries.drawn_rows(second).num_rows == 40
    assert queries.drawn_rows(first).num_rows == 300


def test_queries_grow_by_batches_not_by_rows(world: World) -> None:
    def count(code: str, size: int) -> int:
        plan = draft(world, code=code)
        with CaptureQueriesContext(connection) as captured:
            _frozen(plan, size)
        return len(captured)

    assert count("large", 450) - count("small", 250) < 5
