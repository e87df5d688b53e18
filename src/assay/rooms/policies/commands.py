"""`assay policies`: load the default taxonomy."""

from __future__ import annotations

import json
from typing import Annotated

import typer

app = typer.Typer(help="The policies that moderators decide by.", no_args_is_help=True)


@app.callback()
def about() -> None:
    """The policies that moderators decide by."""


@app.command("load")
def load_taxonomy(as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False) -> None:
    """Load the marketplace taxonomy in English and Spanish; policies that are there already stay as they are."""
    from django.utils import timezone

    from . import operations

    made = operations.load_default_taxonomy(actor="cli", at=timezone.now())
    codes = [policy.code for policy in made]
    typer.echo(json.dumps({"loaded": codes}) if as_json else f"Loaded {len(codes)} policies: {', '.join(codes) or '-'}")
