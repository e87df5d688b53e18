import numpy as np
import pytest

from assay.stats.ratings import (
    checked_ratings,
    counts_of_ratings,
    item_agreement,
    label_shares,
    linear_agreement,
    quadratic_agreement,
    table_of_pairs,
)


def test_ratings_are_counted_by_label():
    found = counts_of_ratings([[0, 2, -1], [1, 1, 1], [-1, -1, -1]], labels=3)
    assert found.tolist() == [[1, 0, 1], [0, 3, 0], [0, 0, 0]]


def test_no_ratings_make_an_empty_table():
    assert counts_of_ratings(np.zeros((0, 2), dtype=int), labels=3).shape == (0, 3)


def test_pairs_make_the_same_table():
    assert table_of_pairs([0, 1, 1, 2], [0, 1, 2, 2], labels=3).tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 1]]
    assert table_of_pairs([], [], labels=2).tolist() == [[0, 0], [0, 0]]


def test_linear_weights_fall_in_equal_steps():
    assert linear_agreement(3).tolist() == [[1.0, 0.5, 0.0], [0.5, 1.0, 0.5], [0.0, 0.5, 1.0]]
    assert linear_agreement(1).tolist() == [[1.0]]


def test_quadratic_weights_follow_the_values():
    assert quadratic_agreement([1, 2, 5]).tolist() == [
        [1.0, 0.9375, 0.0],
        [0.9375, 1.0, 0.4375],
        [0.0, 0.4375, 1.0],
    ]


def test_item_agreement_is_the_share_of_agreeing_pairs():
    ratings = checked_ratings([[3, 0], [2, 1], [1, 0]], None, None, 0.95)
    assert item_agreement(ratings) == pytest.approx([1.0, 1 / 3, 0.0])
    assert ratings.paired.tolist() == [1.0, 1.0, 0.0]


def test_label_shares_count_every_rated_item_once():
    ratings = checked_ratings([[3, 0], [1, 1], [0, 0], [1, 0]], None, None, 0.95)
    assert label_shares(ratings) == pytest.approx([2.5 / 3, 0.5 / 3])
