"""Is the installation in order? Each check says what it found and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from assay.figures import numbers
from assay.rooms.audit import queries as audit
from assay.rooms.decisions.models import ImportRun, Part
from assay.rooms.decisions.terms import RunState
from assay.rooms.jobs.models import Job
from assay.rooms.jobs.terms import JobState
from assay.rooms.reviews.models import Task
from assay.rooms.reviews.terms import TaskState

from .formats import current_region

FREE_SPACE_WARNING, FREE_SPACE_BAD = 0.15, 0.05
JOB_WAIT_WARNING = timedelta(minutes=5)


class Health(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found.

    Attributes:
        name: Stable, for programs.
        title: What was checked.
        sentence: What was found and, when it is not in order, what to do; with `{fact}` placeholders.
    """

    name: str
    title: str | Promise
    health: Health
    sentence: str | Promise
    facts: dict[str, Any]

    def told(self) -> str:
        """Say the sentence in the language in force."""
        shown = {name: _shown(value) for name, value in self.facts.items()}
        return str(self.sentence).format(**shown)


def _shown(value: Any) -> Any:
    return numbers.format_count(value, current_region()) if isinstance(value, int) else value


def findings(*, at: datetime) -> tuple[Finding, ...]:
    """Run every check; one that fails itself counts as bad rather than hiding the others."""
    return tuple(_run(check, at) for check in CHECKS)


def _run(check: Callable[[datetime], Finding], at: datetime) -> Finding:
    try:
        return check(at)
    except Exception as error:
        return Finding(
            name=check.__name__.lstrip("_"),
            title=_("A check"),
            health=Health.BAD,
            sentence=_("The check could not be made: {error}"),
            facts={"error": f"{type(error).__name__}: {error}"[:300]},
        )


def _database(at: datetime) -> Finding:
    title = _("Database")
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return Finding(name="database", title=title, health=Health.OK, sentence=_("PostgreSQL answers."), facts={})
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        row = cursor.fetchone()
        cursor.execute("PRAGMA foreign_key_check")
        orphan = cursor.fetchone()
    if row and row[0] == "ok" and orphan is None:
        return Finding(
            name="database",
            title=title,
            health=Health.OK,
            sentence=_("The file is whole and every reference leads somewhere."),
            facts={},
        )
    told = row[0] if row and row[0] != "ok" else f"{orphan[0]} → {orphan[2]}"
    return Finding(
        name="database",
        title=title,
        health=Health.BAD,
        sentence=_("The database file is damaged ({told}). Stop the server and restore the last backup."),
        facts={"told": told},
    )


def _migrations(at: datetime) -> Finding:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    count = len(missing)
    if not count:
        return Finding(
            name="migrations",
            title=_("Schema"),
            health=Health.OK,
            sentence=_("The schema fits this version."),
            facts={},
        )
    return Finding(
        name="migrations",
        title=_("Schema"),
        health=Health.BAD,
        sentence=ngettext_lazy(
            "{count} migration is missing. Stop the server, make a backup and run “assay init”.",
            "{count} migrations are missing. Stop the server, make a backup and run “assay init”.",
            count,
        ),
        facts={"count": count},
    )


def _audit_chain(at: datetime) -> Finding:
    bad = audit.first_bad_entry()
    if bad is None:
        return Finding(
            name="audit_chain",
            title=_("Audit log"),
            health=Health.OK,
            sentence=_("The chain holds up to entry {count}."),
            facts={"count": audit.head().sequence},
        )
    return Finding(
        name="audit_chain",
        title=_("Audit log"),
        health=Health.BAD,
        sentence=_("The chain does not hold at entry {number}. Keep a copy of the database and compare backups."),
        facts={"number": bad.sequence},
    )


