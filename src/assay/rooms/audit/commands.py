"""`assay audit`: check the trail."""

from __future__ import annotations

import json
from typing import Annotated

import typer

app = typer.Typer(help="The audit trail.", no_args_is_help=True)


@app.command()
def verify(
    head: Annotated[str, typer.Option(help="A hash that was kept earlier; the trail must still contain it.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Check every entry against the one before it, and name the first bad one."""
    from . import queries

    newest = queries.head()
    bad = queries.first_bad_entry(kept_head=head)
    if as_json:
        found = {"entries": newest.sequence, "head": newest.hash, "first_bad": bad.sequence if bad else None}
        typer.echo(json.dumps({**found, "reason": bad.reason if bad else None}))
    elif bad:
        typer.echo(f"Entry {bad.sequence} does not hold ({bad.reason}).", err=True)
    else:
        typer.echo(f"{newest.sequence} entries hold. Head: {newest.hash}")
    raise typer.Exit(1 if bad else 0)
