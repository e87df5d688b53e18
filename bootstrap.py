"""Make .venv ready to run Assay, with nothing but a Python: `python3 bootstrap.py run|test`.

Standard library only. Does nothing when the environment already fits the requirement files.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_CHROMIUMS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def say(sentence: str) -> None:
    print(sentence, flush=True)


def run(*words: str, **more: object) -> None:
    done = subprocess.run(words, cwd=HERE, check=False, **more)  # type: ignore[call-overload]
    if done.returncode:
        raise SystemExit(f"This failed and must work first: {' '.join(words)}")


def check_python() -> None:
    if sys.version_info < (3, 11):
        raise SystemExit(f"Assay needs Python 3.11 or newer; this is {platform.python_version()}.")


def make_venv(uv: str | None) -> None:
    if PYTHON.exists():
        return
    if uv:
        # The system's Python: uv must not download one.
        run(uv, "venv", "-q", "--python", sys.executable, str(VENV), env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"})
        return
    try:
        import ensurepip  # noqa: F401 - only to see whether it is there
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        how = f"sudo apt-get install python{version}-venv"
        raise SystemExit(f"Python's venv is missing; install it with: {how}") from None
    run(sys.executable, "-m", "venv", str(VENV))


def install(wanted: str) -> None:
    requirements = HERE / "requirements" / f"{wanted}.txt"
    stamp = VENV / f".installed-{wanted}"
    covered = b"".join(p.read_bytes() for p in (requirements, HERE / "pyproject.toml"))
    digest = hashlib.sha256(covered + str(HERE).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    say(f"Installing what Assay needs into {VENV} (once; about a minute)")
    uv = shutil.which("uv")
    make_venv(uv)
    pip = [uv, "pip", "install", "-q", "--python", str(PYTHON)] if uv else [str(PYTHON), "-m", "pip", "install", "-q"]
    run(*pip, "--require-hashes", "-r", str(requirements))
    run(*pip, "--no-deps", "-e", str(HERE))
    stamp.write_text(digest)


def compile_catalogue() -> None:
    run(str(PYTHON), "-m", "assay.web.po", "compile")


def find_chromium() -> str | None:
    named = os.environ.get("E2E_CHROMIUM")
    found = [named] if named else []
    found += [path for name in CHROMIUM_NAMES if (path := shutil.which(name))]
    found += [path for path in MAC_CHROMIUMS if Path(path).exists()]
    return found[0] if found else None


def need_chromium() -> None:
    if find_chromium():
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        say("Installing chromium (once)")
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        run("apt-get", "update", "-qq", **quiet)
        run("apt-get", "install", "-y", "-qq", "chromium", **quiet)
        return
    how = "sudo apt-get install chromium" if shutil.which("apt-get") else "brew install --cask chromium"
    raise SystemExit(f"The tests drive a real browser; install one with: {how}  (or set E2E_CHROMIUM to its path)")


def main() -> None:
    check_python()
    wanted = sys.argv[1] if len(sys.argv) > 1 else "run"
    install("base" if wanted == "run" else "dev")
    compile_catalogue()
    if wanted == "test":
        need_chromium()


if __name__ == "__main__":
    main()
