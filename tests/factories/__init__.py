"""Builds state for tests, through operations alone, so that no impossible state can be set up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from assay.rooms.organisation import operations
from assay.rooms.organisation.models import Person, Unit
from assay.rooms.organisation.terms import QualificationKind, Role, UnitKind

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A small organisation: two sites with a team each, and for every role a person here and there."""

    root: Unit
    mexico: Unit
    dublin: Unit
    team_mexico: Unit
    team_dublin: Unit
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, role: Role | str, site: str = "mexico") -> Person:
        """Return the person with a role at a site ("root" for one whose role holds everywhere)."""
        return self.people[f"{role}@{site}"]


def unit(kind: UnitKind, code: str, parent: Unit | None, **more: object) -> Unit:
    """Add one unit."""
    return operations.create_unit(kind=kind, code=code, name=code.title(), parent=parent, actor="tests", at=NOW, **more)


def person(login: str, home: Unit, role: Role, at_unit: Unit, **more: object) -> Person:
    """Add one person who can sign in, with a role and the language of the place."""
    made = operations.create_person(
        login=login,
        name=login.replace("-", " ").title(),
        pseudonym=login.upper(),
        home=home,
        password=PASSWORD,
        actor="tests",
        at=NOW,
        **more,
    )
    operations.grant_role(person=made, role=role, unit=at_unit, actor="tests", at=NOW)
    for language in ("en", "es"):
        operations.qualify(person=made, kind=QualificationKind.LANGUAGE, code=language, actor="tests", at=NOW)
    return made


def world() -> World:
    """Build the small organisation."""
    root = unit(UnitKind.ORGANISATION, "org", None)
    region = unit(UnitKind.REGION, "americas", root)
    europe = unit(UnitKind.REGION, "europe", root)
    mexico = unit(UnitKind.SITE, "mexico", region, zone="America/Mexico_City", work_languages=["es", "en"])
    dublin = unit(UnitKind.SITE, "dublin", europe, zone="Europe/Dublin", work_languages=["en"])
    team_mexico = unit(UnitKind.TEAM, "mexico-a", mexico)
    team_dublin = unit(UnitKind.TEAM, "dublin-a", dublin)
    people: dict[str, Person] = {}
    for role in Role:
        slug = role.replace("_", "-")
        for site, home in (("mexico", mexico), ("dublin", dublin)):
            ref = {"moderator_ref": f"mod-{site}"} if role == Role.MODERATOR else {}
            place = (team_mexico if site == "mexico" else team_dublin) if role == Role.MODERATOR else home
            people[f"{role}@{site}"] = person(f"{slug}-{site}", place, role, home, **ref)
        people[f"{role}@root"] = person(f"{slug}-root", root, role, root)
    # A second and third auditor at each site: doubles and adjudication need other people.
    for number in (2, 3):
        for site, home in (("mexico", mexico), ("dublin", dublin)):
            people[f"auditor{number}@{site}"] = person(f"auditor-{site}-{number}", home, Role.AUDITOR, home)
    return World(
        root=root,
        mexico=mexico,
        dublin=dublin,
        team_mexico=team_mexico,
        team_dublin=team_dublin,
        people=people,
    )
