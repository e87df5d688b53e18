"""The people of the demonstration, taken on through the organisation's own operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from assay.rooms.organisation import operations
from assay.rooms.organisation.models import Person, Unit, Vendor
from assay.rooms.organisation.terms import QualificationKind, Role, UnitKind

from . import world
from .plants import auditor_pseudonym
from .roster import Roster, pseudonym

PASSWORD = "touchstone-and-ore"  # noqa: S105 - printed and shown on purpose; demo data only
ORGANISATION = "Mercado Austral"
ACTOR = "demo"

_FIRST = (
    "Ana", "Diego", "Lucía", "Marco", "Inés", "Pablo", "Sofía", "Tomás", "Elena", "Javier", "Camila", "Mateo",
    "Rosa", "Andrés", "Valeria", "Bruno", "Noa", "Hugo", "Leila", "Omar", "Mina", "Joel", "Carla", "Iván",
)  # fmt: skip
_LAST = (
    "Ríos", "Navarro", "Campos", "Ferrer", "Salas", "Duarte", "Peña", "Ibarra", "Luna", "Arce", "Bravo", "Costa",
    "Dávila", "Solís", "Vega", "Reyes", "Molina", "Prado", "Quiroga", "Nieto", "Zamora", "Ayala", "Beltrán",
)  # fmt: skip
# Home and languages of each auditor, in the order of their pseudonyms.
_AUDITORS = (
    ("mexico-city", "es en"), ("mexico-city", "es en"), ("bogota", "es pt"), ("mexico-city", "es en"),
    ("sao-paulo", "pt es en"), ("sao-paulo", "pt en"), ("dublin", "en de fr"), ("dublin", "en de"),
    ("lisbon", "es pt fr"), ("lisbon", "fr ar"), ("manila", "en"), ("jakarta", "id en"), ("jakarta", "id en"),
    ("casablanca", "ar fr en"),
)  # fmt: skip
_LEADS = (
    ("marketplace", "mexico-city", "en es pt fr de id ar"), ("americas", "mexico-city", "es en pt"),
    ("europe", "dublin", "en fr de es pt"), ("asia-pacific", "manila", "en id"), ("africa", "casablanca", "fr ar en"),
)  # fmt: skip
_REGION_FORMATS = {
    "mexico-city": ("es", "es_MX"),
    "bogota": ("es", "es_CO"),
    "lisbon": ("es", "es_ES"),
    "dublin": ("en", "en_GB"),
}
# Who can sign in, one of each role and some more; hashing a password is slow on purpose, so not everyone can.
SIGN_INS: dict[str, Role] = {
    "program": Role.PROGRAM_MANAGER,
    "lead-1": Role.QA_LEAD,
    "lead-2": Role.QA_LEAD,
    "auditor-01": Role.AUDITOR,
    "auditor-07": Role.AUDITOR,
    "auditor-12": Role.AUDITOR,
    "auditor-14": Role.AUDITOR,
    "m-001": Role.MODERATOR,
    "trainer-1": Role.TRAINER,
    "site-mexico-city": Role.SITE_LEAD,
    "site-manila": Role.SITE_LEAD,
    "compliance": Role.COMPLIANCE,
    "admin": Role.ADMINISTRATOR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Somebody who reviews or rules, with the languages they judge in."""

    person: Person
    languages: frozenset[str]


class _House:
    """Remembers what was set up, so that each person finds their place."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self.units = dict[str, Unit]()
        self.count = 0

    def unit(self, kind: UnitKind, code: str, name: str, parent: str, **facts: object) -> None:
        self.units[code] = operations.create_unit(
            kind=kind, code=code, name=name, parent=self.units.get(parent), actor=ACTOR, at=self.at, **facts  # type: ignore[arg-type]
        )  # fmt: skip

    def person(self, login: str, mark: str, home: str, *, at: datetime | None = None, ref: str = "") -> Person:
        language, region = _REGION_FORMATS.get(_site_of(home), ("en", "en_US"))
        self.count += 1
        name = f"{_FIRST[self.count % len(_FIRST)]} {_LAST[self.count * 5 % len(_LAST)]}"
        return operations.create_person(
            login=login,
            name=name,
            pseudonym=mark,
            home=self.units[home],
            password=PASSWORD if login in SIGN_INS else None,
            language=language,
            region=region,
            moderator_ref=ref or None,
            actor=ACTOR,
            at=at or self.at,
        )

    def role(self, person: Person, role: Role, place: str, *, at: datetime | None = None) -> None:
        operations.grant_role(person=person, role=role, unit=self.units[place], actor=ACTOR, at=at or self.at)

    def reviewer(self, person: Person, languages: str) -> Reviewer:
        codes = languages.split()
        for code in codes:
            operations.qualify(person=person, kind=QualificationKind.LANGUAGE, code=code, actor=ACTOR, at=self.at)
        return Reviewer(person=person, languages=frozenset(codes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everyone the story needs by name."""

    root: Unit
    manager: Person
    auditors: tuple[Reviewer, ...]
    leads: tuple[Reviewer, ...]
    house: _House


