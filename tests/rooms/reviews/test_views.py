import re
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from assay.rooms.organisation.models import Person
from assay.rooms.organisation.terms import Role
from assay.rooms.policies import operations as policies
from assay.rooms.reviews import operations
from assay.rooms.reviews.models import Draft, Seen, Settlement, Task, Verdict
from assay.rooms.reviews.terms import Round, TaskState

from .world import DECIDED, NEEDLE, NOW, World, after_undo, build, claim, reject, reviewer, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Stand the clock of the pages still."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return NOW


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def html(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined,no-any-return]


def test_work_counts_what_waits(now: datetime) -> None:
    world = build(decisions=3)
    page = html(signed_in(world.ana).get("/work"))
    assert '<p class="figure-value">3</p>' in page
    assert "Start" in page


def test_empty_work_says_why(now: datetime) -> None:
    world = build(decisions=1)
    dan = reviewer("dan", home=world.dublin, place=world.root, languages=["fr"])
    assert "Nothing to review" in html(signed_in(dan).get("/work"))


def test_starting_opens_the_next_item(now: datetime) -> None:
    world = build(decisions=1)
    response = signed_in(world.ana).post("/work/next")
    assert response.status_code == 302
    assert response.url == f"/work/item/{Task.objects.get().pk}"


def test_bench_shows_what_is_needed_and_no_more(now: datetime) -> None:
    world = build(decisions=1, changes={1: {"outcome": "remove", "policy": "IPR", "maker": "m-secret-9"}})
    held = claim(world.ana)
    page = html(signed_in(world.ana).get(f"/work/item/{held.task_id}"))
    assert "Blind: first decision hidden until you submit" in page
    assert "Counterfeit goods are not allowed." in page
    assert 'name="fencing_token" value="1"' in page
    for secret in (NEEDLE, "m-secret-9", "new-listings", "mexico", "0.25", "2026-03-02", "mx-day"):
        assert secret not in page


def test_strangers_item_does_not_exist(now: datetime) -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    client = signed_in(world.ben)
    for address in ("", "/content"):
        assert client.get(f"/work/item/{held.task_id}{address}").status_code == 404
    assert client.get(f"/work/item/{uuid4()}").status_code == 404
    for verb in ("draft", "lease", "skip", "known", "undo"):
        posted = client.post(f"/work/item/{held.task_id}/{verb}", {"fencing_token": "1"})
        assert posted.status_code == 404


def test_content_is_caged(now: datetime) -> None:
    hostile = "<script>alert(1)</script>\u202edaeh"
    world = build(decisions=1, changes={1: {"content_text": hostile}})
    held = claim(world.ana)
    response = signed_in(world.ana).get(f"/work/item/{held.task_id}/content")
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    page = html(response)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;⟦U+202E⟧daeh" in page
    assert "<script" not in page


def test_both_texts_have_language_and_direction(now: datetime) -> None:
    changes = {1: {"content_language": "ar", "content_text": "ساعة", "content_translation": "A watch"}}
    world = build(decisions=1, changes=changes)
    dan = reviewer("dan", home=world.dublin, place=world.root, languages=["ar"])
    held = claim(dan)
    page = html(signed_in(dan).get(f"/work/item/{held.task_id}/content"))
    assert '<div lang="ar" dir="rtl">' in page
    assert '<div class="text" lang="en" dir="ltr">A watch</div>' in page
    only = html(signed_in(dan).get(f"/work/item/{held.task_id}/content?show=original"))
    assert "A watch" not in only


def test_graphic_item_is_covered_until_asked(now: datetime) -> None:
    world = build(decisions=1, changes={1: {"is_graphic": True}})
    held = claim(world.ana)
    client = signed_in(world.ana)
    covered = html(client.get(f"/work/item/{held.task_id}"))
    assert f'hidden data-src="/work/item/{held.task_id}/content"' in covered
    assert f' src="/work/item/{held.task_id}/content"' not in covered
    uncovered = html(client.get(f"/work/item/{held.task_id}?look=1"))
    assert f' src="/work/item/{held.task_id}/content"' in uncovered


