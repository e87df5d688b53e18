"""My work and the workbench."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assay.rooms.organisation.access import requires
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission

from .. import forms, labels, operations, queries
from ..terms import Held
from .cage import caged
from .choices import bench_choices, refusal_facts


@requires(Permission.REVIEW)
@require_GET
def work(request: HttpRequest) -> HttpResponse:
    """Show what waits, and what was done."""
    now = timezone.now()
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = queries.my_work(_person(request), at=now, today=today)
    facts = {
        "work": mine,
        "done": [_done_line(review) for review in mine.done],
        "undo": _undo(request, now),
    }
    return render(request, "reviews/work.html", facts)


@requires(Permission.REVIEW)
@require_POST
def work_next(request: HttpRequest) -> HttpResponseBase:
    """Take the next item and open it."""
    held = operations.claim_next(person=_person(request), at=timezone.now())
    if held is None:
        messages.info(request, _("There is nothing for you to review right now."))
    return redirect(_next_address(held))


@requires(Permission.REVIEW)
@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, task_id: UUID) -> HttpResponseBase:
    """Show an item in the workbench, or hand its verdict in."""
    return _submit(request, task_id) if request.method == "POST" else _bench(request, task_id)


@requires(Permission.REVIEW)
@require_GET
def item_content(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Show an item's content in its cage."""
    return caged(request, queries.blind_content(task_id, person=_person(request)))


@requires(Permission.REVIEW)
@require_POST
def item_draft(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Keep a draft."""
    draft = operations.save_draft(
        task_id=task_id, person=_person(request), content=forms.draft_from(request.POST), at=timezone.now()
    )
    return JsonResponse({"saved_at": draft.saved_at.isoformat()})


@requires(Permission.REVIEW)
@require_POST
def item_lease(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Keep an item in hand."""
    until = operations.renew_lease(
        task_id=task_id,
        person=_person(request),
        fencing_token=forms.token_from(request.POST),
        at=timezone.now(),
    )
    return JsonResponse({"lease_until": until.isoformat()})


@requires(Permission.REVIEW)
@require_POST
def item_skip(request: HttpRequest, task_id: UUID) -> HttpResponseBase:
    """Give an item back for others and take the next one."""
    operations.skip_task(
        task_id=task_id,
        person=_person(request),
        fencing_token=forms.token_from(request.POST),
        at=timezone.now(),
    )
    return _go_on(request)


@requires(Permission.REVIEW)
@require_POST
def item_known(request: HttpRequest, task_id: UUID) -> HttpResponseBase:
    """Give back an item whose first decision is known, and take the next one."""
    operations.know_case(
        task_id=task_id,
        person=_person(request),
        fencing_token=forms.token_from(request.POST),
        at=timezone.now(),
    )
    return _go_on(request)


@requires(Permission.REVIEW)
@require_POST
def item_undo(request: HttpRequest, task_id: UUID) -> HttpResponseBase:
    """Take the last verdict back and open its item again."""
    held = operations.undo_verdict(task_id=task_id, reviewer=_person(request), at=timezone.now())
    return _answer(request, _next_address(held))


def _bench(
    request: HttpRequest, task_id: UUID, *, refusal: Refusal | None = None, typed: Mapping[str, str] | None = None
) -> HttpResponse:
    now = timezone.now()
    bench = queries.bench(task_id, person=_person(request), at=now)
    facts: dict[str, Any] = {
        "bench": bench,
        "problem": refusal_facts(refusal),
        "undo": _undo(request, now),
        "is_covered": bench.content.is_graphic and request.GET.get("look") != "1",
        "item_type": labels.ITEM_TYPES.get(bench.content.item_type, bench.content.item_type),
        **bench_choices(bench.lines, typed if typed is not None else bench.draft, request),
    }
    return render(request, "reviews/bench.html", facts, status=refusal.status if refusal else 200)


def _submit(request: HttpRequest, task_id: UUID) -> HttpResponseBase:
    post = {name: str(value) for name, value in request.POST.items()}
    try:
        operations.submit_verdict(
            task_id=task_id,
            reviewer=_person(request),
            fencing_token=forms.token_from(post),
            idempotency_key=post.get("idempotency_key", ""),
            verdict=forms.judged_from(post),
            at=timezone.now(),
        )
    except Refusal as refusal:
        # A verdict that lacks something goes back to its form with all that was typed.
        if refusal.field and not _wants_json(request):
            return _bench(request, task_id, refusal=refusal, typed=post)
        raise
    return _go_on(request, undo=task_id)


def _go_on(request: HttpRequest, *, undo: UUID | None = None) -> HttpResponseBase:
    held = operations.claim_next(person=_person(request), at=timezone.now())
    address = _next_address(held)
    return _answer(request, f"{address}?undo={undo}" if undo else address)


def _answer(request: HttpRequest, address: str) -> HttpResponseBase:
    return JsonResponse({"next": address}) if _wants_json(request) else redirect(address)


def _next_address(held: Held | None) -> str:
    return reverse("item", args=[held.task_id]) if held else reverse("work")


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _undo(request: HttpRequest, now: datetime) -> queries.UndoOffer | None:
    try:
        task_id = UUID(request.GET.get("undo", ""))
    except ValueError:
        return None
    return queries.undo_offer(task_id, person=_person(request), at=now)


def _done_line(review: queries.DoneReview) -> dict[str, Any]:
    first = labels.OUTCOMES.get(review.first_outcome, review.first_outcome)
    return {
        "review": review,
        "mine": labels.result_label(outcome=review.outcome, judgement=review.judgement),
        "first": str(first) if review.is_settled else "",
        "result": str(labels.ERROR_CLASSES.get(review.error_class, "")) if review.is_settled else "",  # type: ignore[call-overload]
        "settled_by": str(labels.SETTLED_BY.get(review.settled_by, "")),
    }


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user
