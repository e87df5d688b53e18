"""Weeks on a control chart: news, usual variation, gaps and the week that is not over."""

from __future__ import annotations

from datetime import date, timedelta

from assay.rooms.quality.figures import Figure
from assay.rooms.quality.queries.trend import Trend, trend_of
from assay.rooms.quality.terms import Basis, MeasureCode
from assay.stats.control import Rule
from assay.stats.intervals import wilson_interval

FIRST = date(2026, 1, 5)
TODAY = date(2026, 12, 31)


def week(number: int, errors: int, n: int = 200) -> Figure:
    return Figure(
        measure=MeasureCode.ERROR_RATE,
        basis=Basis.SAMPLE,
        group=((FIRST + timedelta(weeks=number)).isoformat(),),
        value=errors / n,
        interval=wilson_interval(errors=errors, reviewed=n),
        n=n,
        counted=errors,
        n_eff=float(n),
        method="stratified",
    )


def trend(errors: list[int | None], *, today: date = TODAY) -> Trend:
    figures = [week(i, count) for i, count in enumerate(errors) if count is not None]
    last = FIRST + timedelta(weeks=len(errors) - 1)
    return trend_of(figures, first=FIRST, last=last, today=today)


USUAL = [9, 11, 10, 8, 12, 10, 9, 11, 10, 12, 8, 10, 11, 9, 10, 12, 9, 11, 10, 8]


def test_usual_variation_raises_no_signal() -> None:
    found = trend(USUAL)
    assert [w for w in found.weeks if w.signals] == []
    assert found.centre is not None
    assert all(w.lower is not None and w.upper is not None for w in found.weeks)


def test_jump_is_named_as_special_cause() -> None:
    found = trend([*USUAL, 40])
    last = found.weeks[-1]
    assert (last.signals, last.is_above) == ((Rule.BEYOND_LIMIT,), True)
    assert found.signals_since(last.start_on) == (last,)


def test_recent_weeks_do_not_set_their_own_limits() -> None:
    assert trend([*USUAL, 40, 40, 40, 40]).centre == trend([*USUAL, 10, 10, 10, 10]).centre


def test_missing_week_is_a_gap() -> None:
    found = trend([*USUAL[:10], None, *USUAL[10:]])
    assert len(found.weeks) == 21
    gap = found.weeks[10]
    assert (gap.figure, gap.lower, gap.upper, gap.signals) == (None, None, None, ())


def test_week_in_progress_raises_no_signal() -> None:
    last = FIRST + timedelta(weeks=len(USUAL))
    found = trend([*USUAL, 60], today=last + timedelta(days=3))
    assert found.weeks[-1].is_partial
    assert found.weeks[-1].signals == ()


def test_few_weeks_get_no_limits() -> None:
    found = trend(USUAL[:8])
    assert (found.centre, found.run_length, found.limits) == (None, None, "none")


def test_no_weeks_make_an_empty_chart() -> None:
    found = trend_of([], first=FIRST, last=FIRST, today=TODAY)
    assert [w.figure for w in found.weeks] == [None]
