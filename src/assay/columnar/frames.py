"""The rows that may be drawn, counted and cut into layers.

One pass over the log gives a `Profile`: counts by domain, group of outcomes and score. Band edges, layers
and sizes follow from it by whole-number arithmetic, so the order of files and rows, the number of threads
and the engine change nothing.
"""

# Queries are put together from column names of `layout` and numbers; every value goes in as a parameter.

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby

import numpy as np
import pyarrow as pa

from assay.stats.arrays import FloatArray, IntArray

from . import layout
from .store import Store, Where

NO_SCORE = -1
# A layer of one row has no spread to estimate, so it joins the band beside it.
FEWEST_IN_A_LAYER = 2
# Scores are counted in cells whose borders are exact in binary: 1/65536 wide up to 1/64, 1/1024 above.
_FINE_END, _FINE, _COARSE = 64, 65_536, 1024
_FINE_CELLS = _FINE // _FINE_END
# Guards a cell of scores of exactly 0 against a spread of nothing.
_SMALLEST_SCORE, _LARGEST_SCORE = 0.002, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Which rows of the log may be drawn, and by what they are cut.

    Args:
        where: Period and filters. Gold items and decisions replaced by a later one are never in a frame.
        domain: The dimension of the log that is reported on, or "" for none.
        groups: Names for sets of outcomes that are drawn apart; other outcomes have the name "".
        by_score: Cut by `risk_score` too.
    """

    where: Where
    domain: str = "site"
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    by_score: bool = True

    def __post_init__(self) -> None:
        if self.domain and self.domain not in layout.DIMENSIONS:
            raise ValueError(f"The log is not cut by {self.domain!r}; use one of {', '.join(layout.DIMENSIONS)}")

    def group_of(self) -> dict[str, str]:
        """Return the group of each outcome that has one."""
        return {outcome: name for name, outcomes in self.groups for outcome in outcomes}

    def key(self) -> tuple[object, ...]:
        """Return a value by which two frames can be told apart."""
        equals = tuple(sorted((column, tuple(sorted(v))) for column, v in self.where.equals.items()))
        return self.where.start, self.where.end, equals, self.domain, self.groups, self.by_score


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Counts of a frame by domain, group and cell of scores, in that order.

    Args:
        domains: Domain of each count: (cells,).
        groups: Group of outcomes of each count: (cells,).
        scores: Cell of scores of each count, `NO_SCORE` for none: (cells,).
        counts: Rows: (cells,).
        graphic: Of these, rows with graphic content: (cells,).
        digest: Digest of the keys in the frame, whatever their order.
    """

    domains: tuple[str, ...]
    groups: tuple[str, ...]
    scores: IntArray
    counts: IntArray
    graphic: IntArray
    digest: str

    @cached_property
    def size(self) -> int:
        """Rows in the frame."""
        return int(self.counts.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A part of the frame drawn with one inclusion probability.

    Args:
        domain: Value of the frame's domain; "" when missing or not cut.
        group: Group of outcomes; "" when not cut.
        low: Smallest score; none for rows without a score, or when not cut by score.
        high: First score above; none as `low`.
        size: Rows.
        graphic: Of these, rows with graphic content.
        score: Mean score, to the width of a cell; none without scores.
    """

    domain: str
    group: str
    low: float | None
    high: float | None
    size: int
    graphic: int = 0
    score: float | None = None


def profile(store: Store, frame: Frame) -> Profile:
    """Count a frame in one pass. Files of the log never change, so the answer is kept in memory."""
    return _profile(store.paths, frame.key(), _Held(store=store, frame=frame))


@dataclass(frozen=True, kw_only=True)
class _Held:
    """Carries what has no hash past the cache's key."""

    store: Store
    frame: Frame

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)


@lru_cache(maxsize=64)
def _profile(_paths: tuple[str, ...], _key: tuple[object, ...], held: _Held) -> Profile:
    score = f"({_score_cell_sql()})::SMALLINT" if held.frame.by_score else f"{NO_SCORE}::SMALLINT"
    outcome = "outcome" if held.frame.groups else "''"
    columns = f"{domain_sql(held.frame)} AS domain, {outcome} AS outcome, {score} AS score, is_graphic, sample_key"
    rows, values = frame_rows(held.store, held.frame, columns)
    found = held.store.query(
        "SELECT domain, outcome, score, count(*) AS counted, count(*) FILTER (is_graphic) AS graphic,"
        f" bit_xor(sample_key) AS mixed, sum(sample_key)::VARCHAR AS added FROM ({rows}) GROUP BY ALL",
        values,
    )
    mixed = int(np.bitwise_xor.reduce(found["mixed"].to_numpy().astype(np.uint64), initial=np.uint64(0)))
    added = sum(int(text) for text in found["added"].to_pylist())
    cells = _grouped(found, held.frame)
    counts = cells["counted_sum"].to_numpy().astype(np.int64)
    return Profile(
        domains=tuple(cells["domain"].to_pylist()),
        groups=tuple(cells["grouped"].to_pylist()),
        scores=cells["score"].to_numpy().astype(np.int64),
        counts=counts,
        graphic=cells["graphic_sum"].to_numpy().astype(np.int64),
        digest=hashlib.sha256(f"{counts.sum()}:{mixed:016x}:{added:x}".encode()).hexdigest(),
    )


