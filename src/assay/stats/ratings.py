"""Ratings as counts by item and label, and the sums every measure of agreement shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from assay.stats.arrays import FloatArray, IntArray, floats, integers, open_share


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """Counts by item and label, with what all measures share."""

    counts: FloatArray
    number: FloatArray
    share: FloatArray
    weights: FloatArray
    paired: FloatArray
    confidence: float

    @property
    def items(self) -> int:
        return int(self.paired.sum())

    @property
    def ratings(self) -> int:
        return int((self.number * self.paired).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A statistic with the influence of each item on it: (items,)."""

    value: float
    influence: FloatArray


def counts_of_ratings(ratings: ArrayLike, *, labels: int) -> IntArray:
    """Count the ratings of each item by label.

    Args:
        ratings: Label of each item by each rater, 0 to `labels` - 1, or -1 when missing:
            (items, raters).
        labels: Labels that could have been given.

    Returns:
        counts: (items, labels).

    Raises:
        ValueError: A label is out of range.
    """
    table = np.asarray(ratings)
    if table.ndim != 2:
        raise ValueError(f"ratings must have two dimensions, got {table.ndim}")
    if table.size and not -1 <= int(table.min()) <= int(table.max()) < labels:
        raise ValueError(f"ratings must lie between -1 and {labels - 1}, got {table.min()} to {table.max()}")
    item = np.repeat(np.arange(table.shape[0]), table.shape[1])
    flat = table.reshape(-1).astype(np.int64)
    given = flat >= 0
    joint = item[given] * labels + flat[given]
    return np.bincount(joint, minlength=table.shape[0] * labels).reshape(-1, labels).astype(np.int64)


def table_of_pairs(first: ArrayLike, second: ArrayLike, *, labels: int) -> IntArray:
    """Cross-tabulate two raters' labels of the same items: (labels, labels)."""
    one = integers("first", first)
    two = integers("second", second, length=one.size)
    both = np.concatenate([one, two])
    if both.size and not 0 <= int(both.min()) <= int(both.max()) < labels:
        raise ValueError(f"labels must lie between 0 and {labels - 1}, got {both.min()} to {both.max()}")
    return np.bincount(one * labels + two, minlength=labels * labels).reshape(labels, labels).astype(np.int64)


def linear_agreement(labels: int) -> FloatArray:
    """Return weights that fall in equal steps with the distance of two labels: (labels, labels)."""
    place = np.arange(labels, dtype=np.float64)
    return 1.0 - np.abs(place[:, None] - place[None, :]) / max(1, labels - 1)


def quadratic_agreement(values: ArrayLike) -> FloatArray:
    """Return weights that fall with the squared distance of the labels' values: (labels, labels).

    With these weights Krippendorff's alpha is the one for interval scales.
    """
    place = floats("values", values)
    square = (place[:, None] - place[None, :]) ** 2
    return np.asarray(1.0 - square / max(float(square.max()), 1e-300))


def ordinal_agreement(counts: ArrayLike) -> FloatArray:
    """Return weights for labels that are only ordered: (labels, labels).

    Two labels are as far apart as there are ratings between them. With these weights
    Krippendorff's alpha is the one for ordinal scales; its interval takes them as given.

    Args:
        counts: Ratings of each item by label, in order: (items, labels).
    """
    table = np.asarray(counts, dtype=np.float64)
    used = table[table.sum(axis=1) >= 2.0].sum(axis=0)
    # The middle of each label's ranks, if all ratings stood in one row.
    return quadratic_agreement(np.cumsum(used) - used / 2.0)


def observed_agreement(ratings: Ratings) -> Linear:
    used = ratings.share * ratings.paired
    return linear_ratio(used * item_agreement(ratings), used)


def item_agreement(ratings: Ratings) -> FloatArray:
    """Return the share of an item's pairs that agree; 0 for items rated once: (items,)."""
    agreeing = (ratings.counts * (ratings.counts @ ratings.weights - 1.0)).sum(axis=1)
    pairs = ratings.number * (ratings.number - 1.0)
    return np.where(ratings.paired > 0.0, agreeing / np.where(pairs > 0.0, pairs, 1.0), 0.0)


def within_item(ratings: Ratings) -> FloatArray:
    return np.asarray(ratings.counts / np.maximum(ratings.number, 1.0)[:, None])


def label_shares(ratings: Ratings) -> FloatArray:
    known = ratings.share * (ratings.number > 0.0)
    return np.asarray((known[:, None] * within_item(ratings)).sum(axis=0) / max(float(known.sum()), 1e-300))


def linear_ratio(top: FloatArray, bottom: FloatArray) -> Linear:
    whole = float(bottom.sum())
    value = float(top.sum()) / whole
    return Linear(value=value, influence=(top - value * bottom) / whole)


def checked_ratings(
    counts: ArrayLike, item_weights: ArrayLike | None, label_weights: ArrayLike | None, confidence: float
) -> Ratings:
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < 1:
        raise ValueError(f"counts must be items by labels, got shape {table.shape}")
    if not np.all(np.isfinite(table)) or np.any(table < 0.0) or np.any(table != np.round(table)):
        raise ValueError("counts must be whole numbers of 0 or more")
    open_share("confidence", confidence)
    share = np.ones(table.shape[0])
    if item_weights is not None:
        share = floats("item_weights", item_weights, length=table.shape[0])
        if np.any(share <= 0.0):
            raise ValueError(f"item_weights must be above 0, got {share.min()}")
    number = table.sum(axis=1)
    return Ratings(
        counts=table,
        number=number,
        share=share,
        weights=checked_label_weights(label_weights, table.shape[1]),
        paired=(number >= 2.0).astype(np.float64),
        confidence=confidence,
    )


def checked_label_weights(label_weights: ArrayLike | None, labels: int) -> FloatArray:
    if label_weights is None:
        return np.eye(labels)
    weights = np.asarray(label_weights, dtype=np.float64)
    if weights.shape != (labels, labels):
        raise ValueError(f"label_weights must have shape ({labels}, {labels}), got {weights.shape}")
    if not np.allclose(np.diag(weights), 1.0) or np.any(weights < 0.0) or np.any(weights > 1.0):
        raise ValueError("label_weights must lie between 0 and 1, with 1 on the diagonal")
    return weights


def square_table(table: ArrayLike) -> FloatArray:
    cells = np.asarray(table, dtype=np.float64)
    if cells.ndim != 2 or cells.shape[0] != cells.shape[1]:
        raise ValueError(f"table must be square, got shape {cells.shape}")
    if not np.all(np.isfinite(cells)) or np.any(cells < 0.0):
        raise ValueError("table must hold counts of 0 or more")
    return cells
