import pytest
from django.db import connection

from assay.figures.tables import read_csv
from assay.rooms.audit import operations, queries
from assay.rooms.audit.models import Entry
from assay.rooms.organisation.terms import Role
from assay.web.trail import kinds
from tests.factories import NOW, world
from tests.web.browsers import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return world()


@pytest.fixture
def client(here):
    return browser(here.person(Role.ADMINISTRATOR, "root"))


def _record(subject, *, actor="A-1", kind="organisation.settings_changed", place="", **facts):
    return operations.record(kind, actor=actor, subject=subject, at=NOW, place=place, facts=facts)


def _rows(answer):
    return [row[5] for row in read_csv(b"".join(answer.streaming_content))[1:]]


def test_newest_entry_comes_first(client):
    _record("thing:1")
    _record("thing:2")
    page = client.get("/audit").content.decode()
    assert page.index("thing:2") < page.index("thing:1")


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("actor=A-9", ["thing:nine"]),
        ("subject=nine", ["thing:nine"]),
        ("kind=organisation.settings_changed&actor=A-9", ["thing:nine"]),
        ("kind=organisation.role_granted&actor=A-9", []),
        ("from=2026-06-01&to=2026-06-01&actor=A-9", ["thing:nine"]),
        ("from=2026-06-02&actor=A-9", []),
        ("to=2026-05-31&actor=A-9", []),
    ],
)
def test_filters_narrow_the_export(client, query, subjects):
    _record("thing:nine", actor="A-9")
    assert _rows(client.get(f"/audit?{query}&format=csv")) == subjects


def test_export_holds_what_the_page_counts(client):
    answer = client.get("/audit?format=csv")
    assert len(_rows(answer)) == Entry.objects.count()
    assert answer["Content-Disposition"] == 'attachment; filename="audit-log.csv"'


def test_day_begins_at_the_readers_midnight(here, client):
    # Noon UTC on 1 June is still 31 May on Midway.
    type(here.person(Role.ADMINISTRATOR, "root")).objects.update(zone="Pacific/Midway")
    _record("thing:nine", actor="A-9")
    assert _rows(client.get("/audit?from=2026-06-02&actor=A-9&format=csv")) == []
    assert _rows(client.get("/audit?to=2026-06-01&actor=A-9&format=csv")) == ["thing:nine"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("kind=nonsense", "The filter “kind” does not know “nonsense”."),
        ("from=yesterday", "“yesterday” in “from” is not a date. Write it as 2026-05-31."),
        ("format=pdf", "The filter “format” does not know “pdf”."),
    ],
)
def test_unknown_filter_is_refused_with_a_sentence(client, query, sentence):
    answer = client.get(f"/audit?{query}")
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_whole_chain_is_found_whole(client):
    page = client.get("/audit?verify=1").content.decode()
    assert "entries were checked, and the chain holds." in page
    assert queries.head().hash in page


def test_changed_entry_is_named(client, monkeypatch):
    entry = _record("thing:1")
    bad = queries.BadEntry(sequence=entry.sequence, reason="changed")
    monkeypatch.setattr(queries, "first_bad_entry", lambda: bad)
    page = client.get("/audit?verify=1").content.decode()
    assert f"The chain does not hold at entry {entry.sequence}: its content was changed." in page


def test_who_looks_after_one_site_sees_its_entries_alone(here):
    for place, subject in ((here.mexico.path, "at:mexico"), (here.dublin.path, "at:dublin"), ("", "at:nowhere")):
        _record(subject, actor="A-9", place=place)
    client = browser(here.person(Role.COMPLIANCE, "mexico"))
    assert _rows(client.get("/audit?actor=A-9&format=csv")) == ["at:mexico"]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MODERATOR, Role.TRAINER, Role.SITE_LEAD, Role.QA_LEAD])
def test_roles_without_it_are_refused(here, role):
    assert browser(here.person(role, "root")).get("/audit").status_code == 403


def test_facts_are_shown_as_text(client):
    _record("thing:1", count=3, codes=["a", "b"], note="<script>")
    page = client.get("/audit").content.decode()
    assert "codes: a, b · count: 3 · note: &lt;script&gt;" in page


def test_page_needs_as_many_queries_for_many_entries(client, django_assert_num_queries):
    def count():
        with connection.execute_wrapper(lambda run, *args: (counted.append(1), run(*args))[1]):
            counted = []
            client.get("/audit")
            return len(counted)

    before = count()
    for number in range(3):
        _record(f"thing:{number}")
    assert count() == before


def test_every_kind_of_the_house_has_a_name():
    assert {"organisation.signed_in", "organisation.role_granted", "jobs.cancelled"} <= set(kinds())
