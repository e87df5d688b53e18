"""The words of the decision log."""

from enum import StrEnum


class Outcome(StrEnum):
    APPROVE = "approve"
    NO_ACTION = "no_action"
    REJECT = "reject"
    REMOVE = "remove"
    DELIST = "delist"
    RESTRICT_VISIBILITY = "restrict_visibility"
    AGE_GATE = "age_gate"
    LABEL = "label"
    WARN = "warn"
    SUSPEND_FEATURE = "suspend_feature"
    SUSPEND_ACCOUNT = "suspend_account"
    TERMINATE_ACCOUNT = "terminate_account"
    INTERRUPT_LIVE = "interrupt_live"
    HOLD = "hold"
    ESCALATE = "escalate"


class ActionFamily(StrEnum):
    """Outcomes that do the same to the content; a wrong action is a wrong family, not another word for the same."""

    LEAVE = "leave"
    RESTRICT = "restrict"
    REMOVE = "remove"
    ACCOUNT = "account"
    UNDECIDED = "undecided"


FAMILY: dict[Outcome, ActionFamily] = {
    Outcome.APPROVE: ActionFamily.LEAVE,
    Outcome.NO_ACTION: ActionFamily.LEAVE,
    Outcome.REJECT: ActionFamily.REMOVE,
    Outcome.REMOVE: ActionFamily.REMOVE,
    Outcome.DELIST: ActionFamily.REMOVE,
    Outcome.INTERRUPT_LIVE: ActionFamily.REMOVE,
    Outcome.RESTRICT_VISIBILITY: ActionFamily.RESTRICT,
    Outcome.AGE_GATE: ActionFamily.RESTRICT,
    Outcome.LABEL: ActionFamily.RESTRICT,
    Outcome.WARN: ActionFamily.RESTRICT,
    Outcome.SUSPEND_FEATURE: ActionFamily.ACCOUNT,
    Outcome.SUSPEND_ACCOUNT: ActionFamily.ACCOUNT,
    Outcome.TERMINATE_ACCOUNT: ActionFamily.ACCOUNT,
    Outcome.HOLD: ActionFamily.UNDECIDED,
    Outcome.ESCALATE: ActionFamily.UNDECIDED,
}
# The families that act against content; the rest leave it up.
ENFORCING = frozenset({ActionFamily.RESTRICT, ActionFamily.REMOVE, ActionFamily.ACCOUNT})


class ItemType(StrEnum):
    LISTING = "listing"
    PRODUCT_VIDEO = "product_video"
    LIVESTREAM = "livestream"
    LIVE_SEGMENT = "live_segment"
    REVIEW = "review"
    COMMENT = "comment"
    SELLER_ACCOUNT = "seller_account"
    CREATOR_ACCOUNT = "creator_account"
    AD = "ad"
    IMAGE = "image"
    SHOP_PAGE = "shop_page"
    DOCUMENT = "document"


class MakerType(StrEnum):
    HUMAN = "human"
    RULE = "rule"
    MODEL = "model"
    HUMAN_ASSISTED = "human_assisted"
    HUMAN_OVERRODE_MODEL = "human_overrode_model"


AUTOMATED = frozenset({MakerType.RULE, MakerType.MODEL})


class EnqueueSource(StrEnum):
    PROACTIVE_MODEL = "proactive_model"
    RULE = "rule"
    USER_REPORT = "user_report"
    TRUSTED_FLAGGER = "trusted_flagger"
    AUTHORITY_ORDER = "authority_order"
    RIGHTS_HOLDER_NOTICE = "rights_holder_notice"
    APPEAL = "appeal"
    RANDOM_SAMPLE = "random_sample"
    PRE_PUBLICATION = "pre_publication"


class EventKind(StrEnum):
    ENQUEUED = "enqueued"
    CLAIMED = "claimed"
    RELEASED = "released"
    DECIDED = "decided"
    TOOK_EFFECT = "took_effect"
    EFFECT_ENDED = "effect_ended"


class LogKind(StrEnum):
    DECISIONS = "decisions"
    EVENTS = "events"


class FileFormat(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    XLSX = "xlsx"


class RunState(StrEnum):
    UPLOADED = "uploaded"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class RowFate(StrEnum):
    """What became of a row; every row that came in has exactly one."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


class AppealStatus(StrEnum):
    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class AppealOutcome(StrEnum):
    UPHELD = "upheld"
    OVERTURNED = "overturned"


class FieldKind(StrEnum):
    """How a text becomes a value of the log."""

    ID = "id"
    TEXT = "text"
    WORD = "word"
    CODE = "code"
    LANGUAGE = "language"
    MARKET = "market"
    CURRENCY = "currency"
    FLAG = "flag"
    COUNT = "count"
    NUMBER = "number"
    MOMENT = "moment"


class Reason(StrEnum):
    """Why a row was refused; each has a sentence in labels.py."""

    BLANK = "blank"
    TEXTUAL_NULL = "textual_null"
    HIDDEN_CHARACTERS = "hidden_characters"
    CONTROL_CHARACTER = "control_character"
    LOOK_ALIKE = "look_alike"
    EXCEL_MANGLED = "excel_mangled"
    EMAIL = "email"
    TOO_LONG = "too_long"
    UNKNOWN_WORD = "unknown_word"
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_TEAM = "unknown_team"
    UNKNOWN_VENDOR = "unknown_vendor"
    UNKNOWN_POLICY = "unknown_policy"
    UNKNOWN_CLAUSE = "unknown_clause"
    CLAUSE_ELSEWHERE = "clause_elsewhere"
    BAD_LANGUAGE = "bad_language"
    BAD_MARKET = "bad_market"
    BAD_CURRENCY = "bad_currency"
    NOT_A_FLAG = "not_a_flag"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_MOMENT = "not_a_moment"
    NO_TIME_OF_DAY = "no_time_of_day"
    NO_ZONE = "no_zone"
    CLOCK_SKIPPED = "clock_skipped"
    CLOCK_TWICE = "clock_twice"
    YEAR_ABSURD = "year_absurd"
    IN_FUTURE = "in_future"
    STARTS_AFTER_END = "starts_after_end"
    TOO_LONG_AGO = "too_long_ago"
    BAD_ENCODING = "bad_encoding"
    STRAY_QUOTE = "stray_quote"
    OPEN_QUOTE = "open_quote"
    TOO_FEW_COLUMNS = "too_few_columns"
    TOO_MANY_COLUMNS = "too_many_columns"
    EMPTY_ROW = "empty_row"
    REPEATED_HEADER = "repeated_header"
    BROKEN_JSON = "broken_json"
    NOT_AN_OBJECT = "not_an_object"
    REPEATED_NAME = "repeated_name"
    NESTED = "nested"
    JSON_NOT_A_NUMBER = "json_not_a_number"
    FORMULA = "formula"
    CELL_ERROR = "cell_error"


AUDIT_KINDS = (
    "decisions.mapping_saved",
    "decisions.import_requested",
    "decisions.imported",
    "decisions.tried_out",
    "decisions.import_failed",
    "decisions.refused_rows_exported",
)
