"""The draw: the rows with the smallest numbers in each layer of a frame."""

# Queries are put together from column names of `layout` and numbers; every value goes in as a parameter.

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from assay.stats.arrays import IntArray, WordArray
from assay.stats.keyed_hash import FIRST_FACTOR, HALF_MASK, SECOND_FACTOR, Words

from .frames import NO_SCORE, Frame, Layer, bands_of, domain_sql, edges_of, frame_rows
from .store import Store, connection

# What a sampled row takes with it.
FACTS = (
    "decision_key",
    "decided_at",
    "site",
    "team",
    "vendor",
    "market",
    "content_language",
    "item_type",
    "queue",
    "outcome",
    "policy",
    "clause",
    "severity",
    "maker_type",
    "maker",
    "tenure_days",
    "risk_score",
    "exposure_views",
    "content_hash",
)
_EVERY_NUMBER = (1 << 64) - 1
# A bound above this share of the numbers lets so much through that its layers are read apart.
_LARGE_BOUND = 1 << 58


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidates:
    """Rows under the bound of their layer: (rows,)."""

    layer: IntArray
    key: WordArray
    number: WordArray


def draw(store: Store, frame: Frame, *, into: Sequence[Layer], sizes: Sequence[int], words: Words) -> pa.Table:
    """Draw the rows with the smallest numbers in each layer.

    Args:
        store: The log.
        frame: The frame the layers were cut from.
        into: The layers.
        sizes: Rows to draw from each layer, at most what it holds: (layers,).
        words: Round keys of the design, from `keyed_hash.design_words`.

    Returns:
        The columns `FACTS`, `layer` (position in `into`) and `number`, sorted by these two.

    Raises:
        ValueError: The log holds fewer rows in a layer than are to be drawn.
    """
    wanted = np.asarray(sizes, dtype=np.int64)
    bounds = [_bound(layer.size, int(n)) for layer, n in zip(into, wanted, strict=True)]
    found = _candidates(store, frame, into, bounds, words)
    short = np.flatnonzero(np.bincount(found.layer, minlength=len(into)) < wanted).tolist()
    if short:
        # So few under a generous bound is a one in a billion chance, or a log that has changed.
        bounds = [_EVERY_NUMBER if h in short else bound for h, bound in enumerate(bounds)]
        found = _candidates(store, frame, into, bounds, words)
        _check_enough(found, into, wanted)
    return _with_facts(store, frame, _smallest(found, wanted), wanted)


def numbered_sql(words: Words, rows: str, *, kept: str) -> str:
    """Return a query that adds `number`, the design's number of each `sample_key`, to the columns `kept`.

    The rounds of `keyed_hash.design_number`, one step a level: written as one expression each half would
    be repeated thousands of times.
    """
    mask = f"{HALF_MASK}::UBIGINT"
    query = f"SELECT {kept}, sample_key >> 32 AS a, sample_key & {mask} AS b FROM ({rows})"
    for word in words:
        query = f"SELECT {kept}, a, b, xor(b, {word}::UBIGINT) AS x FROM ({query})"
        query = f"SELECT {kept}, a, b, (xor(x, x >> 16) * {FIRST_FACTOR}::UBIGINT) & {mask} AS x FROM ({query})"
        query = f"SELECT {kept}, a, b, (xor(x, x >> 15) * {SECOND_FACTOR}::UBIGINT) & {mask} AS x FROM ({query})"
        query = f"SELECT {kept}, b AS a, xor(a, xor(x, x >> 16)) AS b FROM ({query})"
    return f"SELECT {kept}, (a << 32) | b AS number FROM ({query})"


def _bound(size: int, wanted: int) -> int:
    """Return a number under which at least `wanted` of `size` rows lie, but for a one in a billion chance."""
    generous = wanted + 6.0 * math.sqrt(wanted) + 20.0
    if wanted == 0:
        return 0
    return _EVERY_NUMBER if generous >= size else int(generous / size * 2.0**64)


def _candidates(store: Store, frame: Frame, into: Sequence[Layer], bounds: Sequence[int], words: Words) -> _Candidates:
    """Return the rows under their layer's bound.

    Layers drawn nearly whole are read apart, narrowed to their domains and outcomes: else their bound would
    let every row of the log through to the join.
    """
    few = {h: bound for h, bound in enumerate(bounds) if 0 < bound < _LARGE_BOUND}
    many = {h: bound for h, bound in enumerate(bounds) if bound >= _LARGE_BOUND}
    parts = [_under(store, frame, into, few, words, narrow=False)] if few else []
    parts += [_under(store, frame, into, many, words, narrow=True)] if many else []

    def joined(column: str, kind: type) -> np.ndarray[tuple[int], np.dtype[np.generic]]:
        return np.concatenate([np.zeros(0, kind), *(part[column].to_numpy().astype(kind) for part in parts)])

    return _Candidates(
        layer=joined("layer", np.int64).astype(np.int64),
        key=joined("sample_key", np.uint64).astype(np.uint64),
        number=joined("number", np.uint64).astype(np.uint64),
    )


