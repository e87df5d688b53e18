"""Reading: the tree, one policy, one line with its versions compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assay.figures.tables import Column, Kind, Table, Value, to_csv, to_xlsx
from assay.rooms.organisation.access import Access, can, requires
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import Permission
from assay.rooms.policies import labels, queries
from assay.rooms.policies.queries import Piece
from assay.rooms.policies.rules import gettext_noop
from assay.rooms.policies.terms import (
    LANGUAGES,
    ClauseNode,
    DsaCategory,
    PolicyNode,
    Severity,
    Show,
    VersionView,
)

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One part of a line in one language, the newer version against the older."""

    part: str
    language: str
    pieces: tuple[Piece, ...]


@requires(Permission.POLICIES_VIEW)
@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    """Show all policies as a tree, with what is in force where and what lacks a language."""
    now = timezone.now()
    show = _choice(request, "show", Show, Show.IN_USE)
    severity = request.GET.get("severity", "")
    if severity and severity not in set(Severity):
        raise _unknown("severity", severity)
    tree = _kept(queries.policy_tree(reader_language(), at=now), show=show, severity=severity)
    if answer := _export(request, lambda: _table(tree, now)):
        return answer
    facts = {
        "tree": tree,
        "count": sum(1 for _policy in walk(tree)),
        "show": show,
        "shows": [(each, labels.SHOWS[each]) for each in Show],
        "severity": severity,
        "severities": [(each, labels.SEVERITIES[each]) for each in Severity],
        "is_filtered": bool(severity) or show != Show.IN_USE,
        "may_edit": may_edit(request),
    }
    return render(request, "policies/policies.html", facts)


@requires(Permission.POLICIES_VIEW)
@require_GET
def policy(request: HttpRequest, code: str) -> HttpResponse:
    """Show one policy: each line in English and Spanish beside each other, as in force."""
    found = find(code)
    facts = {
        "policy": found,
        "severity": labels.SEVERITIES[Severity(found.severity)],
        "dsa_category": labels.DSA_CATEGORIES[DsaCategory(found.dsa_category)] if found.dsa_category else "",
        "languages": LANGUAGES,
        "may_edit": may_edit(request) and found.retired_at is None,
    }
    return render(request, "policies/policy.html", facts)


@requires(Permission.POLICIES_VIEW)
@require_GET
def clause(request: HttpRequest, code: str, clause_code: str) -> HttpResponse:
    """Show one line: its versions by market and date, and any two of them compared."""
    found = find(code)
    line = next((each for each in found.clauses if each.code == clause_code), None)
    if line is None:
        raise Http404
    newer = _version(request, "to", line, _newest(line))
    older = _version(request, "from", line, _before(line, newer))
    facts = {
        "policy": found,
        "clause": line,
        "older": older,
        "newer": newer,
        "compared": list(_comparison(older, newer)) if older and newer else [],
        "is_same": older is not None and newer is not None and older.id == newer.id,
        "may_edit": may_edit(request) and found.retired_at is None,
    }
    return render(request, "policies/clause.html", facts)


def reader_language() -> str:
    """Return the language of the page, as policies are written in it."""
    return (get_language() or "en").split("-", maxsplit=1)[0]


def may_edit(request: HttpRequest) -> bool:
    """Tell whether the reader may also write."""
    return can(access_of(request).person, Permission.POLICIES_EDIT)


def access_of(request: HttpRequest) -> Access:
    """Return the access that the decorator put on the request."""
    return cast(Access, request.access)  # type: ignore[attr-defined]


def find(code: str) -> PolicyNode:
    """Return a policy as it is now, in the reader's language.

    Raises:
        Http404: There is none with this code.
    """
    found = queries.find_policy(queries.policy_tree(reader_language(), at=timezone.now()), code)
    if found is None:
        raise Http404
    return found


def walk(tree: Iterable[PolicyNode]) -> Iterator[PolicyNode]:
    """Go through policies and those below them, in order."""
    for node in tree:
        yield node
        yield from walk(node.children)


def _kept(tree: Iterable[PolicyNode], *, show: Show, severity: str) -> tuple[PolicyNode, ...]:
    """Keep what the filters let through; a policy stays for the sake of one below it."""
    kept = list[PolicyNode]()
    for node in tree:
        below = _kept(node.children, show=show, severity=severity)
        fits = _fits(node, show) and severity in {"", node.severity}
        if fits or below:
            kept.append(_with_children(node, below))
    return tuple(kept)


