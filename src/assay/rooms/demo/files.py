"""Writing a generated log: files as an upstream tool would send them, and the truth beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from .generator import Block, World, blocks, make_block
from .terms import Recipe

TRUTH_ROWS, TRUTH_FACTS = "truth.parquet", "truth.json"
Tick = Callable[[int], None]


class Shape(StrEnum):
    """How the files are written."""

    PARQUET = "parquet"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One file's share of the log: weeks from `first` up to, not with, `end`."""

    first: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One pair of files, with the period they cover."""

    decisions: Path
    events: Path | None
    span: Span
    starts_at: datetime
    ends_at: datetime
    rows: int


def weekly_spans(recipe: Recipe) -> tuple[Span, ...]:
    """Return one span a week."""
    return tuple(Span(first=week, end=week + 1) for week in range(recipe.weeks))


def write_log(
    recipe: Recipe,
    folder: Path,
    *,
    spans: tuple[Span, ...] | None = None,
    shape: Shape = Shape.PARQUET,
    with_events: bool = True,
    tick: Tick = lambda rows: None,
) -> tuple[Written, ...]:
    """Write the whole log and its truth, block by block.

    Args:
        recipe: What to generate.
        folder: Where to; made when missing.
        spans: The weeks of each file; one file a week by default.
        shape: Parquet or CSV.
        with_events: Also write the event log of cases that people handled.
        tick: Called with the number of decisions written so far.
    """
    folder.mkdir(parents=True, exist_ok=True)
    world, written, done = World(recipe), list[Written](), 0
    with ExitStack() as all_files:
        truth: pq.ParquetWriter | None = None
        for span in spans or weekly_spans(recipe):
            with ExitStack() as files:
                decisions = events = None
                paths = _paths(folder, span, shape)
                rows = 0
                for block in _of_span(recipe, span):
                    made = make_block(world, block, with_events=with_events)
                    truth = truth or all_files.enter_context(_parquet(folder / TRUTH_ROWS, made.truth.schema))
                    truth.write_table(made.truth)
                    decisions = decisions or files.enter_context(_writer(paths[0], made.decisions.schema, shape))
                    decisions.write_table(made.decisions)
                    if with_events:
                        events = events or files.enter_context(_writer(paths[1], made.events.schema, shape))
                        events.write_table(made.events)
                    rows += block.size
                    done += block.size
                    tick(done)
            if rows:
                written.append(_written(recipe, span, paths, rows=rows, with_events=with_events))
    _write_facts(folder / TRUTH_FACTS, world)
    return tuple(written)


def _of_span(recipe: Recipe, span: Span) -> Iterator[Block]:
    return (block for block in blocks(recipe) if span.first <= block.first_day // 7 < span.end)


def _paths(folder: Path, span: Span, shape: Shape) -> tuple[Path, Path]:
    weeks = f"week-{span.first + 1:03d}" + (f"-to-{span.end:03d}" if span.end > span.first + 1 else "")
    return folder / f"decisions-{weeks}.{shape}", folder / f"events-{weeks}.{shape}"


def _writer(path: Path, schema: pa.Schema, shape: Shape) -> Any:
    if shape == Shape.CSV:
        return pa_csv.CSVWriter(path, schema)
    return _parquet(path, schema)


def _parquet(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(path, schema, compression="zstd", compression_level=1)


def _written(recipe: Recipe, span: Span, paths: tuple[Path, Path], *, rows: int, with_events: bool) -> Written:
    midnight = datetime.combine(recipe.starts_on, time(), tzinfo=UTC)
    return Written(
        decisions=paths[0],
        events=paths[1] if with_events else None,
        span=span,
        starts_at=midnight + timedelta(weeks=span.first),
        ends_at=midnight + timedelta(weeks=span.end),
        rows=rows,
    )


def _write_facts(path: Path, world: World) -> None:
    recipe = {**asdict(world.recipe), "ends_on": world.recipe.ends_on.isoformat()}
    facts = {"recipe": recipe, "starts_on": world.recipe.starts_on.isoformat(), "planted": world.plants.to_json()}
    path.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
