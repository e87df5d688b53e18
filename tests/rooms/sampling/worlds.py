"""A small organisation with a decision log, for the tests of sampling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from assay.rooms.decisions.models import ImportRun, Mapping, Part
from assay.rooms.decisions.terms import FileFormat, LogKind
from assay.rooms.organisation import operations as organisation
from assay.rooms.organisation.models import Person, Unit
from assay.rooms.organisation.terms import Role, UnitKind
from assay.rooms.sampling import operations
from assay.rooms.sampling.models import Plan
from assay.rooms.sampling.rules import Design, Population, Target
from assay.stats import keyed_hash
from tests.columnar.decision_logs import START, generated_rows, write_store

AT = datetime(2026, 7, 1, 9, tzinfo=UTC)
END = START + timedelta(days=60)


@dataclass(kw_only=True)
class World:
    """Two sites, one person per role that sampling knows, and a log."""

    root: Unit
    sites: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)


def build_world(folder: Path, *, rows: Sequence[dict[str, Any]] | None = None) -> World:
    """Build the organisation and, unless `rows` is empty, bring in a log."""
    root = organisation.create_unit(
        kind=UnitKind.ORGANISATION, code="org", name="Org", parent=None, actor="tests", at=AT
    )
    region = organisation.create_unit(
        kind=UnitKind.REGION, code="world", name="World", parent=root, actor="tests", at=AT
    )
    world = World(root=root)
    for code in ("mexico", "dublin"):
        world.sites[code] = organisation.create_unit(
            kind=UnitKind.SITE, code=code, name=code.title(), parent=region, actor="tests", at=AT
        )
    for role, home in (
        (Role.PROGRAM_MANAGER, root),
        (Role.QA_LEAD, root),
        (Role.AUDITOR, root),
        (Role.SITE_LEAD, world.sites["dublin"]),
    ):
        person = organisation.create_person(
            login=str(role), name=str(role), pseudonym=f"P-{role}", home=home, actor="tests", at=AT
        )
        organisation.grant_role(person=person, role=role, unit=home, actor="tests", at=AT)
        world.people[str(role)] = person
    if rows is None or rows:
        bring_in(folder, generated_rows(4000) if rows is None else rows, unit=root)
    return world


def bring_in(folder: Path, rows: Sequence[dict[str, Any]], *, unit: Unit, files: int = 2) -> None:
    """Make these rows the decision log, in place of what it was."""
    for row in rows:
        row["sample_key"] = keyed_hash.sample_key(salt=settings.ASSAY_SALT, item=row["decision_key"])
    Part.objects.filter(is_live=True).update(is_live=False)
    number = Part.objects.count()
    mapping, _ = Mapping.objects.get_or_create(
        name="tests", defaults={"source": "test", "unit": unit, "spec": {}, "created_at": AT}
    )
    run = ImportRun.objects.create(
        mapping=mapping,
        unit=unit,
        file_name="log.parquet",
        file_format=FileFormat.PARQUET,
        file_sha256="0" * 64,
        file_bytes=1,
        stored_path="",
        requested_at=AT,
    )
    for path in write_store(folder / f"log-{number}", rows, files=files).paths:
        Part.objects.create(
            log_kind=LogKind.DECISIONS, run=run, path=path, rows=len(rows), sha256="0" * 64, first_at=START, last_at=END
        )


def draft(world: World, *, code: str = "round-1", unit: Unit | None = None, **changes: Any) -> Plan:
    """A plan with targets for the whole and for every site."""
    asked: dict[str, Any] = {
        "code": code,
        "name": "March",
        "unit": unit or world.root,
        "period_start": START,
        "period_end": END,
        "population": Population(),
        "design": Design(bands=4),
        "targets": (Target(half_width=0.02), Target(domain="site", half_width=0.05)),
        "actor": world.people["program_manager"],
        "at": AT,
    }
    return operations.create_plan(**asked | changes)
