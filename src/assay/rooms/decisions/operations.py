"""Writes: mappings, and files brought in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from assay.columnar import parts
from assay.rooms.audit import operations as audit
from assay.rooms.jobs import operations as jobs
from assay.rooms.jobs.models import Job
from assay.rooms.jobs.registry import Tick
from assay.rooms.organisation.models import Person, Unit
from assay.rooms.organisation.refusals import Refusal

from . import queries, rules, uploads
from .child import parse_in_child
from .models import ImportRun, Mapping, Part, RefusalGroup
from .parsing.containers import open_file
from .parsing.parse import Request
from .parsing.shapes import FileRefused, Limits
from .parsing.writing import CANDIDATES, REFUSED
from .terms import LogKind, RunState

Parse = Callable[..., dict[str, Any]]
_LOGS = {LogKind.DECISIONS: parts.DECISION_LOG, LogKind.EVENTS: parts.EVENT_LOG}
_MOST_GROUPS = 500


@transaction.atomic
def save_mapping(
    *,
    name: str,
    source: str,
    unit: Unit,
    spec: rules.MappingSpec,
    actor: Person | None,
    at: datetime,
) -> Mapping:
    """Keep a mapping under its name; the same name takes the new contents.

    Raises:
        Refusal: The mapping or its source cannot be used.
    """
    rules.check_spec(spec)
    rules.check_source(name=name, source=source)
    _check_source_place(name, source, unit)
    values = {
        "source": source,
        "log_kind": spec.log_kind,
        "unit": unit,
        "spec": spec.to_json(),
        "created_at": at,
        "created_by": actor,
    }
    mapping, _made = Mapping.objects.update_or_create(name=name, defaults=values)
    audit.record(
        "decisions.mapping_saved",
        actor=actor or "system",
        subject=f"mapping:{mapping.pk}",
        at=at,
        facts={"name": name, "source": source, "spec": spec.to_json()},
        place=unit.path,
    )
    return mapping


def _check_source_place(name: str, source: str, unit: Unit) -> None:
    """Refuse a source that belongs to another place: its ids would overwrite that place's decisions."""
    same_name = Mapping.objects.filter(name=name).exclude(unit=unit).select_related("unit").first()
    same_source = Mapping.objects.filter(source=source).exclude(unit=unit).select_related("unit").first()
    if taken := same_name or same_source:
        raise Refusal(
            "decisions.belongs_elsewhere",
            _("The name or source “{name}” is used at {place}; choose another."),
            facts={"name": name if same_name else source, "place": taken.unit.name},
            field="name" if same_name else "source",
        )


def start_import(
    *,
    mapping: Mapping,
    file_path: Path,
    file_name: str,
    requested_by: Person | None,
    at: datetime,
    dry_run: bool = False,
    mends: ImportRun | None = None,
) -> ImportRun:
    """Keep the file and note that it shall be brought in; `run_import` or a job then does it.

    Raises:
        Refusal: There is no file, or it mends a run it cannot mend.
    """
    path = Path(file_path)
    if not path.is_file():
        raise Refusal("decisions.no_file", _("There is no file at {path}."), facts={"path": str(path)}, status=404)
    if mends is not None and mends.mapping_id != mapping.pk:
        raise Refusal(
            "decisions.mends_other_mapping",
            _("A mended file is read with the mapping of the run it mends, “{name}”."),
            facts={"name": mends.mapping.name},
        )
    return _note_run(
        mapping=mapping,
        stored=uploads.keep(path),
        file_name=file_name,
        requested_by=requested_by,
        at=at,
        dry_run=dry_run,
        mends=mends,
    )


@transaction.atomic
def _note_run(
    *,
    mapping: Mapping,
    stored: uploads.StoredFile,
    file_name: str,
    requested_by: Person | None,
    at: datetime,
    dry_run: bool,
    mends: ImportRun | None,
) -> ImportRun:
    run = ImportRun.objects.create(
        mapping=mapping,
        unit=mapping.unit,
        file_name=rules.clean_file_name(file_name),
        file_format=_format_of(stored.path),
        file_sha256=stored.sha256,
        file_bytes=stored.size,
        stored_path=str(stored.path.relative_to(settings.ASSAY_UPLOADS)),
        is_dry_run=dry_run,
        mends=mends,
        requested_at=at,
        requested_by=requested_by,
    )
    audit.record(
        "decisions.import_requested",
        actor=requested_by or "system",
        subject=f"import:{run.pk}",
        at=at,
        facts={"file": run.file_name, "sha256": run.file_sha256, "mapping": mapping.name, "dry_run": dry_run},
        place=mapping.unit.path,
    )
    return run


