"""Reads: the log, its freshness, runs and mappings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet

from assay.columnar import layout
from assay.columnar.store import Store
from assay.rooms.organisation.access import Access
from assay.rooms.organisation.models import Unit, Vendor
from assay.rooms.organisation.terms import UnitKind
from assay.rooms.policies.models import Clause, Policy

from . import rules
from .models import ImportRun, Mapping, Part
from .terms import LogKind, RunState


def decision_store() -> Store:
    """Return the decision log as it is now."""
    return Store(paths=live_paths(LogKind.DECISIONS), schema=layout.DECISIONS)


def event_store() -> Store:
    """Return the event log as it is now."""
    return Store(paths=live_paths(LogKind.EVENTS), schema=layout.EVENTS)


def live_paths(log_kind: LogKind) -> tuple[str, ...]:
    """Return the files that are a log, oldest first."""
    paths = Part.objects.filter(log_kind=log_kind, is_live=True).order_by("id").values_list("path", flat=True)
    return tuple(str(Path(settings.ASSAY_DATA) / path) for path in paths)


def log_stamp() -> str:
    """Return a text that changes whenever the decision log does; a key for what is derived from it."""
    newest = Part.objects.filter(log_kind=LogKind.DECISIONS).aggregate(newest=Max("id"))["newest"]
    live = Part.objects.filter(log_kind=LogKind.DECISIONS, is_live=True).count()
    return f"{newest or 0}.{live}"


def codes_for(unit: Unit) -> rules.Codes:
    """Return the codes that an import at a unit may use."""
    places = Unit.objects.within([unit.path]) | Unit.objects.filter(pk=unit.pk)
    if unit.kind == UnitKind.TEAM and unit.parent is not None:
        places = places | Unit.objects.filter(pk=unit.parent.pk)
    clauses = dict(Clause.objects.order_by("code").values_list("code", "policy__code"))
    return rules.Codes(
        sites=tuple(places.filter(kind=UnitKind.SITE).order_by("code").values_list("code", flat=True)),
        teams=tuple(places.filter(kind=UnitKind.TEAM).order_by("code").values_list("code", flat=True)),
        vendors=tuple(Vendor.objects.order_by("code").values_list("code", flat=True)),
        policies=tuple(Policy.objects.order_by("code").values_list("code", flat=True)),
        clauses=clauses,
        is_site_required=unit.kind != UnitKind.ORGANISATION,
    )


def runs(access: Access) -> QuerySet[ImportRun]:
    """Return the runs within reach, newest first."""
    return ImportRun.objects.filter(unit__in=access.units()).select_related("mapping", "unit", "requested_by")


def mappings(access: Access) -> QuerySet[Mapping]:
    """Return the mappings within reach, by name."""
    return Mapping.objects.filter(unit__in=access.units()).select_related("unit").order_by("name")


def fitting_mapping(access: Access, headings: Sequence[str]) -> Mapping | None:
    """Return the mapping last used whose columns are all among the headings."""
    for mapping in mappings(access).order_by("-id"):
        if rules.check_headings(rules.spec_from_json(mapping.spec), headings):
            return mapping
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How far a site's decisions reach. `site` is "" for rows that name none."""

    site: str
    rows: int
    last_at: datetime
    brought_in_at: datetime | None


def freshness(access: Access) -> tuple[Freshness, ...]:
    """Return how up to date each site within reach is, the stalest first."""
    counts = decision_store().query(
        "SELECT coalesce(site, '') AS site, count(*) AS rows, max(decided_at) AS last_at, "
        "max(import_run) AS run FROM {log} GROUP BY 1 ORDER BY last_at, site"
    )
    allowed = access.site_codes()
    found = [row for row in counts.to_pylist() if allowed is None or row["site"] in allowed]
    ended = dict(ImportRun.objects.filter(id__in=[row["run"] for row in found]).values_list("id", "ended_at"))
    return tuple(
        Freshness(
            site=row["site"],
            rows=row["rows"],
            last_at=row["last_at"],
            brought_in_at=ended.get(row["run"]),
        )
        for row in found
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """Rows of one site on one day, in UTC."""

    site: str
    day: date
    rows: int


def rows_by_day(access: Access, *, since: date) -> tuple[DayCount, ...]:
    """Return how many decisions each site within reach made on each day; days without any are absent."""
    allowed = access.site_codes()
    counts = decision_store().query(
        "SELECT coalesce(site, '') AS site, (decided_at AT TIME ZONE 'UTC')::DATE AS day, count(*) AS rows "
        "FROM {log} WHERE decided_at >= ?::timestamptz GROUP BY 1, 2 ORDER BY 1, 2",
        [f"{since.isoformat()}T00:00:00Z"],
    )
    return tuple(
        DayCount(site=row["site"], day=row["day"], rows=row["rows"])
        for row in counts.to_pylist()
        if allowed is None or row["site"] in allowed
    )


def refused_rows(run: ImportRun) -> Iterator[dict[str, Any]]:
    """Return a run's refused rows, one after the other; the first value holds the headings."""
    if not run.refused_path:
        return
    with (Path(settings.ASSAY_DATA) / run.refused_path).open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def unbalanced_runs() -> QuerySet[ImportRun]:
    """Return runs whose ledger does not add up; there must be none."""
    return ImportRun.objects.unbalanced()


def unfinished_runs() -> QuerySet[ImportRun]:
    """Return runs that have begun and not ended."""
    return ImportRun.objects.filter(state__in=[RunState.UPLOADED, RunState.RUNNING])
