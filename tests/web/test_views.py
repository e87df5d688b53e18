import pytest
from django.test import Client

from assay.rooms.audit.models import Entry
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.terms import Role
from tests.factories import PASSWORD, world
from tests.web.browsers import browser

pytestmark = pytest.mark.django_db


def _sign_in(client, login, password=PASSWORD, **more):
    return client.post("/sign-in", {"login": login, "password": password, **more})


def test_right_password_opens_the_start_page():
    world()
    client = Client()
    answer = _sign_in(client, "auditor-root")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/account").status_code == 200


def test_sign_in_leads_back_to_where_one_was_going():
    world()
    client = Client()
    refused = client.get("/admin/people?role=auditor")
    assert refused["Location"] == "/sign-in?next=/admin/people%3Frole%3Dauditor"
    assert _sign_in(client, "administrator-root", next="/admin/people?role=auditor")["Location"] == (
        "/admin/people?role=auditor"
    )


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_sign_in_leads_to_no_other_site(elsewhere):
    world()
    assert _sign_in(Client(), "auditor-root", next=elsewhere)["Location"] == "/"


def test_unknown_login_and_wrong_password_look_alike():
    world()
    one = _sign_in(Client(), "auditor-root", "wrong wrong wrong")
    other = _sign_in(Client(), "nobody-here", "wrong wrong wrong")
    sentence = "This login and password do not go together. Check both and try again."
    assert (one.status_code, other.status_code) == (422, 422)
    assert sentence in one.content.decode()
    assert sentence in other.content.decode()


def test_password_is_never_sent_back():
    world()
    assert "wrong wrong wrong" not in _sign_in(Client(), "auditor-root", "wrong wrong wrong").content.decode()


def test_eleventh_attempt_is_refused_even_with_the_right_password():
    world()
    client = Client()
    for _ in range(10):
        _sign_in(client, "auditor-root", "wrong wrong wrong")
    assert "Too many attempts failed. Wait 15 minutes" in _sign_in(client, "auditor-root").content.decode()
    assert _sign_in(client, "trainer-root").status_code == 302


def test_session_key_changes_at_sign_in():
    world()
    client = Client()
    client.get("/sign-in")
    _sign_in(client, "auditor-root")
    first = client.session.session_key
    client.post("/sign-out")
    _sign_in(client, "auditor-root")
    assert client.session.session_key != first


def test_deactivated_person_is_kept_out():
    here = world()
    Person.objects.filter(pk=here.person(Role.AUDITOR, "root").pk).update(is_active=False)
    assert _sign_in(Client(), "auditor-root").status_code == 422


def test_sign_in_is_in_the_audit_log():
    world()
    _sign_in(Client(), "auditor-root")
    last = Entry.objects.last()
    assert (last.kind, last.actor) == ("organisation.signed_in", "AUDITOR-ROOT")


def test_sign_out_ends_the_session():
    here = world()
    client = browser(here.person(Role.AUDITOR, "root"))
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize("address", ["/sign-in", "/sign-out", "/language", "/account", "/account/password"])
def test_post_without_token_is_refused(address):
    client = browser(world().person(Role.ADMINISTRATOR, "root"), checks_csrf=True)
    answer = client.post(address, {"language": "es"})
    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()


@pytest.mark.parametrize("address", ["/audit?kind=organisation.role_granted&page=2", "/help#keys", "/nothing-here"])
def test_language_switch_keeps_the_address(address):
    here = world()
    client = browser(here.person(Role.ADMINISTRATOR, "root"))
    answer = client.post("/language", {"language": "es", "next": address})
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert Person.objects.get(pk=here.person(Role.ADMINISTRATOR, "root").pk).language == "es"


def test_language_switch_offers_the_address_with_its_filters():
    page = (
        browser(world().person(Role.ADMINISTRATOR, "root"))
        .get("/audit?kind=organisation.role_granted")
        .content.decode()
    )
    assert '<input type="hidden" name="next" value="/audit?kind=organisation.role_granted">' in page


def test_language_switch_works_before_sign_in(spanish):
    client = Client()
    client.post("/language", {"language": "es", "next": "/sign-in"})
    page = client.get("/sign-in").content.decode()
    assert '<html lang="es"' in page
    assert "Contraseña" in page


def test_language_of_the_sign_in_page_gives_way_to_ones_own():
    world()
    client = Client()
    client.post("/language", {"language": "es"})
    _sign_in(client, "auditor-root")
    assert client.get("/account")["Content-Language"] == "en"
    client.post("/sign-out")
    assert client.get("/sign-in")["Content-Language"] == "en"


def test_unknown_language_is_refused():
    answer = Client().post("/language", {"language": "fr"})
    assert answer.status_code == 400
    assert "“fr” is not a language of these pages" in answer.content.decode()


def test_switch_leads_to_no_other_site():
    answer = Client().post("/language", {"language": "es", "next": "//evil.example"})
    assert answer["Location"] == "/"


def test_stranger_is_led_to_sign_in():
    assert Client().get("/")["Location"] == "/sign-in"


@pytest.mark.parametrize(("language", "heading"), [("en", "Glossary"), ("es", "Glosario")])
def test_help_is_in_both_languages(spanish, language, heading):
    page = browser(world().person(Role.MODERATOR, "root"), language=language).get("/help").content.decode()
    assert f">{heading}</h2>" in page


def test_demo_shows_its_people_only_when_its_file_is_there(settings, tmp_path):
    settings.HOME = tmp_path
    assert "demonstration" not in Client().get("/sign-in").content.decode()
    (tmp_path / "demo.json").write_text(
        '{"password": "let me look around", "people": [{"login": "ana", "role": "qa_lead"}]}'
    )
    page = Client().get("/sign-in").content.decode()
    assert "let me look around" in page
    assert "<code>ana</code> · QA lead" in page