def _format_of(path: Path) -> str:
    """Return what a file seems to be; one that is refused later is noted as CSV."""
    try:
        kind, stream, _head = open_file(path, Limits())
    except FileRefused:
        return "csv"
    stream.close()
    return str(kind)


@transaction.atomic
def enqueue_import(*, run: ImportRun, at: datetime) -> Job:
    """Let a job bring in a file."""
    return jobs.enqueue(
        "decisions.import",
        payload={"run_id": run.pk},
        at=at,
        requested_by=run.requested_by,
        unit=run.unit,
        dedupe_key=f"decisions.import:{run.pk}",
    )


@transaction.atomic
def repeat_for_real(*, run_id: int, actor: Person, at: datetime) -> ImportRun:
    """Bring in the file of a run that was only tried out, in a job.

    Raises:
        Refusal: The run was no trial, or has not ended well.
    """
    tried = ImportRun.objects.select_related("mapping", "mapping__unit", "mends").get(pk=run_id)
    if not tried.is_dry_run or tried.state != RunState.DONE:
        raise Refusal("decisions.no_trial", _("Only a trial run that has ended can be imported for real."))
    made = start_import(
        mapping=tried.mapping,
        file_path=Path(settings.ASSAY_UPLOADS) / tried.stored_path,
        file_name=tried.file_name,
        requested_by=actor,
        at=at,
        mends=tried.mends,
    )
    enqueue_import(run=made, at=at)
    return made


@transaction.atomic
def note_export(*, run: ImportRun, actor: Person, at: datetime) -> None:
    """Note who took away refused rows: they hold what the tool sent about people."""
    audit.record(
        "decisions.refused_rows_exported",
        actor=actor,
        subject=f"import:{run.pk}",
        at=at,
        facts={"rows": run.refused},
        place=run.unit.path,
    )


def _no_tick(progress: float, step: str = "") -> None:
    """Report progress to nobody."""


def run_import(run_id: int, *, at: datetime, tick: Tick = _no_tick, parse: Parse = parse_in_child) -> ImportRun:
    """Read a run's file, check every row, and make the good ones part of the log.

    A run that has ended stays as it is; one that was cut off starts again from its file, and nothing of the
    first try is in the log, because files become part of it in the same transaction as the ledger.
    """
    run = ImportRun.objects.select_related("mapping", "unit", "requested_by").get(pk=run_id)
    if run.state in {RunState.DONE, RunState.FAILED}:
        return run
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
    with uploads.workplace(f"run-{run.pk}") as folder:
        try:
            summary = _parsed(run, folder, at=at, tick=tick, parse=parse)
        except FileRefused as refused:
            return _fail(run_id=run.pk, code=refused.code, facts=refused.facts, at=at)
        return _merge(run, folder, summary, at=at, tick=tick)


def _parsed(run: ImportRun, folder: Path, *, at: datetime, tick: Tick, parse: Parse) -> dict[str, Any]:
    request = Request(
        path=Path(settings.ASSAY_UPLOADS) / run.stored_path,
        out=folder,
        spec=rules.spec_from_json(run.mapping.spec),
        codes=queries.codes_for(run.unit),
        # A row from the future is judged by the real clock, whenever the run is said to happen.
        at=max(at, timezone.now()),
    )
    return parse(request, progress=lambda share, _rows: tick(0.75 * share, _("Checking rows")))


def _merge(run: ImportRun, folder: Path, summary: dict[str, Any], *, at: datetime, tick: Tick) -> ImportRun:
    log_kind = LogKind(run.mapping.log_kind)
    candidates = folder / CANDIDATES
    with uploads.merging(log_kind, wait=lambda: _wait_for_merge(tick)):
        tick(0.8, _("Comparing with the log"))
        merged = None
        if candidates.exists():
            merged = parts.merge(
                log=_LOGS[log_kind],
                candidates=candidates,
                live=queries.live_paths(log_kind),
                folder=folder if run.is_dry_run else uploads.log_folder(log_kind),
                name=f"run-{run.pk:06d}-{folder.name[-12:]}",
                source=run.mapping.source,
                run=run.pk,
                salt=settings.ASSAY_SALT,
            )
        tick(0.95, _("Writing the ledger"))
        refused = _keep_refused(run, folder) if summary["refused"] else ""
        try:
            return _commit(run_id=run.pk, summary=summary, merged=merged, refused_path=refused, at=at)
        except BaseException:
            # Nothing points to these files; leaving them would only take up space.
            for part in _written(merged):
                part.path.unlink(missing_ok=True)
            raise


def _wait_for_merge(tick: Tick) -> None:
    import time

    tick(0.78, _("Waiting for another import"))
    time.sleep(0.5)


def _written(merged: parts.Merged | None) -> list[parts.WrittenPart]:
    if merged is None:
        return []
    made = [part for _old, part in merged.rewritten if part is not None]
    return [*made, merged.part] if merged.part else made