def test_policy_is_the_one_of_the_decision(now: datetime) -> None:
    world = build(decisions=1)
    policies.publish_version(
        clause=world.counterfeit.clause,
        text={"en": "New words.", "es": "Palabras nuevas."},
        severity="major",
        effective_from=DECIDED + timedelta(days=2),
        actor="set-up",
        at=DECIDED + timedelta(days=1),
    )
    held = claim(world.ana)
    page = html(signed_in(world.ana).get(f"/work/item/{held.task_id}"))
    assert "Counterfeit goods are not allowed." in page
    assert "New words." not in page
    assert "Some lines read otherwise today." in page


def form(held: object, **fields: str) -> dict[str, str]:
    return {
        "fencing_token": str(held.fencing_token),  # type: ignore[attr-defined]
        "idempotency_key": "k1",
        "choice": "outcome:approve",
        "active_seconds": "12.5",
        **fields,
    }


def test_submit_goes_on_to_the_next_item(now: datetime) -> None:
    world = build(decisions=2)
    held = claim(world.ana)
    client = signed_in(world.ana)
    response = client.post(f"/work/item/{held.task_id}", form(held, confidence="high"))
    other = Task.objects.exclude(pk=held.task_id).get()
    assert response.url == f"/work/item/{other.pk}?undo={held.task_id}"
    verdict = Verdict.objects.get()
    assert (verdict.outcome, verdict.confidence, verdict.active_seconds) == ("approve", "high", 12.5)
    page = html(client.get(response.url))
    assert f'action="/work/item/{held.task_id}/undo" data-undo="10000"' in page


def test_script_is_told_where_to_go(now: datetime) -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    response = signed_in(world.ana).post(
        f"/work/item/{held.task_id}", form(held), headers={"accept": "application/json"}
    )
    assert response.json() == {"next": f"/work?undo={held.task_id}"}


def test_incomplete_form_comes_back_with_its_text(now: datetime) -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    response = signed_in(world.ana).post(
        f"/work/item/{held.task_id}", form(held, choice="outcome:remove", note="my own words")
    )
    page = html(response)
    assert response.status_code == 422
    assert "Choose the policy line on which this action rests." in page
    assert "my own words" in page
    assert re.search(r'value="outcome:remove" checked', page)


def test_script_gets_code_message_and_facts(now: datetime) -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    response = signed_in(world.ana).post(
        f"/work/item/{held.task_id}",
        form(held, choice=""),
        headers={"accept": "application/json"},
    )
    assert response.status_code == 422
    assert response.json() == {
        "code": "reviews.incomplete",
        "message": "Choose an action.",
        "facts": {"field": "outcome"},
    }


def test_lost_item_says_so_and_keeps_the_text(now: datetime) -> None:
    world = build(decisions=1)
    held = claim(world.ana, at=NOW - timedelta(minutes=20))
    claim(world.ben)
    response = signed_in(world.ana).post(f"/work/item/{held.task_id}", form(held, note="kept"))
    assert response.status_code == 409
    assert "went to someone else" in html(response)
    assert Draft.objects.get(person=world.ana).content["note"] == "kept"


def test_draft_comes_back_in_the_form(now: datetime) -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    client = signed_in(world.ana)
    line = f"clause:{world.counterfeit.pk}"
    saved = client.post(
        f"/work/item/{held.task_id}/draft", {"choice": "outcome:label", "line": line, "note": "half a tho"}
    )
    assert saved.json() == {"saved_at": NOW.isoformat()}
    page = html(client.get(f"/work/item/{held.task_id}"))
    assert "half a tho</textarea>" in page
    assert f'<option value="{line}" selected>' in page
    assert re.search(r'value="outcome:label" checked', page)


def test_lease_is_renewed_by_the_page(now: datetime) -> None:
    world = build(decisions=1)
    held = claim(world.ana, at=NOW - timedelta(minutes=5))
    told = signed_in(world.ana).post(f"/work/item/{held.task_id}/lease", {"fencing_token": "1"})
    assert told.json() == {"lease_until": (NOW + timedelta(minutes=15)).isoformat()}


