from datetime import timedelta

import pytest

from assay.rooms.audit.models import Entry
from assay.rooms.organisation import signing_in
from assay.rooms.organisation.models import SignInFailure
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Role
from tests.factories import NOW, PASSWORD, world

pytestmark = pytest.mark.django_db

LOGIN = "auditor-mexico"


def _try(*, login=LOGIN, password="wrong", address="192.0.2.1", at=NOW):
    return signing_in.check_password(login=login, password=password, address=address, at=at)


def _fail(times, **more):
    for _ in range(times):
        with pytest.raises(Refusal) as refusal:
            _try(**more)
    return refusal.value.code


def test_right_password_returns_the_person():
    here = world()
    assert _try(password=PASSWORD) == here.person(Role.AUDITOR)


def test_tenth_failure_still_leaves_a_try():
    here = world()
    assert _fail(9) == "organisation.wrong_password"
    assert _try(password=PASSWORD) == here.person(Role.AUDITOR)


def test_eleventh_try_is_refused_whatever_the_password():
    world()
    _fail(10)
    with pytest.raises(Refusal) as refusal:
        _try(password=PASSWORD)
    assert (refusal.value.code, refusal.value.status) == ("organisation.too_many_attempts", 429)


def test_fifteen_minutes_later_the_way_is_free():
    here = world()
    _fail(10)
    assert _try(password=PASSWORD, at=NOW + timedelta(minutes=15)) == here.person(Role.AUDITOR)


def test_failures_from_one_address_do_not_shut_another_out():
    here = world()
    _fail(10)
    assert _try(password=PASSWORD, address="192.0.2.2") == here.person(Role.AUDITOR)


def test_unknown_accounts_are_counted_too():
    assert _fail(10, login="nobody") == "organisation.wrong_password"
    assert _fail(1, login="nobody") == "organisation.too_many_attempts"


def test_success_clears_the_count_and_is_recorded():
    world()
    _fail(3)
    _try(password=PASSWORD)
    assert SignInFailure.objects.count() == 0
    assert Entry.objects.last().kind == "organisation.signed_in"


def test_typed_login_is_kept_as_a_hash_alone():
    _fail(1, login="my actual password")
    assert "password" not in SignInFailure.objects.get().login


def test_old_failures_are_deleted():
    _fail(1)
    _fail(1, at=NOW + timedelta(hours=1))
    assert SignInFailure.objects.count() == 1
