"""Pages: who may open them, whether every figure carries interval and n, and whether the rows add up."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from assay.figures.tables import read_csv
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.terms import Role
from assay.rooms.quality.measures import MEASURES
from assay.rooms.quality.terms import Basis
from assay.rooms.reviews.models import Seen
from tests import factories

PAGES = ("/", "/explore", "/explore/confusion", "/people", "/quality/rows", "/quality/definitions")
READERS = {Role.PROGRAM_MANAGER, Role.QA_LEAD, Role.TRAINER, Role.SITE_LEAD, Role.COMPLIANCE}
FIGURE = re.compile(r'<(?:article|span) class="(?:tile figure|rate)"([^>]*)>')


def signed_in(client: Client, person: Person, language: str = "en") -> Client:
    Person.objects.filter(pk=person.pk).update(language=language, region={"en": "en_US", "es": "es_MX"}[language])
    client.force_login(Person.objects.get(pk=person.pk))
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return str(answer.content.decode())


def exported(client: Client, address: str) -> tuple[tuple[str, ...], ...]:
    return read_csv(b"".join(client.get(address).streaming_content))  # type: ignore[attr-defined]


def test_each_role_opens_what_it_may(client: Client, world: factories.World) -> None:
    for role in Role:
        signed_in(client, world.person(role, "root"))
        for page in PAGES:
            allowed = role in READERS and not (page == "/people" and role in {Role.TRAINER, Role.COMPLIANCE})
            refused = 302 if page == "/" else 403
            assert client.get(page).status_code == (200 if allowed else refused), (role, page)
        assert client.get("/me").status_code == (200 if role is Role.MODERATOR else 403), role


@pytest.mark.parametrize("page", [*PAGES, "/me"])
def test_strangers_are_led_to_sign_in(client: Client, db: None, page: str) -> None:
    assert client.get(page).status_code == 302


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_figure_carries_interval_and_n(client: Client, two_plans: factories.World, language: str) -> None:
    signed_in(client, two_plans.person(Role.PROGRAM_MANAGER, "root"), language)
    pages = (*PAGES, "/explore?measure=agreement_ac1&by=queue&by=site", "/explore?weight=exposure&by=policy")
    for page in pages:
        found = [
            dict(re.findall(r'data-(\w+)="([^"]*)"', attributes)) for attributes in FIGURE.findall(text(client, page))
        ]
        assert found or page == "/explore/confusion", page
        for figure in found:
            assert "n" in figure
            assert ("value" in figure) <= ("low" in figure and "high" in figure), (page, figure)


def test_spanish_page_says_it_in_spanish(client: Client, two_plans: factories.World) -> None:
    person = two_plans.person(Role.PROGRAM_MANAGER, "root")
    for page in PAGES:
        english = text(signed_in(client, person), page)
        spanish = text(signed_in(client, person, "es"), page)
        assert 'lang="es"' in spanish
        headings = re.findall(r"<h[12][^>]*>([^<]+)<", english)
        assert headings
        assert not set(headings) & set(re.findall(r"<h[12][^>]*>([^<]+)<", spanish)), page


def test_overview_shows_four_tiles_and_their_charts(client: Client, half_a_year: factories.World) -> None:
    page = text(signed_in(client, half_a_year.person(Role.QA_LEAD, "root")), "/")
    labels = re.findall(r'class="figure-label">([^<]+)<', page)
    assert labels == ["Decision quality", "Wrongly left up", "Wrongly taken down", "Auditor agreement"]
    assert page.count("drawing-control") == 4
    assert page.count("Period before:") == 4


def test_comparison_is_switched_off_by_the_address(client: Client, two_plans: factories.World) -> None:
    page = text(signed_in(client, two_plans.person(Role.QA_LEAD, "root")), "/?compare=0")
    assert "Period before:" not in page
    (toggle,) = re.findall(r'<a class="btn" href="([^"]+)" data-compare-toggle', page)
    assert "compare" not in toggle


def test_rows_are_as_many_as_n(client: Client, two_plans: factories.World) -> None:
    signed_in(client, two_plans.person(Role.PROGRAM_MANAGER, "root"))
    for code in (code for code, measure in MEASURES.items() if measure.basis is not Basis.LOG):
        heading, *lines = exported(client, f"/explore?measure={code}&by=site&by=queue&format=csv&compare=0")
        for site, queue, n in ((r[1], r[2], int(r[heading.index("n")])) for r in lines):
            rows = exported(client, f"/quality/rows?measure={code}&site={site}&queue={queue}&format=csv")
            assert len(rows) - 1 == n, (code, site, queue)


def test_counted_rows_are_as_many_as_counted(client: Client, two_plans: factories.World) -> None:
    signed_in(client, two_plans.person(Role.PROGRAM_MANAGER, "root"))
    heading, line = exported(client, "/explore?measure=error_rate&by=market&market=MX&format=csv&compare=0")
    rows = exported(client, "/quality/rows?measure=error_rate&market=MX&counted=1&format=csv")
    assert len(rows) - 1 == int(line[heading.index("Counted")])


def test_confusion_cells_lead_to_as_many_rows(client: Client, two_plans: factories.World) -> None:
    signed_in(client, two_plans.person(Role.PROGRAM_MANAGER, "root"))
    page = text(client, "/explore/confusion")
    cells = re.findall(r'<a href="(/quality/rows[^"]+)" aria-label="[^"]+">([\d,]+)</a>', page)
    assert cells
    for address, count in cells[:6]:
        assert len(exported(client, f"{unescape(address)}&format=csv")) - 1 == int(count.replace(",", ""))


UNREADABLE = (
    "/?makret=MX",
    "/?site=nowhere",
    "/?from=tomorrow",
    "/?from=2026-03-02&to=2026-03-01",
    "/?weight=money",
    "/?format=pdf",
    "/?format=csv&table=moon",
    "/explore?measure=luck",
    "/explore?by=site&by=site",
    "/explore/confusion?side=moon",
    "/people?measure=decision_accuracy",
    "/quality/rows?counted=2",
)


def test_unknown_parameter_is_refused_with_a_sentence(client: Client, two_plans: factories.World) -> None:
    signed_in(client, two_plans.person(Role.PROGRAM_MANAGER, "root"))
    for address in UNREADABLE:
        assert client.get(address).status_code == 400, address


def test_site_lead_sees_own_site_only(client: Client, two_plans: factories.World) -> None:
    signed_in(client, two_plans.person(Role.SITE_LEAD, "mexico"))
    for page in PAGES:
        shown = text(client, page)
        assert "dublin" not in shown.lower().replace("site-lead-dublin", ""), page
    assert client.get("/?site=dublin").status_code == 404
    assert client.get("/quality/rows?maker=mod-dublin-1").status_code == 400
    rows = exported(client, "/quality/rows?format=csv")
    assert {row[rows[0].index("Site")] for row in rows[1:]} == {"mexico"}


def test_pseudonyms_are_for_those_who_may_compare_people(client: Client, two_plans: factories.World) -> None:
    signed_in(client, two_plans.person(Role.TRAINER, "root"))
    assert "mod-mexico" not in text(client, "/quality/rows")
    assert client.get("/quality/rows?maker=mod-mexico-1").status_code == 404
    signed_in(client, two_plans.person(Role.QA_LEAD, "root"))
    assert "mod-mexico" in text(client, "/quality/rows")


def test_opening_rows_bars_their_content_from_review(client: Client, two_plans: factories.World) -> None:
    lead = two_plans.person(Role.QA_LEAD, "root")
    text(signed_in(client, lead), "/quality/rows")
    assert Seen.objects.filter(person=lead).count() == 50
    text(client, "/explore")
    assert Seen.objects.filter(person=lead).count() == 50


def test_thin_people_have_no_rank(client: Client, two_plans: factories.World) -> None:
    page = text(signed_in(client, two_plans.person(Role.QA_LEAD, "root")), "/people")
    names = re.findall(r'<th scope="row">(mod-[^<]+)</th>', page.split('id="list-makers"')[1])
    assert names == sorted(names)
    assert "Not enough data" in page
    assert "sort=" not in page


def test_moderator_sees_own_decisions_only(client: Client, two_plans: factories.World) -> None:
    person = two_plans.person(Role.MODERATOR, "mexico")
    Person.objects.filter(pk=person.pk).update(moderator_ref="mod-mexico-1")
    signed_in(client, person)
    page = text(client, "/me")
    rows = exported(client, "/me?format=csv")
    (n,) = re.findall(r'<article class="tile figure" data-n="(\d+)"', page)
    assert len(rows) - 1 == int(n) > 30
    assert {key.split("|")[0].split(":")[1] for key in (r[1] for r in rows[1:])} == {"mexico"}
    assert client.get("/me?maker=mod-mexico-2").status_code == 400


def test_moderator_without_reviews_is_told_why(client: Client, two_plans: factories.World) -> None:
    page = text(signed_in(client, two_plans.person(Role.MODERATOR, "dublin")), "/me")
    assert "None of your decisions has a settled review yet" in page


def test_pages_without_any_review_say_what_next(client: Client, world: factories.World) -> None:
    signed_in(client, world.person(Role.PROGRAM_MANAGER, "root"))
    assert "No review is settled yet" in text(client, "/")
    for page in PAGES[1:5]:
        assert "Nothing was reviewed in this selection" in text(client, page), page


def test_exports_say_who_when_and_which_filters(client: Client, two_plans: factories.World) -> None:
    signed_in(client, two_plans.person(Role.QA_LEAD, "root"))
    content = b"".join(client.get("/explore?site=mexico&format=csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    facts = [line.strip('"') for line in content.splitlines() if line.lstrip('"').startswith("# ")]
    assert "# Exported by: QA-LEAD-ROOT" in facts
    assert any(line.startswith("# Filters: Site: mexico; ") for line in facts)
    assert client.get("/explore?format=xlsx")["Content-Type"].endswith("spreadsheetml.sheet")


def test_chart_tables_equal_their_marks(client: Client, two_plans: factories.World) -> None:
    signed_in(client, two_plans.person(Role.QA_LEAD, "root"))
    page = text(client, "/explore?by=site")
    marks = re.findall(r'data-label="(\w+)"[^>]*data-value="([^"]+)"', page)
    _heading, *lines = exported(client, "/explore?by=site&format=csv&table=forest")
    assert sorted(marks) == sorted((line[0], line[1]) for line in lines)