def _import_balance(at: datetime) -> Finding:
    parts = F("accepted") + F("duplicate") + F("superseded") + F("refused")
    unbalanced = (
        ImportRun.objects.filter(state=RunState.DONE).exclude(rows_in=parts).order_by("pk").values_list("pk", flat=True)
    )
    first = unbalanced.first()
    if first is None:
        return Finding(
            name="import_balance",
            title=_("Imports"),
            health=Health.OK,
            sentence=_("In every run the rows read are the rows accepted, duplicate, superseded and refused."),
            facts={},
        )
    return Finding(
        name="import_balance",
        title=_("Imports"),
        health=Health.BAD,
        sentence=_("Run {run} does not account for each of its rows. Import its file again."),
        facts={"run": first},
    )


def _parts_on_disk(at: datetime) -> Finding:
    names = Part.objects.filter(is_live=True).values_list("path", flat=True)
    missing = [name for name in names if not (Path(settings.ASSAY_DATA) / name).is_file()]
    count = len(missing)
    if not count:
        return Finding(
            name="parts_on_disk",
            title=_("Decision log"),
            health=Health.OK,
            sentence=_("Every file of the log is there."),
            facts={},
        )
    return Finding(
        name="parts_on_disk",
        title=_("Decision log"),
        health=Health.BAD,
        sentence=ngettext_lazy(
            "{count} file of the log is missing: {name}. Restore it from the last backup.",
            "{count} files of the log are missing, first {name}. Restore them from the last backup.",
            count,
        ),
        facts={"count": count, "name": missing[0]},
    )


def _stale_leases(at: datetime) -> Finding:
    count = Task.objects.filter(state=TaskState.HELD, lease_until__lt=at - timedelta(hours=1)).count()
    return Finding(
        name="stale_leases",
        title=_("Reservations of items"),
        health=Health.WARNING if count else Health.OK,
        sentence=(
            ngettext_lazy(
                "{count} reservation ended more than an hour ago; the next reviewer takes it over.",
                "{count} reservations ended more than an hour ago; the next reviewer takes them over.",
                count,
            )
            if count
            else _("No reservation is left over.")
        ),
        facts={"count": count},
    )


def _jobs(at: datetime) -> Finding:
    failed = Job.objects.filter(state=JobState.FAILED, ended_at__gt=at - timedelta(days=7)).count()
    waiting = Job.objects.filter(state=JobState.WAITING, run_after__lt=at - JOB_WAIT_WARNING).count()
    if waiting:
        return Finding(
            name="jobs",
            title=_("Jobs"),
            health=Health.BAD,
            sentence=ngettext_lazy(
                "{count} job has waited for more than 5 minutes. Check that a worker is running.",
                "{count} jobs have waited for more than 5 minutes. Check that a worker is running.",
                waiting,
            ),
            facts={"count": waiting},
        )
    return Finding(
        name="jobs",
        title=_("Jobs"),
        health=Health.WARNING if failed else Health.OK,
        sentence=(
            ngettext_lazy(
                "{count} job failed in the last 7 days. Open it to see why.",
                "{count} jobs failed in the last 7 days. Open them to see why.",
                failed,
            )
            if failed
            else _("No job waits too long and none failed in the last 7 days.")
        ),
        facts={"count": failed},
    )


def _free_space(at: datetime) -> Finding:
    usage = shutil.disk_usage(settings.HOME)
    share = usage.free / usage.total
    health = Health.OK
    if share < FREE_SPACE_WARNING:
        health = Health.BAD if share < FREE_SPACE_BAD else Health.WARNING
    return Finding(
        name="free_space",
        title=_("Disk"),
        health=health,
        sentence=(
            _("{free} GB are free.")
            if health is Health.OK
            else _("Only {free} GB are free. Make room before the next import.")
        ),
        facts={"free": f"{usage.free / 1e9:.1f}"},
    )


CHECKS: tuple[Callable[[datetime], Finding], ...] = (
    _database,
    _migrations,
    _audit_chain,
    _import_balance,
    _parts_on_disk,
    _stale_leases,
    _jobs,
    _free_space,
)


def worst(found: Iterable[Finding]) -> Health:
    """Say how the whole is: as bad as its worst part."""
    order = (Health.OK, Health.WARNING, Health.BAD)
    return max((finding.health for finding in found), key=order.index, default=Health.OK)