def test_undo_opens_the_item_again(now: datetime) -> None:
    world = build(decisions=1)
    held = claim(world.ana)
    client = signed_in(world.ana)
    client.post(f"/work/item/{held.task_id}", form(held, note="second thoughts"))
    response = client.post(f"/work/item/{held.task_id}/undo")
    assert response.url == f"/work/item/{held.task_id}"
    assert "second thoughts</textarea>" in html(client.get(response.url))


@pytest.mark.parametrize("verb", ["skip", "known"])
def test_giving_back_goes_on(verb: str, now: datetime) -> None:
    world = build(decisions=2)
    held = claim(world.ana)
    response = signed_in(world.ana).post(
        f"/work/item/{held.task_id}/{verb}", {"fencing_token": str(held.fencing_token)}
    )
    other = Task.objects.exclude(pk=held.task_id).get()
    assert response.url == f"/work/item/{other.pk}"
    assert Task.objects.get(pk=held.task_id).state == TaskState.OPEN


def test_done_list_reveals_only_what_is_settled(now: datetime) -> None:
    world = build(decisions=1, changes={1: {"outcome": "suspend_feature"}})
    submit(world.ana, at=NOW - timedelta(minutes=1))
    client = signed_in(world.ana)
    assert "Suspend a feature" not in html(client.get("/work"))
    operations.settle_due(at=NOW)
    page = html(client.get("/work"))
    assert "Suspend a feature" in page
    assert "Wrongly taken down" in page


def test_pages_say_what_they_cannot_read(now: datetime) -> None:
    world = build(decisions=1)
    client = signed_in(world.lead)
    for query in ("policy=NOPE", "sort=outcome", "format=pdf"):
        assert client.get(f"/disagreements?{query}").status_code == 400


def test_roles_reach_what_is_theirs(now: datetime) -> None:
    world = build(decisions=1)
    moderator = reviewer("mo", home=world.dublin, place=world.dublin, role=Role.MODERATOR)
    for address, allowed in (
        ("/work", {"ana", "lead"}),
        ("/disagreements", {"lead"}),
        ("/reviews/W10", {"lead", "manager"}),
    ):
        for person in (world.ana, world.lead, world.manager, moderator):
            status = signed_in(person).get(address).status_code
            assert status == (200 if person.login in allowed else 403), (address, person.login)
        assert Client().get(address).status_code == 302


def disagreed(world: World) -> UUID:
    before = NOW - timedelta(minutes=2)
    while not Task.objects.filter(round=Round.ADJUDICATION).exists():
        submit(world.ana, at=before)
        submit(world.ben, reject(note="The logo is copied."), at=before)
        operations.settle_due(at=NOW)
    return Task.objects.filter(round=Round.ADJUDICATION).first().pk  # type: ignore[union-attr]


def test_lead_rules_on_a_disagreement(now: datetime) -> None:
    world = build(decisions=1, doubles_share=1.0)
    case = disagreed(world)
    client = signed_in(world.lead)
    listed = html(client.get("/disagreements"))
    assert f'href="/disagreements/{case}"' in listed
    page = html(client.get(f"/disagreements/{case}"))
    assert "The logo is copied." in page
    for secret in (NEEDLE, "P-ana", "P-ben", "Ana", "Ben"):
        assert secret not in page
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page).group(1)
    fields = {"choice": "outcome:remove", "line": f"clause:{world.counterfeit.pk}", "idempotency_key": key}
    bare = client.post(f"/disagreements/{case}", fields)
    assert bare.status_code == 422
    assert "Give the reason for the ruling" in html(bare)
    response = client.post(f"/disagreements/{case}", fields | {"note": "Clause 1 is plain here."})
    assert response.url == f"/disagreements?undo={case}"
    operations.settle_due(at=after_undo())
    assert Settlement.objects.get().rationale == "Clause 1 is plain here."
    assert Seen.objects.filter(person=world.lead).count() == 1


