"""One program, `assay`: it gathers each room's commands and adds those about the whole house."""

from __future__ import annotations

import os
import sys


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
