"""One program, `assay`: it gathers each room's commands and adds those about the whole house."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path


def main() -> None:
    """Run `assay`; the entry point of the installed program."""
    _choose_home(sys.argv[1:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.web.settings")
    import django

    django.setup()
    from .program import run

    raise SystemExit(run())


def _choose_home(words: list[str]) -> None:
    """Settle where everything is kept before the settings are read."""
    if words and words[0] == "demo":
        os.environ.setdefault("ASSAY_HOME", "var/demo")
        os.environ.setdefault("ASSAY_SQLITE_SYNCHRONOUS", "OFF")
        _share_salt(Path(os.environ["ASSAY_HOME"]) / "secrets" / "sampling-salt")


def _share_salt(path: Path) -> None:
    """Give every demonstration the same salt: it hides nothing, and one seed then draws one sample."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(hashlib.sha256(b"assay demonstration").hexdigest())
