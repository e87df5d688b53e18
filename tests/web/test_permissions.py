"""`permissions.csv` says who may do what; here it is held against every route, method, role and site."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assay.rooms.organisation.terms import Role
from tests.factories import world
from tests.web.objects import ARGUMENTS, BODIES, ObjectsOf

TABLE = Path(__file__).resolve().parents[2] / "permissions.csv"
ANSWERS = {"allow", "own-site", "own-object", "deny"}
# Files that hold nothing of anybody; served by the framework.
UNLISTED = {"static", "api:api-root"}
# There only after a step of one's own (a file sent, a verdict just submitted): tested in their rooms.
AFTER_A_STEP = {"imports_map", "item_undo", "api:undo", "disagreement_undo"}
# Answers a visitor with the same redirect that a refusal would.
LEADS_TO_SIGN_IN = {"sign_out"}


def _rows() -> list[dict[str, str]]:
    with TABLE.open(newline="") as file:
        return list(csv.DictReader(file))


def _routes(patterns: list[Any], api: str = "") -> dict[str, list[str]]:
    """Every named route with the methods it takes."""
    found: dict[str, list[str]] = {}
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found |= _routes(pattern.url_patterns, pattern.namespace or api)
        elif isinstance(pattern, URLPattern):
            name = f"{api}:{pattern.name}" if api and pattern.name else str(pattern.name)
            found[name] = []
    return found


def test_every_route_has_a_row():
    routes = set(_routes(get_resolver().url_patterns)) - UNLISTED
    assert sorted(routes - {row["route"] for row in _rows()}) == []


def test_every_row_has_a_route():
    routes = set(_routes(get_resolver().url_patterns))
    assert sorted({row["route"] for row in _rows()} - routes) == []


def test_every_cell_has_an_answer():
    rows = _rows()
    bad = [
        (row["route"], row["method"], column)
        for row in rows
        for column in ("anonymous", *Role)
        if row[column] not in ANSWERS
    ]
    assert bad == []
    assert [key for key, n in Counter((r["route"], r["method"]) for r in rows).items() if n > 1] == []


def _ask(client: Client, row: dict[str, str], arguments: dict[str, Any]) -> HttpResponse:
    """Send a request and undo whatever it did, so that the next one meets the same world."""
    address = reverse(row["route"], kwargs=arguments)
    with transaction.atomic():
        is_api = row["route"].startswith("api:")
        body = BODIES.get(row["route"], {})
        answer = client.generic(
            row["method"],
            address,
            json.dumps(body) if is_api else urlencode(body),
            content_type="application/json" if is_api else "application/x-www-form-urlencoded",
            headers={"Idempotency-Key": "matrix"},
        )
        transaction.set_rollback(True)
    return answer


def _is_sent_to_sign_in(answer: HttpResponse) -> bool:
    leads = answer.status_code == 302 and answer["Location"].startswith(reverse("sign_in"))
    return answer.status_code == 401 or leads


def _fits(expected: str, got: int, *, is_own: bool) -> bool:
    """A thing one may not know of is 404; an action on a thing one may see is 403."""
    if expected == "deny":
        return got in {403, 404}
    if expected in {"own-site", "own-object"} and not is_own:
        return got == 404
    return got not in {401, 403, 404}


@pytest.mark.django_db
def test_anonymous_visitors_are_sent_to_sign_in(tmp_path: Path):
    objects = ObjectsOf(world(), "mexico", role=Role.QA_LEAD, folder=tmp_path)
    client = Client()
    wrong = []
    for row in _rows():
        build = ARGUMENTS.get(row["route"])
        answer = _ask(client, row, build(objects) if build else {})
        if row["route"] not in LEADS_TO_SIGN_IN and _is_sent_to_sign_in(answer) != (row["anonymous"] == "deny"):
            wrong.append((row["route"], row["method"], answer.status_code))
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_table_holds_for_every_role_and_site(role: Role, tmp_path: Path):
    made = world()
    places = {site: ObjectsOf(made, site, role=role, folder=tmp_path) for site in ("mexico", "dublin")}
    arguments = {(route, site): build(places[site]) for route, build in ARGUMENTS.items() for site in places}
    client = Client(raise_request_exception=False)
    wrong = []
    for row in _rows():
        client.force_login(made.person(role))
        for site in places if row["route"] in ARGUMENTS else ("mexico",):
            got = _ask(client, row, arguments.get((row["route"], site), {})).status_code
            is_own = site == "mexico" and row["route"] not in AFTER_A_STEP
            own_step_missing = site == "mexico" and row["route"] in AFTER_A_STEP and got == 404
            if got >= 500 or not (_fits(row[role], got, is_own=is_own) or own_step_missing):
                wrong.append((row["route"], row["method"], site, row[role], got))
    assert wrong == [], "\n".join(map(str, wrong))
