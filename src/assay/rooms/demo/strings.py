"""Columns of text made from numbers, without a Python object for each row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_GOLDEN = 0x9E3779B97F4A7C15
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)

Numbers = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Letters = npt.NDArray[np.uint8]


def scrambled(numbers: Numbers, *, seed: int) -> Words:
    """Return a number without visible order for each number: a bijection (splitmix64's finaliser)."""
    # Python multiplies without bound, numpy warns of a scalar that wraps round.
    x = numbers.astype(np.uint64) + np.uint64(seed * _GOLDEN & 0xFFFFFFFFFFFFFFFF)
    x = (x ^ (x >> np.uint64(30))) * _FIRST
    x = (x ^ (x >> np.uint64(27))) * _SECOND
    return x ^ (x >> np.uint64(31))


def hexadecimal(words: Words, *, width: int = 16) -> pa.Array:
    """Write each number with its first `width` hexadecimal digits."""
    shifts = np.arange(60, 60 - 4 * width, -4, dtype=np.uint64)
    return _strings(_HEX[((words[:, None] >> shifts) & np.uint64(15)).astype(np.int64)])


def numbered(prefix: str, numbers: Numbers, *, width: int) -> pa.Array:
    """Write each number after the prefix, with leading zeros."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    digits = (numbers[:, None] // powers % 10).astype(np.uint8) + np.uint8(ord("0"))
    start = np.broadcast_to(np.frombuffer(prefix.encode(), dtype=np.uint8), (len(numbers), len(prefix)))
    return _strings(np.hstack([start, digits]))


def _strings(letters: Letters) -> pa.Array:
    rows, width = letters.shape
    ends = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(
        rows, pa.py_buffer(ends.tobytes()), pa.py_buffer(np.ascontiguousarray(letters).tobytes())
    )


def chosen(pool: pa.Array, places: Numbers, *, missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Take each row's text from a pool; null where it is missing."""
    return pool.take(pa.array(places, mask=missing))


def moments(seconds: Numbers, *, missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Write seconds since 1970 as moments in UTC."""
    return pa.array(seconds * 1_000_000, mask=missing).cast(pa.timestamp("us", tz="UTC"))
