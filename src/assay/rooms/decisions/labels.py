"""The room's words as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from .terms import (
    AppealOutcome,
    AppealStatus,
    EnqueueSource,
    FileFormat,
    ItemType,
    LogKind,
    MakerType,
    Outcome,
    Reason,
    RowFate,
    RunState,
)

Label = str | Promise

LOG_KINDS: dict[LogKind, Label] = {LogKind.DECISIONS: _("Decisions"), LogKind.EVENTS: _("Events")}

STATES: dict[RunState, Label] = {
    RunState.UPLOADED: _("Waiting"),
    RunState.RUNNING: _("Running"),
    RunState.DONE: _("Done"),
    RunState.FAILED: _("Refused"),
}

FATES: dict[RowFate, Label] = {
    RowFate.ACCEPTED: _("Accepted"),
    RowFate.DUPLICATE: _("Duplicate"),
    RowFate.SUPERSEDED: _("Superseded"),
    RowFate.REFUSED: _("Refused"),
}

FORMATS: dict[FileFormat, Label] = {
    FileFormat.CSV: "CSV",
    FileFormat.JSONL: "JSONL",
    FileFormat.PARQUET: "Parquet",
    FileFormat.XLSX: "XLSX",
}

OUTCOMES: dict[Outcome, Label] = {
    Outcome.APPROVE: _("Approve"),
    Outcome.NO_ACTION: _("No action"),
    Outcome.REJECT: _("Reject"),
    Outcome.REMOVE: _("Remove"),
    Outcome.DELIST: _("Delist"),
    Outcome.RESTRICT_VISIBILITY: _("Restrict visibility"),
    Outcome.AGE_GATE: _("Age gate"),
    Outcome.LABEL: _("Add a warning label"),
    Outcome.WARN: _("Warn"),
    Outcome.SUSPEND_FEATURE: _("Suspend a feature"),
    Outcome.SUSPEND_ACCOUNT: _("Suspend the account"),
    Outcome.TERMINATE_ACCOUNT: _("Close the account"),
    Outcome.INTERRUPT_LIVE: _("Interrupt the livestream"),
    Outcome.HOLD: _("Hold"),
    Outcome.ESCALATE: _("Escalate"),
}

ITEM_TYPES: dict[ItemType, Label] = {
    ItemType.LISTING: _("Listing"),
    ItemType.PRODUCT_VIDEO: _("Product video"),
    ItemType.LIVESTREAM: _("Livestream"),
    ItemType.LIVE_SEGMENT: _("Livestream segment"),
    ItemType.REVIEW: _("Buyer review"),
    ItemType.COMMENT: _("Comment"),
    ItemType.SELLER_ACCOUNT: _("Seller account"),
    ItemType.CREATOR_ACCOUNT: _("Creator account"),
    ItemType.AD: _("Advertisement"),
    ItemType.IMAGE: _("Image"),
    ItemType.SHOP_PAGE: _("Shop page"),
    ItemType.DOCUMENT: _("Document"),
}

MAKER_TYPES: dict[MakerType, Label] = {
    MakerType.HUMAN: _("Person"),
    MakerType.RULE: _("Rule"),
    MakerType.MODEL: _("Model"),
    MakerType.HUMAN_ASSISTED: _("Person with a model's help"),
    MakerType.HUMAN_OVERRODE_MODEL: _("Person against a model"),
}

ENQUEUE_SOURCES: dict[EnqueueSource, Label] = {
    EnqueueSource.PROACTIVE_MODEL: _("Found by a model"),
    EnqueueSource.RULE: _("Found by a rule"),
    EnqueueSource.USER_REPORT: _("User report"),
    EnqueueSource.TRUSTED_FLAGGER: _("Trusted flagger"),
    EnqueueSource.AUTHORITY_ORDER: _("Order of an authority"),
    EnqueueSource.RIGHTS_HOLDER_NOTICE: _("Notice of a rights holder"),
    EnqueueSource.APPEAL: _("Appeal"),
    EnqueueSource.RANDOM_SAMPLE: _("Random sample"),
    EnqueueSource.PRE_PUBLICATION: _("Before publication"),
}

APPEAL_STATUSES: dict[AppealStatus, Label] = {
    AppealStatus.OPEN: _("Open"),
    AppealStatus.DECIDED: _("Decided"),
    AppealStatus.WITHDRAWN: _("Withdrawn"),
}

APPEAL_OUTCOMES: dict[AppealOutcome, Label] = {
    AppealOutcome.UPHELD: _("Upheld"),
    AppealOutcome.OVERTURNED: _("Overturned"),
}

FIELDS: dict[str, Label] = {
    "decision_id": _("Decision id"),
    "case_id": _("Case id"),
    "item_id": _("Item id"),
    "item_type": _("Kind of item"),
    "content_hash": _("Content fingerprint"),
    "content_title": _("Title"),
    "content_text": _("Text"),
    "content_translation": _("Translation"),
    "translation_language": _("Language of the translation"),
    "is_graphic": _("Graphic content"),
    "content_created_at": _("Content made at"),
    "market": _("Market"),
    "content_language": _("Content language"),
    "moderator_language": _("Moderator's language"),
    "category_path": _("Category"),
    "price": _("Price"),
    "currency": _("Currency"),
    "seller_id": _("Seller id"),
    "exposure_views": _("Views"),
    "exposure_orders": _("Orders"),
    "exposure_gmv": _("Sales value"),
    "enqueue_source": _("How the case arose"),
    "queue": _("Queue"),
    "task_type": _("Kind of task"),
    "enqueued_at": _("Put in the queue at"),
    "claimed_at": _("Taken up at"),
    "decided_at": _("Decided at"),
    "effective_at": _("In effect from"),
    "outcome": _("Outcome"),
    "policy": _("Policy"),
    "policy_version": _("Policy version"),
    "clause": _("Policy line"),
    "severity": _("Severity"),
    "penalty_points": _("Penalty points"),
    "rationale": _("Reason given"),
    "maker_type": _("Who or what decided"),
    "maker": _("Moderator"),
    "site": _("Site"),
    "vendor": _("Vendor"),
    "team": _("Team"),
    "shift": _("Shift"),
    "tenure_days": _("Days on the job"),
    "model_name": _("Model"),
    "model_version": _("Model version"),
    "rule_id": _("Rule id"),
    "risk_score": _("Risk score"),
    "appeal_status": _("State of the appeal"),
    "appeal_outcome": _("Outcome of the appeal"),
    "appeal_decided_at": _("Appeal decided at"),
    "supersedes_id": _("Replaces decision"),
    "is_golden": _("Reference case"),
    "revision_at": _("Row last changed at"),
    "event_id": _("Event id"),
    "kind": _("Kind of event"),
    "at": _("Happened at"),
    "actor": _("Who acted"),
}

# Said of one row; {column}, {value} and the reason's own facts may be named.
REASONS: dict[Reason, Label] = {
    Reason.BLANK: _("Nothing stands here, and every row needs it. Fill it in."),
    Reason.TEXTUAL_NULL: _(
        "“{value}” may mean “nothing”. If it does, list it in the mapping among the texts for nothing."
    ),
    Reason.HIDDEN_CHARACTERS: _(
        "The text has blanks at its ends, invisible characters or letters in pieces, so that it would not match the"
        " same text elsewhere. Export it clean."
    ),
    Reason.CONTROL_CHARACTER: _("The text has a control character or a line break. Take it out."),
    Reason.LOOK_ALIKE: _("The text mixes letters of two alphabets that look alike. Write it in one."),
    Reason.EXCEL_MANGLED: _(
        "A spreadsheet turned this id into a number such as 1.2E+15 and lost digits. Export the column as text."
    ),
    Reason.EMAIL: _("This is an e-mail address. Send a pseudonym for the person."),
    Reason.TOO_LONG: _("The text is too long: {length}, and at most {most} fit."),
    Reason.UNKNOWN_WORD: _("“{value}” is not one of the words of this column. Map it to one: {words}."),
    Reason.UNKNOWN_SITE: _("No site has the code “{value}”. Add the site, map the code, or leave unknown codes blank."),
    Reason.UNKNOWN_TEAM: _("No team has the code “{value}”. Add the team, map the code, or leave unknown codes blank."),
    Reason.UNKNOWN_VENDOR: _(
        "No vendor has the code “{value}”. Add the vendor, map the code, or leave unknown codes blank."
    ),
    Reason.UNKNOWN_POLICY: _(
        "No policy has the code “{value}”. Add the policy, map the code, or leave unknown codes blank."
    ),
    Reason.UNKNOWN_CLAUSE: _(
        "No policy line has the code “{value}”. Add the line, map the code, or leave unknown codes blank."
    ),
    Reason.CLAUSE_ELSEWHERE: _("The policy line “{value}” belongs to policy {owner}, and the row says {policy}."),
    Reason.BAD_LANGUAGE: _("“{value}” is no language code. Use ISO 639-1, such as es."),
    Reason.BAD_MARKET: _("“{value}” is no market code. Use ISO 3166, such as MX."),
    Reason.BAD_CURRENCY: _("“{value}” is no currency code. Use ISO 4217, such as MXN."),
    Reason.NOT_A_FLAG: _("“{value}” is neither yes nor no. Use true or false, or map it."),
    Reason.NOT_A_NUMBER: _(
        "“{value}” is not a number in plain digits. Write no thousands mark, and check the decimal sign of the mapping."
    ),
    Reason.NOT_WHOLE: _("“{value}” is not a whole number."),
    Reason.OUT_OF_RANGE: _("“{value}” is out of range. It must lie from {low} to {high}."),
    Reason.NOT_A_MOMENT: _(
        "“{value}” is no moment in the form the mapping names, or no such day exists. Correct it, or change the form."
    ),
    Reason.NO_TIME_OF_DAY: _("“{value}” has no time of day. Export the column with its time."),
    Reason.NO_ZONE: _("“{value}” does not say its time zone. Name the zone in the mapping."),
    Reason.CLOCK_SKIPPED: _("“{value}” does not exist in that time zone: the clocks skipped it. Send the offset."),
    Reason.CLOCK_TWICE: _("“{value}” happened twice in that time zone: the clocks went back. Send the offset."),
    Reason.YEAR_ABSURD: _("“{value}” lies before 2000 or after 2099. Check the form of the moments."),
    Reason.IN_FUTURE: _("“{value}” lies in the future."),
    Reason.STARTS_AFTER_END: _("“{value}” comes after {end} ({end_at}). Check both moments."),
    Reason.TOO_LONG_AGO: _("“{value}” lies too long before {end} ({end_at}). Check both moments."),
    Reason.BAD_ENCODING: _("The text has bytes that are not UTF-8. Export the file as UTF-8."),
    Reason.STRAY_QUOTE: _(
        "A quotation mark stands inside a cell. Put the cell in quotation marks and double those in it."
    ),
    Reason.OPEN_QUOTE: _("A quotation mark that opens on this line is never closed. Close it."),
    Reason.TOO_FEW_COLUMNS: _("The row has {have} cells, and the heading has {due}."),
    Reason.TOO_MANY_COLUMNS: _(
        "The row has {have} cells, and the heading has {due}. Quote cells that hold the delimiter."
    ),
    Reason.EMPTY_ROW: _("Every cell of the row is empty. Delete the row."),
    Reason.REPEATED_HEADER: _("The heading stands here again. Delete the row."),
    Reason.BROKEN_JSON: _("The line is not valid JSON."),
    Reason.NOT_AN_OBJECT: _("The line is JSON, and not one object with names and values."),
    Reason.REPEATED_NAME: _("The name “{column}” stands twice in the object."),
    Reason.NESTED: _("A list or an object stands where a text or number is due."),
    Reason.JSON_NOT_A_NUMBER: _("“{value}” is not valid in JSON."),
    Reason.FORMULA: _("The cell holds a formula. Paste its value instead."),
    Reason.CELL_ERROR: _("The cell holds an error, “{value}”."),
}

# The same causes in two or three words.
REASON_NAMES: dict[Reason, Label] = {
    Reason.BLANK: _("missing"),
    Reason.TEXTUAL_NULL: _("text for nothing"),
    Reason.HIDDEN_CHARACTERS: _("invisible characters"),
    Reason.CONTROL_CHARACTER: _("control character"),
    Reason.LOOK_ALIKE: _("look-alike letters"),
    Reason.EXCEL_MANGLED: _("id turned into a number"),
    Reason.EMAIL: _("e-mail address"),
    Reason.TOO_LONG: _("too long"),
    Reason.UNKNOWN_WORD: _("unknown word"),
    Reason.UNKNOWN_SITE: _("unknown site"),
    Reason.UNKNOWN_TEAM: _("unknown team"),
    Reason.UNKNOWN_VENDOR: _("unknown vendor"),
    Reason.UNKNOWN_POLICY: _("unknown policy"),
    Reason.UNKNOWN_CLAUSE: _("unknown policy line"),
    Reason.CLAUSE_ELSEWHERE: _("line of another policy"),
    Reason.BAD_LANGUAGE: _("unknown language"),
    Reason.BAD_MARKET: _("unknown market"),
    Reason.BAD_CURRENCY: _("unknown currency"),
    Reason.NOT_A_FLAG: _("neither yes nor no"),
    Reason.NOT_A_NUMBER: _("not a number"),
    Reason.NOT_WHOLE: _("not a whole number"),
    Reason.OUT_OF_RANGE: _("out of range"),
    Reason.NOT_A_MOMENT: _("not a moment"),
    Reason.NO_TIME_OF_DAY: _("no time of day"),
    Reason.NO_ZONE: _("no time zone"),
    Reason.CLOCK_SKIPPED: _("skipped by the clocks"),
    Reason.CLOCK_TWICE: _("twice on the clocks"),
    Reason.YEAR_ABSURD: _("year out of range"),
    Reason.IN_FUTURE: _("in the future"),
    Reason.STARTS_AFTER_END: _("starts after its end"),
    Reason.TOO_LONG_AGO: _("too long between"),
    Reason.BAD_ENCODING: _("not UTF-8"),
    Reason.STRAY_QUOTE: _("stray quotation mark"),
    Reason.OPEN_QUOTE: _("open quotation mark"),
    Reason.TOO_FEW_COLUMNS: _("too few cells"),
    Reason.TOO_MANY_COLUMNS: _("too many cells"),
    Reason.EMPTY_ROW: _("empty row"),
    Reason.REPEATED_HEADER: _("heading again"),
    Reason.BROKEN_JSON: _("broken JSON"),
    Reason.NOT_AN_OBJECT: _("not an object"),
    Reason.REPEATED_NAME: _("repeated name"),
    Reason.NESTED: _("nested value"),
    Reason.JSON_NOT_A_NUMBER: _("not JSON"),
    Reason.FORMULA: _("formula"),
    Reason.CELL_ERROR: _("error in the cell"),
}

# Why a whole file was refused.
FILE_REFUSALS: dict[str, Label] = {
    "empty_file": _("The file is empty. Export it again."),
    "no_rows": _("The file has a heading and no rows."),
    "only_nul": _("The file holds only zero bytes. Export it again."),
    "wrong_kind_of_file": _("The file is {kind}, whatever its name says. Send CSV, JSONL, Parquet or XLSX."),
    "wrong_encoding": _("The file is in {encoding}. Export it as UTF-8."),
    "heading_encoding": _("The heading has bytes that are not UTF-8, first {byte}. Export the file as UTF-8."),
    "heading_quotes": _("The quotation marks in the heading (line {line}) do not match."),
    "heading_too_long": _("A column name has more than {most} characters: {heading}…"),
    "gzip_damaged": _("The compressed file is cut or damaged: {cause}"),
    "zip_damaged": _("The zip file is cut or damaged."),
    "zip_refused": _("Zip files may hold several files. Unpack it, or compress the one file with gzip."),
    "nested_container": _("The compressed file holds another compressed file. Compress the CSV or JSONL only."),
    "encrypted": _("The workbook is protected by a password. Save it without one."),
    "too_large_unpacked": _("Unpacked, the file is larger than {bytes} bytes. Send it in parts."),
    "ratio_too_high": _("The file unpacks to more than {ratio} times its size. Send it uncompressed."),
    "over_limits": _("Reading the file took more memory or time than a file may have. Send it in parts."),
    "too_many_rows": _("The file has more than {most} rows. Send it in parts; parts may overlap."),
    "too_many_columns": _("The file has {count} columns, and at most {most} are read. Check the delimiter."),
    "line_too_long": _("Line {line} is longer than a row may be. Check the line ends."),
    "missing_columns": _("The file lacks the columns {missing}. It has: {found}. Check the export or the mapping."),
    "repeated_columns": _("The columns {repeated} stand in the file more than once. Keep one of each."),
    "json_array": _("The file is one JSON list. Write one object a line."),
    "json_over_lines": _("The JSON objects go over several lines. Write one object a line."),
    "parquet_damaged": _("The Parquet file is cut or damaged: {cause}"),
    "column_type": _(
        "The column “{column}” is of type {type}, which cannot be read. Export texts, numbers or moments."
    ),
    "workbook_damaged": _("The workbook is cut or damaged: {cause}"),
    "several_sheets": _("The workbook must have one visible sheet, and it has: {sheets}. Keep the one with the rows."),
    "rows_do_not_add_up": _("The rows near line {line} could not be told apart. Check the quotation marks."),
}

AUDIT_KINDS: dict[str, Label] = {
    "decisions.mapping_saved": _("Column mapping saved"),
    "decisions.import_requested": _("Import requested"),
    "decisions.imported": _("File imported"),
    "decisions.tried_out": _("Import tried out"),
    "decisions.import_failed": _("File refused"),
    "decisions.refused_rows_exported": _("Refused rows exported"),
}

JOB_KINDS: dict[str, Label] = {"decisions.import": _("Import of a file")}

# Steps of the job, as its page shows them.
STEPS = (
    _("Checking rows"),
    _("Comparing with the log"),
    _("Waiting for another import"),
    _("Writing the ledger"),
)


def reason_sentence(reason: str, *, column: str, value: str, facts: Mapping[str, Any]) -> str:
    """Say why a row is refused, in the language in force."""
    if reason not in set(Reason):
        return reason
    return _filled(str(REASONS[Reason(reason)]), {"column": column, "value": value, **facts})


def reason_in(language: str, reason: str, *, column: str, value: str, facts: Mapping[str, Any]) -> str:
    """Say why a row is refused, in one language."""
    with override(language):
        return reason_sentence(reason, column=column, value=value, facts=facts)


def file_refusal(code: str, facts: Mapping[str, Any]) -> str:
    """Say why a whole file is refused, in the language in force."""
    label = FILE_REFUSALS.get(code)
    return _filled(str(label), facts) if label else gettext("The file could not be read.")


def _filled(sentence: str, facts: Mapping[str, Any]) -> str:
    """Fill in what is known, once: a value that itself has braces stays as it is."""
    return re.sub(r"\{(\w+)\}", lambda found: str(facts.get(found[1], found[0])), sentence)
