"""Run the whole suite: once on SQLite, and all that meets a database once more on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys

from tests import pgtest

_MEETS_DATABASE = ["tests/rooms", "tests/web", "tests/cli", "tests/journeys"]


def _pytest(*words: str, **environment: str) -> int:
    workers = str(min(4, os.cpu_count() or 2))
    command = [sys.executable, "-m", "pytest", "-n", workers, "--dist", "loadfile", "--no-loadscope-reorder", *words]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


def main() -> int:
    """Return 0 when both runs are green."""
    print("== SQLite", flush=True)
    on_sqlite = _pytest()
    print("== PostgreSQL", flush=True)
    with pgtest.server() as address:
        # The long loop of kills has run once already; here a shorter one shows that it holds on this database too.
        on_postgresql = _pytest(*_MEETS_DATABASE, ASSAY_DATABASE=address, ASSAY_KILLS="20")
    return on_sqlite or on_postgresql


if __name__ == "__main__":
    raise SystemExit(main())
