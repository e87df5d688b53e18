import re

import pytest
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils.translation import get_language, gettext

from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Role
from assay.web.urls import handler400, handler403, handler404, handler500
from assay.web.urls import urlpatterns as own_patterns
from tests.factories import world
from tests.web.browsers import browser

pytestmark = pytest.mark.django_db

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def _refuse(request):
    raise Refusal("plans.closed", "This task was closed on {day}; open a dispute instead.", facts={"day": "3 May"})


def _break(request):
    raise ZeroDivisionError("secret detail")


def _hide(request):
    raise Http404


def _stream(request):
    return StreamingHttpResponse(gettext(word) for word in ["Sign in"])


def _own_policy(request):
    return HttpResponse("x", headers={"Content-Security-Policy": "sandbox"})


urlpatterns = [
    path("refuse", _refuse),
    path("break", _break),
    path("hide", _hide),
    path("stream", _stream),
    path("own-policy", _own_policy),
    *own_patterns,
]
with_extra_views = override_settings(ROOT_URLCONF=__name__)

POLICY = re.compile(
    r"default-src 'none'; script-src 'self' 'nonce-[\w-]{22}'; style-src 'self' 'nonce-[\w-]{22}'; "
    r"img-src 'self' data:; font-src 'none'; connect-src 'self'; frame-src 'self'; form-action 'self'; "
    r"base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)


@with_extra_views
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/sign-in", 200),
        ("/", 302),
        ("/nothing", 404),
        ("/hide", 404),
        ("/refuse", 409),
        ("/break", 500),
        ("/health", 200),
        ("/api/openapi.json", 200),
        ("/static/assay/app.css", 200),
        ("/sign-out", 405),
    ],
)
def test_every_answer_has_strict_headers(address, status):
    client = Client(raise_request_exception=False)
    answer = client.get(address)
    assert answer.status_code == status
    assert POLICY.fullmatch(answer["Content-Security-Policy"])
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


@with_extra_views
def test_view_keeps_a_policy_of_its_own():
    assert Client().get("/own-policy")["Content-Security-Policy"] == "sandbox"


def test_nonce_differs_on_each_answer():
    client = Client()
    assert client.get("/sign-in")["Content-Security-Policy"] != client.get("/sign-in")["Content-Security-Policy"]


def test_pages_stay_in_no_cache():
    assert "no-store" in Client().get("/sign-in")["Cache-Control"]
    assert "no-store" not in Client().get("/static/assay/app.css")["Cache-Control"]


@with_extra_views
def test_refusal_becomes_a_page_with_its_sentence():
    answer = Client().get("/refuse")
    assert answer.status_code == 409
    assert "This task was closed on 3 May; open a dispute instead." in answer.content.decode()


@with_extra_views
def test_refusal_becomes_a_fragment_for_a_script():
    text = Client().get("/refuse", headers={"X-Fragment": "preview"}).content.decode()
    assert text.lstrip().startswith('<div class="problem"')
    assert "<html" not in text


@with_extra_views
def test_refusal_becomes_json_when_asked_for():
    answer = Client().get("/refuse", headers={"Accept": "application/json"})
    assert answer.json() == {
        "code": "plans.closed",
        "message": "This task was closed on 3 May; open a dispute instead.",
        "facts": {"day": "3 May"},
    }


@with_extra_views
def test_unforeseen_error_shows_a_number_and_no_detail(caplog):
    text = Client(raise_request_exception=False).get("/break").content.decode()
    number = re.search(r"<code>([0-9a-f]{8})</code>", text).group(1)
    assert "secret detail" not in text
    assert any(number in record.getMessage() for record in caplog.records)


@with_extra_views
def test_error_page_can_be_read_in_the_other_language(spanish):
    client = Client(raise_request_exception=False, headers={"accept-language": "es"})
    page = client.get("/break?a=1").content.decode()
    assert "Algo falló de nuestro lado" in page
    assert '<input type="hidden" name="next" value="/break?a=1">' in page
    assert 'name="csrfmiddlewaretoken" value="' in page


@with_extra_views
def test_error_page_needs_no_database(django_db_blocker):
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    with django_db_blocker.block():
        answer = client.get("/break")
    assert answer.status_code == 500


@with_extra_views
def test_streamed_export_stays_in_the_readers_language(spanish):
    answer = Client(headers={"accept-language": "es"}).get("/stream")
    assert b"".join(answer.streaming_content).decode() == "Iniciar sesión"


def test_language_does_not_leak_into_the_next_request(spanish):
    before = get_language()
    Client(headers={"accept-language": "es"}).get("/sign-in")
    assert get_language() == before


@pytest.mark.parametrize(
    ("header", "language"), [("es-MX,es;q=0.9", "es"), ("en-GB", "en"), ("fr-FR", "en"), ("", "en")]
)
def test_browser_decides_the_language_of_strangers(header, language):
    answer = Client(headers={"accept-language": header}).get("/sign-in")
    assert answer["Content-Language"] == language
    assert f'<html lang="{language}"' in answer.content.decode()


def test_own_language_beats_the_browsers(spanish):
    client = browser(world().person(Role.AUDITOR, "root"), language="es")
    assert client.get("/account", headers={"accept-language": "en"})["Content-Language"] == "es"


@pytest.mark.parametrize("zone", ["America/Mexico_City", "Mars/Olympus"])
def test_unknown_zone_does_not_stop_the_page(zone):
    here = world()
    someone = here.person(Role.AUDITOR, "root")
    type(someone).objects.filter(pk=someone.pk).update(zone=zone)
    assert browser(here.person(Role.AUDITOR, "root")).get("/account").status_code == 200
