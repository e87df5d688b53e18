"""What was drawn, and whether it can be drawn again."""

# Queries are put together from column names of the log; every value goes in as a parameter.

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from django.conf import settings

from assay.columnar import draws, frames
from assay.columnar.frames import Layer
from assay.columnar.store import Where, connection
from assay.rooms.decisions import queries as decisions
from assay.stats import keyed_hash
from assay.stats.arrays import FloatArray

from ..models import Draw, Plan, SampledDecision, Stratum
from .framing import frame_of_plan, iso

# What reviewers' items are filled from; what became of the decision is not among it.
CONTENT = (
    "decision_key",
    "decided_at",
    "item_id",
    "item_type",
    "market",
    "content_language",
    "content_title",
    "content_text",
    "content_translation",
    "translation_language",
    "content_created_at",
    "content_hash",
    "is_graphic",
    "category_path",
    "price",
    "currency",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Redraw:
    """A draw made again from today's log and compared with the frozen one.

    Args:
        keys: Decisions drawn now, sorted.
        is_same: Whether each decision, its stratum and its number are the frozen ones, and the frame too.
        missing: Frozen decisions that are not drawn now.
        added: Decisions drawn now that are not frozen.
        frame_then: Decisions in the frame when frozen.
        frame_now: Decisions in it now.
        is_same_frame: Whether the frame holds the same decisions.
        changed_strata: Strata with another number of decisions than then: label, then, now.
    """

    keys: tuple[str, ...]
    is_same: bool
    missing: tuple[str, ...]
    added: tuple[str, ...]
    frame_then: int
    frame_now: int
    is_same_frame: bool
    changed_strata: tuple[tuple[str, int, int], ...]


def latest_draw(plan: Plan) -> Draw | None:
    """Return the draw whose strata and probabilities hold."""
    return plan.draws.order_by("number").last()


def strata_of(draw: Draw) -> tuple[Stratum, ...]:
    """Return the strata in the order they were cut."""
    return tuple(draw.strata.order_by("pk"))


def words_of(plan_code: str) -> keyed_hash.Words:
    """Return the round keys of a plan's design."""
    return keyed_hash.design_words(salt=settings.ASSAY_SALT, design=plan_code)


def layers_of(strata: Sequence[Stratum]) -> tuple[Layer, ...]:
    """Return the layers that frozen strata stand for."""
    return tuple(layer_of(stratum) for stratum in strata)


def layer_of(stratum: Stratum) -> Layer:
    """Return the layer that a frozen stratum stands for."""
    facts = stratum.facts
    low, high = facts["low"], facts["high"]
    return Layer(
        domain=facts["domain"],
        group=facts["family"],
        # JSON knows no infinity: an open end is kept as nothing.
        low=(-math.inf if low is None else low) if facts["is_scored"] else None,
        high=(math.inf if high is None else high) if facts["is_scored"] else None,
        size=stratum.size,
        graphic=facts.get("graphic", 0),
        score=facts.get("score"),
    )


def facts_of(layer: Layer, *, rate: float) -> dict[str, Any]:
    """Return a layer as the JSON that `layer_of` reads."""
    return {
        "domain": layer.domain,
        "family": layer.group,
        "is_scored": layer.low is not None,
        "low": layer.low if layer.low is not None and math.isfinite(layer.low) else None,
        "high": layer.high if layer.high is not None and math.isfinite(layer.high) else None,
        "graphic": layer.graphic,
        "score": layer.score,
        "rate": rate,
    }


def label_of(layer: Layer) -> str:
    """Name a layer: domain, family, band of scores; the same in every language."""
    band = "none" if layer.low is None or layer.high is None else f"{layer.low:g}..{layer.high:g}"
    return f"{layer.domain or '-'} | {layer.group or '-'} | {band}"


def rates_of(strata: Sequence[Stratum]) -> FloatArray:
    """Return the error rate each stratum was planned with: (strata,)."""
    return np.array([stratum.facts["rate"] for stratum in strata], dtype=np.float64)


def drawn_rows(draw: Draw) -> pa.Table:
    """Return what the log holds of the content of the decisions this draw added: the columns `CONTENT`."""
    sampled = SampledDecision.objects.filter(draw=draw)
    keys = list(sampled.order_by("pk").values_list("decision_key", flat=True))
    plan = draw.plan
    cursor = connection().cursor()
    cursor.register("wanted", pa.table({"decision_key": pa.array(keys, pa.string())}))
    where, values = Where(start=iso(plan.period_start), end=iso(plan.period_end)).sql()
    sql = f"SELECT {', '.join(CONTENT)} FROM {{log}} SEMI JOIN wanted USING (decision_key) WHERE {where}"
    sql += " ORDER BY decision_key"
    return cursor.execute(sql.replace("{log}", decisions.decision_store().source()), values).to_arrow_table()


def sample_digest(rows: Iterable[tuple[str, float]]) -> str:
    """Return the digest of a sample: its decisions, sorted, each with its inclusion probability."""
    digest = hashlib.sha256()
    for key, probability in sorted(rows):
        digest.update(f"{key}\x1f{probability!r}\n".encode())
    return digest.hexdigest()


def redraw(draw: Draw) -> tuple[str, ...]:
    """Draw again from today's log and return the decisions' keys, sorted."""
    return verified(draw).keys


def verified(draw: Draw) -> Redraw:
    """Draw again from today's log and compare with what was frozen, bit for bit."""
    plan, strata = draw.plan, strata_of(draw)
    frame, layers, store = frame_of_plan(plan), layers_of(strata), decisions.decision_store()
    counted = frames.profile(store, frame)
    now = frames.sizes_now(counted, into=layers)
    wanted = [min(stratum.sampled, int(size)) for stratum, size in zip(strata, now, strict=True)]
    rows = draws.draw(store, frame, into=layers, sizes=wanted, words=words_of(plan.code))
    drawn = {
        (key, strata[layer].label, f"{number:016x}")
        for key, layer, number in zip(*(rows[c].to_pylist() for c in ("decision_key", "layer", "number")), strict=True)
    }
    kept = set(
        SampledDecision.objects.filter(plan=plan, draw__number__lte=draw.number).values_list(
            "decision_key", "stratum_label", "draw_number"
        )
    )
    changed = tuple(
        (stratum.label, stratum.size, int(size))
        for stratum, size in zip(strata, now, strict=True)
        if stratum.size != int(size)
    )
    is_same_frame = counted.digest == draw.frame_digest
    return Redraw(
        keys=tuple(sorted(key for key, _, _ in drawn)),
        is_same=drawn == kept and is_same_frame,
        missing=tuple(sorted({key for key, _, _ in kept - drawn})),
        added=tuple(sorted({key for key, _, _ in drawn - kept})),
        frame_then=draw.frame_size,
        frame_now=counted.size,
        is_same_frame=is_same_frame,
        changed_strata=changed,
    )
