"""From a file of real ratings to accuracy: against a separate calculation in plain Python."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assay.rooms.decisions import operations as decisions
from assay.rooms.decisions import rules as decision_rules
from assay.rooms.policies import operations as policies
from assay.rooms.quality.commands import reference_rows
from assay.rooms.quality.measures import MEASURES
from assay.rooms.quality.queries.estimates import estimate, estimate_by
from assay.rooms.quality.queries.people import funnel_of
from assay.rooms.quality.queries.reviewed import reviewed, select
from assay.rooms.quality.terms import Cut, Filters, MeasureCode, Weight
from assay.rooms.reviews import operations as reviews
from assay.rooms.sampling import operations as sampling
from assay.rooms.sampling.models import Plan, SampledDecision
from assay.rooms.sampling.rules import Design, Population, Target
from assay.stats.intervals import Method
from tests import factories

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
# What a rating does to a site: G and P leave it up, R limits its age, X removes it.
OUTCOME = {"G": "approve", "P": "approve", "R": "age_gate", "X": "remove"}
MEANING = {rating: (outcome, "" if outcome == "approve" else "ADL") for rating, outcome in OUTCOME.items()}


@pytest.fixture
def ratings(shared_data: Path) -> list[dict[str, str]]:
    with (shared_data / "adult_content_ratings.csv").open(newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["expert_rating"]]


def imported(shared_data: Path) -> factories.World:
    world = factories.world()
    policies.load_default_taxonomy(actor="tests", at=datetime(2025, 1, 1, tzinfo=UTC))
    made = json.loads((EXAMPLES / "adult_content_judged.json").read_text())
    mapping = decisions.save_mapping(
        name=made["name"],
        source=made["source"],
        unit=world.root,
        spec=decision_rules.spec_from_json(made["spec"]),
        actor=None,
        at=factories.NOW,
    )
    run = decisions.start_import(
        mapping=mapping,
        file_path=shared_data / "adult_content_ratings.csv",
        file_name="adult_content_ratings.csv",
        requested_by=None,
        at=factories.NOW,
    )
    ended = decisions.run_import(run.pk, at=factories.NOW)
    assert (ended.rows_in, ended.accepted, ended.refused) == (92_721, 92_721, 0)
    return world


def judged(world: factories.World, shared_data: Path, code: str, size: int) -> Plan:
    plan = sampling.create_plan(
        code=code,
        name="Experts' ratings",
        unit=world.root,
        period_start=datetime(2026, 1, 5, tzinfo=UTC),
        period_end=datetime(2026, 1, 12, tzinfo=UTC),
        population=Population(equals={"queue": ("expert-rated",)}),
        design=Design(domain="", by_score=False),
        targets=[Target(half_width=0.02)],
        doubles_share=0.0,
        actor="tests",
        at=factories.NOW,
    )
    sampling.freeze_plan(plan_id=plan.pk, sample_size=size, actor="tests", at=factories.NOW)
    reviews.open_due_draws(at=factories.NOW)
    rows = reference_rows(
        shared_data / "adult_content_ratings.csv",
        column="row",
        source="adult-content-judged",
        outcome="expert_rating",
        values=MEANING,
    )
    auditor = world.person("auditor", "root")
    reviews.load_reference_verdicts(plan=plan, rows=rows, reviewer=auditor, at=factories.NOW)
    return plan


@pytest.mark.django_db
def test_full_count_and_raters_equal_plain_calculation(shared_data: Path, ratings: list[dict[str, str]]) -> None:
    world = imported(shared_data)
    judged(world, shared_data, "experts", len(ratings))
    everything = select(reviewed(), sites=None, filters=Filters())
    right = [OUTCOME[row["rating"]] == OUTCOME[row["expert_rating"]] for row in ratings]
    accuracy = estimate(everything, MEASURES[MeasureCode.DECISION_ACCURACY], weight=Weight.DECISIONS)
    assert accuracy.n == len(ratings) == 3324
    assert accuracy.value == pytest.approx(sum(right) / len(right), abs=1e-9)
    assert accuracy.interval is not None
    assert (accuracy.interval.method, accuracy.interval.half_width) == (Method.CENSUS, 0.0)
    by_outcome = defaultdict(list)
    for row, is_right in zip(ratings, right, strict=True):
        by_outcome[OUTCOME[row["rating"]]].append(is_right)
    found = estimate_by(everything, MEASURES[MeasureCode.DECISION_ACCURACY], (Cut.OUTCOME,), weight=Weight.DECISIONS)
    assert {f.group[0]: (f.n, round(f.value or 0, 9)) for f in found} == {
        outcome: (len(all_), round(sum(all_) / len(all_), 9)) for outcome, all_ in by_outcome.items()
    }
    funnel = funnel_of(everything, MEASURES[MeasureCode.ERROR_RATE], "maker", weight=Weight.DECISIONS)
    wrong, total = defaultdict(int), defaultdict(int)
    for row in ratings:
        total[row["moderator"]] += 1
        wrong[row["moderator"]] += OUTCOME[row["rating"]] != OUTCOME[row["expert_rating"]]
    assert {p.name: (p.figure.n, p.figure.counted) for p in funnel.placed} == {
        rater: (total[rater], wrong[rater]) for rater in total
    }
    assert {p.name for p in funnel.placed if p.position != "too_few"} == {r for r in total if total[r] >= 30}


@pytest.mark.django_db
def test_sample_is_weighted_like_plain_calculation(shared_data: Path, ratings: list[dict[str, str]]) -> None:
    world = imported(shared_data)
    plan = judged(world, shared_data, "experts-sample", 600)
    everything = select(reviewed(), sites=None, filters=Filters())
    figure = estimate(everything, MEASURES[MeasureCode.ERROR_RATE], weight=Weight.DECISIONS)
    by_key = {f"adult-content-judged:{row['row']}": row for row in ratings}
    frame, sample = defaultdict(int), defaultdict(list)
    for row in ratings:
        frame[_family(OUTCOME[row["rating"]])] += 1
    for sampled in SampledDecision.objects.filter(plan=plan):
        row = by_key[sampled.decision_key]
        is_wrong = OUTCOME[row["rating"]] != OUTCOME[row["expert_rating"]]
        sample[_family(OUTCOME[row["rating"]])].append(is_wrong)
    expected = sum(frame[f] * sum(w) / len(w) for f, w in sample.items()) / sum(frame.values())
    assert figure.n == 600
    assert figure.value == pytest.approx(expected, abs=1e-9)
    truth = sum(OUTCOME[r["rating"]] != OUTCOME[r["expert_rating"]] for r in ratings) / len(ratings)
    assert figure.interval is not None
    assert figure.interval.low <= truth <= figure.interval.high


def _family(outcome: str) -> str:
    return {"approve": "leave", "age_gate": "restrict", "remove": "remove"}[outcome]
