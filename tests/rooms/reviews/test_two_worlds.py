"""Two worlds that differ only in what a reviewer must not know answer alike, to the byte, on every route.

The second world is the first one with its secrets rewritten in place, so that all ids are the same; a
savepoint takes it back. The routes are those of the whole resolver, not a list kept by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from assay.rooms.organisation.models import Person
from assay.rooms.reviews import operations, queries
from assay.rooms.reviews.models import BlindItem, Task, Verdict
from assay.rooms.reviews.terms import Round
from assay.rooms.reviews.views import cage, work
from assay.rooms.sampling.models import SampledDecision

from .world import NOW, World, after_undo, build, claim, reject, submit

pytestmark = pytest.mark.django_db

SECRETS = {
    "outcome": "terminate_account",
    "policy": "PRH",
    "clause": "weapons-1",
    "severity": "critical",
    "maker_type": "model",
    "maker": "other-maker",
    "queue": "appeals",
    "site": "dublin",
    "team": "dub-night",
    "vendor": "elsewhere",
    "risk_score": 0.99,
    "tenure_days": 999,
    "exposure_views": 123_456,
    "stratum_label": "removals",
    "inclusion_probability": 0.5,
}
QUERIES = (
    "page=2",
    "format=csv",
    "format=json",
    "show=translation",
    "show=original",
    "look=1",
    "policy=es",
    "sort=outcome",
    "outcome=remove",
    "q=remove",
)
VOLATILE = (
    re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"'),
    re.compile(rb"nonce-[\w-]+"),
    re.compile(rb'nonce="[^"]*"'),
    # An error page's number is random by design: it finds the log line and nothing else.
    re.compile(rb"<code[^>]*>[0-9a-f]{8}</code>"),
)
Answers = dict[str, tuple[int, bytes, tuple[tuple[str, str], ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    name: str
    address: str


@pytest.fixture(autouse=True)
def _still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str]]:
    """Walk every address of the product as a path with its parameters still in it."""
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield pattern.name or path, path


def routes(world: World) -> list[Route]:
    """Fill each route's parameters with things that exist in the world: the item in hand, and another."""
    held = list(Task.objects.filter(holder=world.ana).values_list("pk", flat=True)[:1])
    others = list(Task.objects.exclude(holder=world.ana).order_by("pk").values_list("pk", flat=True)[:1])
    found = list[Route]()
    for name, path in patterns(get_resolver()):
        plain = path.replace("^", "").replace("$", "").replace("\\Z", "")
        if name.startswith("static") or "<path:" in plain:
            continue
        for task_id in held + others:
            filled = re.sub(r"<uuid:\w+>", str(task_id), plain)
            filled = re.sub(r"<int:\w+>", "1", filled)
            filled = re.sub(r"<(?:\w+:)?\w+>", world.plan.code, filled)
            found.append(Route(name=name, address="/" + filled))
            if filled == plain:
                break
    return found


def signed_in(person: Person) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    client.cookies["csrftoken"] = "c" * 32
    return client


def answers(client: Client, addresses: list[str]) -> Answers:
    found: Answers = {}
    for address in addresses:
        response = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        headers = {name: value for name, value in response.items() if name not in {"Date", "Expires", "Set-Cookie"}}
        headers["cookies"] = ",".join(sorted(response.cookies))
        found[address] = (response.status_code, stripped(body), tuple(sorted(stripped_text(headers).items())))
    return found


def stripped(body: bytes) -> bytes:
    for pattern in VOLATILE:
        body = pattern.sub(b"", body)
    return body


def stripped_text(headers: dict[str, str]) -> dict[str, str]:
    # A page's length is that of its nonce and its token, too; the body itself is compared.
    headers.pop("Content-Length", None)
    return {name: stripped(str(value).encode()).decode() for name, value in headers.items()}


def differences(one: Answers, two: Answers) -> list[str]:
    """Name each address at which the two worlds answer differently."""
    return [address for address in one if one[address] != two[address]]


@contextmanager
def other_world(change: Callable[[], object]) -> Iterator[None]:
    """Be in the other world for a while."""
    point = transaction.savepoint()
    change()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def other_first_decisions() -> None:
    SampledDecision.objects.update(**SECRETS)
    for sampled in SampledDecision.objects.all():
        sampled.decided_at += timedelta(seconds=20)
        sampled.save(update_fields=["decided_at"])


def worlds(person: Person, addresses: list[str], change: Callable[[], object]) -> list[str]:
    # One session in both worlds: a page lists the sessions somebody has.
    client = signed_in(person)
    here = answers(client, addresses)
    with other_world(change):
        there = answers(client, addresses)
    return differences(here, there)


def reachable(person: Person, found: list[Route]) -> list[str]:
    """Return every address, and those that answer the person with each kind of parameter too."""
    bare = answers(signed_in(person), sorted({route.address for route in found}))
    open_to = [address for address, (status, _body, _headers) in bare.items() if status == 200]
    return [*bare, *(f"{address}?{query}" for address in open_to for query in QUERIES)]


@pytest.mark.parametrize("language", ["en", "es"])
def test_first_decision_changes_no_answer(language: str) -> None:
    world = build(decisions=4, doubles_share=0.5, changes={n: {"is_graphic": n == 2} for n in range(1, 5)})
    submit(world.ben, at=NOW - timedelta(minutes=5))
    claim(world.ana)
    Person.objects.update(language=language)
    ana = Person.objects.get(login="ana")
    addresses = reachable(ana, routes(world))
    assert len(addresses) > 100
    assert worlds(ana, addresses, other_first_decisions) == []


