"""What an address may ask for."""

from __future__ import annotations

from datetime import date

import pytest

from assay.rooms.organisation.refusals import Refusal
from assay.rooms.quality import rules
from assay.rooms.quality.terms import Cut, Filters, Weight


def test_empty_address_has_no_filters() -> None:
    assert rules.read_filters({}) == Filters()


def test_filters_are_read_in_order() -> None:
    found = rules.read_filters(
        {
            "site": ["mexico", "dublin", ""],
            "queue": ["-"],
            "from": ["2026-03-01"],
            "to": ["2026-03-28"],
            "weight": ["exposure"],
            "compare": ["0"],
        }
    )
    assert found == Filters(
        equals={"site": ("dublin", "mexico"), "queue": ("",)},
        start=date(2026, 3, 1),
        end=date(2026, 3, 28),
        weight=Weight.EXPOSURE,
        compare=False,
    )


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"from": ["1 March"]}, "quality.bad_date"),
        ({"to": ["2026-02-30"]}, "quality.bad_date"),
        ({"from": ["2026-03-02"], "to": ["2026-03-01"]}, "quality.period_backwards"),
        ({"weight": ["money"]}, "quality.unknown_value"),
        ({"compare": ["yes"]}, "quality.unknown_value"),
    ],
)
def test_unreadable_address_is_refused(parameters: dict[str, list[str]], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.read_filters(parameters)
    assert (refused.value.code, refused.value.status) == (code, 400)


def test_misspelt_parameter_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_names(["site", "makret"], page_names=("measure",))
    assert refused.value.facts["name"] == "makret"
    assert "market" in str(refused.value)


@pytest.mark.parametrize("values", [["site", "site"], ["site", "queue", "policy"], ["maker"], ["moon"]])
def test_impossible_cuts_are_refused(values: list[str]) -> None:
    with pytest.raises(Refusal) as refused:
        rules.read_cuts(values)
    assert refused.value.status == 400


def test_two_cuts_are_read() -> None:
    assert rules.read_cuts(["policy", "", "site"]) == (Cut.POLICY, Cut.SITE)


def test_foreign_site_is_answered_as_if_absent() -> None:
    filters = Filters(equals={"site": ("dublin",)})
    with pytest.raises(Refusal) as refused:
        rules.check_values(filters, {"site": ("mexico",)}, sees_all_sites=False)
    assert refused.value.status == 404
    with pytest.raises(Refusal) as refused:
        rules.check_values(filters, {"site": ("mexico",)}, sees_all_sites=True)
    assert refused.value.status == 400


def test_period_defaults_to_four_weeks_up_to_last_review() -> None:
    days = (date(2026, 1, 1), date(2026, 3, 28))
    found = rules.with_period(Filters(), days)
    assert (found.start, found.end) == (date(2026, 3, 1), date(2026, 3, 28))
    assert rules.with_period(Filters(), None) == Filters()
    later = rules.with_period(Filters(start=date(2026, 4, 1)), days)
    assert (later.start, later.end) == (date(2026, 4, 1), date(2026, 4, 1))


def test_period_before_is_as_long_and_ends_the_day_before() -> None:
    found = rules.period_before(Filters(start=date(2026, 3, 1), end=date(2026, 3, 28)))
    assert found is not None
    assert (found.start, found.end) == (date(2026, 2, 1), date(2026, 2, 28))
    assert rules.period_before(Filters()) is None
