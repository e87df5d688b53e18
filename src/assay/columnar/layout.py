"""The columns of the decision log and of the event log, as they lie in Parquet."""

from __future__ import annotations

import pyarrow as pa

_MOMENT = pa.timestamp("us", tz="UTC")

# What an import may fill, in the order of the stored file. The key of a row is (source, decision_id).
DECISIONS = pa.schema(
    [
        pa.field("decision_key", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("decision_id", pa.string(), nullable=False),
        pa.field("case_id", pa.string()),
        pa.field("item_id", pa.string()),
        pa.field("item_type", pa.string()),
        pa.field("content_hash", pa.string()),
        pa.field("content_title", pa.string()),
        pa.field("content_text", pa.string()),
        pa.field("content_translation", pa.string()),
        pa.field("translation_language", pa.string()),
        pa.field("is_graphic", pa.bool_()),
        pa.field("content_created_at", _MOMENT),
        pa.field("market", pa.string()),
        pa.field("content_language", pa.string()),
        pa.field("moderator_language", pa.string()),
        pa.field("category_path", pa.string()),
        pa.field("price", pa.float64()),
        pa.field("currency", pa.string()),
        pa.field("seller_id", pa.string()),
        pa.field("exposure_views", pa.int64()),
        pa.field("exposure_orders", pa.int64()),
        pa.field("exposure_gmv", pa.float64()),
        pa.field("enqueue_source", pa.string()),
        pa.field("queue", pa.string()),
        pa.field("task_type", pa.string()),
        pa.field("enqueued_at", _MOMENT),
        pa.field("claimed_at", _MOMENT),
        pa.field("decided_at", _MOMENT, nullable=False),
        pa.field("effective_at", _MOMENT),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("policy", pa.string()),
        pa.field("policy_version", pa.string()),
        pa.field("clause", pa.string()),
        pa.field("severity", pa.string()),
        pa.field("penalty_points", pa.float64()),
        pa.field("rationale", pa.string()),
        pa.field("maker_type", pa.string(), nullable=False),
        pa.field("maker", pa.string()),
        pa.field("site", pa.string()),
        pa.field("vendor", pa.string()),
        pa.field("team", pa.string()),
        pa.field("shift", pa.string()),
        pa.field("tenure_days", pa.int64()),
        pa.field("model_name", pa.string()),
        pa.field("model_version", pa.string()),
        pa.field("rule_id", pa.string()),
        pa.field("risk_score", pa.float64()),
        pa.field("appeal_status", pa.string()),
        pa.field("appeal_outcome", pa.string()),
        pa.field("appeal_decided_at", _MOMENT),
        pa.field("supersedes_id", pa.string()),
        pa.field("is_golden", pa.bool_()),
        pa.field("revision_at", _MOMENT),
        # Made on import, not by the sender.
        pa.field("sample_key", pa.uint64(), nullable=False),
        pa.field("row_hash", pa.uint64(), nullable=False),
        pa.field("import_run", pa.int64(), nullable=False),
    ]
)

EVENTS = pa.schema(
    [
        pa.field("event_key", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("case_id", pa.string(), nullable=False),
        pa.field("decision_id", pa.string()),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("at", _MOMENT, nullable=False),
        pa.field("actor", pa.string()),
        pa.field("site", pa.string()),
        pa.field("queue", pa.string()),
        pa.field("revision_at", _MOMENT),
        pa.field("row_hash", pa.uint64(), nullable=False),
        pa.field("import_run", pa.int64(), nullable=False),
    ]
)

# Fields by which a population may be filtered, a frame stratified and a figure cut.
DIMENSIONS = (
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
    "enqueue_source",
)
