"""The command line: `assay import FILE --mapping NAME`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from assay.rooms.organisation.models import Unit
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.organisation.terms import UnitKind

from . import api, operations, rules
from .models import ImportRun, Mapping
from .terms import RunState

app = typer.Typer()


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, JSONL, Parquet or XLSX; CSV and JSONL may be gzipped.")],
    mapping: str = typer.Option(..., help="Name of a saved mapping, or a JSON file with one."),
    unit: str = typer.Option(
        "", help="Code of the place a mapping from a file belongs to; the organisation if left out."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="Report what would happen and store nothing."),
    as_json: bool = typer.Option(False, "--json", help="Print the ledger as JSON."),
) -> int:
    """Bring decisions or events in from a file."""
    now = timezone.now()
    run = operations.start_import(
        mapping=_mapping(mapping, unit),
        file_path=file,
        file_name=file.name,
        requested_by=None,
        at=now,
        dry_run=dry_run,
    )
    ended = _run(run, quiet=as_json)
    facts = api.shown(ended)
    if as_json:
        print(json.dumps(facts, cls=DjangoJSONEncoder, ensure_ascii=False))
    else:
        _print(facts)
    return 0 if ended.state == RunState.DONE else 1


def _mapping(wanted: str, unit: str) -> Mapping:
    """Find a mapping by name, or save the one a file describes."""
    found = Mapping.objects.select_related("unit").filter(name=wanted).first()
    if found is not None:
        return found
    path = Path(wanted)
    if not path.is_file():
        names = ", ".join(Mapping.objects.order_by("name").values_list("name", flat=True)) or "none"
        raise Refusal(
            "decisions.no_mapping",
            "There is no mapping and no file named “{name}”. Saved mappings: {names}.",
            facts={"name": wanted, "names": names},
            status=404,
        )
    made = _read(path)
    return operations.save_mapping(
        name=str(made.get("name", path.stem)),
        source=str(made.get("source", "")),
        unit=_place(unit),
        spec=rules.spec_from_json(made.get("spec")),
        actor=None,
        at=timezone.now(),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refusal(
            "decisions.bad_mapping_file",
            "{path} is no JSON: {cause}",
            facts={"path": str(path), "cause": str(error)},
        ) from error
    if not isinstance(made, dict):
        raise Refusal(
            "decisions.bad_mapping_file",
            "{path} is no JSON: {cause}",
            facts={"path": str(path), "cause": "an object with name, source and spec is needed"},
        )
    return made


def _place(code: str) -> Unit:
    wanted = {"code": code} if code else {"kind": UnitKind.ORGANISATION}
    found = Unit.objects.filter(**wanted).first()
    if found is None:
        raise Refusal(
            "decisions.no_unit",
            "There is no place with the code “{code}”. Make the organisation first.",
            facts={"code": code},
            status=404,
        )
    return found


def _run(run: ImportRun, *, quiet: bool) -> ImportRun:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def tick(progress: float, step: str = "") -> None:
            bar.update(task, completed=progress, description=step)

        return operations.run_import(run.pk, at=timezone.now(), tick=tick)


def _print(facts: dict[str, Any]) -> None:
    if facts["error_message"]:
        print(facts["error_message"])
        return
    for name in ("rows_in", "accepted", "duplicate", "superseded", "refused"):
        print(f"{name:<11} {facts[name]:>12,}")
    for cause in facts["causes"]:
        where = f"{cause['column']}: " if cause["column"] else ""
        print(f"{cause['count']:>12,}  {where}{cause['message']} (first in row {cause['first_row']})")
