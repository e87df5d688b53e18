"""Reads: units and people."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from .access import Access
from .models import Membership, Person, Qualification, Unit
from .terms import QualificationKind, UnitKind


def root() -> Unit:
    """Return the organisation itself."""
    return Unit.objects.get(kind=UnitKind.ORGANISATION)


def sites(access: Access) -> QuerySet[Unit]:
    """Return the sites that an access covers."""
    return access.units().filter(kind=UnitKind.SITE)


def site_of(unit: Unit) -> Unit | None:
    """Return the site a unit is or stands below, if any."""
    paths = [unit.path[: end + 1] for end, mark in enumerate(unit.path) if mark == "."]
    return Unit.objects.filter(kind=UnitKind.SITE, path__in=paths).first()


def people_within(access: Access) -> QuerySet[Person]:
    """Return the people at home in units that an access covers."""
    return Person.objects.filter(home__in=access.units()).select_related("home").order_by("pseudonym")


def open_memberships(person: Person) -> QuerySet[Membership]:
    """Return the roles a person holds now."""
    return person.memberships.filter(ended_at__isnull=True).select_related("unit").order_by("role", "unit__path")


def qualified_codes(person: Person, kind: QualificationKind, *, at: datetime) -> frozenset[str]:
    """Return the languages, or the policies, a person may judge at a moment."""
    valid = Qualification.objects.valid_at(at).filter(person=person, kind=kind)
    return frozenset(valid.values_list("code", flat=True))
