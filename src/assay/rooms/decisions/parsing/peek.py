"""A first look at a file: its headings, its first rows, the words in it, and what a mapping makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from assay.rooms.decisions import fields, rules
from assay.rooms.decisions.rules import Codes, FieldRule, MappingSpec
from assay.rooms.decisions.terms import FieldKind, LogKind

from .checking import Checker
from .parse import open_reader
from .shapes import FileRefused, Limits, RawBatch
from .values import as_texts

ROWS_SHOWN = 20
_MOST_WORDS = 30
_ROWS_READ = 20_000


def peek(
    *, path: Path, log_kind: LogKind, spec: MappingSpec | None, codes: Codes, at: datetime, limits: Limits
) -> dict[str, Any]:
    """Look at the first rows of a file.

    Args:
        spec: What to try on them; None guesses one from the headings.

    Raises:
        FileRefused: It cannot be read as rows.
    """
    plain = MappingSpec(rules={}, log_kind=log_kind, delimiter=spec.delimiter if spec else "")
    kind, reader = open_reader(path, spec or plain, limits)
    headings = reader.headings
    if len(headings) > rules.MOST_COLUMNS:
        raise FileRefused("too_many_columns", count=len(headings), most=rules.MOST_COLUMNS)
    batch = next((b for b in reader.batches(tuple(range(len(headings)))) if len(b.numbers) or b.faults), None)
    if batch is None:
        raise FileRefused("no_rows")
    words = {headings[position]: _words(batch, position) for position in range(len(headings))}
    tried = spec or guess(headings, words, log_kind)
    return {
        "format": str(kind),
        "headings": list(headings),
        "rows": [
            {"number": int(batch.numbers[at]), "cells": list(batch.cells(at))}
            for at in range(min(ROWS_SHOWN, len(batch.numbers)))
        ],
        "words": words,
        "spec": tried.to_json(),
        "after": _after(batch, headings, tried, codes, at),
        "faults": [
            {"number": fault.number, "problems": [p.to_json() for p in fault.problems]}
            for fault in batch.faults[:ROWS_SHOWN]
        ],
    }


def guess(headings: Sequence[str], words: dict[str, list[str]], log_kind: LogKind) -> MappingSpec:
    """Propose a mapping from the headings and the words under them."""
    guessed = rules.guess_rules(headings, log_kind=log_kind)
    made = {}
    for name, rule in guessed.items():
        target = fields.field_named(log_kind, name)
        values = {}
        if target is not None and target.kind is FieldKind.WORD:
            values = rules.guess_values(target, words.get(rule.column, []))
        made[name] = FieldRule(column=rule.column, values=values)
    return MappingSpec(rules=made, log_kind=log_kind)


def _words(batch: RawBatch, position: int) -> list[str]:
    """Return the texts in a column, the commonest first; none when they are too many to choose among."""
    cells = batch.columns.get(position)
    if cells is None:
        return []
    texts = as_texts(cells.slice(0, _ROWS_READ)).to_pylist()
    counted = Counter(text for text in texts if text)
    if len(counted) > _MOST_WORDS or any(len(text) > 80 for text in counted):
        return []
    return [text for text, _count in counted.most_common()]


def _after(
    batch: RawBatch, headings: tuple[str, ...], spec: MappingSpec, codes: Codes, at: datetime
) -> list[dict[str, Any]]:
    """Return what the mapping makes of the first rows."""
    shown = min(ROWS_SHOWN, len(batch.numbers))
    if not spec.rules:
        return [{"number": int(number), "values": {}, "problems": []} for number in batch.numbers[:shown]]
    first = RawBatch(
        columns={position: cells.slice(0, shown) for position, cells in batch.columns.items()},
        numbers=batch.numbers[:shown],
        cells=batch.cells,
    )
    checker = Checker(spec=spec, headings=headings, codes=codes, at=at)
    rows, numbers, refused = checker.check(first)
    good = {
        int(number): {name: _shown(value) for name, value in row.items() if value is not None}
        for number, row in zip(numbers.tolist(), rows.to_pylist(), strict=True)
    }
    bad = {row.number: [problem.to_json() for problem in row.problems] for row in refused}
    return [
        {"number": int(number), "values": good.get(int(number), {}), "problems": bad.get(int(number), [])}
        for number in first.numbers
    ]


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)
