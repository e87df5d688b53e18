"""The menu: what there is, for whoever may use it.

An entry names an address. It is shown when the address exists and its reader holds one of the
permissions it needs; so a menu never leads to a refusal.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import gettext, gettext_noop

from assay.rooms.organisation.terms import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the menu; without permissions it is for everybody signed in."""

    label: str
    address: str
    needs: frozenset[Permission] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An entry as the template shows it."""

    label: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Entries that belong together."""

    label: str
    entries: tuple[Shown, ...]


def _entry(label: str, address: str, *needs: Permission) -> Entry:
    return Entry(label=label, address=address, needs=frozenset(needs))


MENU: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        gettext_noop("Quality"),
        (
            _entry(gettext_noop("Overview"), "/", Permission.QUALITY_VIEW),
            _entry(gettext_noop("Explore"), "/explore", Permission.QUALITY_VIEW),
            _entry(gettext_noop("Confusion"), "/explore/confusion", Permission.QUALITY_VIEW),
            _entry(gettext_noop("My quality"), "/me", Permission.OWN_QUALITY_VIEW),
        ),
    ),
    (
        gettext_noop("Work"),
        (
            _entry(gettext_noop("My work"), "/work", Permission.REVIEW),
            _entry(gettext_noop("Rounds"), "/rounds", Permission.PLANS_VIEW),
            _entry(gettext_noop("Disagreements"), "/disagreements", Permission.ADJUDICATE),
        ),
    ),
    (gettext_noop("People"), (_entry(gettext_noop("People"), "/people", Permission.PEOPLE_VIEW),)),
    (
        gettext_noop("Reference"),
        (
            _entry(gettext_noop("Policies"), "/policies", Permission.POLICIES_VIEW),
            _entry(gettext_noop("Definitions"), "/quality/definitions", Permission.QUALITY_VIEW),
            _entry(gettext_noop("Help"), "/help"),
        ),
    ),
    (
        gettext_noop("Data"),
        (
            _entry(gettext_noop("Imports"), "/imports", Permission.IMPORTS_VIEW),
            _entry(gettext_noop("Column mappings"), "/mappings", Permission.IMPORTS_VIEW),
        ),
    ),
    (
        gettext_noop("System"),
        (
            _entry(gettext_noop("Audit log"), "/audit", Permission.AUDIT_VIEW),
            _entry(gettext_noop("People and roles"), "/admin/people", Permission.ORGANISATION_VIEW),
            _entry(gettext_noop("Sites and teams"), "/admin/units", Permission.ORGANISATION_VIEW),
            _entry(gettext_noop("Health"), "/admin/health", Permission.HEALTH_VIEW),
        ),
    ),
)


def menu_for(permissions: Collection[Permission], *, path: str) -> tuple[Group, ...]:
    """Make the menu of somebody with these permissions, marking the page they are on."""
    open_to_them = [(label, [entry for entry in entries if _is_open(entry, permissions)]) for label, entries in MENU]
    current = _current(path, [entry.address for _, entries in open_to_them for entry in entries])
    return tuple(
        Group(label=gettext(label), entries=tuple(_shown(entry, current) for entry in entries))
        for label, entries in open_to_them
        if entries
    )


def start_address(permissions: Collection[Permission]) -> str:
    """Find the page somebody starts on: figures for who may see them, else their work, else what they may read."""
    starts = (
        ("/", Permission.QUALITY_VIEW),
        ("/work", Permission.REVIEW),
        ("/admin/health", Permission.HEALTH_VIEW),
        ("/me", Permission.OWN_QUALITY_VIEW),
        ("/policies", Permission.POLICIES_VIEW),
    )
    for address, needed in starts:
        if needed in permissions and exists(address):
            return address
    return "/help"


@lru_cache(maxsize=1)
def overview() -> Callable[..., HttpResponseBase] | None:
    """Find the overview of the quality room, which shares the address "/" with the front door."""
    name = "assay.rooms.quality.urls"
    if not importlib.util.find_spec(name):
        return None
    patterns = importlib.import_module(name).urlpatterns
    return next((pattern.callback for pattern in patterns if pattern.name == "overview"), None)


@lru_cache(maxsize=256)
def exists(address: str) -> bool:
    """Tell whether any page answers at the address."""
    if address == "/":
        return overview() is not None
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def _is_open(entry: Entry, permissions: Collection[Permission]) -> bool:
    allowed = not entry.needs or any(permission in permissions for permission in entry.needs)
    return allowed and exists(entry.address)


def _current(path: str, addresses: list[str]) -> str:
    """Pick the longest address that the path is at or below."""
    under = [a for a in addresses if path == a or (a != "/" and path.startswith(f"{a}/"))]
    return max(under, key=len, default="")


def _shown(entry: Entry, current: str) -> Shown:
    return Shown(label=gettext(entry.label), address=entry.address, is_current=entry.address == current)
