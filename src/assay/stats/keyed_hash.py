"""Permanent random numbers: who is drawn is decided by a secret and a name.

The same item has the same key for ever, and another number in every design, so a
draw can be repeated by anyone who holds the salt, on any engine, in any order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import overload

import numpy as np

from assay.stats.arrays import FloatArray, IntArray, WordArray

SEPARATOR = b"\x1f"
HALF_BITS = 32
HALF_MASK = 0xFFFFFFFF
# Under 2^31, so that each product fits a signed 64-bit integer on any SQL engine.
FIRST_FACTOR = 0x45D9F3B
SECOND_FACTOR = 0x119DE1F3
UNIT_BITS = 52

Words = tuple[int, int, int, int]


def sample_key(*, salt: bytes, item: str) -> int:
    """Return an item's permanent key.

    Args:
        salt: The secret of the organisation, at least 1 byte.
        item: The item's identifier.

    Returns:
        A whole number, 0 to 2^64 - 1: the first 16 hexadecimal digits of
        SHA-256(salt, 0x1f, item).

    Raises:
        ValueError: The salt is empty.

    Assumes: The salt is kept from whoever is sampled.
    Source: Ohlsson (1995), Coordination of samples using permanent random numbers.
    """
    _check_salt(salt)
    return int.from_bytes(hashlib.sha256(salt + SEPARATOR + item.encode("utf-8")).digest()[:8], "big")


def sample_keys(*, salt: bytes, items: Iterable[str]) -> WordArray:
    """Return the permanent keys of many items, in their order: (items,)."""
    _check_salt(salt)
    start = hashlib.sha256(salt + SEPARATOR)
    digests = bytearray()
    for item in items:
        hasher = start.copy()
        hasher.update(item.encode("utf-8"))
        digests += hasher.digest()[:8]
    return np.frombuffer(bytes(digests), dtype=">u8").astype(np.uint64)


def design_words(*, salt: bytes, design: str) -> Words:
    """Return the four round keys that belong to one design.

    Args:
        salt: The secret of the organisation, at least 1 byte.
        design: The design's identifier.

    Returns:
        The first four big-endian 32-bit words of SHA-256(salt, 0x1f, "design", 0x1f, design).

    Raises:
        ValueError: The salt is empty.

    Assumes: Each design has an identifier of its own.
    Source: The key schedule is this project's own; see docs/methods/keyed-hash-draws.md.
    """
    _check_salt(salt)
    digest = hashlib.sha256(salt + SEPARATOR + b"design" + SEPARATOR + design.encode("utf-8")).digest()
    first, second, third, fourth = (int.from_bytes(digest[i : i + 4], "big") for i in (0, 4, 8, 12))
    return first, second, third, fourth


@overload
def design_number(key: int, words: Words) -> int: ...


@overload
def design_number(key: WordArray, words: Words) -> WordArray: ...


def design_number(key: int | WordArray, words: Words) -> int | WordArray:
    """Turn permanent keys into the random numbers of one design.

    Args:
        key: One key or many: (items,), unsigned 64-bit.
        words: The design's round keys, from `design_words`.

    Returns:
        Numbers of the same shape, 0 to 2^64 - 1. Different keys give different
        numbers, so a design has no ties.

    Raises:
        ValueError: A key is negative or above 2^64 - 1.

    Assumes: Keys are themselves uniform; four rounds then make designs independent.
    Source: Luby and Rackoff (1988), SIAM Journal on Computing 17, 373-386.
    """
    keys = _key_array(key)
    left, right = keys >> np.uint64(HALF_BITS), keys & np.uint64(HALF_MASK)
    for word in words:
        left, right = right, left ^ _round(right, word)
    numbers = (left << np.uint64(HALF_BITS)) | right
    return int(numbers[()]) if isinstance(key, int) else numbers


@overload
def unit_interval(number: int) -> float: ...


@overload
def unit_interval(number: WordArray) -> FloatArray: ...


def unit_interval(number: int | WordArray) -> float | FloatArray:
    """Place numbers on the open interval from 0 to 1.

    Args:
        number: One number or many, 0 to 2^64 - 1.

    Returns:
        The upper 52 bits plus one half, over 2^52: never 0, never 1, exact in
        double precision.
    """
    high = _key_array(number) >> np.uint64(64 - UNIT_BITS)
    unit = (high.astype(np.float64) + 0.5) / float(1 << UNIT_BITS)
    return float(unit[()]) if isinstance(number, int) else unit


def keyed_order(keys: WordArray, words: Words) -> IntArray:
    """Return the positions of `keys` in the order in which a design draws them.

    The first k positions are the sample of size k; a larger sample contains a smaller
    one, and the sample of a union is among the samples of its parts.
    """
    return np.argsort(design_number(keys, words), kind="stable").astype(np.int64)


def _round(half: WordArray, word: int) -> WordArray:
    mask = np.uint64(HALF_MASK)
    x = half ^ np.uint64(word)
    x = ((x ^ (x >> np.uint64(16))) * np.uint64(FIRST_FACTOR)) & mask
    x = ((x ^ (x >> np.uint64(15))) * np.uint64(SECOND_FACTOR)) & mask
    return x ^ (x >> np.uint64(16))


def _key_array(key: int | WordArray) -> WordArray:
    if isinstance(key, int) and not 0 <= key < 1 << 64:
        raise ValueError(f"key must lie between 0 and 2^64 - 1, got {key}")
    array = np.asarray(key)
    if array.size and array.dtype.kind == "i" and int(array.min()) < 0:
        raise ValueError(f"key must lie between 0 and 2^64 - 1, got {int(array.min())}")
    return np.asarray(array, dtype=np.uint64)


def _check_salt(salt: bytes) -> None:
    if not salt:
        raise ValueError("salt must have at least 1 byte, got none; set the organisation's secret")
