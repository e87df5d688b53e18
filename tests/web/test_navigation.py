import pytest

from assay.rooms.organisation.terms import GRANTS, Permission, Role
from assay.web import navigation
from assay.web.navigation import MENU, menu_for, start_address
from tests.factories import world
from tests.web.browsers import browser


def _addresses(role: Role) -> list[str]:
    return [entry.address for group in menu_for(GRANTS[role], path="/help") for entry in group.entries]


def test_somebody_without_a_role_sees_help_alone():
    assert [e.address for g in menu_for(frozenset(), path="/") for e in g.entries] == ["/help"]


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.AUDITOR])
def test_who_is_judged_or_judges_blind_sees_no_figures(role):
    hidden = {"/", "/explore", "/explore/confusion", "/people", "/audit", "/rounds", "/imports", "/admin/people"}
    assert hidden.isdisjoint(_addresses(role))


def test_administrator_sees_the_system_and_no_figures():
    seen = set(_addresses(Role.ADMINISTRATOR))
    assert {"/audit", "/admin/people", "/admin/units", "/admin/health"} <= seen
    assert {"/", "/explore", "/people"}.isdisjoint(seen)


def test_every_permission_of_the_menu_is_one_that_a_role_holds():
    needed = {permission for _, entries in MENU for entry in entries for permission in entry.needs}
    held = {permission for permissions in GRANTS.values() for permission in permissions}
    assert needed <= held


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/admin/people", "/admin/people"),
        ("/admin/people/A-01", "/admin/people"),
        ("/audit", "/audit"),
        ("/account", ""),
    ],
)
def test_longest_address_above_the_page_is_current(path, current):
    marked = [
        entry.address
        for group in menu_for(GRANTS[Role.ADMINISTRATOR], path=path)
        for entry in group.entries
        if entry.is_current
    ]
    assert marked == ([current] if current else [])


def test_entry_without_a_page_is_left_out(monkeypatch):
    navigation.exists.cache_clear()
    extra = ("Extra", (navigation.Entry(label="Nowhere", address="/nowhere-at-all"),))
    monkeypatch.setattr(navigation, "MENU", (*MENU, extra))
    assert "Extra" not in [group.label for group in menu_for(frozenset(), path="/")]


def test_start_page_without_any_role_is_help():
    assert start_address(frozenset()) == "/help"


def test_administrator_starts_at_health():
    assert start_address({Permission.HEALTH_VIEW, Permission.AUDIT_VIEW}) == "/admin/health"


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_every_entry_of_a_menu_opens(role):
    client = browser(world().person(role, "root"))
    answers = {address: client.get(address).status_code for address in _addresses(role)}
    assert {address: status for address, status in answers.items() if status != 200} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_start_page_opens(role):
    client = browser(world().person(role, "root"))
    assert client.get("/", follow=True).status_code == 200
