"""A real server on loopback over a database of its own, to be killed, or measured, by those who start it.

The application is imported once; each server is a fork of that, so that it can be killed and started
again hundreds of times in a minute.

    python -m tests.rooms.reviews.serving prepare DECISIONS CLIENTS   migrate, build a world, print tokens
    python -m tests.rooms.reviews.serving fork PORT                   start servers on request
    python -m tests.rooms.reviews.serving verify                      print what the database holds
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[3]
WORKERS, THREADS = 2, 1


@dataclass(slots=True, kw_only=True)
class Server:
    """A server that can be killed and started again."""

    port: int
    parent: subprocess.Popen[str]
    leader: int = 0
    children: list[int] = field(default_factory=list)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        assert self.parent.stdin
        assert self.parent.stdout
        self.parent.stdin.write("start\n")
        self.parent.stdin.flush()
        self.leader = int(self.parent.stdout.readline())
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                probe.settimeout(0.2)
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.005)
        raise RuntimeError(f"no server answered on port {self.port} within 30 s")

    def kill(self) -> None:
        """Kill the server and its workers, as a power cut would."""
        os.killpg(self.leader, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                os.killpg(self.leader, 0)
            except ProcessLookupError:
                return
            time.sleep(0.002)
        raise RuntimeError(f"the server {self.leader} outlived its kill")


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a server with a home of its own, durable as in production."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASSAY_")}
    path = os.pathsep.join((str(ROOT), str(ROOT / "src")))
    return kept | {
        "ASSAY_HOME": str(home),
        "ASSAY_DATABASE": f"sqlite:///{home / 'assay.sqlite3'}",
        "ASSAY_SQLITE_SYNCHRONOUS": "FULL",
        "DJANGO_SETTINGS_MODULE": "assay.web.settings",
        "PYTHONPATH": path,
        **more,
    }


def call(*words: str, env: dict[str, str]) -> Any:
    """Run one of this module's commands and return what it printed."""
    command = [sys.executable, "-m", "tests.rooms.reviews.serving", *words]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def servers(env: dict[str, str]) -> Iterator[Server]:
    """Offer a server; whatever still runs afterwards is ended."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.rooms.reviews.serving", "fork", str(port)]
    parent = subprocess.Popen(command, env=env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    server = Server(port=port, parent=parent)
    try:
        server.start()
        yield server
    finally:
        with suppress(OSError):
            server.kill()
        assert parent.stdin
        parent.stdin.close()
        parent.wait(timeout=30)


@contextmanager
def own_database(address: str) -> Iterator[str]:
    """Make a database for one run on the PostgreSQL server that `address` names."""
    import psycopg

    name = f"assay_kill_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(address)._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@dataclass(slots=True, kw_only=True)
class Caller:
    """A client of the API with one connection, made again when it breaks."""

    port: int
    token: str
    connection: http.client.HTTPConnection | None = None

    def post(self, path: str, body: dict[str, Any] | None = None, *, key: str = "") -> tuple[int, Any]:
        """Send one request.

        Raises:
            OSError, http.client.HTTPException: No answer came; what happened is unknown.
        """
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            self.connection.request("POST", path, json.dumps(body or {}), headers)
            answer = self.connection.getresponse()
            read = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise
        return answer.status, json.loads(read) if read else None


def _prepare(decisions: int, clients: int) -> None:
    from django.core.management import call_command
    from django.utils import timezone

    from assay.rooms.organisation import operations as organisation
    from assay.rooms.organisation.terms import Permission

    from .world import build, reviewer

    call_command("migrate", verbosity=0)
    world = build(decisions=decisions, doubles_share=1.0)
    now = timezone.now()
    tokens = []
    for number in range(clients):
        person = reviewer(f"client-{number}", home=world.dublin, place=world.root)
        _row, text = organisation.create_token(
            person=person,
            name="client",
            scopes=[Permission.REVIEW],
            unit=world.root,
            expires_at=now + timedelta(days=1),
            at=now,
        )
        tokens.append(text)
    print(json.dumps(tokens))


def _fork(port: int) -> None:
    from django.db import connections
    from django.test import Client
    from granian import Granian
    from granian.constants import Interfaces

    # Everything a request needs is imported here, once, and inherited by each fork; connections are not.
    assert Client().post("/api/reviews/claim", headers={"host": "localhost"}).status_code == 401
    connections.close_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.setsid()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(2, 1)
            Granian(
                "assay.web.wsgi:application",
                address="127.0.0.1",
                port=port,
                interface=Interfaces.WSGI,
                workers=WORKERS,
                blocking_threads=THREADS,
                log_enabled=False,
            ).serve()
            os._exit(0)
        print(child, flush=True)


def _verify() -> None:
    from django.db import connection

    from assay.rooms.audit import queries as audit_queries
    from assay.rooms.audit.models import Entry
    from assay.rooms.reviews.models import Task, Verdict

    verdicts = list(Verdict.objects.values_list("task_id", "idempotency_key", "note", "withdrawn_at"))
    integrity = "ok"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            integrity = cursor.execute("PRAGMA integrity_check").fetchone()[0]
    bad = audit_queries.first_bad_entry()
    print(
        json.dumps(
            {
                "verdicts": [[str(task), key, note] for task, key, note, _withdrawn in verdicts],
                "integrity": integrity,
                "bad_entry": bad.sequence if bad else None,
                "entries": Entry.objects.filter(kind="reviews.verdict_submitted").count(),
                "submitted": Task.objects.filter(state="submitted").count(),
            }
        )
    )


def main() -> None:
    import django

    django.setup()
    match sys.argv[1:]:
        case ["prepare", decisions, clients]:
            _prepare(int(decisions), int(clients))
        case ["fork", port]:
            _fork(int(port))
        case ["verify"]:
            _verify()
        case other:
            raise SystemExit(f"unknown command {other}")


if __name__ == "__main__":
    main()
