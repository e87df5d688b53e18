"""`assay backup` and `assay restore`: one archive that either database can be restored from.

The archive holds each table as JSON lines, the live files of the decision log, and a manifest with
counts, digests and the head of the audit trail. Secrets go to a file of their own beside it.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.management import call_command
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from assay import __version__
from assay.rooms.audit import queries as audit
from assay.rooms.decisions.models import Part
from assay.rooms.organisation.refusals import Refusal

app = typer.Typer()
_LEFT_OUT = {"sessions.session", "contenttypes.contenttype", "auth.permission", "auth.group"}


def _tables() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m._meta.label_lower not in _LEFT_OUT and m._meta.managed]


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read everything as of one moment, without stopping those who write."""
    begin = "BEGIN" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(begin)
        try:
            yield
        finally:
            cursor.execute("COMMIT")


class _Exact(DjangoJSONEncoder):
    """Keeps microseconds, which the usual encoder cuts: the trail's hashes cover them."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> str:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))
    return hashlib.sha256(content).hexdigest()


@app.command("backup")
def backup(
    target: Annotated[Path, typer.Argument(help="The archive to write, such as backup.tar.gz.")],
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Write everything to one archive, while the product runs."""
    if target.exists():
        raise Refusal("cli.target_exists", "{path} exists already; choose another name.", facts={"path": str(target)})
    half_written = target.with_name(target.name + ".part")
    with tarfile.open(half_written, "w:gz", compresslevel=3) as archive, _snapshot():
        manifest = _write(archive)
    half_written.rename(target)
    secrets = target.with_name(target.name + ".secrets")
    secrets.touch(mode=0o600)
    secrets.write_text(json.dumps({p.name: p.read_text() for p in (settings.HOME / "secrets").iterdir()}))
    if as_json:
        typer.echo(json.dumps({"archive": str(target), "secrets": str(secrets), **manifest}))
    else:
        rows = sum(table["rows"] for table in manifest["tables"].values())
        typer.echo(f"{target}: {rows} rows, {len(manifest['files'])} files of the decision log. Keep {secrets} apart.")


def _write(archive: tarfile.TarFile) -> dict[str, Any]:
    head = audit.head()
    manifest: dict[str, Any] = {
        "version": __version__,
        "made_at": timezone.now().isoformat(),
        "head": {"sequence": head.sequence, "hash": head.hash},
        "tables": {},
        "files": {},
    }
    for model in _tables():
        label = model._meta.label_lower
        out = io.StringIO()
        rows = model._default_manager.order_by("pk")
        serializers.serialize("jsonl", rows.iterator(chunk_size=2_000), stream=out, cls=_Exact)
        digest = _add(archive, f"tables/{label}.jsonl", out.getvalue().encode())
        manifest["tables"][label] = {"rows": rows.count(), "sha256": digest}
    for part in Part.objects.filter(is_live=True):
        path = Path(part.path)
        found = path if path.is_absolute() else settings.ASSAY_DATA / path
        archive.add(found, arcname=f"decisions/{found.name}")
        manifest["files"][found.name] = part.sha256
    _add(archive, "manifest.json", json.dumps(manifest, indent=1).encode())
    return manifest


@app.command("restore")
def restore(
    source: Annotated[Path, typer.Argument(help="An archive that `assay backup` wrote.")],
    secrets: Annotated[Path | None, typer.Option(help="Its file of secrets; default: beside it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Restore an archive into an empty installation, and check every digest and the audit trail."""
    if not source.is_file():
        raise Refusal("cli.no_archive", "There is no file {path}.", facts={"path": str(source)})
    call_command("migrate", interactive=False, verbosity=0)
    if any(m._default_manager.exists() for m in _tables() if m._meta.app_label in settings.ROOMS):
        raise Refusal(
            "cli.not_empty",
            "{home} is not empty; restore into a new one.",
            facts={"home": str(settings.HOME)},
        )
    with tarfile.open(source) as archive:
        manifest = json.loads(_member(archive, "manifest.json"))
        with transaction.atomic():
            for label, facts in manifest["tables"].items():
                _load_table(archive, label, facts)
        _load_files(archive, manifest["files"])
    _load_secrets(secrets or source.with_name(source.name + ".secrets"))
    bad = audit.first_bad_entry(kept_head=manifest["head"]["hash"] if manifest["head"]["sequence"] else "")
    if bad:
        raise Refusal("cli.trail_broken", "Entry {n} of the restored trail does not hold.", facts={"n": bad.sequence})
    rows = sum(table["rows"] for table in manifest["tables"].values())
    if as_json:
        typer.echo(json.dumps({"rows": rows, "files": len(manifest["files"]), "trail": "holds"}))
    else:
        typer.echo(f"Restored {rows} rows and {len(manifest['files'])} files; every digest and the trail hold.")


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    try:
        member = archive.extractfile(name)
    except KeyError:
        member = None
    if member is None:
        raise Refusal("cli.bad_archive", "The archive lacks {name}: it is no whole backup.", facts={"name": name})
    return member.read()


def _check_digest(name: str, content: bytes, expected: str) -> None:
    if hashlib.sha256(content).hexdigest() != expected:
        raise Refusal("cli.bad_digest", "{name} in the archive is damaged.", facts={"name": name})


def _load_table(archive: tarfile.TarFile, label: str, facts: dict[str, Any]) -> None:
    content = _member(archive, f"tables/{label}.jsonl")
    _check_digest(label, content, facts["sha256"])
    model = apps.get_model(label)
    batch: list[models.Model] = []
    for found in serializers.deserialize("jsonl", io.StringIO(content.decode())):
        batch.append(found.object)
        if len(batch) == 2_000:
            model._default_manager.bulk_create(batch)
            batch = []
    model._default_manager.bulk_create(batch)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(statement)


def _load_files(archive: tarfile.TarFile, digests: dict[str, str]) -> None:
    settings.ASSAY_DATA.mkdir(parents=True, exist_ok=True)
    for name, expected in digests.items():
        content = _member(archive, f"decisions/{name}")
        _check_digest(name, content, expected)
        (settings.ASSAY_DATA / name).write_bytes(content)


def _load_secrets(path: Path) -> None:
    if not path.is_file():
        return
    folder = settings.HOME / "secrets"
    for name, value in json.loads(path.read_text()).items():
        target = folder / Path(name).name
        target.unlink(missing_ok=True)
        target.touch(mode=0o600)
        target.write_text(value)
