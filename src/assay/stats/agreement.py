"""How far reviewers agree: percent, on one class, and corrected for chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from assay.stats.arrays import FloatArray, open_share
from assay.stats.intervals import Interval, Method, effective_interval, student_quantile
from assay.stats.ratings import (
    Linear,
    Ratings,
    checked_label_weights,
    checked_ratings,
    counts_of_ratings,
    item_agreement,
    label_shares,
    linear_agreement,
    linear_ratio,
    observed_agreement,
    ordinal_agreement,
    quadratic_agreement,
    square_table,
    table_of_pairs,
    within_item,
)

__all__ = [
    "AgreementReason",
    "Coefficient",
    "CoefficientName",
    "brennan_prediger",
    "cohen_kappa",
    "counts_of_ratings",
    "fleiss_kappa",
    "gwet_ac1",
    "krippendorff_alpha",
    "linear_agreement",
    "ordinal_agreement",
    "percent_agreement",
    "quadratic_agreement",
    "specific_agreement",
    "table_of_pairs",
]


class CoefficientName(StrEnum):
    """The measures of agreement."""

    PERCENT = "percent_agreement"
    SPECIFIC = "specific_agreement"
    COHEN = "cohen_kappa"
    FLEISS = "fleiss_kappa"
    GWET = "gwet_ac1"
    BRENNAN_PREDIGER = "brennan_prediger"
    KRIPPENDORFF = "krippendorff_alpha"


class AgreementReason(StrEnum):
    """Why a measure, or its interval, is undefined."""

    NO_OVERLAP = "no_overlap"
    NO_VARIATION = "no_variation"
    ONE_ITEM = "one_item"
    ONE_LABEL = "one_label"
    LABEL_UNUSED = "label_unused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """A measure of agreement with its interval.

    Attributes:
        name: Which measure.
        value: At most 1; none when undefined.
        interval: Its bounds; none when undefined.
        items: Items rated at least twice.
        ratings: Their ratings.
        standard_error: Linearised; none when undefined.
        reason: Why the value or the interval is missing.
    """

    name: CoefficientName
    value: float | None
    interval: Interval | None
    items: int
    ratings: int
    standard_error: float | None = None
    reason: AgreementReason | None = None


def percent_agreement(
    counts: ArrayLike,
    *,
    item_weights: ArrayLike | None = None,
    label_weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Coefficient:
    """Return the share of pairs of ratings of an item that agree.

    Args:
        counts: Ratings of each item by label: (items, labels).
        item_weights: Design weight of each item, above 0: (items,). Equal when none.
        label_weights: Agreement of each pair of labels, 0 to 1: (labels, labels). Full or
            none when none.
        confidence: Two-sided coverage, between 0 and 1.

    Returns:
        The measure; undefined when no item was rated twice.

    Raises:
        ValueError: A shape or a value is out of range.

    Assumes: Items are a sample; raters are those of interest.
    Source: Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., 2.2.
    """
    ratings = checked_ratings(counts, item_weights, label_weights, confidence)
    if ratings.items == 0:
        return _undefined(CoefficientName.PERCENT, ratings, AgreementReason.NO_OVERLAP)
    agreed = observed_agreement(ratings)
    return _proportion(CoefficientName.PERCENT, ratings, agreed, item_agreement(ratings), ratings.paired)


def specific_agreement(
    counts: ArrayLike,
    label: int,
    *,
    item_weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Coefficient:
    """Return how often another rater says `label` too when one rater said it.

    Args:
        counts: Ratings of each item by label: (items, labels).
        label: The label asked about, such as "error".
        item_weights: Design weight of each item, above 0: (items,). Equal when none.
        confidence: Two-sided coverage, between 0 and 1.

    Returns:
        The measure; undefined when nobody gave the label to an item rated twice.

    Raises:
        ValueError: A shape or a value is out of range.

    Assumes: Items are a sample.
    Source: Cicchetti and Feinstein (1990), J Clin Epidemiol 43, 551-558; for many raters
        de Vet et al. (2017), J Clin Epidemiol 84, 85-94.
    """
    ratings = checked_ratings(counts, item_weights, None, confidence)
    if not 0 <= label < ratings.counts.shape[1]:
        raise ValueError(f"label must lie between 0 and {ratings.counts.shape[1] - 1}, got {label}")
    if ratings.items == 0:
        return _undefined(CoefficientName.SPECIFIC, ratings, AgreementReason.NO_OVERLAP)
    given = ratings.counts[:, label] * ratings.paired
    top, bottom = given * (given - 1.0), given * (ratings.number - 1.0)
    if not float(bottom.sum()) > 0.0:
        return _undefined(CoefficientName.SPECIFIC, ratings, AgreementReason.LABEL_UNUSED)
    agreed = linear_ratio(top * ratings.share, bottom * ratings.share)
    rate = np.where(bottom > 0.0, top / np.where(bottom > 0.0, bottom, 1.0), 0.0)
    return _proportion(CoefficientName.SPECIFIC, ratings, agreed, rate, bottom)


def cohen_kappa(table: ArrayLike, *, label_weights: ArrayLike | None = None, confidence: float = 0.95) -> Coefficient:
    """Return Cohen's kappa of two fixed raters.

    Args:
        table: Items by the first rater's label and the second's: (labels, labels).
        label_weights: Agreement of each pair of labels, 0 to 1: (labels, labels).
        confidence: Two-sided coverage, between 0 and 1.

    Returns:
        The measure; undefined when one label takes everything. With rare labels it is low
        even when raters agree; show it beside percent and specific agreement.

    Raises:
        ValueError: A shape or a value is out of range.

    Assumes: Items are a simple random sample.
    Source: Fleiss, Cohen and Everitt (1969), Psychological Bulletin 72, 323-327.
    """
    cells = square_table(table)
    open_share("confidence", confidence)
    weights = checked_label_weights(label_weights, cells.shape[0])
    number = float(cells.sum())
    if number == 0.0:
        return _kappa(None, None, cells, confidence, AgreementReason.NO_OVERLAP)
    p = cells / number
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, chance = float((weights * p).sum()), float(rows @ weights @ columns)
    if chance >= 1.0 - 1e-12:
        return _kappa(None, None, cells, confidence, AgreementReason.NO_VARIATION)
    kappa = (observed - chance) / (1.0 - chance)
    by_chance = (weights @ columns)[:, None] + (rows @ weights)[None, :] - 2.0 * chance
    influence = ((weights - observed) * (1.0 - chance) - (1.0 - observed) * by_chance) / (1.0 - chance) ** 2
    error = math.sqrt(float((p * influence**2).sum()) / number)
    return _kappa(kappa, error, cells, confidence, None if number > 1.0 else AgreementReason.ONE_ITEM)


def _kappa(
    value: float | None,
    error: float | None,
    cells: FloatArray,
    confidence: float,
    reason: AgreementReason | None,
) -> Coefficient:
    number = int(cells.sum())
    known = value is not None and error is not None and number > 1
    return Coefficient(
        name=CoefficientName.COHEN,
        value=value,
        interval=_student(value or 0.0, error or 0.0, number - 1.0, confidence) if known else None,
        items=number,
        ratings=2 * number,
        standard_error=error if known else None,
        reason=reason,
    )


def fleiss_kappa(
    counts: ArrayLike,
    *,
    item_weights: ArrayLike | None = None,
    label_weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Coefficient:
    """Return Fleiss' kappa of exchangeable raters, for any number of ratings an item.

    Args, Returns, Raises and Assumes as `gwet_ac1`; undefined when one label takes everything.

    Source: Fleiss (1971), Psychological Bulletin 76, 378-382; interval by Gwet (2014).
    """
    ratings = checked_ratings(counts, item_weights, label_weights, confidence)
    shares = label_shares(ratings)
    value = float(shares @ ratings.weights @ shares)
    slope = (ratings.weights + ratings.weights.T) @ shares
    return _corrected(CoefficientName.FLEISS, ratings, value, slope)


def gwet_ac1(
    counts: ArrayLike,
    *,
    item_weights: ArrayLike | None = None,
    label_weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Coefficient:
    """Return Gwet's AC1 (AC2 with label weights), stable where errors are rare.

    Args:
        counts: Ratings of each item by label: (items, labels). Labels are those that could
            have been given, not those that were.
        item_weights: Design weight of each item, above 0: (items,). Equal when none.
        label_weights: Agreement of each pair of labels, 0 to 1: (labels, labels).
        confidence: Two-sided coverage, between 0 and 1.

    Returns:
        The measure; undefined when no item was rated twice or only one label exists.

    Raises:
        ValueError: A shape or a value is out of range.

    Assumes: Items are a sample; raters are those of interest.
    Source: Gwet (2008), British Journal of Mathematical and Statistical Psychology 61, 29-48.
    """
    ratings = checked_ratings(counts, item_weights, label_weights, confidence)
    labels = ratings.counts.shape[1]
    if labels < 2:
        return _undefined(CoefficientName.GWET, ratings, AgreementReason.ONE_LABEL)
    shares = label_shares(ratings)
    factor = float(ratings.weights.sum()) / (labels * (labels - 1.0))
    return _corrected(
        CoefficientName.GWET, ratings, factor * float((shares * (1.0 - shares)).sum()), factor * (1.0 - 2.0 * shares)
    )


def brennan_prediger(
    counts: ArrayLike,
    *,
    item_weights: ArrayLike | None = None,
    label_weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Coefficient:
    """Return Brennan and Prediger's coefficient: chance gives every label alike.

    Args, Returns, Raises and Assumes as `gwet_ac1`.

    Source: Brennan and Prediger (1981), Educational and Psychological Measurement 41, 687-699.
    """
    ratings = checked_ratings(counts, item_weights, label_weights, confidence)
    labels = ratings.counts.shape[1]
    if labels < 2:
        return _undefined(CoefficientName.BRENNAN_PREDIGER, ratings, AgreementReason.ONE_LABEL)
    return _corrected(
        CoefficientName.BRENNAN_PREDIGER, ratings, float(ratings.weights.sum()) / labels**2, np.zeros(labels)
    )


def krippendorff_alpha(
    counts: ArrayLike,
    *,
    item_weights: ArrayLike | None = None,
    label_weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Coefficient:
    """Return Krippendorff's alpha: nominal, or by the agreement weights given.

    Args:
        counts: Ratings of each item by label: (items, labels). Items with one rating are
            left out.
        item_weights: Design weight of each item, above 0: (items,). Equal when none.
        label_weights: Agreement of each pair of labels, 0 to 1: (labels, labels).
            `quadratic_agreement` gives the alpha of interval scales, `ordinal_agreement`
            that of ordinal ones.
        confidence: Two-sided coverage, between 0 and 1.

    Returns:
        The measure; undefined when all ratings are the same.

    Raises:
        ValueError: A shape or a value is out of range.

    Assumes: Raters are exchangeable; items are a sample.
    Source: Krippendorff (2004), Content Analysis, ch. 11; interval by linearisation.
    """
    ratings = checked_ratings(counts, item_weights, label_weights, confidence)
    if ratings.items == 0:
        return _undefined(CoefficientName.KRIPPENDORFF, ratings, AgreementReason.NO_OVERLAP)
    used = ratings.share * ratings.paired
    volume = float((used * ratings.number).sum())
    agreed = linear_ratio(used * item_agreement(ratings) * ratings.number, used * ratings.number)
    shares = (used[:, None] * ratings.counts).sum(axis=0) / volume
    chance = float(shares @ ratings.weights @ shares)
    if chance >= 1.0 - 1e-12:
        return _undefined(CoefficientName.KRIPPENDORFF, ratings, AgreementReason.NO_VARIATION)
    # The pairable ratings are finite, so one rating cannot be compared with itself.
    once = 1.0 / float((ratings.number * ratings.paired).sum())
    slope = (ratings.weights + ratings.weights.T) @ shares
    drift = used * (ratings.counts @ slope - ratings.number * float(shares @ slope)) / volume
    observed = Linear(value=(1.0 - once) * agreed.value + once, influence=(1.0 - once) * agreed.influence)
    return _chance_corrected(
        CoefficientName.KRIPPENDORFF, ratings, observed, Linear(value=chance, influence=drift), ratings.items
    )


def _corrected(name: CoefficientName, ratings: Ratings, chance: float, slope: FloatArray) -> Coefficient:
    """Correct observed agreement for a chance that depends on the labels' shares."""
    if ratings.items == 0:
        return _undefined(name, ratings, AgreementReason.NO_OVERLAP)
    if chance >= 1.0 - 1e-12:
        return _undefined(name, ratings, AgreementReason.NO_VARIATION)
    # Every item with a rating speaks for the shares, also those rated once.
    within = within_item(ratings)
    drift = ratings.share * ((within - label_shares(ratings)) @ slope) * (ratings.number > 0.0)
    known = float(ratings.share[ratings.number > 0.0].sum())
    rated = int(np.count_nonzero(ratings.number > 0.0))
    return _chance_corrected(
        name, ratings, observed_agreement(ratings), Linear(value=chance, influence=drift / known), rated
    )


