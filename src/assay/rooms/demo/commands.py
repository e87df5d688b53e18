"""`assay demo`: build the demonstration, generate logs of any size, and score what is found in them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="A simulated marketplace with planted truths.", invoke_without_command=True)

Seed = Annotated[int, typer.Option(help="Decides everything random, and where the truths are hidden.", min=1)]


@app.callback()
def demo(
    context: typer.Context,
    decisions: Annotated[int, typer.Option(help="Decisions in the log.", min=1000)] = 400_000,
    weeks: Annotated[int, typer.Option(help="Weeks up to yesterday.", min=6)] = 26,
    seed: Seed = 1,
    replace: Annotated[bool, typer.Option("--replace", help="Remove an earlier demonstration first.")] = False,
) -> None:
    """Build the demonstration in ASSAY_HOME (var/demo)."""
    if context.invoked_subcommand is not None:
        return
    from django.utils import timezone

    from . import build, people
    from .terms import Recipe

    if replace:
        build.clear_home()
    now = timezone.now()
    recipe = Recipe(seed=seed, decisions=decisions, weeks=weeks, ends_on=build.last_day(now))
    built = build.build(recipe=recipe, size=build.Size(), now=now, tell=typer.echo)
    typer.echo(
        f"Done: {built.decisions:,} decisions, {built.verdicts:,} verdicts in {built.plans} rounds, "
        f"{built.open_tasks:,} tasks waiting."
    )
    typer.echo(f"Serve it with: ASSAY_HOME={built.home} assay serve")
    typer.echo(f"Every demonstration login has the password {people.PASSWORD} (listed on the sign-in page).")


@app.command()
def generate(
    *,
    out: Annotated[Path, typer.Option(help="Folder for the files; made when missing.")],
    decisions: Annotated[int, typer.Option(help="How many decisions.", min=1)] = 400_000,
    weeks: Annotated[int, typer.Option(help="Over how many weeks.", min=4)] = 26,
    seed: Seed = 1,
    ends_on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day after the last; today.")] = None,
    shape: Annotated[str, typer.Option(help="parquet or csv.")] = "parquet",
    events: Annotated[bool, typer.Option(help="Also write the event log.")] = True,
) -> None:
    """Write a decision log of any size, with its truth beside it; the same options give the same bytes."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from .files import Shape, write_log
    from .terms import Recipe

    if shape not in set(Shape):
        raise typer.BadParameter(f"{shape!r} is not a shape; choose parquet or csv.", param_hint="--shape")
    last: date = ends_on.date() if ends_on else datetime.now(tz=UTC).date()
    recipe = Recipe(seed=seed, decisions=decisions, weeks=weeks, ends_on=last)
    with Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task("decisions", total=decisions)
        written = write_log(
            recipe,
            out,
            shape=Shape(shape),
            with_events=events,
            tick=lambda rows: bar.update(task, completed=rows),
        )
    typer.echo(f"{decisions:,} decisions in {len(written)} files in {out}; what is hidden in them: {out}/truth.json")


@app.command()
def score(as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False) -> None:
    """Compare what simple checks find with what was planted."""
    import json
    from dataclasses import asdict

    from . import score as scoring

    findings = scoring.score(scoring.read_truth())
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings]))
        return
    for finding in findings:
        verdict = "found" if finding.is_found else "not found"
        named = finding.named or "nothing stood out"
        typer.echo(
            f"{finding.name:14} {verdict:10} planted: {finding.planted}; named: {named} (p = {finding.p_value:.2g})"
        )
    typer.echo(f"{sum(finding.is_found for finding in findings)} of {len(findings)} found.")
