"""Pages of one's own account, of people and of places."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assay.rooms.audit.models import Entry
from assay.rooms.organisation.models import ApiToken, Membership, Person, Unit
from assay.rooms.organisation.terms import Role
from tests.factories import PASSWORD, person, world
from tests.web.browsers import browser

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "a different long sentence"


@pytest.fixture
def here():
    return world()


@pytest.fixture
def client(here):
    return browser(here.person(Role.ADMINISTRATOR, "root"))


def _settings(**changes):
    return {
        "language": "en",
        "region": "en_US",
        "zone": "UTC",
        "theme": "system",
        "density": "comfortable",
        **changes,
    }


class TestAccount:
    def test_settings_are_saved(self, here):
        someone = here.person(Role.MODERATOR)
        changes = {"region": "es_ES", "zone": "Asia/Manila", "theme": "dark", "density": "compact"}
        answer = browser(someone).post("/account", _settings(**changes))
        someone.refresh_from_db()
        assert answer["Location"] == "/account"
        assert {name: getattr(someone, name) for name in changes} == changes

    def test_theme_and_density_reach_the_page(self, here):
        client = browser(here.person(Role.MODERATOR))
        client.post("/account", _settings(theme="dark", density="compact"))
        assert '<html lang="en" data-theme="dark" data-density="compact">' in client.get("/account").content.decode()

    @pytest.mark.parametrize("change", [{"zone": "Mars/Olympus"}, {"language": "fr"}, {"region": "xx_YY"}])
    def test_unknown_setting_is_refused(self, here, change):
        someone = here.person(Role.MODERATOR)
        assert browser(someone).post("/account", _settings(**change)).status_code == 422
        name, value = next(iter(change.items()))
        assert getattr(Person.objects.get(pk=someone.pk), name) != value

    def test_password_changes_and_other_sessions_end(self, here):
        someone = here.person(Role.MODERATOR)
        one, other = browser(someone), browser(someone)
        answer = one.post("/account/password", {"current": PASSWORD, "password": NEW_PASSWORD})
        assert answer["Location"] == "/account"
        assert one.get("/account").status_code == 200
        assert other.get("/account").status_code == 302
        someone.refresh_from_db()
        assert someone.check_password(NEW_PASSWORD)

    @pytest.mark.parametrize(
        ("current", "password", "sentence"),
        [
            ("wrong", NEW_PASSWORD, "This is not the current password."),
            (PASSWORD, "short", "fewer than 12 characters"),
            (PASSWORD, "password1234", "commonly used"),
        ],
    )
    def test_bad_password_is_refused_beside_its_field(self, here, current, password, sentence):
        someone = here.person(Role.MODERATOR)
        answer = browser(someone).post("/account/password", {"current": current, "password": password})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert Person.objects.get(pk=someone.pk).check_password(PASSWORD)

    def test_other_sessions_are_counted_and_ended(self, here):
        someone = here.person(Role.MODERATOR)
        one, other, stranger = browser(someone), browser(someone), browser(here.person(Role.TRAINER))
        assert "You are signed in at 1 other place." in one.get("/account").content.decode()
        one.post("/account/sessions/end")
        assert one.get("/account").status_code == 200
        assert other.get("/account").status_code == 302
        assert stranger.get("/account").status_code == 200

    def test_token_is_shown_once_and_works(self, here, client):
        made = client.post(
            "/account/tokens",
            {"token-name": "Nightly", "token-scopes": ["decisions.view"], "token-unit": here.root.pk, "token-days": 30},
        )
        text = re.search(r"as_[\w-]+(?=</p>)", made.content.decode()).group()
        assert text not in client.get("/account").content.decode()
        assert [(t.name, t.scopes) for t in ApiToken.objects.all()] == [("Nightly", ["decisions.view"])]

    def test_token_cannot_do_more_than_its_owner(self, here):
        auditor = here.person(Role.AUDITOR)
        answer = browser(auditor).post(
            "/account/tokens",
            {"token-name": "x", "token-scopes": ["audit.view"], "token-unit": here.mexico.pk, "token-days": 1},
        )
        assert answer.status_code == 422
        assert ApiToken.objects.count() == 0

    def test_token_cannot_reach_beyond_its_owners_place(self, here):
        answer = browser(here.person(Role.ADMINISTRATOR, "mexico")).post(
            "/account/tokens",
            {"token-name": "x", "token-scopes": ["decisions.view"], "token-unit": here.dublin.pk, "token-days": 1},
        )
        assert answer.status_code == 422
        assert ApiToken.objects.count() == 0

    def test_only_its_owner_revokes_a_token(self, here, client):
        client.post(
            "/account/tokens",
            {"token-name": "x", "token-scopes": ["decisions.view"], "token-unit": here.root.pk, "token-days": 1},
        )
        token = ApiToken.objects.get()
        stranger = browser(here.person(Role.PROGRAM_MANAGER, "root"))
        assert stranger.post(f"/account/tokens/{token.pk}/revoke").status_code == 404
        assert client.post(f"/account/tokens/{token.pk}/revoke")["Location"] == "/account"
        assert client.post(f"/account/tokens/{token.pk}/revoke").status_code == 404

    @pytest.mark.parametrize("role", [Role.MODERATOR, Role.TRAINER, Role.SITE_LEAD, Role.COMPLIANCE])
    def test_roles_without_tokens_see_no_form(self, here, role):
        client = browser(here.person(role))
        assert "API tokens" not in client.get("/account").content.decode()
        assert client.post("/account/tokens").status_code == 403


class TestPeople:
    def test_people_of_other_sites_look_absent(self, here):
        lead = browser(here.person(Role.SITE_LEAD, "mexico"))
        page = lead.get("/admin/people").content.decode()
        assert "AUDITOR-MEXICO" in page
        assert "AUDITOR-DUBLIN" not in page
        assert lead.get("/admin/people/AUDITOR-DUBLIN").status_code == 404
        assert lead.get("/admin/people/AUDITOR-MEXICO").status_code == 200

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("q=AUDITOR-MEXICO-2", ["AUDITOR-MEXICO-2"]),
            ("unit=dublin-a", ["MODERATOR-DUBLIN"]),
            ("role=trainer&unit=mexico", ["TRAINER-MEXICO"]),
            ("state=inactive", []),
        ],
    )
    def test_filters_narrow_the_list(self, client, query, shown):
        page = client.get(f"/admin/people?{query}").content.decode()
        assert re.findall(r'<a href="/admin/people/([A-Z0-9-]+)">', page) == shown

    @pytest.mark.parametrize("query", ["role=king", "unit=atlantis", "state=asleep"])
    def test_unknown_filter_is_refused(self, client, query):
        assert client.get(f"/admin/people?{query}").status_code == 400

    def test_unit_of_another_site_is_an_unknown_filter(self, here):
        lead = browser(here.person(Role.SITE_LEAD, "mexico"))
        assert lead.get("/admin/people?unit=dublin").status_code == 400

    def test_empty_list_offers_to_clear_the_filters(self, client):
        page = client.get("/admin/people?q=nobody-at-all").content.decode()
        assert 'data-state="filtered"' in page
        assert '<a class="btn" href="/admin/people">Clear filters</a>' in page

    def test_list_needs_as_many_queries_for_more_people(self, here, client):
        def count():
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get("/admin/people?unit=mexico-a")
            return len(queries)

        before = count()
        person("extra-1", here.team_mexico, Role.MODERATOR, here.mexico)
        person("extra-2", here.team_mexico, Role.MODERATOR, here.mexico)
        assert count() == before

    def test_person_is_added_through_the_form(self, here, client):
        answer = client.post("/admin/people/new", _new_person(here.mexico))
        assert answer["Location"] == "/admin/people/A-900"
        made = Person.objects.get(login="ana")
        assert (made.home, made.zone) == (here.mexico, "America/Mexico_City")
        assert Entry.objects.last().kind == "organisation.person_created"
        assert Client().post("/sign-in", {"login": "ana", "password": NEW_PASSWORD}).status_code == 302

    def test_taken_login_is_refused_beside_its_field(self, here, client):
        answer = client.post("/admin/people/new", _new_person(here.mexico, login="auditor-mexico"))
        assert answer.status_code == 422
        assert "There is already a person with that login or pseudonym." in answer.content.decode()

    def test_person_cannot_be_added_at_another_site(self, here):
        answer = browser(here.person(Role.ADMINISTRATOR, "mexico")).post("/admin/people/new", _new_person(here.dublin))
        assert answer.status_code == 422
        assert not Person.objects.filter(login="ana").exists()

    def test_role_is_granted_and_ended(self, here, client):
        client.post("/admin/people/AUDITOR-MEXICO/roles", {"role": "trainer", "unit": here.mexico.pk})
        held = Membership.objects.get(person__pseudonym="AUDITOR-MEXICO", role="trainer")
        assert held.unit == here.mexico
        client.post(f"/admin/people/AUDITOR-MEXICO/roles/{held.pk}/end")
        held.refresh_from_db()
        assert held.ended_at is not None

    def test_role_cannot_be_granted_beyond_ones_own_place(self, here):
        admin = browser(here.person(Role.ADMINISTRATOR, "mexico"))
        for unit in (here.dublin, here.root):
            answer = admin.post("/admin/people/AUDITOR-MEXICO/roles", {"role": "administrator", "unit": unit.pk})
            assert answer.status_code == 422
        assert not Membership.objects.filter(person__pseudonym="AUDITOR-MEXICO", role="administrator").exists()

    def test_role_held_above_cannot_be_ended_from_below(self, here):
        root_role = Membership.objects.get(person=here.person(Role.AUDITOR, "root"))
        Person.objects.filter(pk=root_role.person_id).update(home=here.mexico)
        admin = browser(here.person(Role.ADMINISTRATOR, "mexico"))
        assert admin.post(f"/admin/people/AUDITOR-ROOT/roles/{root_role.pk}/end").status_code == 404

    def test_qualification_is_recorded(self, client):
        client.post("/admin/people/AUDITOR-MEXICO/qualifications", {"kind": "policy", "code": "IPR"})
        page = client.get("/admin/people/AUDITOR-MEXICO").content.decode()
        assert "Policy: <strong>IPR</strong>" in page

    def test_deactivation_asks_for_the_pseudonym(self, client):
        address = "/admin/people/AUDITOR-MEXICO/deactivate"
        assert client.post(address, {"typed": "AUDITOR-DUBLIN"}).status_code == 422
        assert Person.objects.get(pseudonym="AUDITOR-MEXICO").is_active
        client.post(address, {"typed": "AUDITOR-MEXICO"})
        assert not Person.objects.get(pseudonym="AUDITOR-MEXICO").is_active

    def test_nobody_deactivates_themselves(self, client):
        answer = client.post("/admin/people/ADMINISTRATOR-ROOT/deactivate", {"typed": "ADMINISTRATOR-ROOT"})
        assert answer.status_code == 409
        assert Person.objects.get(pseudonym="ADMINISTRATOR-ROOT").is_active

    @pytest.mark.parametrize("role", [Role.PROGRAM_MANAGER, Role.SITE_LEAD, Role.COMPLIANCE])
    def test_who_may_only_look_changes_nothing(self, here, role):
        client = browser(here.person(role, "root"))
        page = client.get("/admin/people/AUDITOR-MEXICO").content.decode()
        assert "Grant role" not in page
        for verb in ("roles", "qualifications", "deactivate"):
            assert client.post(f"/admin/people/AUDITOR-MEXICO/{verb}").status_code == 403


class TestUnits:
    def test_tree_shows_ones_own_places_with_their_people(self, here):
        page = browser(here.person(Role.SITE_LEAD, "mexico")).get("/admin/units").content.decode()
        people = Person.objects.filter(home__path__startswith=here.mexico.path).count()
        assert f'<a href="/admin/people?unit=mexico&amp;state=active">{people}</a>' in page
        assert "dublin" not in page

    def test_place_is_added_below_another(self, here, client):
        answer = client.post("/admin/units/new", _new_unit(here.mexico))
        assert answer["Location"] == "/admin/units"
        made = Unit.objects.get(code="mexico-b")
        assert (made.parent, made.kind, made.work_languages) == (here.mexico, "team", ["es", "en"])

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"code": "Mexico B"}, "A code has small letters, digits and hyphens"),
            ({"code": "mexico"}, "There is already a unit with the code “mexico”."),
            ({"kind": "region"}, "A unit of kind region cannot stand below one of kind site."),
        ],
    )
    def test_bad_place_is_refused_with_a_sentence(self, here, client, change, sentence):
        answer = client.post("/admin/units/new", _new_unit(here.mexico, **change))
        assert answer.status_code == 422
        assert sentence in answer.content.decode()

    def test_place_cannot_be_added_at_another_site(self, here):
        answer = browser(here.person(Role.ADMINISTRATOR, "mexico")).post("/admin/units/new", _new_unit(here.dublin))
        assert answer.status_code == 422
        assert not Unit.objects.filter(code="mexico-b").exists()


def _new_person(home, **changes):
    values = {
        "login": "ana",
        "name": "Ana",
        "pseudonym": "A-900",
        "home": home.pk,
        "language": "es",
        "region": "es_MX",
        "password": NEW_PASSWORD,
    }
    return {**values, **changes}


def _new_unit(parent, **changes):
    values = {
        "kind": "team",
        "parent": parent.pk,
        "code": "mexico-b",
        "name": "Equipo B",
        "zone": "America/Mexico_City",
        "work_languages": "es, EN",
        "vendor": "",
    }
    return {**values, **changes}
