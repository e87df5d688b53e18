"""Runs the parsing process: hands it a request, passes on its progress, and never lets it outlive the caller."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import assay

from .parsing.parse import Request
from .parsing.shapes import FileRefused

Progress = Callable[[float, int], None]
_PACKAGES = Path(assay.__file__).resolve().parent.parent


def parse_in_child(request: Request, *, progress: Progress) -> dict[str, Any]:
    """Parse in a process with limits on memory and time, and return its summary.

    Raises:
        FileRefused: The file is refused, or asks for more than it may have.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "assay.rooms.decisions.parsing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=_environment(),
            cwd=request.out,
            start_new_session=True,
        )
        try:
            result = _talk(process, request, progress)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
        if result is not None:
            return result
        errors.seek(0)
        raise _sudden_end(process.returncode, errors.read()[-2000:].decode("utf-8", "replace"))


def _environment() -> dict[str, str]:
    """Return what the child may know: where the code is, and nothing else of ours."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": os.pathsep.join([str(_PACKAGES), *filter(None, sys.path)]),
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "2",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONUTF8": "1",
    }


def _talk(process: subprocess.Popen[str], request: Request, progress: Progress) -> dict[str, Any] | None:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(request.to_json()))
        process.stdin.close()
    except BrokenPipeError:
        return None
    for line in process.stdout:
        message = json.loads(line)
        if "done" in message:
            return dict(message["done"])
        if "refused" in message:
            raise FileRefused(message["refused"]["code"], **message["refused"]["facts"])
        progress(message["progress"], message["rows"])
    process.wait()
    return None


def _sudden_end(code: int, errors: str) -> Exception:
    """Tell a child that met its limits from one that failed by a fault of ours."""
    if code in {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS}:
        return FileRefused("over_limits")
    if "MemoryError" in errors or "bad_alloc" in errors or "Cannot allocate memory" in errors:
        return FileRefused("over_limits")
    return RuntimeError(f"parsing ended with code {code}: {errors.strip()[-600:]}")


def peek_in_child(request: Request) -> dict[str, Any]:
    """Take a first look at a file in a process with limits.

    Raises:
        FileRefused: It cannot be read as rows.
    """
    return parse_in_child(request, progress=lambda _share, _rows: None)
