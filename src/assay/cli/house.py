"""Commands about the whole house: set up, serve, work, doctor."""

from __future__ import annotations

import getpass
import json
import os
import signal
import subprocess
import sys
import threading
from types import FrameType
from typing import Annotated

import typer
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

app = typer.Typer()


@app.command()
def init(
    name: Annotated[str, typer.Option(help="The organisation's name.")] = "",
    login: Annotated[str, typer.Option(help="Sign-in name of the first administrator.")] = "",
    password: Annotated[str, typer.Option(envvar="ASSAY_PASSWORD", help="Asked for when not given.")] = "",
) -> None:
    """Set up the database, or bring it up to date; with a name, add the organisation and its administrator."""
    call_command("migrate", interactive=False, verbosity=0)
    if name:
        _first_administrator(name, login or "admin", password or getpass.getpass("Password: "))
    typer.echo(f"Ready in {settings.HOME}.")


def _first_administrator(name: str, login: str, password: str) -> None:
    from django.db import transaction

    from assay.rooms.organisation import operations
    from assay.rooms.organisation.models import Unit
    from assay.rooms.organisation.refusals import Refusal
    from assay.rooms.organisation.terms import Role, UnitKind
    from assay.rooms.policies import operations as policies

    if Unit.objects.exists():
        raise Refusal(
            "cli.already_set_up", "There is an organisation already; add people on the page “People and roles”."
        )
    now = timezone.now()
    with transaction.atomic():
        root = operations.create_unit(
            kind=UnitKind.ORGANISATION, code="organisation", name=name, parent=None, actor="cli", at=now
        )
        person = operations.create_person(
            login=login, name=login, pseudonym="ADMIN", home=root, password=password, actor="cli", at=now
        )
        for role in (Role.ADMINISTRATOR, Role.PROGRAM_MANAGER):
            operations.grant_role(person=person, role=role, unit=root, actor="cli", at=now)
        policies.load_default_taxonomy(actor=person, at=now)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes.")] = 2,
    threads: Annotated[int, typer.Option(help="Threads in each; 1 or 2 on SQLite, 4 to 8 on PostgreSQL.")] = 2,
    jobs: Annotated[bool, typer.Option(help="Also run one job worker.")] = True,
) -> None:
    """Serve the pages and the API, with one job worker beside them."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    _refuse_open_debug(host)
    call_command("migrate", interactive=False, verbosity=0)
    worker = subprocess.Popen([sys.executable, "-m", "assay.cli", "worker"]) if jobs else None
    typer.echo(f"Assay is at http://{host}:{port}/ (Ctrl+C stops it).")
    try:
        Granian(
            "assay.web.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=threads,
            respawn_failed_workers=True,
            log_level=LogLevels.warning,
        ).serve()
    finally:
        if worker:
            worker.terminate()
            worker.wait(timeout=30)


def _refuse_open_debug(host: str) -> None:
    if settings.DEBUG and host not in {"127.0.0.1", "localhost", "::1"}:
        raise typer.BadParameter(f"ASSAY_DEBUG=1 shows internals to everyone who can reach {host}; unset it.")


@app.command()
def worker() -> None:
    """Do jobs until stopped."""
    from assay.rooms.jobs.worker import work_forever

    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    threading.Thread(target=_end_with_parent, args=(stop, os.getppid()), daemon=True).start()
    work_forever(stop)


def _end_with_parent(stop: threading.Event, parent: int) -> None:
    """A worker whose server was killed must not live on alone."""
    while not stop.wait(2):
        if os.getppid() != parent:
            stop.set()


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False) -> None:
    """Look for trouble before it finds you; exits with 1 when something needs a person."""
    from assay.web import doctor as checks

    found = checks.findings(at=timezone.now())
    if as_json:
        told = [{"check": f.name, "health": f.health, "sentence": f.told(), "facts": f.facts} for f in found]
        typer.echo(json.dumps(told, default=str))
    else:
        for finding in found:
            typer.echo(f"{finding.health:<8} {finding.name}: {finding.told()}")
    raise typer.Exit(1 if checks.worst(found) == checks.Health.BAD else 0)
