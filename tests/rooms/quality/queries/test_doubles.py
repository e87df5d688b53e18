"""Agreement against plain Python, from settled double reviews only."""

from __future__ import annotations

from collections import defaultdict

import pytest

from assay.rooms.quality.measures import MEASURES
from assay.rooms.quality.queries.doubles import agreement, agreement_by, has_pair
from assay.rooms.quality.queries.reviewed import Selection, reviewed, select
from assay.rooms.quality.terms import Cut, Filters, MeasureCode
from assay.rooms.reviews.models import Settlement, Verdict
from assay.rooms.reviews.rules import classify
from assay.rooms.reviews.terms import DecisionFacts, JudgedItem, Judgement
from tests import factories

from .. import plain
from ..conftest import plant_plans
from ..planted import Spec


def everything() -> Selection:
    return select(reviewed(), sites=None, filters=Filters())


def plain_pairs() -> list[tuple[str, str, float, str]]:
    """List (first finding, second finding, weight, site) of every settled pair."""
    settled = {
        s.sampled_id: s for s in Settlement.objects.select_related("sampled") if s.error_class not in plain.UNJUDGED
    }
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for verdict in Verdict.objects.filter(withdrawn_at=None).select_related("task__item__sampled"):
        sampled = verdict.task.item.sampled
        judged = JudgedItem(judgement=Judgement(verdict.judgement), outcome=verdict.outcome, policy=verdict.policy)
        facts = DecisionFacts(outcome=sampled.outcome, policy=sampled.policy)
        found[sampled.pk][verdict.task.round] = str(classify(decision=facts, judged=judged))
    rows = {id_: s.sampled for id_, s in settled.items()}
    reviews: dict[tuple[int, str], int] = defaultdict(int)
    by_plan: dict[int, int] = defaultdict(int)
    for sampled in rows.values():
        reviews[sampled.plan_id, sampled.stratum_label] += 1
        by_plan[sampled.plan_id] += 1
    sizes = {(row["plan"], row["stratum"]): row["size"] for row in plain.rows()}
    both = {id_: pair for id_, pair in found.items() if len(pair) == 2 and id_ in rows}
    doubles: dict[int, int] = defaultdict(int)
    for id_ in both:
        doubles[rows[id_].plan_id] += 1
    pairs = []
    for id_, pair in both.items():
        key = (rows[id_].plan_id, rows[id_].stratum_label)
        weight = sizes[key] / reviews[key] * by_plan[key[0]] / doubles[key[0]]
        pairs.append((pair["first"], pair["second"], weight, rows[id_].site))
    return pairs


def test_percent_agreement_equals_plain_calculation(two_plans: factories.World) -> None:
    pairs = plain_pairs()
    figure = agreement(everything(), MEASURES[MeasureCode.AGREEMENT])
    same = sum(weight for first, second, weight, _ in pairs if first == second)
    assert (figure.n, figure.counted) == (len(pairs), sum(first == second for first, second, _, _ in pairs))
    assert figure.value == pytest.approx(same / sum(weight for _, _, weight, _ in pairs), abs=1e-9)


def test_agreement_on_errors_equals_plain_calculation(two_plans: factories.World) -> None:
    both = one = 0.0
    for first, second, weight, _ in plain_pairs():
        wrong = (first in plain.ERRORS) + (second in plain.ERRORS)
        both, one = both + weight * (wrong == 2), one + weight * (wrong == 1)
    figure = agreement(everything(), MEASURES[MeasureCode.AGREEMENT_ON_ERRORS])
    assert figure.value == pytest.approx(2 * both / (2 * both + one), abs=1e-9)


def test_ac1_equals_plain_calculation(two_plans: factories.World) -> None:
    total = same = wrong = 0.0
    for first, second, weight, _ in plain_pairs():
        marks = [first in plain.ERRORS, second in plain.ERRORS]
        total, same = total + weight, same + weight * (marks[0] == marks[1])
        wrong += weight * sum(marks) / 2
    share = wrong / total
    chance = 2 * share * (1 - share)
    figure = agreement(everything(), MEASURES[MeasureCode.AGREEMENT_AC1])
    assert figure.value == pytest.approx((same / total - chance) / (1 - chance), abs=1e-9)


def test_agreement_by_site_equals_plain_calculation(two_plans: factories.World) -> None:
    found = agreement_by(everything(), MEASURES[MeasureCode.AGREEMENT], (Cut.SITE,))
    pairs = plain_pairs()
    assert {f.group[0]: f.n for f in found} == {site: sum(p[3] == site for p in pairs) for site in ("dublin", "mexico")}
    for figure in found:
        here = [pair for pair in pairs if pair[3] == figure.group[0]]
        same = sum(weight for first, second, weight, _ in here if first == second)
        assert figure.value == pytest.approx(same / sum(pair[2] for pair in here), abs=1e-9)


def test_withdrawn_verdict_breaks_its_pair(two_plans: factories.World) -> None:
    before = agreement(everything(), MEASURES[MeasureCode.AGREEMENT]).n
    verdict = Verdict.objects.filter(
        task__round="second", task__item__sampled__settlement__error_class="correct"
    ).first()
    assert verdict is not None
    Verdict.objects.filter(pk=verdict.pk).update(withdrawn_at=verdict.submitted_at)
    assert agreement(everything(), MEASURES[MeasureCode.AGREEMENT]).n == before - 1


def test_without_doubles_there_is_no_agreement(world: factories.World) -> None:
    plant_plans(world, Spec(doubles=0.0))
    for code in (MeasureCode.AGREEMENT, MeasureCode.AGREEMENT_ON_ERRORS, MeasureCode.AGREEMENT_AC1):
        figure = agreement(everything(), MEASURES[code])
        assert (figure.value, figure.n, figure.reason) == (None, 0, "no_overlap")
    assert not has_pair(reviewed()).any()
