"""Every sample figure against plain Python."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assay.rooms.quality.measures import MEASURES
from assay.rooms.quality.queries.estimates import asked, estimate, estimate_by
from assay.rooms.quality.queries.reviewed import reviewed, select
from assay.rooms.quality.terms import Basis, Cut, Filters, Weight
from assay.rooms.sampling.terms import Lane
from assay.stats.intervals import Method
from tests import factories

from .. import plain
from ..conftest import plant_plans
from ..planted import START, Spec

SAMPLE_MEASURES = [code for code, measure in MEASURES.items() if measure.basis is Basis.SAMPLE]
ALL = Filters()


def test_figure_equals_plain_calculation(two_plans: factories.World) -> None:
    selection, rows = select(reviewed(), sites=None, filters=ALL), plain.rows()
    for code in SAMPLE_MEASURES:
        found, expected = estimate(selection, MEASURES[code], weight=Weight.DECISIONS), plain.estimate(rows, code)
        assert (found.n, found.counted) == (expected.n, expected.counted), code
        assert found.value == pytest.approx(expected.value, abs=1e-9), code
        assert found.n_eff == pytest.approx(expected.n_eff, rel=1e-9), code
        assert found.interval is not None
        assert found.interval.low < found.value < found.interval.high


def test_exposure_weight_counts_views(two_plans: factories.World) -> None:
    selection, rows = select(reviewed(), sites=None, filters=ALL), plain.rows()
    for code in SAMPLE_MEASURES:
        found = estimate(selection, MEASURES[code], weight=Weight.EXPOSURE)
        expected = plain.estimate(rows, code, exposure=lambda row: row["views"])
        assert found.value == pytest.approx(expected.value, abs=1e-9), code
        assert found.n_eff == pytest.approx(expected.n_eff, rel=1e-9), code


def test_groups_equal_plain_calculation(two_plans: factories.World) -> None:
    selection = select(reviewed(), sites=None, filters=ALL)
    found = estimate_by(selection, MEASURES["error_rate"], (Cut.SITE, Cut.QUEUE), weight=Weight.DECISIONS)
    assert [figure.group for figure in found] == [
        (site, queue) for site in ("dublin", "mexico") for queue in ("new", "reported")
    ]
    for figure in found:
        site, queue = figure.group
        keep = lambda row, s=site, q=queue: row["site"] == s and row["queue"] == q  # noqa: E731
        expected = plain.estimate(plain.rows(), "error_rate", keep=keep)
        assert (figure.n, figure.counted) == (expected.n, expected.counted)
        assert figure.value == pytest.approx(expected.value, abs=1e-9)
        assert figure.n_eff == pytest.approx(expected.n_eff, rel=1e-9)


def test_groups_share_all_reviews_between_them(two_plans: factories.World) -> None:
    selection = select(reviewed(), sites=None, filters=ALL)
    for cut in Cut:
        found = estimate_by(selection, MEASURES["error_rate"], (cut,), weight=Weight.DECISIONS)
        assert sum(figure.n for figure in found) == selection.reviewed.count, cut


def test_period_cuts_across_strata(two_plans: factories.World) -> None:
    first, last = date(2026, 3, 20), date(2026, 4, 10)
    filters = Filters(start=first, end=last)
    found = estimate(select(reviewed(), sites=None, filters=filters), MEASURES["error_rate"], weight=Weight.DECISIONS)
    expected = plain.estimate(plain.rows(), "error_rate", keep=lambda r: first <= r["decided_at"].date() <= last)
    assert found.n == expected.n
    assert found.value == pytest.approx(expected.value, abs=1e-9)


def test_filters_narrow_like_plain_calculation(two_plans: factories.World) -> None:
    filters = Filters(equals={"policy": ("adult", "weapons"), "item_type": ("review",)})
    selection = select(reviewed(), sites=None, filters=filters)
    found = estimate(selection, MEASURES["over_enforcement"], weight=Weight.DECISIONS)
    keep = lambda r: r["policy"] in {"adult", "weapons"} and r["item_type"] == "review"  # noqa: E731
    expected = plain.estimate(plain.rows(), "over_enforcement", keep=keep)
    assert found.n == expected.n == int(asked(selection, MEASURES["over_enforcement"]).sum())
    assert found.value == pytest.approx(expected.value, abs=1e-9)


def test_other_lanes_change_no_figure(two_plans: factories.World) -> None:
    before = estimate(select(reviewed(), sites=None, filters=ALL), MEASURES["error_rate"], weight=Weight.DECISIONS)
    others = (lane for lane in Lane if lane is not Lane.RANDOM)
    plant_plans(two_plans, *(Spec(code=f"lane-{lane}", lane=lane, error=0.9) for lane in others))
    after = estimate(select(reviewed(), sites=None, filters=ALL), MEASURES["error_rate"], weight=Weight.DECISIONS)
    assert before == after


def test_plan_without_verdicts_changes_no_figure(two_plans: factories.World) -> None:
    before = estimate(select(reviewed(), sites=None, filters=ALL), MEASURES["error_rate"], weight=Weight.DECISIONS)
    waiting = {"mexico|0": ("mexico", 50_000, 200, 0)}
    plant_plans(two_plans, Spec(code="waiting", start=START + timedelta(weeks=8), strata=waiting))
    after = estimate(select(reviewed(), sites=None, filters=ALL), MEASURES["error_rate"], weight=Weight.DECISIONS)
    assert before == after


def test_overlapping_plans_share_their_decisions(world: factories.World) -> None:
    plant_plans(world, Spec(), Spec(code="plan-2", start=START + timedelta(weeks=2), weeks=4))
    everything = reviewed()
    middle, end = START + timedelta(weeks=2), START + timedelta(weeks=4)
    rows = plain.rows()
    for row in rows:
        row["share"] = 0.5 if middle <= row["decided_at"] < end else 1.0
    assert sorted(1.0 / everything.multiplicity) == sorted(row["share"] for row in rows)
    found = estimate(select(everything, sites=None, filters=ALL), MEASURES["error_rate"], weight=Weight.DECISIONS)
    expected = plain.estimate(rows, "error_rate")
    assert found.value == pytest.approx(expected.value, abs=1e-9)
    assert found.n_eff == pytest.approx(expected.n_eff, rel=1e-9)


def test_overlap_respects_population_of_each_plan(world: factories.World) -> None:
    plant_plans(world, Spec(), Spec(code="plan-2", population={"site": ["dublin"]}))
    everything = reviewed()
    in_dublin = everything.labels["site"].among(["dublin"])
    in_second = everything.labels["plan"].codes == 1
    assert set(everything.multiplicity[in_dublin]) == {2.0}
    # Drawn by the second plan itself, a decision counts as in its frame whatever its filters say now.
    assert set(everything.multiplicity[~in_dublin & ~in_second]) == {1.0}


def test_full_count_has_no_sampling_error(world: factories.World) -> None:
    strata = {"mexico|0": ("mexico", 80, 80, 80)}
    plant_plans(world, Spec(strata=strata, doubles=0.0, unjudged=0.0))
    found = estimate(select(reviewed(), sites=None, filters=ALL), MEASURES["error_rate"], weight=Weight.DECISIONS)
    wrong = sum(row["found"] in plain.ERRORS for row in plain.rows())
    assert found.interval is not None
    assert (found.n, found.counted, found.interval.method) == (80, wrong, Method.CENSUS)
    assert found.value == found.interval.low == found.interval.high == wrong / 80


def test_nothing_reviewed_gives_no_value(world: factories.World) -> None:
    found = estimate(select(reviewed(), sites=None, filters=ALL), MEASURES["error_rate"], weight=Weight.DECISIONS)
    assert (found.value, found.interval, found.n, found.reason) == (None, None, 0, "no_units")


def test_unjudged_decisions_leave_as_non_response(two_plans: factories.World) -> None:
    found = estimate(select(reviewed(), sites=None, filters=ALL), MEASURES["error_rate"], weight=Weight.DECISIONS)
    drawn = 2 * sum(drawn for _, _, drawn, _ in Spec().strata.values())
    assert found.unreviewed == drawn - found.n
