"""Writing policies: who changed which text, from when on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max

from assay.rooms.audit import operations as audit
from assay.rooms.organisation.models import Person
from assay.rooms.organisation.refusals import Refusal

from . import rules
from .models import Clause, ClauseVersion, Policy
from .rules import gettext_noop
from .terms import AuditKind

TAXONOMY = Path(__file__).with_name("taxonomy.json")
Actor = Person | str


@transaction.atomic
def create_policy(
    *,
    code: str,
    name: Mapping[str, str],
    severity: str,
    actor: Actor,
    at: datetime,
    description: Mapping[str, str] | None = None,
    parent: Policy | None = None,
    dsa_category: str = "",
    is_graphic: bool = False,
) -> Policy:
    """Add a policy at the end of the list."""
    rules.check_code(code)
    rules.check_severity(severity)
    rules.check_dsa_category(dsa_category)
    if parent is not None:
        rules.check_can_change(code=parent.code, retired_at=parent.retired_at)
    _check_free(Policy.objects.filter(code=code).exists(), code=code)
    policy = Policy.objects.create(
        code=code,
        parent=parent,
        name=rules.texts(name, field="name"),
        description=rules.texts(description or {}, field="description", is_required=False),
        severity=severity,
        dsa_category=dsa_category,
        is_graphic=is_graphic,
        position=_next_position(Policy.objects.aggregate(last=Max("position"))["last"]),
    )
    audit.record(AuditKind.POLICY_CREATED, actor=actor, subject=_subject(policy), at=at, facts=_policy_facts(policy))
    return policy


@transaction.atomic
def edit_policy(
    *,
    policy: Policy,
    name: Mapping[str, str],
    severity: str,
    actor: Actor,
    at: datetime,
    description: Mapping[str, str] | None = None,
    dsa_category: str = "",
    is_graphic: bool = False,
) -> Policy:
    """Change how a policy is named and classed; clauses change by publishing a version."""
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    rules.check_can_change(code=policy.code, retired_at=policy.retired_at)
    rules.check_severity(severity)
    rules.check_dsa_category(dsa_category)
    before = _policy_facts(policy)
    policy.name = rules.texts(name, field="name")
    policy.description = rules.texts(description or {}, field="description", is_required=False)
    policy.severity, policy.dsa_category, policy.is_graphic = severity, dsa_category, is_graphic
    policy.save()
    audit.record(
        AuditKind.POLICY_EDITED,
        actor=actor,
        subject=_subject(policy),
        at=at,
        facts={"before": before, "after": _policy_facts(policy)},
    )
    return policy


@transaction.atomic
def retire_policy(*, policy: Policy, actor: Actor, at: datetime) -> Policy:
    """End the use of a policy: from `at` on none of its clauses is in force."""
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    children = policy.children.filter(retired_at__isnull=True).values_list("code", flat=True)
    rules.check_can_retire(code=policy.code, retired_at=policy.retired_at, open_children=tuple(children))
    policy.retired_at = at
    policy.save(update_fields=["retired_at"])
    audit.record(AuditKind.POLICY_RETIRED, actor=actor, subject=_subject(policy), at=at)
    return policy


@transaction.atomic
def create_clause(*, policy: Policy, code: str, title: Mapping[str, str], actor: Actor, at: datetime) -> Clause:
    """Add a clause; it applies once a version of it is published."""
    rules.check_code(code)
    rules.check_can_change(code=policy.code, retired_at=policy.retired_at)
    _check_free(Clause.objects.filter(code=code).exists(), code=code)
    clause = Clause.objects.create(
        policy=policy,
        code=code,
        title=rules.texts(title, field="title"),
        position=_next_position(policy.clauses.aggregate(last=Max("position"))["last"]),
    )
    audit.record(
        AuditKind.CLAUSE_CREATED,
        actor=actor,
        subject=f"clause:{code}",
        at=at,
        facts={"policy": policy.code, "title": clause.title},
    )
    return clause


@transaction.atomic
def publish_version(
    *,
    clause: Clause,
    text: Mapping[str, str],
    severity: str,
    effective_from: datetime,
    actor: Actor,
    at: datetime,
    market: str = "",
    breach: Mapping[str, str] | None = None,
    no_breach: Mapping[str, str] | None = None,
    reason: str = "",
) -> ClauseVersion:
    """Publish a clause's text for a market from a moment on; the version before ends at that moment."""
    clause = Clause.objects.select_for_update(of=("self",)).select_related("policy").get(pk=clause.pk)
    rules.check_market(market)
    rules.check_severity(severity)
    rules.check_can_change(code=clause.policy.code, retired_at=clause.policy.retired_at)
    previous = clause.versions.filter(market=market).order_by("-number").first()
    latest = (
        rules.PublishedVersion(number=previous.number, effective_from=previous.effective_from) if previous else None
    )
    rules.check_can_publish(latest=latest, has_versions=clause.versions.exists(), effective_from=effective_from, at=at)
    if previous is not None:
        previous.effective_until = effective_from
        previous.save(update_fields=["effective_until"])
    version = ClauseVersion.objects.create(
        clause=clause,
        number=rules.next_number(latest),
        market=market,
        text=rules.texts(text, field="text"),
        breach=rules.texts(breach or {}, field="breach", is_required=False),
        no_breach=rules.texts(no_breach or {}, field="no_breach", is_required=False),
        severity=severity,
        effective_from=effective_from,
        published_at=at,
        reason=reason.strip(),
    )
    audit.record(
        AuditKind.VERSION_PUBLISHED,
        actor=actor,
        subject=f"clause:{clause.code}",
        at=at,
        facts={
            "number": version.number,
            "market": market,
            "effective_from": effective_from.isoformat(),
            "languages": sorted(version.text),
            "reason": version.reason,
        },
    )
    return version


