"""Plans for programs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from assay.rooms.organisation import operations as organisation
from assay.rooms.sampling.models import Plan

from .worlds import World, draft

PLAN = {
    "name": "March",
    "unit": "org",
    "period_start": "2026-03-02T00:00:00Z",
    "period_end": "2026-05-01T00:00:00Z",
    "design": {"bands": 4},
    "targets": [{"half_width": 0.02}, {"domain": "site", "half_width": 0.05}],
}


def _send(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/sampling/{path}", json.dumps(body), content_type="application/json")


@pytest.fixture
def manager(client: Client, world: World) -> Client:
    client.force_login(world.people["program_manager"])
    return client


def test_preview_equals_what_is_then_drawn(manager: Client) -> None:
    told = _send(manager, "preview", PLAN).json()
    assert told["feasible"] is True
    assert Plan.objects.count() == 0
    made = _send(manager, "plans", PLAN | {"code": "spring"})
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    drawn = _send(manager, "plans/spring/freeze", {})
    assert drawn.status_code == 201
    assert drawn.json()["sample_size"] == told["reviews"]
    shown = manager.get("/api/sampling/plans/spring").json()
    assert sum(s["sampled"] for s in shown["strata"]) == told["reviews"]
    assert [d["sample_digest"] for d in shown["draws"]] == [drawn.json()["sample_digest"]]


def test_extension_and_verification_answer(manager: Client, world: World) -> None:
    draft(world)
    _send(manager, "plans/round-1/freeze", {"sample_size": 300})
    assert _send(manager, "plans/round-1/extend", {"total": 320}).json()["sample_size"] == 320
    found = manager.get("/api/sampling/plans/round-1/verify").json()
    assert (found["is_same"], found["drawn"], found["missing"], found["added"]) == (True, 320, [], [])


def test_refusals_have_code_message_and_facts(manager: Client, world: World) -> None:
    draft(world)
    answer = _send(manager, "plans/round-1/freeze", {"sample_size": 3})
    assert answer.status_code == 422
    assert answer.json()["code"] == "sampling.size_too_small"
    assert answer.json()["facts"]["size"] == 3
    assert _send(manager, "plans/none/freeze", {}).json()["code"] == "sampling.not_found"
    assert _send(manager, "preview", PLAN | {"unit": "mars"}).status_code == 404
    naked = PLAN | {"period_start": "2026-03-02T00:00:00"}
    assert _send(manager, "preview", naked).json()["code"] == "sampling.no_zone"
    assert manager.get("/api/sampling/plans/round-1/verify").json()["code"] == "sampling.not_frozen"


def test_site_lead_sees_own_plans_only(client: Client, world: World) -> None:
    draft(world)
    draft(world, code="dublin-1", unit=world.sites["dublin"])
    client.force_login(world.people["site_lead"])
    assert [plan["code"] for plan in client.get("/api/sampling/plans").json()] == ["dublin-1"]
    assert client.get("/api/sampling/plans/round-1").status_code == 404
    assert _send(client, "plans", PLAN).status_code == 403


def test_auditor_is_refused(client: Client, world: World) -> None:
    client.force_login(world.people["auditor"])
    assert client.get("/api/sampling/plans").status_code == 403


def test_stranger_is_asked_to_sign_in(client: Client, world: World) -> None:
    assert client.get("/api/sampling/plans").status_code == 401


def test_token_reaches_no_further_than_its_place(client: Client, world: World) -> None:
    draft(world)
    draft(world, code="dublin-1", unit=world.sites["dublin"])
    _, plain = organisation.create_token(
        person=world.people["program_manager"],
        name="reader",
        scopes=["sampling.view"],
        unit=world.sites["dublin"],
        expires_at=timezone.now() + timedelta(days=30),
        at=timezone.now(),
    )
    header = {"HTTP_AUTHORIZATION": f"Bearer {plain}"}
    found = client.get("/api/sampling/plans", **header)
    assert [plan["code"] for plan in found.json()] == ["dublin-1"]
    refused = client.post("/api/sampling/plans", json.dumps(PLAN), content_type="application/json", **header)
    assert refused.status_code == 403
