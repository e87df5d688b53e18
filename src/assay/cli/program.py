"""The commands, and how a refusal ends one: a sentence on stderr and a code other than zero."""

from __future__ import annotations

import importlib
import importlib.util
import sys

import typer
from django.conf import settings
from django.db.utils import OperationalError, ProgrammingError

from assay import __version__
from assay.rooms.organisation.refusals import Refusal

from . import backup, house

app = typer.Typer(
    name="assay",
    help="Quality assurance for the moderation of online marketplaces.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
# Rooms whose commands stand under the room's name; the others' stand at the top.
_GROUPED = {"audit", "demo", "policies", "organisation", "reviews"}


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"assay {__version__}")
        raise typer.Exit


@app.callback()
def _about(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Say the version."),
) -> None:
    """Quality assurance for the moderation of online marketplaces."""


def _gather() -> None:
    for part in (house.app, backup.app):
        app.registered_commands.extend(part.registered_commands)
    for room in settings.ROOMS:
        if not importlib.util.find_spec(f"assay.rooms.{room}.commands"):
            continue
        commands = importlib.import_module(f"assay.rooms.{room}.commands").app
        if room in _GROUPED:
            app.add_typer(commands, name=room)
        else:
            app.registered_commands.extend(commands.registered_commands)
            app.registered_groups.extend(commands.registered_groups)


def run() -> int:
    """Run the command line and return the exit code."""
    _gather()
    try:
        answer = app(standalone_mode=False)
    except Refusal as refusal:
        return _end(str(refusal))
    except typer.Abort:
        return _end("Stopped.")
    except (OperationalError, ProgrammingError) as error:
        if "no such table" in str(error) or "does not exist" in str(error):
            return _end("The database is not set up yet: run `assay init` first.")
        return _end(f"The database did not answer: {str(error).strip()}.")
    except Exception as error:
        # Typer carries its own copy of click and does not name the base of its usage errors.
        if not hasattr(error, "show") or not hasattr(error, "exit_code"):
            raise
        error.show()
        return int(error.exit_code)
    return answer if isinstance(answer, int) else 0


def _end(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
