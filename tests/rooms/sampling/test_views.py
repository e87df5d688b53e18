"""The pages: the list of rounds, the planner, and one round."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assay.rooms.sampling import operations
from assay.rooms.sampling.models import Plan
from tests.columnar.decision_logs import generated_rows

from .worlds import AT, World, bring_in, build_world, draft

FIELDS = {
    "name": "March",
    "unit": "org",
    "start": "2026-03-02",
    "end": "2026-04-30",
    "domain": "site",
    "half_width": "2",
    "domain_half_width": "5",
    "doubles": "10",
    "minutes": "2",
    "by_family": "on",
    "by_score": "on",
    "bands": "4",
    "floor": "10",
}


@pytest.fixture
def client_of(client: Client, world: World) -> Any:
    def sign_in(role: str, language: str = "en") -> Client:
        person = world.people[role]
        person.language = language
        person.save()
        client.force_login(person)
        return client

    return sign_in


def _frozen(world: World, **changes: Any) -> Plan:
    plan = draft(world, **changes)
    operations.freeze_plan(plan_id=plan.pk, sample_size=300, actor="tests", at=AT)
    return Plan.objects.get(pk=plan.pk)


def test_rounds_without_plans_offer_the_planner(client_of: Any) -> None:
    page = client_of("qa_lead").get("/rounds")
    assert page.status_code == 200
    assert b"No sample has been planned yet" in page.content
    assert b'href="/plans/new"' in page.content


def test_rounds_list_drafts_and_frozen_plans(client_of: Any, world: World) -> None:
    _frozen(world)
    draft(world, code="round-2", name="April")
    page = client_of("program_manager").get("/rounds").content.decode()
    assert 'href="/rounds/round-1"' in page
    assert "April" in page
    assert "Frozen" in page
    assert 'max="300" value="0"' in page


def test_rounds_are_exported_as_shown(client_of: Any, world: World) -> None:
    _frozen(world)
    draft(world, code="round-2")
    answer = client_of("qa_lead").get("/rounds?format=csv&state=frozen")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "round-1" in text
    assert "round-2" not in text
    assert "# Exported by: P-qa_lead" in text


def test_unknown_parameters_are_refused(client_of: Any, world: World) -> None:
    client = client_of("qa_lead")
    assert client.get("/rounds?state=lost").status_code == 400
    assert client.get("/rounds?plan__name=x").status_code == 400
    assert client.get("/rounds?format=pdf").status_code == 400


def test_rounds_take_the_same_queries_for_one_and_three(client_of: Any, world: World) -> None:
    client = client_of("program_manager")

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/rounds")
        return len(captured)

    _frozen(world)
    client.get("/rounds")
    one = count()
    _frozen(world, code="round-2")
    _frozen(world, code="round-3")
    assert count() == one


def test_planner_opens_filled_in(client_of: Any) -> None:
    page = client_of("qa_lead").get("/plans/new")
    assert page.status_code == 200
    assert b'name="half_width" value="0.5"' in page.content


def test_preview_tells_price_promise_and_limits(client_of: Any) -> None:
    page = client_of("program_manager").get("/plans/new", FIELDS).content.decode()
    assert "Decisions to review" in page
    assert "Auditor hours" in page
    assert "What this sample will not be able to tell" in page
    assert "decided by rules and models" in page
    assert "<svg" in page
    assert "data-keeps-text" in page


def test_preview_keeps_nothing(client_of: Any) -> None:
    client_of("program_manager").get("/plans/new", FIELDS)
    assert Plan.objects.count() == 0


def test_errors_stand_beside_fields_and_typing_stays(client_of: Any) -> None:
    page = client_of("program_manager").get("/plans/new", FIELDS | {"end": "2026-03-01", "minutes": "0"})
    text = page.content.decode()
    assert "The last day must not lie before the first." in text
    assert 'value="March"' in text
    assert "No preview yet" in text


def test_unreachable_precision_shows_what_is_reachable(client_of: Any) -> None:
    page = client_of("program_manager").get("/plans/new", FIELDS | {"budget_hours": "9"}).content.decode()
    assert "The hours or number given do not reach the precision asked for." in page
    assert "(target ±5.00 pp)" in page or "target" in page


def test_empty_population_is_told_beside_the_period(client_of: Any) -> None:
    page = client_of("program_manager").get("/plans/new", FIELDS | {"start": "2020-01-01", "end": "2020-01-02"})
    assert b"No decision of this period fits these filters." in page.content


def test_draft_is_saved_and_shown(client_of: Any) -> None:
    client = client_of("program_manager")
    answer = client.post("/plans/new", FIELDS | {"do": "draft", "code": "spring", "market": ["MX"]})
    assert (answer.status_code, answer["Location"]) == (302, "/rounds/spring")
    page = client.get("/rounds/spring").content.decode()
    assert "Market: MX" in page
    assert "Freeze and start" in page


def test_freezing_asks_for_the_name(client_of: Any) -> None:
    client = client_of("program_manager")
    refused = client.post("/plans/new", FIELDS | {"do": "freeze", "typed": "Mar"})
    assert (refused.status_code, Plan.objects.count()) == (422, 0)
    assert "Type “March” to confirm" in refused.content.decode()
    done = client.post("/plans/new", FIELDS | {"do": "freeze", "typed": "March"})
    assert done.status_code == 302
    assert Plan.objects.get().state == "frozen"


def test_fixed_number_is_drawn_exactly(client_of: Any) -> None:
    given = FIELDS | {"half_width": "", "domain_half_width": "", "sample_size": "321", "do": "freeze", "typed": "March"}
    assert client_of("program_manager").post("/plans/new", given).status_code == 302
    assert Plan.objects.get().sampled.count() == 321


def test_round_shows_draws_strata_and_probabilities(client_of: Any, world: World) -> None:
    plan = _frozen(world)
    page = client_of("qa_lead").get("/rounds/round-1").content.decode()
    draw = plan.draws.get()
    assert draw.sample_digest in page
    assert "Inclusion probability" in page
    assert "Settled: 0 of 300" in page
    assert "Extend sample" in page


def test_verify_says_that_the_draw_is_the_same(client_of: Any, world: World) -> None:
    _frozen(world)
    page = client_of("site_lead").get("/rounds/round-1")
    assert page.status_code == 404
    assert "Drawn again from the decision log" in client_of("qa_lead").get("/rounds/round-1?verify=1").content.decode()


def test_verify_names_keys_that_differ(client_of: Any, world: World, tmp_path: Path) -> None:
    plan = _frozen(world)
    lost = plan.sampled.order_by("decision_key").values_list("decision_key", flat=True)[0]
    bring_in(tmp_path, [row for row in generated_rows(4000) if row["decision_key"] != lost], unit=world.root)
    page = client_of("qa_lead").get("/rounds/round-1?verify=1").content.decode()
    assert "The decision log has changed since" in page
    assert f"<code>{lost}</code>" in page


def test_round_is_extended_after_typing_its_code(client_of: Any, world: World) -> None:
    plan = _frozen(world)
    client = client_of("qa_lead")
    refused = client.post("/rounds/round-1/extend", {"total": "350", "typed": "round"})
    assert refused.status_code == 422
    assert 'value="350"' in refused.content.decode()
    assert client.post("/rounds/round-1/extend", {"total": "many", "typed": "round-1"}).status_code == 422
    assert client.post("/rounds/round-1/extend", {"total": "350", "typed": "round-1"}).status_code == 302
    assert plan.sampled.count() == 350


def test_draft_is_frozen_from_its_page(client_of: Any, world: World) -> None:
    plan = draft(world)
    answer = client_of("qa_lead").post("/rounds/round-1/freeze", {"typed": "round-1", "sample_size": "222"})
    assert answer.status_code == 302
    assert plan.sampled.count() == 222


def test_discarded_draft_comes_back_in_the_planner(client_of: Any, world: World) -> None:
    draft(world)
    client = client_of("qa_lead")
    answer = client.post("/rounds/round-1/discard")
    assert answer["Location"].startswith("/plans/new?name=March&code=round-1&unit=org")
    assert Plan.objects.count() == 0
    assert client.get(answer["Location"]).status_code == 200


def test_sample_is_exported_to_people_who_do_not_review(client_of: Any, world: World) -> None:
    _frozen(world)
    answer = client_of("program_manager").get("/rounds/round-1/sample?format=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len([line for line in lines if line.startswith("test:")]) == 300
    assert client_of("qa_lead").get("/rounds/round-1/sample?format=csv").status_code == 403


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("auditor", "/rounds", 403),
        ("auditor", "/plans/new", 403),
        ("auditor", "/rounds/round-1", 403),
        ("auditor", "/rounds/round-1/sample", 403),
        ("site_lead", "/rounds", 200),
        ("site_lead", "/plans/new", 403),
        ("site_lead", "/rounds/round-1", 404),
        ("site_lead", "/rounds/dublin-1", 200),
        ("site_lead", "/rounds/round-1/sample", 404),
        ("qa_lead", "/rounds/dublin-1", 200),
    ],
)
def test_roles_see_what_is_theirs(client_of: Any, world: World, role: str, path: str, status: int) -> None:
    _frozen(world)
    _frozen(world, code="dublin-1", unit=world.sites["dublin"])
    assert client_of(role).get(path).status_code == status


def test_site_lead_learns_nothing_of_other_places(client_of: Any, world: World) -> None:
    _frozen(world)
    _frozen(world, code="dublin-1", unit=world.sites["dublin"])
    client = client_of("site_lead")
    for path in ("/rounds", "/rounds/dublin-1"):
        page = client.get(path).content.decode()
        assert "round-1" not in page
        assert "mexico" not in page.lower()


def test_stranger_is_led_to_sign_in(client: Client, world: World) -> None:
    assert client.get("/rounds")["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "path", ["/rounds", "/plans/new?" + "&".join(f"{k}={v}" for k, v in FIELDS.items()), "/rounds/round-1"]
)
def test_pages_speak_spanish(client_of: Any, world: World, path: str) -> None:
    _frozen(world)
    page = client_of("program_manager", "es").get(path).content.decode()
    assert '<html lang="es"' in page
    for english in ("Decisions", "Precision", "Reviewed", "Drawn", "Settled", "What ", "Freeze", "The "):
        assert english not in page.replace("Assay", ""), english


def test_round_page_is_shown_when_the_log_is_empty(client: Client, tmp_path: Path, db: None) -> None:
    world = build_world(tmp_path, rows=[])
    draft(world)
    client.force_login(world.people["qa_lead"])
    page = client.get("/rounds/round-1")
    assert page.status_code == 200
    assert b"No decision of this period fits these filters." in page.content
