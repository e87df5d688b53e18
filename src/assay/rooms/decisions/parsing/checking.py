"""One batch of rows through the mapping: values for the log, and refusals with their reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from assay.rooms.decisions import fields, rules
from assay.rooms.decisions.rules import Codes, FieldRule, MappingSpec
from assay.rooms.decisions.terms import Reason

from . import moments
from .shapes import FileRefused, Problem, RawBatch, RefusedRow
from .values import Columns, as_texts

_FUTURE_SECONDS = 86_400


@dataclass(slots=True)
class Checker:
    """Checks the batches of one file."""

    spec: MappingSpec
    headings: tuple[str, ...]
    codes: Codes
    at: datetime
    _columns: dict[str, Columns] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)
    _rows_before: int = 0

    def __post_init__(self) -> None:
        self._places = _places(self.spec, self.headings)
        latest = int((self.at.timestamp() + _FUTURE_SECONDS) * 1e6)
        for target in fields.FIELDS[self.spec.log_kind]:
            rule = self.spec.rules.get(target.name)
            if rule is not None:
                self._columns[target.name] = Columns(
                    target=target,
                    rule=rule,
                    spec=self.spec,
                    known=self.codes.of(target.codes) if target.codes else frozenset(),
                    # What was decided may take effect later; everything else has happened.
                    latest=moments.LATEST if target.name == "effective_at" else latest,
                )

    def wanted(self) -> tuple[int, ...]:
        """Return the positions of the headings it reads."""
        return tuple(sorted(set(self._places.values())))

    def unused(self) -> tuple[str, ...]:
        """Return the headings that are neither read nor left out on purpose."""
        ignored = {rules.tidy_heading(heading) for heading in self.spec.ignored}
        wanted = set(self.wanted())
        return tuple(
            heading
            for position, heading in enumerate(self.headings)
            if position not in wanted
            and rules.tidy_heading(heading) not in ignored
            and not heading.startswith(rules.OWN_PREFIX)
        )

    def check(self, batch: RawBatch) -> tuple[pa.Table, npt.NDArray[np.int64], list[RefusedRow]]:
        """Return the good rows, their numbers, and the refused rows."""
        count = len(batch.numbers)
        problems: dict[int, list[Problem]] = {}
        made: dict[str, pa.Array] = {}
        for name, column in self._columns.items():
            cells = self._cells(column.rule, batch, count)
            made[name], found = column.values(cells)
            heading = column.rule.column
            for at, reason, facts in found:
                value = as_texts(cells.slice(at, 1))[0].as_py() or ""
                problems.setdefault(at, []).append(
                    Problem(column=heading or name, value=value, reason=reason, facts=facts)
                )
        self._across(made, batch, problems)
        self._rows_before += count
        return self._parted(made, batch, problems)

    def _cells(self, rule: FieldRule, batch: RawBatch, count: int) -> pa.Array:
        if rule.column:
            return batch.columns[self._places[rule.column]]
        if rule.clock_start:
            return moments.clock(rule.clock_start, self._rows_before, count)
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array([rule.constant]))

    def _across(self, made: Mapping[str, pa.Array], batch: RawBatch, problems: dict[int, list[Problem]]) -> None:
        """Check what only several columns together can tell."""
        for start, end, most in fields.SPANS[self.spec.log_kind]:
            if start in made and end in made:
                self._check_span(made, start, end, most, problems)
        if "policy" in made and "clause" in made:
            self._check_clauses(made["policy"], made["clause"], problems)
        if self.codes.is_site_required:
            self._check_sites(made.get("site"), len(batch.numbers), problems)

    def _check_span(
        self, made: Mapping[str, pa.Array], start: str, end: str, most: float, problems: dict[int, list[Problem]]
    ) -> None:
        spans = pc.subtract(made[end].cast(pa.int64()), made[start].cast(pa.int64()))
        for reason, wrong in (
            (Reason.STARTS_AFTER_END, pc.less(spans, 0)),
            (Reason.TOO_LONG_AGO, pc.greater(spans, int(most * 1e6))),
        ):
            if not pc.any(wrong).as_py():
                continue
            for at in np.flatnonzero(wrong.fill_null(False).to_numpy(zero_copy_only=False)).tolist():
                if at not in problems:
                    first, last = (str(made[name][at].as_py()) for name in (start, end))
                    problems[at] = [self._problem(start, reason, first, end=end, end_at=last)]

    def _check_clauses(self, policies: pa.Array, clauses: pa.Array, problems: dict[int, list[Problem]]) -> None:
        if clauses.null_count == len(clauses):
            return
        policy_of = self.codes.clauses
        known = pa.array(list(policy_of), pa.string())
        owners = pa.array([policy_of[clause] for clause in policy_of], pa.string())
        due = pc.take(owners, pc.index_in(clauses, value_set=known))
        wrong = pc.not_equal(due, policies).fill_null(False)
        for at in np.flatnonzero(wrong.to_numpy(zero_copy_only=False)).tolist():
            owner, policy = due[at].as_py(), policies[at].as_py()
            found = self._problem("clause", Reason.CLAUSE_ELSEWHERE, clauses[at].as_py(), owner=owner, policy=policy)
            problems.setdefault(at, []).append(found)

    def _check_sites(self, sites: pa.Array | None, count: int, problems: dict[int, list[Problem]]) -> None:
        missing = np.ones(count, dtype=bool) if sites is None else sites.is_null().to_numpy(zero_copy_only=False)
        for at in np.flatnonzero(missing).tolist():
            if not any(problem.reason is Reason.UNKNOWN_SITE for problem in problems.get(at, [])):
                problems.setdefault(at, []).append(self._problem("site", Reason.BLANK))

    def _problem(self, name: str, reason: Reason, value: str = "", **facts: Any) -> Problem:
        rule = self.spec.rules.get(name)
        heading = rule.column if rule and rule.column else name
        return Problem(column=heading, value=value, reason=reason, facts=facts)

    def _parted(
        self, made: dict[str, pa.Array], batch: RawBatch, problems: dict[int, list[Problem]]
    ) -> tuple[pa.Table, npt.NDArray[np.int64], list[RefusedRow]]:
        table = pa.table(made)
        numbers = batch.numbers
        refused = [self._refused(batch, at, problems[at]) for at in sorted(problems)]
        if problems:
            good = np.ones(len(numbers), dtype=bool)
            good[list(problems)] = False
            table, numbers = table.filter(pa.array(good)), numbers[good]
        return table, numbers, sorted([*batch.faults, *refused], key=lambda row: row.number)

    def _refused(self, batch: RawBatch, at: int, problems: list[Problem]) -> RefusedRow:
        cells = batch.cells(at)
        if not any(cell.strip() for cell in cells):
            problems = [Problem(column="", value="", reason=Reason.EMPTY_ROW)]
        elif cells == self.headings:
            problems = [Problem(column="", value="", reason=Reason.REPEATED_HEADER)]
        return RefusedRow(number=int(batch.numbers[at]), cells=cells, problems=tuple(problems))


def _places(spec: MappingSpec, headings: tuple[str, ...]) -> dict[str, int]:
    """Find the columns of the mapping among the headings; case, outer blanks and zero-width marks do not count."""
    if len(headings) > rules.MOST_COLUMNS:
        raise FileRefused("too_many_columns", count=len(headings), most=rules.MOST_COLUMNS)
    for heading in headings:
        if len(heading) > rules.LONGEST_NAME:
            raise FileRefused("heading_too_long", heading=heading[:80], most=rules.LONGEST_NAME)
    tidy: dict[str, list[int]] = {}
    for position, heading in enumerate(headings):
        tidy.setdefault(rules.tidy_heading(heading), []).append(position)
    wanted = {column: rules.tidy_heading(column) for column in spec.columns()}
    missing = sorted(column for column, name in wanted.items() if name not in tidy)
    if missing:
        shown = ", ".join(heading[:60] for heading in headings[:20])
        raise FileRefused("missing_columns", missing=", ".join(missing), found=shown)
    repeated = sorted(column for column, name in wanted.items() if len(tidy[name]) > 1)
    if repeated:
        raise FileRefused("repeated_columns", repeated=", ".join(repeated))
    return {column: tidy[name][0] for column, name in wanted.items()}