def _keep_refused(run: ImportRun, folder: Path) -> str:
    place = Path(settings.ASSAY_DATA) / "refused" / f"run-{run.pk:06d}.jsonl"
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder / REFUSED, place)
    return uploads.relative(place)


@transaction.atomic
def _commit(
    *, run_id: int, summary: dict[str, Any], merged: parts.Merged | None, refused_path: str, at: datetime
) -> ImportRun:
    """Make the written files part of the log, together with the ledger and the trail."""
    run = (
        ImportRun.objects.select_for_update(of=("self",))
        .select_related("mapping", "unit", "requested_by")
        .get(pk=run_id)
    )
    if run.state == RunState.DONE:
        raise Refusal("decisions.ended", _("This import has already ended."))
    run.accepted = merged.accepted if merged else 0
    run.duplicate = merged.duplicate if merged else 0
    run.superseded = merged.superseded if merged else 0
    run.refused = summary["refused"]
    run.rows_in = summary["rows_in"]
    run.file_format = summary["format"]
    run.refused_path = refused_path
    run.notes = {**summary["notes"], **_merge_notes(merged)}
    run.state, run.ended_at = RunState.DONE, at
    run.save()
    _keep_groups(run, summary["groups"])
    if merged is not None and not run.is_dry_run:
        _make_live(run, merged)
    audit.record(
        "decisions.tried_out" if run.is_dry_run else "decisions.imported",
        actor=run.requested_by or "system",
        subject=f"import:{run.pk}",
        at=at,
        facts=_ledger(run, merged),
        place=run.unit.path,
    )
    return run


def _ledger(run: ImportRun, merged: parts.Merged | None) -> dict[str, Any]:
    return {
        "file_sha256": run.file_sha256,
        "rows_in": run.rows_in,
        "accepted": run.accepted,
        "duplicate": run.duplicate,
        "superseded": run.superseded,
        "refused": run.refused,
        "replaced": merged.replaced if merged else 0,
        "parts": [part.sha256 for part in _written(merged)],
    }


def _merge_notes(merged: parts.Merged | None) -> AnyMapping[str, Any]:
    if merged is None:
        return {}
    notes: dict[str, Any] = {}
    if merged.replaced:
        notes["replaced"] = merged.replaced
    if merged.conflict_count:
        notes["conflicts"] = [conflict.key for conflict in merged.conflicts]
        notes["conflict_count"] = merged.conflict_count
    return notes


def _keep_groups(run: ImportRun, groups: list[dict[str, Any]]) -> None:
    RefusalGroup.objects.bulk_create(
        RefusalGroup(
            run=run,
            column=group["column"][:200],
            reason=group["reason"],
            count=group["count"],
            first_row=group["first_row"],
            example=group["value"][:400].replace("\x00", "\ufffd"),
            facts=group["facts"],
        )
        for group in groups[:_MOST_GROUPS]
    )


def _make_live(run: ImportRun, merged: parts.Merged) -> None:
    log_kind = run.mapping.log_kind
    for old_path, part in merged.rewritten:
        old = Part.objects.get(path=uploads.relative(Path(old_path)))
        old.is_live = False
        old.save(update_fields=["is_live"])
        if part is not None:
            _note_part(old.run, log_kind, part)
    if merged.part is not None:
        _note_part(run, log_kind, merged.part)


def _note_part(run: ImportRun, log_kind: str, part: parts.WrittenPart) -> None:
    Part.objects.create(
        log_kind=log_kind,
        run=run,
        path=uploads.relative(part.path),
        rows=part.rows,
        first_at=part.first_at,
        last_at=part.last_at,
        sha256=part.sha256,
    )


@transaction.atomic
def _fail(*, run_id: int, code: str, facts: AnyMapping[str, Any], at: datetime) -> ImportRun:
    """Note that a whole file was refused, and why."""
    run = (
        ImportRun.objects.select_for_update(of=("self",))
        .select_related("mapping", "unit", "requested_by")
        .get(pk=run_id)
    )
    run.state, run.ended_at = RunState.FAILED, at
    run.error_code, run.error_facts = code, dict(facts)
    run.save(update_fields=["state", "ended_at", "error_code", "error_facts"])
    audit.record(
        "decisions.import_failed",
        actor=run.requested_by or "system",
        subject=f"import:{run.pk}",
        at=at,
        facts={"code": code, "file_sha256": run.file_sha256},
        place=run.unit.path,
    )
    return run


def sweep(*, before: datetime) -> int:
    """Delete what no longer serves since a moment: replaced files, and what a killed import left behind."""
    live = {uploads.absolute(path) for path in Part.objects.filter(is_live=True).values_list("path", flat=True)}
    return uploads.sweep(keep=live, before=before.timestamp())