def _grouped(found: pa.Table, frame: Frame) -> pa.Table:
    """Add outcomes up to their groups: comparing a few thousand words here is cheaper than millions there."""
    group_of = frame.group_of()
    groups = pa.array([group_of.get(outcome, "") for outcome in found["outcome"].to_pylist()], pa.string())
    cells = found.append_column("grouped", groups).group_by(["domain", "grouped", "score"], use_threads=False)
    keys = [(name, "ascending") for name in ("domain", "grouped", "score")]
    return cells.aggregate([("counted", "sum"), ("graphic", "sum")]).sort_by(keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class MakerCount:
    """How many rows of a frame one maker decided in one way."""

    domain: str
    group: str
    outcome: str
    maker_type: str
    maker: str
    count: int


def makers(store: Store, frame: Frame) -> tuple[MakerCount, ...]:
    """Count a frame by who decided."""
    return _makers(store.paths, frame.key(), _Held(store=store, frame=frame))


@lru_cache(maxsize=64)
def _makers(_paths: tuple[str, ...], _key: tuple[object, ...], held: _Held) -> tuple[MakerCount, ...]:
    columns = f"{domain_sql(held.frame)} AS domain, outcome, maker_type, coalesce(maker, '') AS maker"
    rows, values = frame_rows(held.store, held.frame, columns)
    found = held.store.query(
        f"SELECT domain, outcome, maker_type, maker, count(*) AS counted FROM ({rows}) GROUP BY ALL ORDER BY ALL",
        values,
    )
    group_of = held.frame.group_of()
    return tuple(
        MakerCount(
            domain=domain,
            group=group_of.get(outcome, ""),
            outcome=outcome,
            maker_type=kind,
            maker=maker,
            count=count,
        )
        for domain, outcome, kind, maker, count in zip(*(column.to_pylist() for column in found.columns), strict=True)
    )


def score_edges(counted: Profile, *, bands: int) -> tuple[float, ...]:
    """Choose the borders between score bands from the frame itself.

    Bands hold equal shares of the frame's spread, the sum of sqrt(s (1 - s)), and not of its rows: rows are many
    where errors are rare, and a tenth of the rows would put nearly all errors into one band.

    Args:
        counted: The frame's counts.
        bands: How many bands are wanted, at least 1.

    Returns:
        Borders in rising order, at most bands - 1; fewer when many rows share one score.

    Source: Dalenius and Hodges (1959), JASA 54, 88-101 (equal cumulated root).
    """
    if bands < 1:
        raise ValueError(f"bands must be at least 1, got {bands}")
    scored = counted.scores >= 0
    if not scored.any() or bands == 1:
        return ()
    per_cell = np.bincount(counted.scores[scored], weights=counted.counts[scored])
    cells = np.flatnonzero(per_cell)
    middle = np.clip([(_low(c) + _low(c + 1)) / 2 for c in cells.tolist()], _SMALLEST_SCORE, _LARGEST_SCORE)
    spread = np.cumsum(per_cell[cells] * np.sqrt(middle * (1 - middle)))
    borders = np.searchsorted(spread, spread[-1] * np.arange(1, bands) / bands)
    return tuple(sorted({_low(int(cells[b]) + 1) for b in borders.tolist() if b < cells.size - 1}))


def layers(counted: Profile, *, edges: Sequence[float]) -> tuple[Layer, ...]:
    """Cut a frame into layers: domain by group by score band, in that order.

    A band with fewer than two rows joins the smaller band beside it in the same domain and group.
    """
    starts = np.array([_low(int(c)) if c >= 0 else np.nan for c in counted.scores])
    bands = np.where(counted.scores < 0, NO_SCORE, np.searchsorted(edges, starts, side="right"))
    rows = range(counted.counts.size)
    found: list[Layer] = []
    for (domain, group), part in groupby(rows, key=lambda r: (counted.domains[r], counted.groups[r])):
        cells: dict[int, list[int]] = {}
        for row in part:
            cells.setdefault(int(bands[row]), []).append(row)
        if NO_SCORE in cells:
            found.append(_layer(counted, cells.pop(NO_SCORE), domain=domain, group=group, low=None, high=None))
        for first, last, members in _joined(counted, cells):
            low, high = _border(edges, first), _border(edges, last + 1)
            found.append(_layer(counted, members, domain=domain, group=group, low=low, high=high))
    return tuple(found)


def sizes_now(counted: Profile, *, into: Sequence[Layer]) -> IntArray:
    """Count the rows that fall into layers cut earlier; rows outside all of them are not counted: (layers,)."""
    edges = edges_of(into)
    starts = np.array([_low(int(c)) if c >= 0 else np.nan for c in counted.scores])
    bands = np.where(counted.scores < 0, NO_SCORE, np.searchsorted(edges, starts, side="right"))
    place = {(t.domain, t.group, band): h for h, t in enumerate(into) for band in bands_of(t, edges)}
    sizes = np.zeros(len(into), dtype=np.int64)
    for domain, group, band, count in zip(counted.domains, counted.groups, bands, counted.counts, strict=True):
        h = place.get((domain, group, int(band)))
        if h is not None:
            sizes[h] += count
    return sizes


def edges_of(into: Sequence[Layer]) -> list[float]:
    """Return the borders between the layers' bands."""
    return sorted({b for layer in into for b in (layer.low, layer.high) if b is not None and math.isfinite(b)})


def bands_of(layer: Layer, edges: Sequence[float]) -> range:
    """Return the bands a layer is made of."""
    if layer.low is None or layer.high is None:
        return range(NO_SCORE, NO_SCORE + 1)
    first = int(np.searchsorted(edges, layer.low, side="right"))
    return range(first, int(np.searchsorted(edges, layer.high, side="left")) + 1)


def frame_rows(store: Store, frame: Frame, columns: str) -> tuple[str, list[object]]:
    """Return the query of these columns of the frame's rows, and its values."""
    condition, values = frame.where.sql()
    condition += " AND is_golden IS DISTINCT FROM true"
    if _has_superseded(store.paths, _Held(store=store, frame=frame)):
        condition += (
            " AND decision_key NOT IN (SELECT source || ':' || supersedes_id FROM {log}"
            " WHERE coalesce(supersedes_id, '') <> '')"
        )
    return f"SELECT {columns} FROM {{log}} WHERE {condition}", values


@lru_cache(maxsize=64)
def _has_superseded(_paths: tuple[str, ...], held: _Held) -> bool:
    found = held.store.query("SELECT count(*) AS n FROM {log} WHERE coalesce(supersedes_id, '') <> ''")
    return int(found["n"][0].as_py()) > 0


def domain_sql(frame: Frame) -> str:
    """Return the expression of the frame's domain."""
    return f"coalesce({frame.domain}, '')" if frame.domain else "''"


def _score_cell_sql() -> str:
    # Multiplying by a power of two is exact, so every engine puts a score in the same cell.
    return (
        f"CASE WHEN risk_score IS NULL OR isnan(risk_score) THEN {NO_SCORE}"
        f" WHEN risk_score < {1 / _FINE_END!r} THEN greatest(floor(risk_score * {_FINE}.0), 0)"
        f" ELSE floor(least(risk_score, 1.0) * {_COARSE}.0) + {_FINE_CELLS - _COARSE // _FINE_END} END"
    )


def _low(cell: int) -> float:
    """Return the smallest score of a cell."""
    if cell < _FINE_CELLS:
        return cell / _FINE
    return (cell - _FINE_CELLS) / _COARSE + 1 / _FINE_END


def _border(edges: Sequence[float], band: int) -> float:
    if band == 0:
        return -math.inf
    return edges[band - 1] if band <= len(edges) else math.inf


def _joined(counted: Profile, cells: dict[int, list[int]]) -> Iterator[tuple[int, int, list[int]]]:
    """Join small bands with the smaller neighbour, until each holds enough or one is left."""
    parts = [(band, band, members) for band, members in sorted(cells.items())]
    size = [int(counted.counts[members].sum()) for _, _, members in parts]
    while len(parts) > 1 and min(size) < FEWEST_IN_A_LAYER:
        i = size.index(min(size))
        beside = [j for j in (i - 1, i + 1) if 0 <= j < len(parts)]
        j = min(beside, key=lambda k: size[k])
        i, j = min(i, j), max(i, j)
        parts[i : j + 1] = [(parts[i][0], parts[j][1], parts[i][2] + parts[j][2])]
        size[i : j + 1] = [size[i] + size[j]]
    yield from parts


def _layer(
    counted: Profile, members: list[int], *, domain: str, group: str, low: float | None, high: float | None
) -> Layer:
    counts, cells = counted.counts[members], counted.scores[members]
    score = None
    if low is not None:
        middles: FloatArray = np.array([(_low(int(c)) + _low(int(c) + 1)) / 2 for c in cells])
        score = float(counts @ middles) / int(counts.sum())
    return Layer(
        domain=domain,
        group=group,
        low=low,
        high=high,
        size=int(counts.sum()),
        graphic=int(counted.graphic[members].sum()),
        score=score,
    )
