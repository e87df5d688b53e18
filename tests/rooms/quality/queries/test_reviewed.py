"""Reading reviews: few queries, whatever the number of plans, and only what a viewer may see."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assay.rooms.quality.queries.reviewed import (
    day_number,
    day_of,
    known_values,
    monday_of,
    reviewed,
    select,
    tenure_band,
)
from assay.rooms.quality.terms import Filters, Tenure
from tests import factories

from ..conftest import plant_plans
from ..planted import START, Spec


def count_queries() -> int:
    with CaptureQueriesContext(connection) as captured:
        reviewed()
    return len(captured)


def test_three_plans_take_as_many_queries_as_one(world: factories.World) -> None:
    plant_plans(world, Spec())
    one = count_queries()
    more = (Spec(code=f"more-{i}", start=START + timedelta(weeks=4 * i)) for i in (1, 2))
    plant_plans(world, *more)
    assert count_queries() == one


def test_viewer_sees_own_sites_only(two_plans: factories.World) -> None:
    everything = reviewed()
    selection = select(everything, sites=("mexico",), filters=Filters())
    codes = everything.labels["site"].codes[selection.inside]
    assert {everything.labels["site"].values[code] for code in codes} == {"mexico"}
    assert known_values(everything, "maker", sites=("mexico",)) == tuple(f"mod-mexico-{i}" for i in range(6))
    assert not select(everything, sites=(), filters=Filters()).inside.any()


def test_week_labels_are_mondays(two_plans: factories.World) -> None:
    everything = reviewed()
    weeks = everything.labels["week"]
    assert {date.fromisoformat(week).weekday() for week in weeks.values} == {0}
    days = [day_of(int(day)) for day in everything.day]
    assert [weeks.values[code] for code in weeks.codes] == [monday_of(day).isoformat() for day in days]


@pytest.mark.parametrize("day", [date(1969, 12, 31), date(1970, 1, 1), date(2026, 2, 28), date(2028, 2, 29)])
def test_day_numbers_lead_back(day: date) -> None:
    assert day_of(day_number(day)) == day


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (None, Tenure.UNKNOWN),
        (0, Tenure.UNDER_30),
        (29, Tenure.UNDER_30),
        (30, Tenure.UNDER_90),
        (89, Tenure.UNDER_90),
        (90, Tenure.UNDER_365),
        (364, Tenure.UNDER_365),
        (365, Tenure.FROM_365),
    ],
)
def test_tenure_falls_into_bands(days: int | None, band: Tenure) -> None:
    assert tenure_band(days) is band


@pytest.mark.usefixtures("real_commits")
def test_new_settlement_is_seen_at_once() -> None:
    world = factories.world()
    plant_plans(world, Spec())
    first = reviewed()
    assert reviewed() is first
    plant_plans(world, Spec(code="later", start=START + timedelta(weeks=4)))
    assert reviewed().count > first.count
