"""The measures: each a frozen value that says what it counts, among which decisions, and from what."""

from __future__ import annotations

from dataclasses import dataclass

from assay.rooms.decisions.terms import ENFORCING, FAMILY, ActionFamily
from assay.rooms.policies.terms import ERRORS, NOT_THE_MODERATORS, ErrorClass

from .terms import Basis, Better, MeasureCode, Population


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing that is measured.

    Args:
        code: Its name in addresses, the API and exports.
        basis: Settled reviews of the random sample, settled double reviews, or the log itself.
        counted: Error classes that make the numerator.
        population: The decisions that make the denominator.
        better: The direction that is good.
    """

    code: MeasureCode
    basis: Basis
    counted: frozenset[ErrorClass] = frozenset()
    population: Population = Population.ALL
    better: Better = Better.LOWER


_CORRECT = frozenset({ErrorClass.CORRECT}) | NOT_THE_MODERATORS

MEASURES: dict[MeasureCode, Measure] = {
    measure.code: measure
    for measure in (
        Measure(code=MeasureCode.DECISION_ACCURACY, basis=Basis.SAMPLE, counted=_CORRECT, better=Better.HIGHER),
        Measure(code=MeasureCode.ERROR_RATE, basis=Basis.SAMPLE, counted=ERRORS),
        Measure(
            code=MeasureCode.UNDER_ENFORCEMENT,
            basis=Basis.SAMPLE,
            counted=frozenset({ErrorClass.UNDER_ENFORCEMENT}),
            population=Population.LEFT_UP,
        ),
        Measure(
            code=MeasureCode.OVER_ENFORCEMENT,
            basis=Basis.SAMPLE,
            counted=frozenset({ErrorClass.OVER_ENFORCEMENT}),
            population=Population.ENFORCING,
        ),
        Measure(
            code=MeasureCode.WRONG_POLICY,
            basis=Basis.SAMPLE,
            counted=frozenset({ErrorClass.WRONG_POLICY}),
            population=Population.ENFORCING,
        ),
        Measure(
            code=MeasureCode.WRONG_ACTION,
            basis=Basis.SAMPLE,
            counted=frozenset({ErrorClass.WRONG_ACTION}),
            population=Population.ENFORCING,
        ),
        Measure(code=MeasureCode.TECHNICAL, basis=Basis.SAMPLE, counted=frozenset({ErrorClass.TECHNICAL})),
        Measure(code=MeasureCode.AMBIGUITY, basis=Basis.SAMPLE, counted=NOT_THE_MODERATORS),
        Measure(code=MeasureCode.OVERTURN, basis=Basis.LOG),
        Measure(code=MeasureCode.AGREEMENT, basis=Basis.DOUBLES, better=Better.HIGHER),
        Measure(code=MeasureCode.AGREEMENT_ON_ERRORS, basis=Basis.DOUBLES, better=Better.HIGHER),
        Measure(code=MeasureCode.AGREEMENT_AC1, basis=Basis.DOUBLES, better=Better.HIGHER),
    )
}

# The four tiles of the overview, in order.
TILES = (
    MeasureCode.DECISION_ACCURACY,
    MeasureCode.UNDER_ENFORCEMENT,
    MeasureCode.OVER_ENFORCEMENT,
    MeasureCode.AGREEMENT,
)
# Classes after which a review has judged the decision.
JUDGED = ERRORS | NOT_THE_MODERATORS | {ErrorClass.CORRECT}


_FAMILIES: dict[str, ActionFamily] = {str(outcome): family for outcome, family in FAMILY.items()}


def population_of(outcome: str) -> Population:
    """Tell which population a first decision belongs to; a held or escalated case decides nothing yet."""
    family = _FAMILIES.get(outcome)
    if family in ENFORCING:
        return Population.ENFORCING
    return Population.LEFT_UP if family is ActionFamily.LEAVE else Population.ALL


def family_of(outcome: str) -> str:
    """Name what an outcome does to the content."""
    return str(_FAMILIES.get(outcome, ActionFamily.UNDECIDED))


def named_policy(outcome: str, policy: str) -> str:
    """Return the policy an action rests on; "leave" for content left up, which rests on none."""
    return str(ActionFamily.LEAVE) if _FAMILIES.get(outcome) is ActionFamily.LEAVE else policy
