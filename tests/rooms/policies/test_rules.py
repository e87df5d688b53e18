from datetime import UTC, datetime, timedelta

import pytest

from assay.rooms.organisation.refusals import Refusal
from assay.rooms.policies import rules

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
FIRST = rules.PublishedVersion(number=3, effective_from=AT - timedelta(days=10))


@pytest.mark.parametrize("code", ["IPR", "IPR-2", "A1-B2-3"])
def test_codes_of_capitals_and_digits_pass(code: str) -> None:
    rules.check_code(code)


@pytest.mark.parametrize("code", ["", "ipr", "IPR-", "-1", "IPR 2", "IPR_2", "Á1", "A" * 41, "1A"])
def test_other_codes_are_refused(code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        rules.check_code(code)
    assert (refusal.value.code, refusal.value.facts) == ("policies.bad_code", {"code": code})


@pytest.mark.parametrize(("market", "passes"), [("", True), ("MX", True), ("mx", False), ("MEX", False)])
def test_market_is_empty_or_two_capitals(market: str, passes: bool) -> None:
    if passes:
        rules.check_market(market)
    else:
        with pytest.raises(Refusal, match="is not a market"):
            rules.check_market(market)


def test_texts_are_trimmed_and_empty_ones_dropped() -> None:
    assert rules.texts({"en": " Text ", "es": "  "}, field="text") == {"en": "Text"}


def test_spanish_alone_is_refused() -> None:
    with pytest.raises(Refusal) as refusal:
        rules.texts({"es": "Texto"}, field="breach", is_required=False)
    assert (refusal.value.code, refusal.value.field) == ("policies.english_missing", "breach")


def test_optional_text_may_be_empty() -> None:
    assert rules.texts({"en": "", "es": ""}, field="breach", is_required=False) == {}


def test_unknown_language_is_refused() -> None:
    with pytest.raises(Refusal, match="“fr” is not a language"):
        rules.texts({"en": "Text", "fr": "Texte"}, field="text")


def test_first_version_may_begin_in_past() -> None:
    rules.check_can_publish(latest=None, has_versions=False, effective_from=AT - timedelta(days=400), at=AT)


@pytest.mark.parametrize(
    ("latest", "has_versions", "begins", "code"),
    [
        (FIRST, True, AT - timedelta(days=10), "policies.version_overlaps"),
        (FIRST, True, AT - timedelta(days=11), "policies.version_overlaps"),
        (FIRST, True, AT - timedelta(seconds=1), "policies.version_in_past"),
        (None, True, AT - timedelta(seconds=1), "policies.version_in_past"),
    ],
)
def test_version_that_rewrites_the_past_is_refused(latest, has_versions, begins, code) -> None:
    with pytest.raises(Refusal) as refusal:
        rules.check_can_publish(latest=latest, has_versions=has_versions, effective_from=begins, at=AT)
    assert refusal.value.code == code


def test_version_may_begin_at_once() -> None:
    rules.check_can_publish(latest=FIRST, has_versions=True, effective_from=AT, at=AT)


def test_retired_policy_refuses_change_naming_the_day() -> None:
    with pytest.raises(Refusal) as refusal:
        rules.check_can_change(code="IPR", retired_at=AT)
    assert str(refusal.value) == "The policy IPR was retired on 2026-05-04. Write the clause under a policy in use."


def test_policy_with_children_in_use_is_not_retired() -> None:
    with pytest.raises(Refusal) as refusal:
        rules.check_can_retire(code="IPR", retired_at=None, open_children=("IPR-A", "IPR-B"))
    assert refusal.value.facts == {"code": "IPR", "children": "IPR-A, IPR-B"}


def test_numbers_follow_each_other() -> None:
    assert (rules.next_number(None), rules.next_number(FIRST)) == (1, 4)