def _under(
    store: Store, frame: Frame, into: Sequence[Layer], bounds: dict[int, int], words: Words, *, narrow: bool
) -> pa.Table:
    """Number the rows first and drop nearly all of them, before asking which layer one is in."""
    edges = edges_of(into)
    rows, values = frame_rows(store, frame, f"{domain_sql(frame)} AS domain, outcome, risk_score, sample_key")
    if narrow:
        condition, more = _places(frame, [into[h] for h in bounds])
        rows, values = f"SELECT * FROM ({rows}) WHERE {condition}", [*values, *more]
    numbered = numbered_sql(words, rows, kept="domain, outcome, risk_score, sample_key")
    group, names = _group_sql(frame)
    score = _band_sql(edges) if frame.by_score else str(NO_SCORE)
    cut = (
        f"SELECT domain, {group} AS grouped, ({score})::BIGINT AS score, sample_key, number FROM ({numbered})"
        f" WHERE number <= {max(bounds.values())}::UBIGINT"
    )
    cursor = connection().cursor()
    cursor.register("layer_bounds", _bound_table(into, bounds, edges))
    sql = (
        f"SELECT layer, sample_key, number FROM ({cut}) JOIN layer_bounds USING (domain, grouped, score)"
        " WHERE number <= bound"
    )
    return cursor.execute(sql.replace("{log}", store.source()), [*names, *values]).to_arrow_table()


def _places(frame: Frame, layers: Sequence[Layer]) -> tuple[str, list[object]]:
    """Return a condition that all rows of these layers fulfil, and few others."""
    domains = sorted({layer.domain for layer in layers})
    groups = {layer.group for layer in layers}
    condition, values = f"domain IN ({_marks(domains)})", list[object](domains)
    if frame.groups and "" not in groups:
        outcomes = [outcome for name, members in frame.groups if name in groups for outcome in members]
        condition += f" AND outcome IN ({_marks(outcomes)})"
        values += outcomes
    return condition, values


def _group_sql(frame: Frame) -> tuple[str, list[object]]:
    whens, values = "", list[object]()
    for name, outcomes in frame.groups:
        whens += f" WHEN outcome IN ({_marks(outcomes)}) THEN ?"
        values += [*outcomes, name]
    return (f"CASE{whens} ELSE '' END" if whens else "''"), values


def _band_sql(edges: Sequence[float]) -> str:
    whens = "".join(f" WHEN risk_score < {edge!r} THEN {band}" for band, edge in enumerate(edges))
    return f"CASE WHEN risk_score IS NULL OR isnan(risk_score) THEN {NO_SCORE}{whens} ELSE {len(edges)} END"


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" for _ in values)


def _bound_table(into: Sequence[Layer], bounds: dict[int, int], edges: Sequence[float]) -> pa.Table:
    """Return one row for each band of each layer that has a bound."""
    rows = [
        (into[h].domain, into[h].group, band, h, bound)
        for h, bound in bounds.items()
        for band in bands_of(into[h], edges)
    ]
    types = (pa.string(), pa.string(), pa.int64(), pa.int64(), pa.uint64())
    names = ("domain", "grouped", "score", "layer", "bound")
    return pa.table({n: pa.array(c, t) for n, c, t in zip(names, zip(*rows, strict=True), types, strict=True)})


def _smallest(found: _Candidates, wanted: IntArray) -> _Candidates:
    """Keep the smallest numbers of each layer, and every row that shares the last of them."""
    order = np.lexsort((found.key, found.number, found.layer))
    layer, key, number = found.layer[order], found.key[order], found.number[order]
    if not layer.size:
        return found
    first = np.searchsorted(layer, np.arange(wanted.size))
    place = np.arange(layer.size) - first[layer]
    last = number[np.clip(first[layer] + wanted[layer] - 1, 0, layer.size - 1)]
    keep = (place < wanted[layer]) | ((number == last) & (wanted[layer] > 0))
    return _Candidates(layer=layer[keep], key=key[keep], number=number[keep])


def _with_facts(store: Store, frame: Frame, drawn: _Candidates, wanted: IntArray) -> pa.Table:
    """Fetch what the sampled rows take with them."""
    rows, values = frame_rows(store, frame, ", ".join(FACTS) + ", sample_key")
    cursor = connection().cursor()
    cursor.register("drawn", pa.table({"sample_key": drawn.key, "layer": drawn.layer, "number": drawn.number}))
    sql = (
        f"SELECT {', '.join(FACTS)}, layer, number FROM ({rows}) JOIN (SELECT DISTINCT * FROM drawn)"
        " USING (sample_key) ORDER BY layer, number, decision_key"
    )
    found = cursor.execute(sql.replace("{log}", store.source()), values).to_arrow_table()
    # Two rows may share a 64-bit key, once in a few billion rows: the name then decides.
    layer = found["layer"].to_numpy()
    first = np.searchsorted(layer, np.arange(wanted.size))
    keep = np.arange(layer.size) - first[layer] < wanted[layer]
    return found if bool(keep.all()) else found.filter(pa.array(keep))


def _check_enough(found: _Candidates, into: Sequence[Layer], wanted: IntArray) -> None:
    counts = np.bincount(found.layer, minlength=len(into))
    for h in np.flatnonzero(counts < wanted).tolist():
        name = "/".join(part for part in (into[h].domain, into[h].group) if part) or "the whole frame"
        raise ValueError(
            f"Layer {h} ({name}) must hold at least {wanted[h]} rows and the log now holds {counts[h]} of its"
            f" {into[h].size}; the log has changed since it was counted"
        )