def _with_children(node: PolicyNode, children: tuple[PolicyNode, ...]) -> PolicyNode:
    values = {name: getattr(node, name) for name in PolicyNode.__slots__}
    return PolicyNode(**{**values, "children": children})


def _fits(node: PolicyNode, show: Show) -> bool:
    in_use = node.retired_at is None
    return {
        Show.IN_USE: in_use,
        Show.UNTRANSLATED: in_use and node.missing_count > 0,
        Show.PROPOSED: in_use and any(clause.proposed_count for clause in node.clauses),
        Show.RETIRED: not in_use,
        Show.ALL: True,
    }[show]


def _choice(request: HttpRequest, name: str, among: type[Show], default: Show) -> Show:
    given = request.GET.get(name, default)
    if given not in set(among):
        raise _unknown(name, given)
    return among(given)


def _unknown(name: str, value: str) -> Refusal:
    return Refusal(
        "policies.unknown_filter",
        gettext_noop("“{value}” is not a value of the filter “{name}”. Choose one from the list."),
        facts={"name": name, "value": value[:60]},
        status=400,
    )


def _newest(line: ClauseNode) -> VersionView | None:
    in_force = next((version for version in line.in_force if not version.market), None)
    return in_force or next(iter(line.versions), None)


def _before(line: ClauseNode, newer: VersionView | None) -> VersionView | None:
    """The version that `newer` took the place of; a market's first one is compared with the global text."""
    if newer is None:
        return None
    same = [v for v in line.versions if v.market == newer.market and v.number < newer.number]
    everywhere = [v for v in line.versions if not v.market and newer.market]
    return next(iter([*same, *everywhere]), None)


def _version(request: HttpRequest, name: str, line: ClauseNode, default: VersionView | None) -> VersionView | None:
    given = request.GET.get(name)
    if given is None:
        return default
    found = next((version for version in line.versions if str(version.id) == given), None)
    if found is None:
        raise _unknown(name, given)
    return found


def _comparison(older: VersionView, newer: VersionView) -> Iterator[Compared]:
    for part in ("text", "breach", "no_breach"):
        for language in LANGUAGES:
            before, after = (getattr(version, part).get(language, "") for version in (older, newer))
            if before or after:
                pieces = queries.compare_texts(before, after)
                yield Compared(part=str(labels.PARTS[part]), language=language, pieces=pieces)


def _export(request: HttpRequest, table: Any) -> HttpResponse | None:
    wanted = request.GET.get("format")
    if wanted is None:
        return None
    if wanted not in {"csv", "xlsx"}:
        raise _unknown("format", wanted)
    write, kind = (to_csv, "text/csv; charset=utf-8") if wanted == "csv" else (to_xlsx, _XLSX)
    answer = HttpResponse(write(table()), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="policies.{wanted}"'
    return answer


def _table(tree: tuple[PolicyNode, ...], now: datetime) -> Table:
    """Every line in force, one row a market."""
    return Table(
        title=_("Policy lines in force"),
        facts=((_("As of"), now.isoformat(timespec="seconds")),),
        sheet_names=(_("About"), _("Policy lines")),
        columns=(
            Column(key="policy", title=_("Policy")),
            Column(key="clause", title=_("Policy line")),
            Column(key="market", title=_("Market")),
            Column(key="version", title=_("Version"), kind=Kind.COUNT),
            Column(key="from", title=_("In force from"), kind=Kind.MOMENT),
            Column(key="severity", title=_("Severity")),
            Column(key="title_en", title=_("Title in English")),
            Column(key="title_es", title=_("Title in Spanish")),
            Column(key="text_en", title=_("Text in English")),
            Column(key="text_es", title=_("Text in Spanish")),
        ),
        rows=[row for node in walk(tree) for line in node.clauses for row in _rows(node, line)],
    )


def _rows(node: PolicyNode, line: ClauseNode) -> Iterator[tuple[Value, ...]]:
    for version in line.in_force:
        yield (
            node.code, line.code, version.market, version.number, version.effective_from, version.severity,
            line.titles.get("en", ""), line.titles.get("es", ""), version.text.get("en", ""),
            version.text.get("es", ""),
        )  # fmt: skip
