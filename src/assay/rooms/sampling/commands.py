"""`assay plan` and `assay draw`: plan a sample, draw it, extend it, verify it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

import typer
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from assay.rooms.organisation import queries as organisation
from assay.rooms.organisation.models import Unit
from assay.rooms.organisation.refusals import Refusal

from . import facts, operations, queries, rules
from .models import Plan
from .rules import Design, Population, Target

app = typer.Typer()
_ACTOR = "assay"
_POINT = 0.01


@app.command()
def plan(  # noqa: PLR0917 — options, each given by name
    name: Annotated[str, typer.Argument(help="Name of the plan.")],
    start: Annotated[datetime, typer.Option("--from", help="First day, from midnight UTC.")],
    end: Annotated[datetime, typer.Option("--to", help="First day after the period.")],
    code: Annotated[str, typer.Option(help="Short name; the next number when left out.")] = "",
    unit: Annotated[str, typer.Option(help="Code of the place; the whole organisation when left out.")] = "",
    where: Annotated[list[str] | None, typer.Option(help="A filter such as market=MX; may be repeated.")] = None,
    by: Annotated[str, typer.Option(help="Dimension of the results, or none.")] = "site",
    precision: Annotated[float | None, typer.Option(help="Half-width of the whole, percentage points.")] = None,
    each: Annotated[float | None, typer.Option(help="Half-width of each value of --by, percentage points.")] = None,
    hours: Annotated[float | None, typer.Option(help="Auditor hours at most.")] = None,
    bands: Annotated[int, typer.Option(help="Score bands at most.")] = 10,
    floor: Annotated[float, typer.Option(help="Share spread evenly, 0 to 1.")] = 0.1,
    doubles: Annotated[float, typer.Option(help="Share reviewed twice, 0 to 1.")] = 0.1,
    minutes: Annotated[float, typer.Option(help="Minutes per review.")] = 2.0,
    preview: Annotated[bool, typer.Option("--preview", help="Say what it takes and keep nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Plan a sample: say what it takes, and keep it as a draft unless --preview is given."""
    domain = "" if by in ("", "none") else by
    targets = [Target(half_width=precision * _POINT)] if precision is not None else []
    targets += [Target(domain=domain, half_width=each * _POINT)] if each is not None else []
    fields: dict[str, Any] = {
        "unit": _unit(unit),
        "period_start": _utc(start),
        "period_end": _utc(end),
        "population": _population(where or []),
        "design": Design(domain=domain, bands=bands, floor=floor, budget_hours=hours),
        "targets": tuple(targets),
        "doubles_share": doubles,
        "minutes_per_review": minutes,
    }
    now = timezone.now()
    found = facts.of_preview(queries.preview(**fields, at=now))
    if not preview:
        found["code"] = operations.create_plan(name=name, code=code, actor=_ACTOR, at=now, **fields).code
    if as_json:
        _print(found)
        return
    width = f"±{found['whole']['half_width'] / _POINT:.2f} points"
    typer.echo(
        f"{found['reviews']} of {found['frame_size']} decisions, {found['hours']:.1f} auditor hours, {width} overall."
    )
    for part in found["domains"]:
        met = "" if part["is_met"] else " (target not reached)"
        typer.echo(
            f"  {part['domain'] or '-'}: {part['reviews']} of {part['size']}, ±{part['half_width'] / _POINT:.2f}{met}"
        )
    typer.echo("Nothing was kept." if preview else f"Kept as {found['code']}. Draw it: assay draw {found['code']}")


@app.command()
def draw(
    code: Annotated[str, typer.Argument(help="Code of the plan.")],
    size: Annotated[int | None, typer.Option(help="Decisions to draw; for a frozen plan, the new total.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Draw again and compare with what is frozen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Draw and freeze a plan's sample, extend it with --size, or check it with --verify."""
    found = _plan(code)
    if verify:
        _verify(found, as_json=as_json)
        return
    kept, now = queries.latest_draw(found), timezone.now()
    if kept is None:
        made = operations.freeze_plan(plan_id=found.pk, sample_size=size, actor=_ACTOR, at=now)
    elif size is None:
        rules.check_can_freeze(state=found.state, draws=kept.number)
        return
    else:
        made = operations.extend_plan(plan_id=found.pk, total=size, actor=_ACTOR, at=now)
    if as_json:
        _print(facts.of_draw(made))
    else:
        typer.echo(
            f"Draw {made.number} of {code}: {made.sample_size} of {made.frame_size} decisions. "
            f"Digest {made.sample_digest}."
        )


def _verify(plan: Plan, *, as_json: bool) -> None:
    kept = queries.latest_draw(plan)
    if kept is None:
        raise Refusal("sampling.not_frozen", "This plan is a draft: there is no draw to verify yet.")
    found = queries.verified(kept)
    if as_json:
        _print(facts.of_redraw(found))
    elif found.is_same:
        typer.echo(f"The same {len(found.keys)} decisions are drawn again. Digest {kept.sample_digest}.")
    else:
        typer.echo(
            f"The log has changed: the population held {found.frame_then} decisions and now holds {found.frame_now}; "
            f"{len(found.missing)} frozen decisions are not drawn now, {len(found.added)} others are.",
            err=True,
        )
        for key in (*found.missing, *found.added):
            typer.echo(f"  {'-' if key in found.missing else '+'} {key}", err=True)
    if not found.is_same:
        raise typer.Exit(1)


def _unit(code: str) -> Unit:
    if not code:
        return organisation.root()
    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise Refusal("sampling.no_unit", "There is no place with the code “{code}”.", facts={"code": code})
    return found


def _plan(code: str) -> Plan:
    found = Plan.objects.select_related("unit").filter(code=code).first()
    if found is None:
        known = ", ".join(Plan.objects.order_by("-pk").values_list("code", flat=True)[:10]) or "none"
        raise Refusal(
            "sampling.not_found",
            "There is no plan “{code}”. The newest are: {known}.",
            facts={"code": code, "known": known},
        )
    return found


def _population(filters: list[str]) -> Population:
    equals: dict[str, tuple[str, ...]] = {}
    for text in filters:
        column, sign, value = text.partition("=")
        if not sign:
            raise Refusal(
                "sampling.bad_filter", "“{text}” is no filter; write it like market=MX.", facts={"text": text}
            )
        equals[column] = (*equals.get(column, ()), value)
    return Population(equals=equals)


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=timezone.get_default_timezone()) if moment.tzinfo is None else moment


def _print(found: dict[str, Any]) -> None:
    typer.echo(json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
