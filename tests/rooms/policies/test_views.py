from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from assay.figures.tables import read_csv
from assay.rooms.organisation.models import Person
from assay.rooms.policies import operations
from assay.rooms.policies.models import Clause, ClauseVersion, Policy
from tests.factories import NOW, World, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> World:
    made = world()
    operations.load_default_taxonomy(actor="tests", at=NOW)
    return made


def as_(person: Person, client: Client) -> Client:
    client.force_login(person)
    return client


@pytest.fixture
def manager(made: World, client: Client) -> Client:
    return as_(made.person("program_manager", "root"), client)


VERSION = {
    "market": "", "effective_from": "", "severity": "major", "text_en": "No copies at all.",
    "text_es": "Ninguna copia.",
    "breach_en": "", "breach_es": "", "no_breach_en": "", "no_breach_es": "", "reason": "Clearer",
}  # fmt: skip


def test_list_shows_all_policies_in_use(manager: Client) -> None:
    page = manager.get("/policies")
    assert page.context["count"] == 20
    assert b"20 policies" in page.content
    assert page.content.count(b"English and Spanish") == 20


def test_list_takes_few_queries(manager: Client, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(12):
        manager.get("/policies")


def test_filters_narrow_the_list(manager: Client) -> None:
    operations.retire_policy(policy=Policy.objects.get(code="OTH"), actor="tests", at=NOW)
    counts = {
        query: manager.get(f"/policies?{query}").context["count"]
        for query in ("show=in_use", "show=retired", "show=all", "severity=minor", "show=untranslated", "show=proposed")
    }
    assert counts == {
        "show=in_use": 19, "show=retired": 1, "show=all": 20, "severity=minor": 3, "show=untranslated": 0,
        "show=proposed": 0,
    }  # fmt: skip


@pytest.mark.parametrize("query", ["show=everything", "severity=huge", "format=pdf"])
def test_unknown_filter_values_are_refused(manager: Client, query: str) -> None:
    page = manager.get(f"/policies?{query}")
    assert page.status_code == 400
    assert b"is not a value of the filter" in page.content


def test_empty_list_says_what_to_do(client: Client) -> None:
    as_(world().person("program_manager", "root"), client)
    assert b"No policies yet" in client.get("/policies").content


def test_filtered_to_nothing_offers_to_clear(manager: Client) -> None:
    page = manager.get("/policies?show=retired")
    assert b"No policy matches these filters" in page.content


def test_export_holds_every_line_in_force(manager: Client) -> None:
    headings, *rows = read_csv(manager.get("/policies?format=csv").content)
    assert headings[:3] == ("Policy", "Policy line", "Market")
    assert len(rows) == ClauseVersion.objects.count()
    assert manager.get("/policies?format=xlsx").content[:2] == b"PK"


def test_policy_shows_both_languages(manager: Client) -> None:
    page = manager.get("/policies/IPR").content.decode()
    version = ClauseVersion.objects.get(clause__code="IPR-1")
    assert escape(version.text["en"]) in page
    assert version.text["es"] in page
    assert "No es incumplimiento" in page


def test_missing_spanish_is_said(manager: Client) -> None:
    clause = Clause.objects.get(code="IPR-1")
    at = timezone.now()
    operations.publish_version(
        clause=clause, text={"en": "Only English."}, severity="major", effective_from=at, actor="tests", at=at
    )
    page = manager.get("/policies/IPR").content.decode()
    assert "Missing: Spanish" in page
    assert "Readers of this language see the English text." in page
    assert manager.get("/policies?show=untranslated").context["count"] == 1


def test_unknown_policy_and_line_are_not_found(manager: Client) -> None:
    addresses = ("/policies/NONE", "/policies/IPR/lines/NONE", "/policies/IPR/lines/PRH-1", "/policies/NONE/edit")
    assert [manager.get(address).status_code for address in addresses] == [404] * 4


def test_policy_is_added_through_the_form(manager: Client) -> None:
    form = {"code": "NEW", "name_en": "New things", "name_es": "Cosas nuevas", "severity": "minor", "parent": "OTH"}
    answer = manager.post("/policies/new", form)
    assert (answer.status_code, answer["Location"]) == (302, "/policies/NEW")
    assert Policy.objects.get(code="NEW").parent.code == "OTH"


def test_refusal_stands_beside_its_field_and_keeps_what_was_typed(manager: Client) -> None:
    page = manager.post("/policies/new", {"code": "ipr", "name_en": "Kept", "severity": "minor"})
    assert page.status_code == 422
    assert page.context["form"].errors == {
        "code": ["The code “ipr” cannot be used. Write capitals and digits joined by hyphens, such as IPR-2."]
    }
    assert b'value="Kept"' in page.content


def test_policy_is_edited(manager: Client) -> None:
    form = {"name_en": "Renamed", "severity": "critical", "is_graphic": "on", "dsa_category": "VIOLENCE"}
    manager.post("/policies/OTH/edit", form)
    policy = Policy.objects.get(code="OTH")
    assert (policy.name, policy.severity, policy.is_graphic, policy.dsa_category) == (
        {"en": "Renamed"}, "critical", True, "VIOLENCE",
    )  # fmt: skip


def test_line_is_added_and_published(manager: Client) -> None:
    answer = manager.post("/policies/OTH/lines/new", {"code": "OTH-3", "title_en": "Third"})
    assert answer["Location"] == "/policies/OTH/lines/OTH-3/publish"
    answer = manager.post(answer["Location"], VERSION)
    assert answer["Location"] == "/policies/OTH/lines/OTH-3"
    version = ClauseVersion.objects.get(clause__code="OTH-3")
    assert (version.text, version.breach) == ({"en": "No copies at all.", "es": "Ninguna copia."}, {})


def test_publishing_begins_in_the_readers_zone(made: World, manager: Client) -> None:
    person = made.person("program_manager", "root")
    person.zone = "America/Mexico_City"
    person.save()
    manager.post("/policies/IPR/lines/IPR-1/publish", VERSION | {"effective_from": "2099-01-10T06:00"})
    newest = ClauseVersion.objects.get(clause__code="IPR-1", number=2)
    assert newest.effective_from == datetime(2099, 1, 10, 12, tzinfo=UTC)


def test_version_in_the_past_is_refused_beside_its_field(manager: Client) -> None:
    page = manager.post("/policies/IPR/lines/IPR-1/publish", VERSION | {"effective_from": "2026-06-02T00:00"})
    assert list(page.context["form"].errors) == ["effective_from"]
    assert ClauseVersion.objects.filter(clause__code="IPR-1").count() == 1


def test_versions_are_compared_word_by_word(manager: Client) -> None:
    manager.post("/policies/OTH/lines/OTH-1/publish", VERSION)
    page = manager.get("/policies/OTH/lines/OTH-1").content.decode()
    assert "<ins>No copies at all.</ins>" in page
    assert "<del>" in page
    ids = list(ClauseVersion.objects.filter(clause__code="OTH-1").values_list("pk", flat=True))
    swapped = manager.get(f"/policies/OTH/lines/OTH-1?from={ids[1]}&to={ids[0]}").content.decode()
    assert "<del>No copies at all.</del>" in swapped
    assert manager.get(f"/policies/OTH/lines/OTH-1?from={ids[0]}&to=0").status_code == 400


def test_policy_is_retired_once_its_code_is_typed(manager: Client) -> None:
    assert manager.post("/policies/OTH/retire", {"typed": "oth"}).status_code == 422
    assert manager.post("/policies/OTH/retire", {"typed": "OTH"}).status_code == 302
    assert Policy.objects.get(code="OTH").retired_at is not None
    assert b"none of its lines has been in force since" in manager.get("/policies/OTH").content


@pytest.mark.parametrize("role", ["auditor", "moderator", "qa_lead", "compliance"])
def test_others_read_but_do_not_write(made: World, client: Client, role: str) -> None:
    as_(made.person(role, "mexico"), client)
    page = client.get("/policies/IPR")
    assert page.status_code == 200
    assert b"Publish a version" not in page.content
    writing = ("new", "IPR/edit", "IPR/retire", "IPR/lines/new", "IPR/lines/IPR-1/publish")
    assert [client.get(f"/policies/{path}").status_code for path in writing] == [403] * 5


def test_texts_are_escaped(manager: Client) -> None:
    manager.post("/policies/OTH/lines/OTH-1/publish", VERSION | {"text_en": "<script>x</script>"})
    assert b"<script>x" not in manager.get("/policies/OTH/lines/OTH-1").content
    assert b"<script>x" not in manager.get("/policies/OTH").content


def test_api_gives_the_same_facts(manager: Client) -> None:
    tree = manager.get("/api/policies/tree?language=es").json()
    assert [node["code"] for node in tree][:2] == ["PRH", "RST"]
    assert tree[0]["name"] == "Productos prohibidos"
    one = manager.get("/api/policies/IPR").json()
    assert [clause["code"] for clause in one["clauses"]] == ["IPR-1", "IPR-2", "IPR-3"]
    before = (NOW - timedelta(days=1)).isoformat().replace("+", "%2B")
    assert len(manager.get("/api/policies/in-force?market=MX").json()) == 49
    assert manager.get(f"/api/policies/in-force?market=MX&at={before}").json() == []
    assert manager.get("/api/policies/in-force?market=mexico").json()["code"] == "policies.bad_market"
    assert manager.get("/api/policies/NONE").status_code == 404


def test_spanish_page_reads_in_spanish(made: World, client: Client) -> None:
    person = made.person("program_manager", "root")
    person.language = "es"
    person.save()
    as_(person, client)
    page = client.get("/policies").content.decode()
    assert "Productos prohibidos" in page
    assert "Prohibited products" not in page
