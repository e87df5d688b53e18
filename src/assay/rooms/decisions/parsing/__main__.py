"""The child process: a request on standard input, progress and the result as JSON lines on standard output."""

from __future__ import annotations

import json
import os
import resource
import sys
import time

ADDRESS_SPACE = int(os.environ.get("PARSING_ADDRESS_SPACE", str(2 * 1024**3)))
CPU_SECONDS = 120
_ROWS_A_CPU_SHARE = 1_000_000


def set_limits(rows: int) -> None:
    """Bound memory, time and core dumps before anything of the file is read."""
    seconds = CPU_SECONDS * max(1, -(-rows // _ROWS_A_CPU_SHARE))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def say(**message: object) -> None:
    """Write one line for the parent."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Parse what standard input asks for."""
    made = json.loads(sys.stdin.read())
    set_limits(int(made["limits"]["rows"]))
    from .parse import parse, request_from_json
    from .peek import peek
    from .shapes import FileRefused

    last = 0.0

    def progress(share: float, rows: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.5:
            last = time.monotonic()
            say(progress=share, rows=rows)

    try:
        request = request_from_json(made)
        if made["is_peek"]:
            found = peek(
                path=request.path,
                log_kind=request.spec.log_kind,
                spec=None if made["is_guess"] else request.spec,
                codes=request.codes,
                at=request.at,
                limits=request.limits,
            )
            say(done=found)
        else:
            say(done=parse(request, progress=progress))
    except FileRefused as refused:
        say(refused={"code": refused.code, "facts": refused.facts})
    except MemoryError:
        say(refused={"code": "over_limits", "facts": {}})


if __name__ == "__main__":
    main()
