"""Every page of the house, in Spanish, without an English sentence left over."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from assay.rooms.jobs import operations as jobs
from assay.rooms.organisation.terms import Role
from assay.web import po
from tests.factories import world
from tests.web.browsers import browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spanish")]

PAGES = [
    "/account",
    "/admin/people",
    "/admin/people?q=nobody-at-all",
    "/admin/people/new",
    "/admin/people/AUDITOR-MEXICO",
    "/admin/units",
    "/admin/units/new",
    "/audit",
    "/audit?verify=1",
    "/audit?actor=nobody-at-all",
    "/admin/health",
    "/help",
    "/nothing-here",
    "/admin/people?role=king",
    "/audit?from=yesterday",
]

OWN_NAMES = {name for _code, name in settings.LANGUAGES}


def _english() -> set[str]:
    """English sentences that Spanish does not share; a language is offered under its own name."""
    told = po.translations()
    return {key for key, (spanish, _file) in told.items() if isinstance(spanish, str) and spanish != key} - OWN_NAMES


def _texts(page: str) -> list[str]:
    """What a reader sees or hears: text and spoken labels, except what says that it is in another language."""
    # What is printed on a key is the same in every language.
    page = re.sub(r"<(script|style|kbd)\b.*?</\1>", "", page, flags=re.S)
    page = re.sub(r'<(\w+)[^>]*\blang="en"[^>]*>.*?</\1>', "", page, flags=re.S)
    spoken = re.findall(r'(?:aria-label|title|placeholder)="([^"]*)"', page)
    written = re.sub(r"<[^>]+>", "\n", page).splitlines()
    return [unescape(text).strip() for text in (*spoken, *written) if text.strip()]


def leftovers(page: str) -> list[str]:
    english = _english()
    return [text for text in _texts(page) if text.rstrip(":") in english]


def test_the_check_itself_finds_a_leftover():
    assert leftovers("<p>Sign out</p><p>Cerrar sesión</p>") == ["Sign out"]


@pytest.mark.parametrize("address", PAGES)
def test_page_has_no_english_left(address):
    client = browser(world().person(Role.ADMINISTRATOR, "root"), language="es")
    page = client.get(address).content.decode()
    assert '<html lang="es"' in page
    assert leftovers(page) == []


def test_sign_in_page_has_no_english_left():
    page = Client(headers={"accept-language": "es-MX"}).get("/sign-in").content.decode()
    assert leftovers(page) == []


@pytest.mark.parametrize("state", ["waiting", "running", "done", "failed", "cancelled"])
def test_job_page_has_no_english_left(state):
    someone = world().person(Role.ADMINISTRATOR, "root")
    now = timezone.now()
    job = jobs.enqueue("jobs.none", payload={}, at=now, requested_by=someone)
    type(job).objects.filter(pk=job.pk).update(state=state, progress=0.5, ended_at=now, result={"address": "/help"})
    page = browser(someone, language="es").get(f"/jobs/{job.pk}").content.decode()
    assert leftovers(page) == []
