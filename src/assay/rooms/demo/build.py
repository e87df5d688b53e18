"""Builds the demonstration: half a year of a marketplace, lived through in a minute.

Everything goes through the rooms' own operations with a clock moved by hand: what is seen afterwards
is what a company would see that had used Assay all along.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext_noop as _

from assay.rooms.decisions import operations as decisions
from assay.rooms.decisions.models import Mapping
from assay.rooms.decisions.rules import FieldRule, MappingSpec
from assay.rooms.decisions.terms import LogKind
from assay.rooms.organisation.models import Unit
from assay.rooms.organisation.refusals import Refusal
from assay.rooms.policies import operations as policies
from assay.rooms.reviews import operations as reviews
from assay.rooms.sampling import operations as sampling
from assay.rooms.sampling.models import Plan
from assay.rooms.sampling.rules import Design, Target

from . import people
from .auditing import Bench
from .files import TRUTH_ROWS, Span, Written, write_log
from .history import Change, changes
from .plants import plants
from .roster import roster
from .terms import Recipe

SOURCE = "console"
LETTER = "demo.json"
LIVE_DONE = 0.15
_BROKEN_ROWS = 37

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is reviewed.

    Args:
        reviews_per_round: Decisions drawn in a round of four weeks.
        live_reviews: Decisions drawn for the last week, which is open for work.
        doubles_share: Share of them reviewed twice.
        bands: Bands of the risk score in the rounds of four weeks; the week uses half as many.
    """

    reviews_per_round: int = 450
    live_reviews: int = 260
    doubles_share: float = 0.12
    bands: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was built, to be told at the end."""

    decisions: int
    refused: int
    verdicts: int
    plans: int
    open_tasks: int
    home: Path


def build(*, recipe: Recipe, size: Size, now: datetime, tell: Tell) -> Built:
    """Build the demonstration in an empty home.

    Args:
        recipe: What happened; its log ends yesterday.
        size: How much was audited.
        now: The present moment.
        tell: Called with a line whenever something is done.

    Raises:
        Refusal: There is data here already.
    """
    call_command("migrate", interactive=False, verbosity=0)
    check_empty()
    folder = Path(settings.HOME) / "demo"
    written = write_log(recipe, folder, spans=spans(recipe))
    tell(f"{recipe.decisions:,} decisions written to {folder}")
    story = _Story(recipe=recipe, size=size, now=now, written=written, tell=tell)
    return story.live_through()


def check_empty() -> None:
    """Refuse to mix simulated people with real ones."""
    if Unit.objects.exists():
        raise Refusal(
            "demo.not_empty",
            _("There is data in {home} already. Choose another ASSAY_HOME, or replace the demonstration."),
            facts={"home": str(settings.HOME)},
        )


def clear_home() -> None:
    """Remove an earlier demonstration; refuses to touch a home that no demonstration made."""
    home = Path(settings.HOME)
    if not home.exists() or not any((home / name).exists() for name in ("assay.sqlite3", LETTER, "decisions")):
        return
    if not (home / LETTER).is_file():
        raise Refusal(
            "demo.not_ours",
            _("{home} was not made by the demonstration, so it is left alone. Choose another ASSAY_HOME."),
            facts={"home": str(home)},
        )
    for name in ("decisions", "uploads", "demo"):
        shutil.rmtree(home / name, ignore_errors=True)
    for path in home.glob("assay.sqlite3*"):
        path.unlink()
    (home / LETTER).unlink()


def spans(recipe: Recipe) -> tuple[Span, ...]:
    """Return rounds of four weeks, then single weeks; the last week is always one of its own."""
    rounds = [Span(first=week, end=week + 4) for week in range(0, recipe.weeks - 4, 4)]
    begun = rounds[-1].end if rounds else 0
    if begun >= recipe.weeks:
        begun = rounds.pop().first
    return (*rounds, *(Span(first=week, end=week + 1) for week in range(begun, recipe.weeks)))


def last_day(now: datetime) -> date:
    """Return the day after the last one of the log: today, in UTC."""
    return now.astimezone(UTC).date()


class _Story:
    """The half year, step by step."""

    def __init__(self, *, recipe: Recipe, size: Size, now: datetime, written: tuple[Written, ...], tell: Tell) -> None:
        self.recipe, self.size, self.now, self.tell = recipe, size, now, tell
        self.written = written
        self.starts = datetime.combine(recipe.starts_on, time(), tzinfo=UTC)
        self.planted, self.roster = plants(recipe), roster(recipe)
        self.verdicts = self.refused = self.plans = 0

    def live_through(self) -> Built:
        begin = self.starts - timedelta(days=7)
        self.cast = people.set_up(self.roster, at=begin)
        policies.load_default_taxonomy(actor=self.cast.manager, at=begin)
        self.decision_mapping, self.event_mapping = self._mappings(begin)
        self.bench = Bench(
            cast=self.cast,
            truth=pq.read_table(Path(settings.HOME) / "demo" / TRUTH_ROWS),
            drift=self.planted.auditor_drift,
            starts=self.starts,
            weeks=self.recipe.weeks,
            seed=self.recipe.seed,
        )
        self.waiting = self._to_come()
        self.tell(f"{people.ORGANISATION}: organisation, people and policies set up")
        for number, written in enumerate(self.written, start=1):
            self._period(number, written, is_last=number == len(self.written))
        self._happen_until(self.now)
        self._import_broken(self.written[-1], at=self.now)
        _write_letter()
        return self._built()

    def _to_come(self) -> list[Change]:
        """Return what happens between imports, in order: people join, policies change."""
        published = changes(
            self.planted, actor=self.cast.manager, starts=self.starts, now=self.now, weeks=self.recipe.weeks
        )
        joins = people.arrivals(self.cast, self.roster, log_starts=self.starts)
        hired = [Change(at=at, happen=happen) for at, happen in joins]
        return sorted([*published, *hired], key=lambda change: change.at)

    def _period(self, number: int, written: Written, *, is_last: bool) -> None:
        """A period ends: its files come in, a sample is drawn, and the auditors get to work."""
        # Between the end of the last week and now there may be minutes or a day.
        step = min(timedelta(hours=1), (self.now - written.ends_at) / 10)
        come_in = written.ends_at + 4 * step
        self._happen_until(come_in)
        self._import(self.decision_mapping, written.decisions, at=come_in)
        if written.events:
            self._import(self.event_mapping, written.events, at=come_in)
        plan = self._draw(number, written, at=come_in + step / 2)
        self.bench.know_policies()
        opened = come_in + step
        reviews.open_tasks_for_draw(plan.draws.get(number=1).pk, at=opened)
        self.verdicts += self.bench.review(
            plan,
            starts=opened,
            ends=self.now - step if is_last else self._reviewed_until(number, opened),
            meanwhile=self._happen_until,
            most=int(self.size.live_reviews * LIVE_DONE) if is_last else None,
        )
        self.plans += 1
        self.tell(f"Round {plan.code}: {written.rows:,} decisions imported, {self.verdicts:,} verdicts so far")

    def _reviewed_until(self, number: int, opened: datetime) -> datetime:
        """Reviews take up to twelve days; they and the rulings are over before the next period is."""
        return min(opened + timedelta(days=12), self.written[number].ends_at - timedelta(hours=5))

    def _happen_until(self, moment: datetime) -> None:
        while self.waiting and self.waiting[0].at <= moment:
            self.waiting.pop(0).happen()

    def _import(self, mapping: Mapping, path: Path, *, at: datetime) -> None:
        run = decisions.start_import(
            mapping=mapping, file_path=path, file_name=path.name, requested_by=self.cast.manager, at=at
        )
        run = decisions.run_import(run.pk, at=at)
        if run.error_code:
            raise RuntimeError(f"{path.name} was refused: {run.error_code} {run.error_facts}")
        self.refused += run.refused

    def _draw(self, number: int, written: Written, *, at: datetime) -> Plan:
        is_week = written.span.end - written.span.first == 1
        reviews_wanted = self.size.live_reviews if is_week else self.size.reviews_per_round
        first, last = written.starts_at.date(), (written.ends_at - timedelta(days=1)).date()
        plan = sampling.create_plan(
            code=f"R{number:02d}",
            name=f"{first:%d/%m} – {last:%d/%m/%Y}",
            unit=self.cast.root,
            period_start=written.starts_at,
            period_end=written.ends_at,
            design=Design(domain="site", bands=max(self.size.bands // (2 if is_week else 1), 1)),
            targets=(Target(half_width=0.02),),
            doubles_share=self.size.doubles_share,
            minutes_per_review=1.5,
            actor=self.cast.leads[0].person,
            at=at,
        )
        sampling.freeze_plan(plan_id=plan.pk, sample_size=reviews_wanted, actor=self.cast.leads[0].person, at=at)
        return plan

    def _mappings(self, at: datetime) -> tuple[Mapping, Mapping]:
        first = self.written[0]
        made = [
            decisions.save_mapping(
                name=name,
                source=source,
                unit=self.cast.root,
                spec=MappingSpec(log_kind=kind, rules={column: FieldRule(column=column) for column in columns}),
                actor=self.cast.manager,
                at=at,
            )
            for name, source, kind, columns in (
                ("Console: decisions", SOURCE, LogKind.DECISIONS, pq.read_schema(first.decisions).names),
                ("Console: events", SOURCE, LogKind.EVENTS, pq.read_schema(first.events).names),
            )
        ]
        return made[0], made[1]

    def _import_broken(self, written: Written, *, at: datetime) -> None:
        """A file as it comes when somebody edited it: rows sent again, and some that cannot be."""
        path = Path(settings.HOME) / "demo" / "console-resent.csv"
        rows = pq.read_table(written.decisions).slice(0, 240).to_pylist()
        _write_csv(path, [_broken(row, number) if number < _BROKEN_ROWS else row for number, row in enumerate(rows)])
        self._import(self.decision_mapping, path, at=at)

    def _built(self) -> Built:
        from assay.rooms.reviews.models import Task
        from assay.rooms.reviews.terms import TaskState

        return Built(
            decisions=self.recipe.decisions,
            refused=self.refused,
            verdicts=self.verdicts,
            plans=self.plans,
            open_tasks=Task.objects.filter(state=TaskState.OPEN).count(),
            home=Path(settings.HOME),
        )


def _broken(row: dict[str, Any], number: int) -> dict[str, Any]:
    """Spoil a row the way spreadsheets and people do."""
    spoiled = {
        0: {"decided_at": "31/02/2026 10:00"},
        1: {"site": "guadalajara"},
        2: {"outcome": "aproved"},
        3: {"policy": "ZZZ", "clause": ""},
        4: {"decision_id": ""},
        5: {"risk_score": "1,7"},
    }
    return {**row, **spoiled[number % len(spoiled)]}


def _write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else value


def _write_letter() -> None:
    """Leave word of who may sign in; the sign-in page shows it as long as the file lies there."""
    letter = {
        "password": people.PASSWORD,
        "people": [{"login": login, "role": str(role)} for login, role in people.SIGN_INS.items()],
    }
    (Path(settings.HOME) / LETTER).write_text(json.dumps(letter, indent=2) + "\n", encoding="utf-8")