def test_reviewer_of_the_case_cannot_open_it(now: datetime) -> None:
    world = build(decisions=1, doubles_share=1.0)
    submit(world.lead, at=NOW - timedelta(minutes=2))
    submit(world.ben, reject(), at=NOW - timedelta(minutes=2))
    operations.settle_due(at=NOW)
    case = Task.objects.get(round=Round.ADJUDICATION).pk
    assert signed_in(world.lead).get(f"/disagreements/{case}").status_code == 403


def test_lead_of_another_site_sees_no_case(now: datetime) -> None:
    world = build(decisions=1, doubles_share=1.0)
    case = disagreed(world)
    away = reviewer("away", home=world.dublin, place=world.dublin, role=Role.QA_LEAD)
    client = signed_in(away)
    assert "Reloj" not in html(client.get("/disagreements"))
    assert client.get(f"/disagreements/{case}").status_code == 404
    assert client.get(f"/disagreements/{case}/content").status_code == 404
    assert client.get("/reviews/W10").status_code == 404


def test_list_is_filtered_and_exported(now: datetime) -> None:
    world = build(decisions=1, doubles_share=1.0)
    disagreed(world)
    client = signed_in(world.lead)
    assert "Reloj" in html(client.get("/disagreements?policy=IPR"))
    assert "No disagreement under this policy" in html(client.get("/disagreements?policy=PRH"))
    assert "Reloj de pulsera 1" in client.get("/disagreements?format=csv").content.decode("utf-8-sig")
    assert client.get("/disagreements?format=xlsx").content[:2] == b"PK"


def test_list_takes_as_many_queries_for_three_as_for_one(now: datetime, django_assert_num_queries: object) -> None:
    world = build(decisions=3, doubles_share=1.0)
    access = operations.claims.facts.access.access_of(world.lead, "reviews.adjudicate")
    from assay.rooms.reviews import queries

    for n in (1, 3):
        while Task.objects.filter(round=Round.ADJUDICATION).count() < n:
            first = claim(world.ana, at=NOW - timedelta(minutes=2))
            submit(world.ana, held=first, at=NOW - timedelta(minutes=2))
            second = claim(world.ben, at=NOW - timedelta(minutes=2))
            submit(world.ben, reject(), held=second, at=NOW - timedelta(minutes=2))
            operations.settle_due(at=NOW)
        waiting = Task.objects.filter(round=Round.ADJUDICATION).count()
        with django_assert_num_queries(2):  # type: ignore[operator]
            assert len(queries.disagreements(access)) == waiting


def test_round_is_closed_by_typing_its_code(now: datetime) -> None:
    world = build(decisions=2)
    client = signed_in(world.lead)
    client.post("/reviews/W10/close", {"code": "W1"})
    assert Task.objects.filter(state=TaskState.VOID).count() == 0
    client.post("/reviews/W10/close", {"code": "W10"})
    assert Task.objects.filter(state=TaskState.VOID).count() == 2
    assert "Closed without a review" in html(client.get("/reviews/W10"))
    assert signed_in(world.manager).post("/reviews/W10/close", {"code": "W10"}).status_code == 403


def test_spanish_pages_have_no_english_left(now: datetime) -> None:
    world = build(decisions=6, doubles_share=1.0)
    case = disagreed(world)
    Person.objects.update(language="es", region="es_MX")
    held = claim(world.cleo)
    world.cleo.refresh_from_db()
    for person, address in (
        (world.cleo, "/work"),
        (world.cleo, f"/work/item/{held.task_id}"),
        (world.lead, "/disagreements"),
        (world.lead, f"/disagreements/{case}"),
        (world.lead, "/reviews/W10"),
    ):
        person.refresh_from_db()
        page = re.sub(r"<[^>]+>", " ", html(signed_in(person).get(address)))
        for word in ("Submit", "Review ", "Disagreement", "Waiting", "Policy line", "Covered", "Skip"):
            assert word not in page, (address, word)
