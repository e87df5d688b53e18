"""Reading moments: exact, with a zone, and on a clock that really showed them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assay.rooms.decisions.terms import Reason

MOMENT = pa.timestamp("us", tz="UTC")
_NAIVE = pa.timestamp("us")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = int((datetime(2000, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) * 1_000_000
LATEST = int((datetime(2100, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) * 1_000_000
_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s?(Z|[+-]\d{2}(?::?\d{2})?| ?UTC)?)?",
    re.ASCII,
)
_MICROS = {"epoch_seconds": 1_000_000, "epoch_milliseconds": 1_000}


def cast_at_once(texts: pa.Array, *, form: str, zone: str) -> pa.Array | None:
    """Read a whole column, or None when some cell needs a closer look."""
    try:
        if form in _MICROS:
            numbers = texts.cast(pa.int64())
            return pc.multiply_checked(numbers, _MICROS[form]).cast(MOMENT)
        if form != "iso":
            return None
        shortest = pc.min(pc.binary_length(texts)).as_py()
        if shortest is not None and shortest < len("2026-01-05 10:30"):
            return None
        return texts.cast(MOMENT) if _first_has_zone(texts) else _in_zone(texts.cast(_NAIVE), zone)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def instants_at_once(cells: pa.Array, *, zone: str) -> pa.Array:
    """Take typed moments; those without a zone are read on the clock of `zone`."""
    if cells.type.tz is None:
        return _in_zone(cells.cast(_NAIVE, safe=False), zone)
    return cells.cast(MOMENT, safe=False)


def _first_has_zone(texts: pa.Array) -> bool:
    first = next((text for text in texts[:1].to_pylist() + texts.drop_null()[:1].to_pylist() if text), "")
    return first.endswith("Z") or bool(re.search(r"[+-]\d{2}:?\d{2}$", first[10:]))


def _in_zone(naive: pa.Array, zone: str) -> pa.Array:
    if not zone:
        raise pa.ArrowInvalid("no zone")
    if zone == "UTC":
        return naive.cast(pa.int64()).cast(MOMENT)
    return pc.assume_timezone(naive, zone, ambiguous="raise", nonexistent="raise").cast(MOMENT)


def read_moment(text: str, *, form: str, zone: str) -> tuple[datetime | None, Reason | None]:
    """Read one moment and say what is wrong with it if it cannot be read."""
    try:
        if form in _MICROS:
            return _from_epoch(text, _MICROS[form])
        if form == "iso":
            return _from_iso(text, zone)
        return _from_pattern(text, form, zone)
    except (ValueError, OverflowError):
        return None, Reason.NOT_A_MOMENT


def _from_epoch(text: str, micros: int) -> tuple[datetime | None, Reason | None]:
    if not re.fullmatch(r"-?[0-9]{1,17}(\.[0-9]{1,6})?", text, re.ASCII):
        return None, Reason.NOT_A_MOMENT
    whole, _, part = text.partition(".")
    instant = int(whole) * micros + int(part.ljust(6, "0")[:6] or 0) * micros // 1_000_000
    if not EARLIEST <= instant < LATEST:
        return None, Reason.YEAR_ABSURD
    return _EPOCH + timedelta(microseconds=instant), None


def _from_iso(text: str, zone: str) -> tuple[datetime | None, Reason | None]:
    found = _ISO.fullmatch(text.strip())
    if not found:
        return None, Reason.NOT_A_MOMENT
    day, time, offset = found.groups()
    if time is None:
        datetime.fromisoformat(day)
        return None, Reason.NO_TIME_OF_DAY
    if not offset:
        return _on_clock(datetime.fromisoformat(f"{day}T{time}"), zone)
    offset = "+00:00" if offset.strip() in {"Z", "UTC"} else offset
    return datetime.fromisoformat(f"{day}T{time}{offset}").astimezone(UTC), None


def _from_pattern(text: str, form: str, zone: str) -> tuple[datetime | None, Reason | None]:
    if not text.isascii():
        return None, Reason.NOT_A_MOMENT
    read = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is added below, or is in the text
    if read.tzinfo is not None:
        return read.astimezone(UTC), None
    return _on_clock(read, zone)


def _on_clock(naive: datetime, zone: str) -> tuple[datetime | None, Reason | None]:
    """Find the one instant at which a clock in the zone showed this time."""
    if not zone:
        return None, Reason.NO_ZONE
    if not 1970 <= naive.year < 2200:
        return None, Reason.YEAR_ABSURD
    first, second = (naive.replace(tzinfo=_zone(zone), fold=fold) for fold in (0, 1))
    if first.astimezone(UTC).astimezone(_zone(zone)).replace(tzinfo=None) != naive:
        return None, Reason.CLOCK_SKIPPED
    if first.utcoffset() != second.utcoffset():
        return None, Reason.CLOCK_TWICE
    return first.astimezone(UTC), None


@lru_cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def clock(start: str, first: int, count: int) -> pa.Array:
    """Return moments one second apart: row `first` (from 0) happened `first` seconds after the start."""
    begun = datetime.fromisoformat(start).astimezone(UTC) - _EPOCH
    micros = (begun.days * 86_400 + begun.seconds) * 1_000_000 + begun.microseconds
    seconds = np.arange(first, first + count, dtype=np.int64)
    return pa.array(micros + seconds * 1_000_000).cast(MOMENT)
