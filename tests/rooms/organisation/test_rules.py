from datetime import timedelta

import pytest

from assay.rooms.organisation import rules
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import GRANTS, Permission, Role, UnitKind
from tests.factories import NOW


def test_every_role_is_granted_something():
    assert set(GRANTS) == set(Role)
    assert all(GRANTS.values())


def test_every_permission_is_held_by_some_role():
    assert rules.permissions_of(Role) == frozenset(Permission)


def test_whoever_reviews_sees_no_quality_figures():
    assert not GRANTS[Role.AUDITOR] & {Permission.QUALITY_VIEW, Permission.REVIEWS_VIEW, Permission.IMPORTS_VIEW}


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (UnitKind.ORGANISATION, UnitKind.REGION),
        (UnitKind.REGION, None),
        (UnitKind.REGION, UnitKind.SITE),
        (UnitKind.SITE, UnitKind.TEAM),
        (UnitKind.TEAM, UnitKind.REGION),
        (UnitKind.TEAM, None),
    ],
)
def test_unit_is_refused_at_the_wrong_place(kind: UnitKind, parent: UnitKind | None):
    with pytest.raises(Refusal) as refusal:
        rules.check_unit(kind=kind, code="x", name="X", parent_kind=parent, zone="UTC")
    assert refusal.value.code == "organisation.wrong_parent"


@pytest.mark.parametrize("code", ["", "Mexico", "mé", "a b", "-a", "a" * 61, "a\n"])
def test_unusable_code_is_refused(code: str):
    with pytest.raises(Refusal) as refusal:
        rules.check_unit(kind=UnitKind.SITE, code=code, name="X", parent_kind=UnitKind.REGION, zone="UTC")
    assert refusal.value.code == "organisation.bad_code"


def test_unknown_zone_is_refused_by_name():
    with pytest.raises(Refusal, match="Mars/Base"):
        rules.check_zone("Mars/Base")


@pytest.mark.parametrize(
    ("name", "clean"),
    [("  Ana  María ", "Ana María"), ("Ana\u202egro", "Anagro"), ("Jose\u0301", "José"), ("\u0007", "")],
)
def test_name_is_cleaned(name: str, clean: str):
    assert rules.clean_name(name) == clean


def test_tokens_differ_and_are_stored_as_hashes():
    one, other = rules.new_token(), rules.new_token()
    assert one != other
    assert one not in rules.token_digest(one)
    assert rules.token_digest(one) == rules.token_digest(one)


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_token_must_end_within_a_year(days: int):
    with pytest.raises(Refusal) as refusal:
        rules.check_expiry(expires_at=NOW + timedelta(days=days), at=NOW)
    assert refusal.value.code == "organisation.bad_expiry"


def test_token_cannot_do_more_than_its_owner():
    with pytest.raises(Refusal) as refusal:
        rules.check_scopes(["reviews.review", "decisions.import"], owned=frozenset({Permission.REVIEW}))
    assert refusal.value.facts == {"scope": "decisions.import"}
