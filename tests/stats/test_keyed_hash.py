import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assay.stats.keyed_hash import (
    design_number,
    design_words,
    keyed_order,
    sample_key,
    sample_keys,
    unit_interval,
)

# Written down once; a change here means that old draws can no longer be repeated.
KEY = 14012492196204102126
WORDS = (1457298558, 2133550651, 3187286696, 3078392825)
NUMBER = 4211232579539015273
UNIT = 0.22829137557889678

SALT = b"a salt for tests"
MILLION = sample_keys(salt=SALT, items=(f"decision-{i}" for i in range(1_000_000)))


def slow_design_number(key: int, words: tuple[int, ...]) -> int:
    left, right = key >> 32, key & 0xFFFFFFFF
    for word in words:
        x = right ^ word
        x = ((x ^ (x >> 16)) * 0x45D9F3B) & 0xFFFFFFFF
        x = ((x ^ (x >> 15)) * 0x119DE1F3) & 0xFFFFFFFF
        x ^= x >> 16
        left, right = right, left ^ x
    return (left << 32) | right


def undone(number: int, words: tuple[int, ...]) -> int:
    left, right = number >> 32, number & 0xFFFFFFFF
    for word in reversed(words):
        x = left ^ word
        x = ((x ^ (x >> 16)) * 0x45D9F3B) & 0xFFFFFFFF
        x = ((x ^ (x >> 15)) * 0x119DE1F3) & 0xFFFFFFFF
        x ^= x >> 16
        left, right = right ^ x, left
    return (left << 32) | right


def chi_square_p(units: np.ndarray, cells: int) -> float:
    counts = np.bincount((units * cells).astype(int), minlength=cells)
    return float(stats.chisquare(counts).pvalue)


def test_known_vectors_never_change():
    assert sample_key(salt=b"assay", item="decision-1") == KEY
    assert design_words(salt=b"assay", design="plan-1") == WORDS
    assert design_number(KEY, WORDS) == NUMBER
    assert unit_interval(NUMBER) == UNIT


def test_key_is_the_start_of_the_digest():
    digest = hashlib.sha256(b"s\x1f" + "señal".encode()).hexdigest()
    assert sample_key(salt=b"s", item="señal") == int(digest[:16], 16)


def test_words_are_the_start_of_the_digest():
    digest = hashlib.sha256(b"s\x1fdesign\x1fweekly").hexdigest()
    assert design_words(salt=b"s", design="weekly") == tuple(int(digest[i : i + 8], 16) for i in (0, 8, 16, 24))


def test_many_keys_equal_single_keys():
    items = ["a", "b", "", "é", "x" * 500]
    assert sample_keys(salt=SALT, items=items).tolist() == [sample_key(salt=SALT, item=item) for item in items]
    assert sample_keys(salt=SALT, items=[]).tolist() == []


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1), st.text(max_size=20))
def test_number_equals_the_slow_twin_and_can_be_undone(key, design):
    words = design_words(salt=SALT, design=design)
    number = design_number(key, words)
    assert number == slow_design_number(key, words)
    assert undone(number, words) == key


def test_array_and_single_numbers_agree():
    words = design_words(salt=SALT, design="d")
    many = design_number(MILLION[:100], words)
    assert many.tolist() == [design_number(int(key), words) for key in MILLION[:100]]
    assert many.dtype == np.uint64


def test_products_fit_signed_integers():
    assert 0xFFFFFFFF * 0x45D9F3B < 2**63
    assert 0xFFFFFFFF * 0x119DE1F3 < 2**63


def test_a_design_has_no_ties():
    words = design_words(salt=SALT, design="d")
    assert np.unique(design_number(MILLION, words)).size == 1_000_000


def test_million_numbers_are_uniform():
    units = unit_interval(design_number(MILLION, design_words(salt=SALT, design="d")))
    assert chi_square_p(units, 1000) > 1e-4
    assert stats.kstest(units, "uniform").pvalue > 1e-4


def test_numbers_stay_uniform_when_keys_are_not():
    keys = np.arange(1_000_000, dtype=np.uint64)
    units = unit_interval(design_number(keys, design_words(salt=SALT, design="d")))
    assert chi_square_p(units, 1000) > 1e-4


@pytest.mark.parametrize("other", [(SALT, "plan-2"), (b"another salt", "plan-1")])
def test_designs_and_salts_are_independent(other):
    one = unit_interval(design_number(MILLION, design_words(salt=SALT, design="plan-1")))
    two = unit_interval(design_number(MILLION, design_words(salt=other[0], design=other[1])))
    table = np.bincount((one * 30).astype(int) * 30 + (two * 30).astype(int), minlength=900)
    assert stats.chisquare(table).pvalue > 1e-4
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.005


def test_unit_interval_never_touches_its_ends():
    ends = unit_interval(np.array([0, 2**64 - 1], dtype=np.uint64))
    assert 0.0 < ends[0] < ends[1] < 1.0
    assert unit_interval(2**63) == 0.5 + 2.0**-53


def test_samples_are_nested_and_merge_over_shards():
    words = design_words(salt=SALT, design="d")
    keys = MILLION[:5000]
    drawn = keys[keyed_order(keys, words)]
    halves = [part[keyed_order(part, words)][:50] for part in (keys[::2], keys[1::2])]
    union = np.concatenate(halves)
    assert union[keyed_order(union, words)][:50].tolist() == drawn[:50].tolist()


def test_order_of_the_frame_does_not_matter():
    words = design_words(salt=SALT, design="d")
    keys = MILLION[:5000]
    turned = keys[::-1]
    assert keys[keyed_order(keys, words)].tolist() == turned[keyed_order(turned, words)].tolist()


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="salt must have at least 1 byte"):
        sample_key(salt=b"", item="a")
    with pytest.raises(ValueError, match="key must lie between 0 and"):
        design_number(-1, (1, 2, 3, 4))
    with pytest.raises(ValueError, match="key must lie between 0 and"):
        design_number(np.array([-1]), (1, 2, 3, 4))