def test_other_verdict_changes_no_answer() -> None:
    world = build(decisions=1, doubles_share=1.0)
    submit(world.ben, at=NOW - timedelta(minutes=5))
    claim(world.ana)
    addresses = reachable(world.ana, routes(world))

    def other_verdict() -> None:
        Verdict.objects.update(
            outcome="remove", policy="IPR", note="another note", confidence="low", severity="critical"
        )

    assert worlds(world.ana, addresses, other_verdict) == []


def test_after_settling_the_worlds_do_differ() -> None:
    world = build(decisions=1)
    submit(world.ana, at=NOW - timedelta(minutes=5))
    assert worlds(world.ana, ["/work"], other_first_decisions) == []
    operations.settle_due(at=NOW)
    assert worlds(world.ana, ["/work"], other_first_decisions) == ["/work"]


def test_what_is_handed_out_does_not_depend_on_the_secret() -> None:
    world = build(decisions=6, doubles_share=0.5)

    def handed_out() -> list[str]:
        given = []
        with other_world(lambda: None):
            while held := operations.claim_next(person=world.ana, at=NOW):
                given.append(str(held.task_id))
                submit(world.ana, held=held)
        return given

    here = handed_out()
    with other_world(other_first_decisions):
        # Where a decision was made says which reviewers work there, so the place of the tasks stays.
        assert handed_out() == here


def test_verdict_of_the_other_shows_after_both_are_in() -> None:
    world = build(decisions=1, doubles_share=1.0)
    submit(world.ana)
    submit(world.ben, reject(), at=NOW)
    assert operations.settle_due(at=after_undo()) == 0
    assert Task.objects.filter(round=Round.ADJUDICATION).count() == 1


# A comparison that no leak can fail proves nothing: each of these leaks must be reported.


def bench_addresses(world: World) -> list[str]:
    held = claim(world.ana)
    return [f"/work/item/{held.task_id}", f"/work/item/{held.task_id}/content", "/work"]


def secret_of_the_bench() -> str:
    return str(SampledDecision.objects.order_by("pk").values_list("outcome", flat=True)[0])


def _replaced(view: Callable[..., HttpResponse], mend: Callable[[HttpResponse], None]) -> Callable[..., Any]:
    def leaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        mend(response)
        return response

    return leaking


def _in_attribute(response: HttpResponse) -> None:
    response.content = response.content.replace(b"<main", f'<main data-was="{secret_of_the_bench()}"'.encode(), 1)


def _in_class(response: HttpResponse) -> None:
    word = b"is-a" if secret_of_the_bench() == "approve" else b"is-b"
    response.content = response.content.replace(b'class="bench', b'class="' + word + b" bench", 1)


def _in_etag(response: HttpResponse) -> None:
    response["ETag"] = f'"{len(secret_of_the_bench())}"'


def _in_file_name(response: HttpResponse) -> None:
    response["Content-Disposition"] = f'inline; filename="{secret_of_the_bench()}.html"'


def _in_cookie(response: HttpResponse) -> None:
    if secret_of_the_bench() != "approve":
        response.set_cookie("seen", "1")


@pytest.mark.parametrize("leak", [_in_attribute, _in_class, _in_etag, _in_file_name, _in_cookie])
def test_leak_in_the_page_is_caught(leak: Callable[[HttpResponse], None], monkeypatch: pytest.MonkeyPatch) -> None:
    world = build(decisions=2)
    addresses = bench_addresses(world)
    monkeypatch.setattr(work, "_bench", _replaced(work._bench, leak))
    assert worlds(world.ana, addresses, other_first_decisions) == addresses[:1]


def test_leak_in_the_content_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    world = build(decisions=2)
    addresses = bench_addresses(world)
    shown = cage.visible
    monkeypatch.setattr(cage, "visible", lambda text: shown(text) + " " * len(secret_of_the_bench()))
    assert worlds(world.ana, addresses, other_first_decisions) == addresses[1:2]


def test_leak_in_a_count_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    world = build(decisions=2)
    addresses = bench_addresses(world)

    def removed(_plan_id: int) -> queries.Progress:
        counted = SampledDecision.objects.exclude(outcome="approve").count()
        return queries.Progress(done=counted, total=9)

    monkeypatch.setattr(queries, "round_progress", removed)
    assert worlds(world.ana, addresses, other_first_decisions) == addresses[:1]


def test_leak_in_an_order_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    world = build(decisions=2)
    for _ in range(2):
        submit(world.ana, at=NOW - timedelta(seconds=30))
    lines = queries._done_reviews

    def by_outcome(mine: Any) -> list[queries.DoneReview]:
        turned = secret_of_the_bench() != "approve"
        return lines(mine)[::-1] if turned else lines(mine)

    monkeypatch.setattr(queries, "_done_reviews", by_outcome)
    assert worlds(world.ana, ["/work"], other_first_decisions) == ["/work"]


def test_leak_through_the_item_is_caught() -> None:
    world = build(decisions=2)
    addresses = bench_addresses(world)

    def written_into_the_item() -> None:
        other_first_decisions()
        BlindItem.objects.update(title="Removed listing")

    assert addresses[1] in worlds(world.ana, addresses, written_into_the_item)
