"""Policies for programs: the same facts as on the pages, under the same names."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router

from assay.rooms.organisation.access import access_for_request
from assay.rooms.organisation.api_auth import holding
from assay.rooms.organisation.terms import Permission

from . import queries, rules
from .terms import PolicyNode

router = Router(tags=["policies"])


@router.get("/tree", url_name="policies_tree", auth=holding(Permission.POLICIES_VIEW))
def tree(request: HttpRequest, language: str = "en") -> list[dict[str, Any]]:
    """Return all policies with their lines and versions."""
    access_for_request(request, Permission.POLICIES_VIEW)
    return [asdict(node) for node in queries.policy_tree(language, at=timezone.now())]


@router.get("/in-force", url_name="policies_in_force", auth=holding(Permission.POLICIES_VIEW))
def in_force(request: HttpRequest, market: str = "", at: datetime | None = None) -> list[dict[str, Any]]:
    """Return each line as it read in a market at a moment; now, when none is given."""
    access_for_request(request, Permission.POLICIES_VIEW)
    rules.check_market(market)
    moment = at or timezone.now()
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment, timezone.get_default_timezone())
    return [asdict(clause) for clause in queries.clauses_in_force(market=market, at=moment)]


@router.get("/{code}", url_name="policies_one", auth=holding(Permission.POLICIES_VIEW))
def one(request: HttpRequest, code: str, language: str = "en") -> dict[str, Any]:
    """Return one policy."""
    access_for_request(request, Permission.POLICIES_VIEW)
    found: PolicyNode | None = queries.find_policy(queries.policy_tree(language, at=timezone.now()), code)
    if found is None:
        raise Http404
    return asdict(found)
