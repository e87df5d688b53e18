"""Funnels: no rank on few reviews, and planted differences found."""

from __future__ import annotations

from assay.rooms.quality.measures import MEASURES
from assay.rooms.quality.queries.people import funnel_of
from assay.rooms.quality.queries.reviewed import reviewed, select
from assay.rooms.quality.terms import FEWEST_REVIEWS, Filters, MeasureCode, Weight
from assay.stats.funnel import Position
from tests import factories

from .. import plain
from ..conftest import plant_plans
from ..planted import Spec

ERROR_RATE = MEASURES[MeasureCode.ERROR_RATE]
ONE_STRATUM = {"mexico|0": ("mexico", 90_000, 1500, 1500), "dublin|0": ("dublin", 90_000, 1500, 1500)}


def test_everyone_is_placed_in_order_of_name(two_plans: factories.World) -> None:
    found = funnel_of(select(reviewed(), sites=None, filters=Filters()), ERROR_RATE, "maker", weight=Weight.DECISIONS)
    rows = plain.rows()
    assert [p.name for p in found.placed] == sorted({row["maker"] for row in rows})
    assert {p.name: p.figure.n for p in found.placed} == {
        name: sum(row["maker"] == name for row in rows) for name in {row["maker"] for row in rows}
    }


def test_few_effective_reviews_are_never_flagged(two_plans: factories.World) -> None:
    found = funnel_of(select(reviewed(), sites=None, filters=Filters()), ERROR_RATE, "maker", weight=Weight.DECISIONS)
    thin = [p for p in found.placed if p.size < FEWEST_REVIEWS]
    assert thin
    assert {p.position for p in thin} == {Position.TOO_FEW}
    assert not any(p.is_flagged for p in thin)


def test_size_is_never_above_reviews_made(two_plans: factories.World) -> None:
    found = funnel_of(select(reviewed(), sites=None, filters=Filters()), ERROR_RATE, "maker", weight=Weight.DECISIONS)
    assert all(p.size <= p.figure.n for p in found.placed)


def test_site_with_more_errors_stands_out(world: factories.World) -> None:
    plant_plans(
        world,
        Spec(code="calm", strata={"dublin|0": ONE_STRATUM["dublin|0"]}, error=0.05),
        Spec(code="rough", strata={"mexico|0": ONE_STRATUM["mexico|0"]}, error=0.35),
    )
    found = funnel_of(select(reviewed(), sites=None, filters=Filters()), ERROR_RATE, "site", weight=Weight.DECISIONS)
    places = {p.name: p.position for p in found.placed}
    assert places == {"dublin": Position.FAR_BELOW, "mexico": Position.FAR_ABOVE}


def test_no_errors_at_all_compare_nobody(world: factories.World) -> None:
    plant_plans(world, Spec(error=0.0, strata=ONE_STRATUM))
    measure = MEASURES[MeasureCode.WRONG_POLICY]
    found = funnel_of(select(reviewed(), sites=None, filters=Filters()), measure, "site", weight=Weight.DECISIONS)
    assert (found.target.value, found.limits, found.phi) == (0.0, (), None)
    assert {p.position for p in found.placed} == {Position.INSIDE}


def test_empty_selection_has_an_empty_funnel(world: factories.World) -> None:
    found = funnel_of(select(reviewed(), sites=None, filters=Filters()), ERROR_RATE, "maker", weight=Weight.DECISIONS)
    assert (found.placed, found.target.n) == ((), 0)