def set_up(people: Roster, *, at: datetime) -> Cast:
    """Make the places and take on everyone who is there when the log begins."""
    house = _House(at=at)
    _places(house)
    manager = house.person("program", "PM-1", "mexico-city")
    house.role(manager, Role.PROGRAM_MANAGER, "marketplace")
    leads = tuple(_lead(house, number, *facts) for number, facts in enumerate(_LEADS, start=1))
    auditors = tuple(_auditor(house, place, *facts) for place, facts in enumerate(_AUDITORS))
    _offices(house)
    for place in range(len(people)):
        if people.starts[place] <= 0:
            _moderator(house, people, place, at=at)
    return Cast(root=house.units["marketplace"], manager=manager, auditors=auditors, leads=leads, house=house)


def arrivals(cast: Cast, people: Roster, *, log_starts: datetime) -> list[tuple[datetime, Callable[[], object]]]:
    """Return when each of the others joins, with what takes them on."""
    later = [place for place in range(len(people)) if people.starts[place] > 0]
    joins = {place: log_starts + timedelta(days=int(people.starts[place])) for place in later}
    return [(at, partial(_moderator, cast.house, people, place, at=at)) for place, at in joins.items()]


def _places(house: _House) -> None:
    house.unit(UnitKind.ORGANISATION, "marketplace", ORGANISATION, "")
    vendors = dict[str, Vendor]()
    for vendor in world.VENDORS:
        vendors[vendor.code] = operations.create_vendor(code=vendor.code, name=vendor.name, actor=ACTOR, at=house.at)
    for region in world.REGIONS:
        house.unit(UnitKind.REGION, region.code, region.name, "marketplace")
    for site in world.SITES:
        facts = {"zone": site.zone, "vendor": vendors.get(site.vendor)}
        languages = [language for language, _share in site.languages]
        house.unit(UnitKind.SITE, site.code, site.name, site.region, work_languages=languages, **facts)
        for desk in world.Desk:
            name = f"{site.name} · {desk.capitalize()}"
            code = world.team_code(site.code, desk)
            house.unit(UnitKind.TEAM, code, name, site.code, work_languages=languages, **facts)


def _lead(house: _House, number: int, place: str, home: str, languages: str) -> Reviewer:
    person = house.person(f"lead-{number}", f"QL-{number}", home)
    house.role(person, Role.QA_LEAD, place)
    return house.reviewer(person, languages)


def _auditor(house: _House, place: int, home: str, languages: str) -> Reviewer:
    person = house.person(f"auditor-{place + 1:02d}", auditor_pseudonym(place), home)
    # Everywhere, because an audit is blind to the site; the languages decide what each is given.
    house.role(person, Role.AUDITOR, "marketplace")
    return house.reviewer(person, languages)


def _offices(house: _House) -> None:
    for site in world.SITES:
        lead = house.person(f"site-{site.code}", f"SL-{site.code}", site.code)
        house.role(lead, Role.SITE_LEAD, site.code)
    for number, region in enumerate(("americas", "europe"), start=1):
        trainer = house.person(f"trainer-{number}", f"TR-{number}", "mexico-city" if number == 1 else "lisbon")
        house.role(trainer, Role.TRAINER, region)
    house.role(house.person("compliance", "CO-1", "dublin"), Role.COMPLIANCE, "marketplace")
    house.role(house.person("admin", "AD-1", "dublin"), Role.ADMINISTRATOR, "marketplace")


def _moderator(house: _House, people: Roster, place: int, *, at: datetime) -> None:
    mark, team = pseudonym(place), world.team_code(*world.TEAMS[people.team[place]])
    person = house.person(mark.lower(), mark, team, at=at, ref=mark)
    house.role(person, Role.MODERATOR, team, at=at)


def _site_of(place: str) -> str:
    return next((site.code for site in world.SITES if place.startswith(site.code)), "")
