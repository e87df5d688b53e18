from datetime import timedelta

import pytest

from assay.rooms.audit.models import Entry
from assay.rooms.organisation import access, operations, queries
from assay.rooms.organisation.models import Membership, Unit
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission, QualificationKind, Role, UnitKind
from tests.factories import NOW, PASSWORD, unit, world

pytestmark = pytest.mark.django_db


def test_paths_follow_the_tree():
    made = world()
    assert [u.path for u in Unit.objects.within([made.mexico.path])] == ["0001.0001.0001.", "0001.0001.0001.0001."]


def test_siblings_with_a_common_start_are_kept_apart():
    root = unit(UnitKind.ORGANISATION, "org", None)
    regions = [unit(UnitKind.REGION, f"r{n}", root) for n in range(12)]
    assert list(Unit.objects.within([regions[0].path])) == [regions[0]]


def test_taken_code_is_refused_by_name():
    made = world()
    with pytest.raises(Refusal, match="mexico") as refusal:
        operations.create_unit(
            kind=UnitKind.SITE, code="mexico", name="X", parent=made.mexico.parent, actor="tests", at=NOW
        )
    assert refusal.value.field == "code"


def test_access_covers_own_site_only():
    made = world()
    lead = access.access_of(made.person(Role.SITE_LEAD), Permission.QUALITY_VIEW)
    assert lead.site_codes() == ("mexico",)
    assert (lead.may_see_unit(made.team_mexico), lead.may_see_unit(made.dublin)) == (True, False)
    with pytest.raises(Refusal) as refusal:
        lead.check_unit(made.dublin)
    assert refusal.value.status == 404


def test_access_at_the_root_covers_all_sites():
    made = world()
    manager = access.access_of(made.person(Role.PROGRAM_MANAGER, "root"), Permission.QUALITY_VIEW)
    assert manager.site_codes() is None


def test_role_without_the_permission_reaches_nothing():
    made = world()
    assert access.access_of(made.person(Role.AUDITOR), Permission.QUALITY_VIEW).paths == ()


def test_ended_role_and_deactivation_take_effect_at_once():
    made = world()
    admin, lead = made.person(Role.ADMINISTRATOR, "root"), made.person(Role.QA_LEAD)
    operations.end_role(membership=lead.memberships.get(), actor=admin, at=NOW)
    auditor = made.person(Role.AUDITOR)
    operations.deactivate_person(person=auditor, actor=admin, at=NOW)
    assert not access.can(lead, Permission.QUALITY_VIEW)
    assert not access.can(auditor, Permission.REVIEW)


def test_last_administrator_keeps_the_role():
    made = world()
    admins = list(Membership.objects.filter(role=Role.ADMINISTRATOR, ended_at__isnull=True))
    for membership in admins[:-1]:
        operations.end_role(membership=membership, actor=made.person(Role.ADMINISTRATOR, "root"), at=NOW)
    with pytest.raises(Refusal) as refusal:
        operations.end_role(membership=admins[-1], actor=made.person(Role.ADMINISTRATOR, "root"), at=NOW)
    assert refusal.value.code == "organisation.last_administrator"


def test_granting_twice_changes_nothing():
    made = world()
    before = Entry.objects.count()
    operations.grant_role(person=made.person(Role.AUDITOR), role=Role.AUDITOR, unit=made.mexico, actor="tests", at=NOW)
    assert Entry.objects.count() == before


def test_weak_password_is_refused():
    made = world()
    with pytest.raises(Refusal) as refusal:
        operations.change_password(person=made.person(Role.AUDITOR), password="short", at=NOW)
    assert refusal.value.code == "organisation.weak_password"
    assert made.person(Role.AUDITOR).check_password(PASSWORD)


def test_token_is_shown_once_and_narrower_than_its_owner():
    made = world()
    owner = made.person(Role.QA_LEAD)
    token, text = operations.create_token(
        person=owner,
        name="nightly",
        scopes=["decisions.import"],
        unit=made.mexico,
        expires_at=NOW + timedelta(days=30),
        at=NOW,
    )
    assert text not in {token.prefix, token.digest}
    with pytest.raises(Refusal):
        operations.create_token(
            person=owner,
            name="x",
            scopes=["organisation.edit"],
            unit=made.mexico,
            expires_at=NOW + timedelta(days=30),
            at=NOW,
        )


def test_qualification_holds_from_its_start():
    made = world()
    auditor = made.person(Role.AUDITOR)
    operations.qualify(person=auditor, kind=QualificationKind.LANGUAGE, code="pt", actor="tests", at=NOW)
    early = queries.qualified_codes(auditor, QualificationKind.LANGUAGE, at=NOW - timedelta(days=1))
    assert early == frozenset()
    assert queries.qualified_codes(auditor, QualificationKind.LANGUAGE, at=NOW) == frozenset({"en", "es", "pt"})


def test_every_write_leaves_one_entry():
    root = unit(UnitKind.ORGANISATION, "org", None)
    before = Entry.objects.count()
    operations.create_vendor(code="acme", name="Acme", actor="tests", at=NOW)
    unit(UnitKind.SITE, "cebu", root)
    assert list(Entry.objects.filter(sequence__gt=before).values_list("kind", flat=True)) == [
        "organisation.vendor_created",
        "organisation.unit_created",
    ]
