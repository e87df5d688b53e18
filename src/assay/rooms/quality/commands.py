"""`assay estimate` and `assay verdicts`: figures, and verdicts known from outside."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(help="Figures with their intervals.")

_KEY = "decision_key"


@app.command()
def estimate(  # noqa: PLR0917 — options, each given by name
    measure: Annotated[str, typer.Option(help="A measure; without it, all of them.")] = "",
    by: Annotated[list[str] | None, typer.Option(help="A cut, such as site; at most two.")] = None,
    start: Annotated[str, typer.Option("--from", help="First day, such as 2026-03-01 (UTC).")] = "",
    end: Annotated[str, typer.Option("--to", help="Last day, itself included (UTC).")] = "",
    site: Annotated[list[str] | None, typer.Option(help="Only these sites.")] = None,
    weight: Annotated[str, typer.Option(help="decisions or exposure.")] = "decisions",
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Estimate measures from the settled reviews of the random sample, each with interval and n."""
    from . import facts, rules
    from .measures import MEASURES
    from .queries.measuring import Question, figures_by
    from .queries.reviewed import known_values, reviewed

    filters = rules.read_filters(
        {"from": [start], "to": [end], "site": site or [], "weight": [weight], "compare": ["0"]}
    )
    everything = reviewed()
    known = {name: known_values(everything, name, sites=None) for name in filters.equals}
    rules.check_values(filters, known, sees_all_sites=True)
    cuts = rules.read_cuts(by or [])
    codes = [rules.read_measure(measure)] if measure else list(MEASURES)
    question = Question(reviewed=everything, sites=None, filters=filters)
    found = [figure for code in codes for figure in figures_by(question, MEASURES[code], cuts)]
    told = [facts.figure_facts(figure, cuts) for figure in found]
    if as_json:
        typer.echo(json.dumps({"filters": facts.filter_facts(filters), "figures": told}, ensure_ascii=False, indent=2))
        return
    for one in told:
        typer.echo(_line(one))


@app.command()
def verdicts(  # noqa: PLR0917 — options, each given by name
    file: Annotated[Path, typer.Argument(help="A CSV file with one row a decision.", exists=True, dir_okay=False)],
    plan: Annotated[str, typer.Option(help="Code of the plan that sampled the decisions.")],
    reviewer: Annotated[str, typer.Option(help="Login of the person whose verdicts they are.")],
    column: Annotated[str, typer.Option(help="Column with the decision's key or id.")] = _KEY,
    source: Annotated[str, typer.Option(help="Source to put before an id, when the column has the id alone.")] = "",
    outcome: Annotated[str, typer.Option(help="Column with the verdict.")] = "outcome",
    value: Annotated[
        list[str] | None,
        typer.Option(help="What a text in the verdict column means: TEXT=outcome or TEXT=outcome:policy."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Load verdicts known from outside, such as experts' ratings; rows with a blank verdict are left out."""
    from django.utils import timezone

    from assay.rooms.organisation.models import Person
    from assay.rooms.organisation.refusals import Refusal
    from assay.rooms.reviews import operations as reviews
    from assay.rooms.sampling.models import Plan

    wanted = Plan.objects.filter(code=plan).first()
    person = Person.objects.filter(login=reviewer).first()
    if wanted is None or person is None:
        name, given = ("plan", plan) if wanted is None else ("person", reviewer)
        raise Refusal("quality.not_found", "There is no {name} “{given}”.", facts={"name": name, "given": given})
    at = timezone.now()
    reviews.open_due_draws(at=at)
    rows = reference_rows(file, column=column, source=source, outcome=outcome, values=_values(value or []))
    loaded = reviews.load_reference_verdicts(plan=wanted, rows=rows, reviewer=person, at=at)
    told = {"recorded": loaded.recorded, "repeated": loaded.repeated, "not_sampled": loaded.not_sampled}
    if as_json:
        typer.echo(json.dumps(told))
    else:
        typer.echo(
            f"{loaded.recorded} verdicts recorded, {loaded.repeated} already there, "
            f"{loaded.not_sampled} for decisions that were not sampled."
        )


def reference_rows(
    file: Path, *, column: str, source: str, outcome: str, values: dict[str, tuple[str, str]]
) -> Iterator[dict[str, str]]:
    """Read a file of verdicts, one row a decision; rows without a verdict are left out.

    Raises:
        Refusal: A column is missing, or a text in the verdict column has no meaning.
    """
    from assay.rooms.organisation.refusals import Refusal

    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        for name in (column, outcome):
            if name not in (reader.fieldnames or []):
                raise Refusal(
                    "quality.no_column",
                    "The file {file} has no column “{name}”; it has: {known}.",
                    facts={"file": file.name, "name": name, "known": ", ".join(reader.fieldnames or [])},
                )
        for row in reader:
            if not (row[outcome] or "").strip():
                continue
            yield _reference(row, reader.line_num, column=column, source=source, outcome=outcome, values=values)


def _reference(
    row: dict[str, str], line: int, *, column: str, source: str, outcome: str, values: dict[str, tuple[str, str]]
) -> dict[str, str]:
    from assay.rooms.organisation.refusals import Refusal

    text = row[outcome].strip()
    if values and text not in values:
        raise Refusal(
            "quality.unknown_verdict",
            "Line {line}: “{text}” in column “{name}” has no meaning; give it one with --value “{text}=outcome”.",
            facts={"line": line, "text": text[:80], "name": outcome},
        )
    meant, policy = values.get(text, (text, row.get("policy", "")))
    key = f"{source}:{row[column].strip()}" if source else row[column].strip()
    kept = {name: row[name] for name in ("judgement", "severity", "confidence", "note") if row.get(name)}
    return {_KEY: key, "outcome": meant, "policy": policy, **kept}


def _values(pairs: list[str]) -> dict[str, tuple[str, str]]:
    found = {}
    for pair in pairs:
        text, _, meaning = pair.rpartition("=")
        if not text or not meaning:
            raise typer.BadParameter(f"--value must be TEXT=outcome or TEXT=outcome:policy, got {pair!r}")
        outcome, _, policy = meaning.partition(":")
        found[text] = (outcome, policy)
    return found


def _line(facts: dict[str, Any]) -> str:
    group = " ".join(f"{cut}={value or '-'}" for cut, value in facts["group"].items())
    head = f"{facts['measure']:<20} {group:<30}" if group else f"{facts['measure']:<20}"
    if facts["value"] is None:
        return f"{head} no value ({facts['reason']})  n={facts['n']}"
    interval = facts["interval"]
    bounds = f"[{interval['low']:.4f}, {interval['high']:.4f}] {interval['method']}" if interval else "no interval"
    return f"{head} {facts['value']:.4f} {bounds}  n={facts['n']} counted={facts['counted']} {facts['method']}"