@transaction.atomic
def load_default_taxonomy(*, actor: Actor, at: datetime) -> tuple[Policy, ...]:
    """Load the marketplace taxonomy: each policy with its clauses in English and Spanish, in force from `at`.

    Policies whose code exists already are left as they are, so loading twice adds nothing.
    """
    known = set(Policy.objects.values_list("code", flat=True))
    made = tuple(
        _load_policy(entry, actor=actor, at=at)
        for entry in json.loads(TAXONOMY.read_text(encoding="utf-8"))
        if entry["code"] not in known
    )
    if made:
        audit.record(
            AuditKind.TAXONOMY_LOADED,
            actor=actor,
            subject="policies",
            at=at,
            facts={"policies": [policy.code for policy in made]},
        )
    return made


def _load_policy(entry: Mapping[str, Any], *, actor: Actor, at: datetime) -> Policy:
    policy = create_policy(
        code=entry["code"],
        name=entry["name"],
        description=entry["description"],
        severity=entry["severity"],
        dsa_category=entry["dsa_category"],
        is_graphic=entry.get("is_graphic", False),
        actor=actor,
        at=at,
    )
    for number, line in enumerate(entry["clauses"], start=1):
        clause = create_clause(policy=policy, code=f"{policy.code}-{number}", title=line["title"], actor=actor, at=at)
        publish_version(
            clause=clause,
            text=line["text"],
            breach=line["breach"],
            no_breach=line["no_breach"],
            severity=line.get("severity", policy.severity),
            effective_from=at,
            actor=actor,
            at=at,
        )
    return policy


def _check_free(is_taken: bool, *, code: str) -> None:
    if is_taken:
        raise Refusal(
            "policies.code_taken",
            gettext_noop("The code {code} is in use already. Choose another."),
            facts={"code": code},
            field="code",
        )


def _next_position(last: int | None) -> int:
    return (last or 0) + 10


def _subject(policy: Policy) -> str:
    return f"policy:{policy.code}"


def _policy_facts(policy: Policy) -> dict[str, Any]:
    return {
        "name": policy.name,
        "description": policy.description,
        "severity": policy.severity,
        "dsa_category": policy.dsa_category,
        "is_graphic": policy.is_graphic,
    }
