"""Array types of the formulas, and the checks every array passes on its way in."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
WordArray = NDArray[np.uint64]


def floats(name: str, values: ArrayLike, *, length: int | None = None) -> FloatArray:
    """Return `values` as a vector of finite floats, or say which entry is not one."""
    array = _vector(name, np.asarray(values, dtype=np.float64), length)
    wrong = np.flatnonzero(~np.isfinite(array))
    if wrong.size:
        raise ValueError(f"{name} must be finite numbers, got {array[wrong[0]]} at position {wrong[0]}")
    return array


def integers(name: str, values: ArrayLike, *, length: int | None = None) -> IntArray:
    """Return `values` as a vector of whole numbers, or say which entry is not one."""
    raw = np.asarray(values)
    if raw.size == 0 or raw.dtype.kind in "iub":
        return _vector(name, raw.astype(np.int64), length)
    array = floats(name, raw, length=length)
    wrong = np.flatnonzero(array != np.round(array))
    if wrong.size:
        raise ValueError(f"{name} must be whole numbers, got {array[wrong[0]]} at position {wrong[0]}")
    return array.astype(np.int64)


def at_least(name: str, array: NDArray[Any], smallest: float) -> None:
    """Raise when an entry lies under `smallest`, naming it."""
    wrong = np.flatnonzero(array < smallest)
    if wrong.size:
        raise ValueError(f"{name} must be at least {smallest}, got {array[wrong[0]]} at position {wrong[0]}")


def open_share(name: str, value: float) -> None:
    """Raise unless `value` lies strictly between 0 and 1."""
    if not 0.0 < value < 1.0:
        raise ValueError(f"{name} must lie between 0 and 1, got {value}")


def _vector(name: str, array: NDArray[Any], length: int | None) -> NDArray[Any]:
    if array.ndim != 1:
        raise ValueError(f"{name} must have one dimension, got {array.ndim}")
    if length is not None and array.size != length:
        raise ValueError(f"{name} must have {length} entries, got {array.size}")
    return array
