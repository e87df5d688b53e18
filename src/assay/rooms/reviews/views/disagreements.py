"""Disagreements: the list, and the ruling on one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assay.figures.tables import Column, Kind, Table, to_csv, to_xlsx
from assay.rooms.organisation.access import Access, requires
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission
from assay.rooms.policies import queries as policies_queries

from .. import forms, labels, operations, queries
from ..terms import SeenHow, TaskState
from .cage import caged
from .choices import bench_choices, refusal_facts

_FILTERS = frozenset({"policy", "format", "undo"})


@requires(Permission.ADJUDICATE)
@require_GET
def disagreements(request: HttpRequest) -> HttpResponse:
    """List the cases that wait for a ruling."""
    names = policies_queries.policy_names(get_language() or "en")
    policy = _policy_filter(request, names)
    now = timezone.now()
    listed = queries.disagreements(_access(request), policy=policy)
    table = _table(listed, names, now)
    if "format" in request.GET:
        return _export(request, table)
    facts = {
        "table": table,
        "hrefs": [reverse("disagreement", args=[each.task_id]) for each in listed],
        "listed": listed,
        "policy": policy,
        "policies": sorted(names.items(), key=lambda pair: pair[1]),
        "undo": _undo(request, now),
    }
    return render(request, "reviews/disagreements.html", facts)


@requires(Permission.ADJUDICATE)
@require_http_methods(["GET", "POST"])
def disagreement(request: HttpRequest, task_id: UUID) -> HttpResponseBase:
    """Open a case with both verdicts, or rule on it."""
    return _rule(request, task_id) if request.method == "POST" else _case(request, task_id)


@requires(Permission.ADJUDICATE)
@require_GET
def disagreement_content(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Show a case's content in its cage."""
    return caged(request, queries.case(task_id, access=_access(request), at=timezone.now()).content)


@requires(Permission.ADJUDICATE)
@require_POST
def disagreement_undo(request: HttpRequest, task_id: UUID) -> HttpResponseBase:
    """Take a ruling back and open its case again."""
    operations.undo_verdict(task_id=task_id, reviewer=_access(request).person, at=timezone.now())
    return redirect("disagreement", task_id)


def _case(
    request: HttpRequest, task_id: UUID, *, refusal: Refusal | None = None, typed: Mapping[str, str] | None = None
) -> HttpResponse:
    now = timezone.now()
    access = _access(request)
    case = queries.case(task_id, access=access, at=now)
    # Whoever knows what the two reviewers said does not review this content blind any more.
    operations.mark_seen(person=access.person, content_hashes=[case.content_mark], how=SeenHow.DISAGREEMENT, at=now)
    facts: dict[str, Any] = {
        "case": case,
        "is_open": case.state in {TaskState.OPEN, TaskState.HELD},
        "given": [_given_line(verdict) for verdict in case.verdicts],
        "ruling": _given_line(case.ruling) if case.ruling else None,
        "is_covered": case.content.is_graphic and request.GET.get("look") != "1",
        "item_type": labels.ITEM_TYPES.get(case.content.item_type, case.content.item_type),
        "problem": refusal_facts(refusal),
        **bench_choices(case.lines, typed if typed is not None else case.draft, request),
    }
    return render(request, "reviews/disagreement.html", facts, status=refusal.status if refusal else 200)


def _rule(request: HttpRequest, task_id: UUID) -> HttpResponseBase:
    post = {name: str(value) for name, value in request.POST.items()}
    access = _access(request)
    # Asked for first: a case elsewhere, or one's own, does not exist for this person.
    queries.case(task_id, access=access, at=timezone.now())
    try:
        operations.rule_case(
            task_id=task_id,
            adjudicator=access.person,
            idempotency_key=post.get("idempotency_key", ""),
            verdict=forms.judged_from(post),
            at=timezone.now(),
        )
    except Refusal as refusal:
        if not refusal.field:
            raise
        return _case(request, task_id, refusal=refusal, typed=post)
    messages.success(request, _("Ruling recorded."))
    return redirect(f"{reverse('disagreements')}?undo={task_id}")


def _given_line(verdict: queries.GivenVerdict) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "result": labels.result_label(outcome=verdict.outcome, judgement=verdict.judgement),
        "confidence": labels.CONFIDENCES.get(verdict.confidence, ""),
        "severity": labels.SEVERITIES.get(verdict.severity, ""),  # type: ignore[call-overload]
    }


def _table(listed: tuple[queries.Disagreement, ...], names: Mapping[str, str], now: datetime) -> Table:
    return Table(
        title=_("Disagreements"),
        columns=(
            Column(key="item", title=_("Item")),
            Column(key="item_type", title=_("Item type")),
            Column(key="market", title=_("Market")),
            Column(key="round", title=_("Round"), kind=Kind.COUNT),
            Column(key="results", title=_("Verdicts A and B")),
            Column(key="policies", title=_("Policies named")),
            Column(key="waiting_since", title=_("Waiting since"), kind=Kind.MOMENT),
        ),
        rows=[
            (
                each.title or str(each.task_id),
                str(labels.ITEM_TYPES.get(each.item_type, each.item_type)),
                each.market,
                each.round_number,
                " / ".join(
                    labels.result_label(outcome=r, judgement=r)
                    if r in labels.OUTCOMES
                    else str(labels.JUDGEMENTS.get(r, r))
                    for r in each.results
                ),
                ", ".join(names.get(code, code) for code in each.policies),
                each.opened_at,
            )
            for each in listed
        ],
        facts=((_("Exported"), now.isoformat()),),
        sheet_names=(_("Facts"), _("Disagreements")),
    )


def _export(request: HttpRequest, table: Table) -> HttpResponse:
    kinds = {
        "csv": (to_csv, "text/csv; charset=utf-8"),
        "xlsx": (to_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    }
    asked = request.GET["format"]
    if asked not in kinds:
        raise BadRequest(_("The format must be csv or xlsx."))
    write, content_type = kinds[asked]
    response = HttpResponse(write(table), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="disagreements.{asked}"'
    return response


def _policy_filter(request: HttpRequest, names: Mapping[str, str]) -> str:
    unknown = sorted(set(request.GET) - _FILTERS)
    if unknown:
        raise BadRequest(_("This list is filtered by policy alone. Take the other parameters out of the address."))
    policy = request.GET.get("policy", "")
    if policy and policy not in names:
        raise BadRequest(_("There is no policy with that code. Choose one from the list."))
    return policy


def _undo(request: HttpRequest, now: datetime) -> queries.UndoOffer | None:
    try:
        task_id = UUID(request.GET.get("undo", ""))
    except ValueError:
        return None
    return queries.undo_offer(task_id, person=_access(request).person, at=now)


def _access(request: HttpRequest) -> Access:
    access = request.access  # type: ignore[attr-defined]
    assert isinstance(access, Access)
    return access
