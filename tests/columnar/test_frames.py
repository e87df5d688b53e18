"""The frame's one pass and the draw, each against a slow and obvious twin."""

from __future__ import annotations

import math
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from assay.columnar import draws, frames
from assay.columnar.frames import Frame, Layer
from assay.columnar.store import Store, Where
from assay.stats import keyed_hash

from .decision_logs import SALT, START, decision, generated_rows, write_store

WORDS = keyed_hash.design_words(salt=SALT, design="round-1")
GROUPS = (
    ("leave", ("approve", "no_action")),
    ("remove", ("reject", "remove")),
    ("restrict", ("age_gate",)),
    ("account", ("suspend_account",)),
)
ALL = Where(start="2026-03-02T00:00:00+00:00", end="2027-01-01T00:00:00+00:00")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return generated_rows(6000)


@pytest.fixture(scope="module")
def store(rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Store:
    return write_store(tmp_path_factory.mktemp("log"), rows, files=3)


def _group(row: dict[str, Any]) -> str:
    return next((name for name, outcomes in GROUPS if row["outcome"] in outcomes), "")


def _in_layer(row: dict[str, Any], layer: Layer) -> bool:
    if (row.get("site") or "", _group(row)) != (layer.domain, layer.group):
        return False
    score = row.get("risk_score")
    if layer.low is None or layer.high is None:
        return score is None
    return score is not None and layer.low <= score < layer.high


def _twin_draw(rows: list[dict[str, Any]], into: tuple[Layer, ...], sizes: list[int]) -> list[tuple[int, str]]:
    """Sort every layer by the design's number in plain Python and take the first ones."""
    drawn = []
    for h, layer in enumerate(into):
        inside = [row for row in rows if not row.get("is_golden") and _in_layer(row, layer)]
        inside.sort(key=lambda row: keyed_hash.design_number(row["sample_key"], WORDS))
        drawn += [(h, row["decision_key"]) for row in inside[: sizes[h]]]
    return drawn


def _drawn(store: Store, frame: Frame, into: tuple[Layer, ...], sizes: list[int]) -> list[tuple[int, str]]:
    found = draws.draw(store, frame, into=into, sizes=sizes, words=WORDS)
    return list(zip(found["layer"].to_pylist(), found["decision_key"].to_pylist(), strict=True))


def _cut(store: Store, frame: Frame, bands: int = 5) -> tuple[Layer, ...]:
    counted = frames.profile(store, frame)
    return frames.layers(counted, edges=frames.score_edges(counted, bands=bands))


def test_numbers_of_duckdb_equal_numpys() -> None:
    keys = np.random.default_rng(5).integers(0, 2**64, 100_000, dtype=np.uint64)
    keys[:4] = (0, 1, 2**63, 2**64 - 1)
    connection = duckdb.connect()
    connection.register("keys", {"sample_key": keys})
    sql = draws.numbered_sql(WORDS, "SELECT sample_key FROM keys", kept="sample_key")
    found = connection.execute(sql).fetchnumpy()
    assert np.array_equal(found["number"], keyed_hash.design_number(np.asarray(found["sample_key"]), WORDS))
    assert found["number"].size == keys.size


def test_profile_counts_as_plain_python_does(store: Store, rows: list[dict[str, Any]]) -> None:
    counted = frames.profile(store, Frame(where=ALL, groups=GROUPS))
    kept = [row for row in rows if not row["is_golden"]]
    assert counted.size == len(kept)
    expected: dict[tuple[str, str], int] = {}
    for row in kept:
        key = (row.get("site") or "", _group(row))
        expected[key] = expected.get(key, 0) + 1
    found: dict[tuple[str, str], int] = {}
    for domain, group, count in zip(counted.domains, counted.groups, counted.counts, strict=True):
        found[domain, group] = found.get((domain, group), 0) + int(count)
    assert found == expected
    assert counted.graphic.sum() == sum(row["is_graphic"] for row in kept)


def test_layers_split_the_whole_frame(store: Store, rows: list[dict[str, Any]]) -> None:
    frame = Frame(where=ALL, groups=GROUPS)
    into = _cut(store, frame)
    kept = [row for row in rows if not row["is_golden"]]
    for layer in into:
        inside = [row for row in kept if _in_layer(row, layer)]
        assert layer.size == len(inside)
        assert layer.graphic == sum(row["is_graphic"] for row in inside)
    assert sum(layer.size for layer in into) == len(kept)
    assert np.array_equal(frames.sizes_now(frames.profile(store, frame), into=into), [t.size for t in into])


def test_draw_equals_the_obvious_draw(store: Store, rows: list[dict[str, Any]]) -> None:
    frame = Frame(where=ALL, groups=GROUPS)
    into = _cut(store, frame)
    sizes = [min(layer.size, 2 + h % 9) for h, layer in enumerate(into)]
    assert _drawn(store, frame, into, sizes) == _twin_draw(rows, into, sizes)


@pytest.mark.parametrize("by_score", [True, False])
@pytest.mark.parametrize("domain", ["", "site", "market"])
def test_whole_frame_can_be_drawn(store: Store, rows: list[dict[str, Any]], domain: str, by_score: bool) -> None:
    frame = Frame(where=ALL, domain=domain, by_score=by_score)
    into = _cut(store, frame)
    drawn = draws.draw(store, frame, into=into, sizes=[layer.size for layer in into], words=WORDS)
    assert sorted(drawn["decision_key"].to_pylist()) == sorted(
        row["decision_key"] for row in rows if not row["is_golden"]
    )


def test_larger_sample_holds_the_smaller(store: Store) -> None:
    frame = Frame(where=ALL, groups=GROUPS)
    into = _cut(store, frame)
    small = _drawn(store, frame, into, [min(layer.size, 3) for layer in into])
    large = _drawn(store, frame, into, [min(layer.size, 11) for layer in into])
    assert set(small) < set(large)


def test_order_of_rows_and_files_changes_nothing(store: Store, rows: list[dict[str, Any]], tmp_path: Path) -> None:
    frame = Frame(where=ALL, groups=GROUPS)
    mixed = list(rows)
    random.Random(7).shuffle(mixed)
    again = write_store(tmp_path, mixed, files=5)
    first, second = frames.profile(store, frame), frames.profile(again, frame)
    assert (first.digest, first.size) == (second.digest, second.size)
    into = _cut(store, frame)
    assert into == _cut(again, frame)
    sizes = [min(layer.size, 7) for layer in into]
    drawn = draws.draw(store, frame, into=into, sizes=sizes, words=WORDS)
    assert drawn.equals(draws.draw(again, frame, into=into, sizes=sizes, words=WORDS))


def test_digest_tells_one_row_more(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    frame = Frame(where=ALL)
    before = frames.profile(write_store(tmp_path / "a", rows[:50]), frame)
    after = frames.profile(write_store(tmp_path / "b", rows[:51]), frame)
    assert before.digest != after.digest


def test_inclusion_follows_the_design(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    small = write_store(tmp_path, rows[:40])
    frame = Frame(where=ALL, domain="", by_score=False)
    into = _cut(small, frame)
    times, wanted = 400, 8
    counts: dict[str, int] = {}
    for number in range(times):
        words = keyed_hash.design_words(salt=SALT, design=f"design-{number}")
        for key in draws.draw(small, frame, into=into, sizes=[wanted], words=words)["decision_key"].to_pylist():
            counts[key] = counts.get(key, 0) + 1
    share = wanted / into[0].size
    deviation = math.sqrt(times * share * (1 - share))
    assert len(counts) == into[0].size
    assert max(abs(count - times * share) for count in counts.values()) < 4 * deviation


def test_frame_follows_period_and_filters(store: Store, rows: list[dict[str, Any]]) -> None:
    end = START + timedelta(minutes=1000)
    where = Where(start=START.isoformat(), end=end.isoformat(), equals={"market": ("MX",), "maker_type": ("human",)})
    inside = [
        row
        for row in rows
        if row["decided_at"] < end and row["market"] == "MX" and row["maker_type"] == "human" and not row["is_golden"]
    ]
    assert frames.profile(store, Frame(where=where)).size == len(inside)


def test_automated_decisions_and_approvals_are_in_the_frame(store: Store, rows: list[dict[str, Any]]) -> None:
    counted = frames.profile(store, Frame(where=ALL, domain="maker_type", groups=GROUPS))
    assert set(counted.domains) == {"human", "model"}
    assert set(counted.groups) == {"leave", "remove", "restrict", "account", ""}
    assert counted.size == sum(not row["is_golden"] for row in rows)


def test_gold_and_replaced_decisions_stay_out(tmp_path: Path) -> None:
    store = write_store(
        tmp_path,
        [decision(1), decision(2, is_golden=True), decision(3, supersedes_id="1"), decision(4), decision(5)],
    )
    frame = Frame(where=ALL, by_score=False)
    into = _cut(store, frame)
    assert [key for _, key in sorted(_drawn(store, frame, into, [3]), key=lambda d: d[1])] == [
        "test:3",
        "test:4",
        "test:5",
    ]


def test_scores_at_a_border_fall_above_it(tmp_path: Path) -> None:
    scores = (0.0, 0.25, 0.25, 0.5, 0.5, 1.0, 1.0, -0.1, 1.7, float("nan"), None)
    rows = [decision(n, risk_score=score) for n, score in enumerate(scores)]
    store, frame = write_store(tmp_path, rows), Frame(where=ALL)
    into = frames.layers(frames.profile(store, frame), edges=(0.25, 0.5))
    assert [(layer.low, layer.high, layer.size) for layer in into] == [
        (None, None, 2),
        (-math.inf, 0.25, 2),
        (0.25, 0.5, 2),
        (0.5, math.inf, 5),
    ]
    drawn = _drawn(store, frame, into, [2, 2, 2, 5])
    assert sorted((h, int(key[5:])) for h, key in drawn) == [
        (0, 9), (0, 10), (1, 0), (1, 7), (2, 1), (2, 2), (3, 3), (3, 4), (3, 5), (3, 6), (3, 8),
    ]  # fmt: skip


def test_lonely_row_joins_the_band_beside(tmp_path: Path) -> None:
    scores = (0.1, 0.1, 0.3, 0.9, 0.9, 0.9)
    store = write_store(tmp_path, [decision(n, risk_score=score) for n, score in enumerate(scores)])
    frame = Frame(where=ALL)
    into = frames.layers(frames.profile(store, frame), edges=(0.2, 0.4))
    assert [(layer.low, layer.high, layer.size) for layer in into] == [(-math.inf, 0.4, 3), (0.4, math.inf, 3)]
    assert len(_drawn(store, frame, into, [3, 3])) == 6


def test_empty_log_has_an_empty_frame() -> None:
    store, frame = Store(paths=()), Frame(where=ALL)
    counted = frames.profile(store, frame)
    assert (counted.size, frames.score_edges(counted, bands=10)) == (0, ())
    assert frames.layers(counted, edges=()) == ()
    assert draws.draw(store, frame, into=(), sizes=(), words=WORDS).num_rows == 0


def test_equal_scores_give_one_band(tmp_path: Path) -> None:
    store = write_store(tmp_path, [decision(n, risk_score=0.2) for n in range(9)])
    counted = frames.profile(store, Frame(where=ALL))
    assert frames.score_edges(counted, bands=10) == ()
    assert [layer.size for layer in frames.layers(counted, edges=())] == [9]


def test_bands_share_the_spread_equally(store: Store) -> None:
    counted = frames.profile(store, Frame(where=ALL, domain=""))
    edges = frames.score_edges(counted, bands=5)
    into = [layer for layer in frames.layers(counted, edges=edges) if layer.score is not None]
    spread = [t.size * math.sqrt(t.score * (1 - t.score)) for t in into if t.score is not None]
    assert len(edges) == 4
    assert max(spread) < 1.5 * min(spread)


def test_missing_rows_are_named(tmp_path: Path) -> None:
    store, frame = write_store(tmp_path, [decision(n) for n in range(4)]), Frame(where=ALL, by_score=False)
    promised = (Layer(domain="", group="", low=None, high=None, size=9),)
    with pytest.raises(ValueError, match=r"^Layer 0 \(the whole frame\) must hold at least 6 rows and the log now"):
        draws.draw(store, frame, into=promised, sizes=[6], words=WORDS)


def test_unknown_dimension_is_named() -> None:
    with pytest.raises(ValueError, match=r"^The log is not cut by 'colour'; use one of site"):
        Frame(where=ALL, domain="colour")


def test_two_rows_with_one_key_are_told_apart_by_name(tmp_path: Path) -> None:
    rows = [decision(n, sample_key=77) for n in (3, 1, 2)]
    store, frame = write_store(tmp_path, rows), Frame(where=ALL, by_score=False)
    into = _cut(store, frame)
    assert _drawn(store, frame, into, [2]) == [(0, "test:1"), (0, "test:2")]
