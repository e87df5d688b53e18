"""What may be planned, frozen and extended."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime

from assay.rooms.organisation.refusals import Refusal

from ..terms import DOMAINS, FILTERS, LARGEST_SAMPLE, MOST_BANDS, PlanState
from .values import Design, Population, Target

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


def gettext_noop(message: str) -> str:
    """Mark a sentence for translation; rules know no Django, the sentence is translated at the edge."""
    return message


def check_code(code: str) -> None:
    """Refuse a code that would not fit an address."""
    if not _CODE.fullmatch(code):
        raise Refusal(
            "sampling.bad_code",
            gettext_noop(
                "The code “{code}” cannot be used. Write up to 40 letters, digits, hyphens or underscores,"
                " beginning with a letter or a digit."
            ),
            facts={"code": code},
            field="code",
            status=422,
        )


def check_plan(
    *,
    name: str,
    period_start: datetime,
    period_end: datetime,
    population: Population,
    design: Design,
    targets: Sequence[Target],
    doubles_share: float,
    minutes_per_review: float,
) -> None:
    """Refuse a plan that cannot be drawn, naming the field."""
    if not name.strip():
        raise _bad("name", gettext_noop("Give the plan a name."))
    if period_end <= period_start:
        raise _bad("period_end", gettext_noop("The period must end after it starts."))
    _check_population(population)
    _check_design(design)
    _check_targets(targets, design)
    if not targets and design.budget_hours is None:
        raise _bad("targets", gettext_noop("Say how precise the result must be, or how many hours may be spent."))
    _check_number("doubles_share", doubles_share, 0.0, 1.0)
    _check_number("minutes_per_review", minutes_per_review, 0.05, 480.0)


def check_can_freeze(*, state: str, draws: int) -> None:
    """Refuse to freeze a plan twice."""
    if state != PlanState.DRAFT or draws:
        raise Refusal(
            "sampling.already_frozen",
            gettext_noop("This plan is frozen, so its sample cannot be drawn again; extend it instead."),
        )


def check_can_discard(*, state: str, draws: int) -> None:
    """Refuse to discard a plan that was drawn."""
    if state != PlanState.DRAFT or draws:
        raise Refusal("sampling.cannot_discard", gettext_noop("This plan is frozen; what was drawn is kept for ever."))


def check_can_extend(*, state: str, total: int, sampled: int, frame: int) -> None:
    """Refuse an extension that takes decisions away, or asks for more than there are."""
    if state != PlanState.FROZEN:
        raise Refusal("sampling.not_frozen", gettext_noop("Only a frozen plan can be extended; freeze it first."))
    if not sampled < total <= min(frame, LARGEST_SAMPLE):
        raise Refusal(
            "sampling.bad_extension",
            gettext_noop(
                "The new total must be more than the {sampled} decisions drawn and at most {most}; {total} was given."
            ),
            facts={"sampled": sampled, "most": min(frame, LARGEST_SAMPLE), "total": total},
            field="total",
            status=422,
        )


def check_frame(*, size: int) -> None:
    """Refuse a frame without decisions."""
    if size == 0:
        raise Refusal(
            "sampling.empty_frame",
            gettext_noop(
                "No decision of this period fits these filters. Choose another period, widen the filters,"
                " or import the missing decisions."
            ),
            field="period_start",
            status=422,
        )


def check_sample_size(*, size: int, fewest: int, frame: int) -> None:
    """Refuse a sample that leaves a stratum without two reviews, or exceeds the frame."""
    most = min(frame, LARGEST_SAMPLE)
    if size < fewest:
        raise Refusal(
            "sampling.size_too_small",
            gettext_noop(
                "{size} reviews are too few for these strata: each needs two, {fewest} in all. Raise the number,"
                " or use fewer score bands."
            ),
            facts={"size": size, "fewest": fewest},
            field="sample_size",
            status=422,
        )
    if size > most:
        raise Refusal(
            "sampling.size_too_large",
            gettext_noop("{size} reviews are more than can be drawn here; the most is {most}."),
            facts={"size": size, "most": most},
            field="sample_size",
            status=422,
        )


def check_targets_reached(*, feasible: bool, missed: Sequence[tuple[str, float, float]]) -> None:
    """Refuse to draw a sample that misses its own targets; `missed` holds name, wanted and reachable half-width."""
    if feasible:
        return
    named = "; ".join(f"{name or '*'}: ±{reached * 100:.2f} (±{wanted * 100:.2f})" for name, wanted, reached in missed)
    raise Refusal(
        "sampling.targets_not_reachable",
        gettext_noop(
            "The hours given do not reach the precision asked for. Reachable, in percentage points, with the target"
            " in brackets: {missed}. Give more hours, ask for less precision, or state the number of reviews."
        ),
        facts={"missed": named},
        field="budget_hours",
        status=422,
    )


def check_typed_name(*, typed: str, code: str) -> None:
    """Refuse what cannot be undone unless its name was typed."""
    if typed.strip() != code:
        raise Refusal(
            "sampling.name_not_typed",
            gettext_noop("Type “{code}” to confirm: a frozen sample cannot be changed back."),
            facts={"code": code},
            field="typed",
            status=422,
        )


def _check_population(population: Population) -> None:
    for column, values in population.equals.items():
        if column not in FILTERS:
            raise _bad(
                "population",
                gettext_noop("The population cannot be narrowed by “{column}”. Use one of: {known}."),
                column=column,
                known=", ".join(FILTERS),
            )
        if not values:
            raise _bad(column, gettext_noop("No value is chosen for “{column}”; remove the filter."), column=column)


def _check_design(design: Design) -> None:
    if design.domain and design.domain not in DOMAINS:
        raise _bad(
            "domain",
            gettext_noop("Results cannot be planned by “{column}”. Use one of: {known}."),
            column=design.domain,
            known=", ".join(DOMAINS),
        )
    _check_number("bands", design.bands, 1, MOST_BANDS)
    _check_number("floor", design.floor, 0.0, 1.0)
    if design.budget_hours is not None:
        _check_number("budget_hours", design.budget_hours, 0.1, 1_000_000.0)


def _check_targets(targets: Sequence[Target], design: Design) -> None:
    for target in targets:
        field = "domain_half_width" if target.domain else "half_width"
        if target.domain and target.domain != design.domain:
            raise _bad(
                field,
                gettext_noop("A target for “{column}” needs results by “{column}”; choose it as the dimension."),
                column=target.domain,
            )
        _check_number(field, target.half_width, 0.0001, 0.5)


def _check_number(field: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise _bad(
            field,
            gettext_noop("“{field}” must lie between {low} and {high}; {value} was given."),
            field_name=field,
            low=f"{low:g}",
            high=f"{high:g}",
            value=value,
        )


def _bad(field: str, message: str, **facts: object) -> Refusal:
    if "field_name" in facts:
        facts["field"] = facts.pop("field_name")
    return Refusal("sampling.bad_plan", message, facts=facts, field=field, status=422)
