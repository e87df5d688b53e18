"""Figures counted in full from the decision log."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assay.rooms.quality.measures import MEASURES
from assay.rooms.quality.queries import log
from assay.rooms.quality.terms import Cut, Filters, MeasureCode
from assay.stats.intervals import Method
from tests import factories

from ..logged import bring_in, row

OVERTURN = MEASURES[MeasureCode.OVERTURN]
ROWS = [
    row(1, appeal_outcome="overturned"),
    row(2, appeal_outcome="upheld", site="dublin"),
    row(3, appeal_outcome="upheld", queue=""),
    row(4),
    row(5, decided_at="2026-02-24T10:00:00Z", appeal_outcome="overturned", tenure_days="12"),
    row(6, appeal_outcome="overturned", is_golden="true"),
    row(7, site=""),
]


@pytest.fixture
def logged(world: factories.World, tmp_path: Path) -> factories.World:
    bring_in(world, ROWS, tmp_path)
    return world


def test_overturns_are_counted_in_full(logged: factories.World) -> None:
    (figure,) = log.overturns(None, Filters(), OVERTURN)
    assert (figure.n, figure.counted, figure.value) == (4, 2, 0.5)
    assert figure.interval is not None
    assert (figure.interval.low, figure.interval.high, figure.interval.method) == (0.5, 0.5, Method.CENSUS)


def test_overturns_are_cut_like_the_sample(logged: factories.World) -> None:
    by_site = log.overturns(None, Filters(), OVERTURN, (Cut.SITE,))
    assert [(f.group, f.n, f.counted) for f in by_site] == [(("dublin",), 1, 0), (("mexico",), 3, 2)]
    by_both = log.overturns(None, Filters(), OVERTURN, (Cut.WEEK, Cut.TENURE))
    assert [(f.group, f.n, f.counted) for f in by_both] == [
        (("2026-02-23", "0-29"), 1, 1),
        (("2026-03-02", ""), 3, 1),
    ]


def test_overturns_follow_filters_and_scope(logged: factories.World) -> None:
    period = Filters(start=date(2026, 3, 3), end=date(2026, 3, 3))
    assert log.overturns(None, period, OVERTURN)[0].n == 3
    assert log.overturns(("mexico",), period, OVERTURN)[0].n == 2
    assert log.overturns((), period, OVERTURN)[0].n == 0
    assert log.overturns(None, Filters(equals={"queue": ("",)}), OVERTURN)[0].n == 1
    assert log.overturns(("mexico",), Filters(equals={"site": ("dublin",)}), OVERTURN)[0].reason == "no_units"


def test_appeals_behind_the_figure_are_as_many(logged: factories.World) -> None:
    rows = log.appeals(None, Filters(), limit=50)
    assert [one.decision_key for one in rows] == ["test:d1", "test:d2", "test:d3", "test:d5"]
    assert [one.decision_key for one in log.appeals(None, Filters(), limit=50, only_overturned=True)] == [
        "test:d1",
        "test:d5",
    ]


def test_volumes_compare_two_periods(logged: factories.World) -> None:
    found = log.volumes(None, Filters(start=date(2026, 3, 2), end=date(2026, 3, 8)))
    assert [(v.site, v.now, v.before) for v in found] == [("", 1, 0), ("dublin", 1, 0), ("mexico", 3, 1)]
    assert log.volumes(("dublin",), Filters(start=date(2026, 3, 2), end=date(2026, 3, 8)))[0].site == "dublin"
    assert log.volumes(None, Filters()) == ()


def test_empty_log_has_no_appeals(world: factories.World) -> None:
    assert log.overturns(None, Filters(), OVERTURN)[0].reason == "no_units"