def _chance_corrected(
    name: CoefficientName, ratings: Ratings, observed: Linear, chance: Linear, rated: int
) -> Coefficient:
    room = 1.0 - chance.value
    value = (observed.value - chance.value) / room
    influence = (observed.influence * room - (1.0 - observed.value) * chance.influence) / room**2
    if ratings.items < 2:
        return _result(name, ratings, value=value, reason=AgreementReason.ONE_ITEM)
    error = math.sqrt(float((influence**2).sum()) * rated / (rated - 1.0))
    interval = _student(value, error, rated - 1.0, ratings.confidence)
    return _result(name, ratings, value=value, interval=interval, error=error)


def _proportion(
    name: CoefficientName, ratings: Ratings, agreed: Linear, rate: FloatArray, volume: FloatArray
) -> Coefficient:
    """Give a share of agreement the interval of a rate."""
    used = volume > 0.0
    n = int(np.count_nonzero(used))
    value = min(1.0, max(0.0, agreed.value))
    if n < 2:
        return _result(name, ratings, value=value, reason=AgreementReason.ONE_ITEM)
    variance = float((agreed.influence**2).sum()) * n / (n - 1.0)
    weight = (ratings.share * volume)[used]
    kish = float(weight.sum() ** 2 / (weight**2).sum())
    settled = value in (0.0, 1.0) or variance <= 0.0
    interval = effective_interval(
        rate=value,
        n=n,
        n_eff=kish if settled else value * (1.0 - value) / variance,
        k_eff=max(1e-12, min(_effective(weight * rate[used]), _effective(weight * (1.0 - rate[used])))),
        kish_n=min(kish, float(n)),
        confidence=ratings.confidence,
        df=n - 1.0,
    )
    return _result(name, ratings, value=value, interval=interval, error=math.sqrt(variance))


def _effective(parts: FloatArray) -> float:
    square = float((parts**2).sum())
    return float(parts.sum()) ** 2 / square if square > 0.0 else 0.0


def _student(value: float, error: float, df: float, confidence: float) -> Interval | None:
    if df < 1.0:
        return None
    half = student_quantile(df, confidence) * error
    return Interval(
        low=max(-1.0, value - half), high=min(1.0, value + half), confidence=confidence, method=Method.STUDENT
    )


def _undefined(name: CoefficientName, ratings: Ratings, reason: AgreementReason) -> Coefficient:
    return _result(name, ratings, reason=reason)


def _result(
    name: CoefficientName,
    ratings: Ratings,
    *,
    value: float | None = None,
    interval: Interval | None = None,
    error: float | None = None,
    reason: AgreementReason | None = None,
) -> Coefficient:
    return Coefficient(
        name=name,
        value=value,
        interval=interval,
        items=ratings.items,
        ratings=ratings.ratings,
        standard_error=error,
        reason=reason,
    )
