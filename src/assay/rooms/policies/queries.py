"""Reading policies: what is in force where, and what was."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .models import Clause, ClauseVersion, Policy
from .terms import (
    LANGUAGES,
    ClauseNode,
    ClauseView,
    PolicyNode,
    VersionView,
    in_language,
)


def clauses_in_force(*, market: str, at: datetime) -> tuple[ClauseView, ...]:
    """Return each clause as it reads in `market` at `at`: the market's own version, else the global one."""
    versions = (
        ClauseVersion.objects.in_force(at=at)
        .filter(market__in={"", market})
        .exclude(clause__policy__retired_at__lte=at)
        .select_related("clause__policy")
        .order_by("clause__policy__position", "clause__policy__code", "clause__position", "clause__code", "market")
    )
    # The empty market sorts first, so that the market's own version takes its place.
    chosen = {version.clause_id: version for version in versions}
    return tuple(_clause_view(version) for version in chosen.values())


def _clause_view(version: ClauseVersion) -> ClauseView:
    clause, policy = version.clause, version.clause.policy
    return ClauseView(
        id=version.pk,
        code=clause.code,
        policy=policy.code,
        policy_name=policy.name,
        title=clause.title,
        text=version.text,
        breach=version.breach,
        no_breach=version.no_breach,
        severity=version.severity,
        number=version.number,
        market=version.market,
        is_graphic=policy.is_graphic,
    )


def policy_names(language: str) -> dict[str, str]:
    """Return each policy's name in `language`, by code, retired ones too."""
    return {code: in_language(name, language) for code, name in Policy.objects.values_list("code", "name")}


def clause_policies() -> dict[str, str]:
    """Return the code of each clause's policy, by the clause's code."""
    return dict(Clause.objects.values_list("code", "policy__code"))


def graphic_policies() -> frozenset[str]:
    """Return the codes of policies whose content is covered until someone asks to look."""
    return frozenset(Policy.objects.filter(is_graphic=True).values_list("code", flat=True))


def policy_tree(language: str, *, at: datetime | None = None) -> tuple[PolicyNode, ...]:
    """Return the policies as a tree in `language`, in three queries; `at` tells which versions are in force."""
    versions = defaultdict[int, list[VersionView]](list)
    for version in ClauseVersion.objects.order_by("clause_id", "market", "-number"):
        versions[version.clause_id].append(_version_view(version, at=at))
    clauses = defaultdict[int, list[ClauseNode]](list)
    for clause in Clause.objects.all():
        clauses[clause.policy_id].append(
            ClauseNode(
                code=clause.code,
                title=in_language(clause.title, language),
                titles=clause.title,
                versions=tuple(versions[clause.pk]),
            )
        )
    policies = list(Policy.objects.select_related("parent"))
    below = defaultdict[int | None, list[Policy]](list)
    for policy in policies:
        below[policy.parent_id].append(policy)

    def node(policy: Policy) -> PolicyNode:
        return PolicyNode(
            code=policy.code,
            name=in_language(policy.name, language),
            names=policy.name,
            description=in_language(policy.description, language),
            descriptions=policy.description,
            severity=policy.severity,
            dsa_category=policy.dsa_category,
            is_graphic=policy.is_graphic,
            retired_at=policy.retired_at,
            parent=policy.parent.code if policy.parent else "",
            clauses=tuple(clauses[policy.pk]),
            children=tuple(node(child) for child in below[policy.pk]),
        )

    return tuple(node(policy) for policy in below[None])


def find_policy(tree: Iterable[PolicyNode], code: str) -> PolicyNode | None:
    """Return the policy with this code anywhere in the tree."""
    for policy in tree:
        found = policy if policy.code == code else find_policy(policy.children, code)
        if found is not None:
            return found
    return None


def _version_view(version: ClauseVersion, *, at: datetime | None) -> VersionView:
    ends = version.effective_until
    return VersionView(
        id=version.pk,
        number=version.number,
        market=version.market,
        text=version.text,
        breach=version.breach,
        no_breach=version.no_breach,
        severity=version.severity,
        effective_from=version.effective_from,
        effective_until=ends,
        published_at=version.published_at,
        reason=version.reason,
        is_in_force=at is not None and version.effective_from <= at and (ends is None or ends > at),
        missing_languages=tuple(lang for lang in LANGUAGES if not _is_complete(version, lang)),
    )


def _is_complete(version: ClauseVersion, language: str) -> bool:
    """A language is complete when it has every part that English has."""
    parts = (version.text, version.breach, version.no_breach)
    return all(language in part for part in parts if "en" in part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of words that both texts share ("same"), or only the older ("gone") or the newer ("new") has."""

    kind: str
    text: str


def compare_texts(older: str, newer: str) -> tuple[Piece, ...]:
    """Return the newer text word by word against the older one."""
    before, after = older.split(), newer.split()
    pieces = list[Piece]()
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(kind="same", text=" ".join(after[c:d])))
            continue
        pieces += [Piece(kind="gone", text=" ".join(before[a:b]))] if b > a else []
        pieces += [Piece(kind="new", text=" ".join(after[c:d]))] if d > c else []
    return tuple(pieces)
