"""What a mapping may say, and which heading probably means which column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from assay.rooms.organisation.refusals import Refusal

from . import fields
from .terms import LogKind, Outcome

MOMENT_FORMATS = ("iso", "epoch_seconds", "epoch_milliseconds")
MOST_COLUMNS = 256
LONGEST_NAME = 200
# Columns that Assay itself adds to a file of refused rows; they are not the sender's.
OWN_PREFIX = "assay_"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    """Where one column of the log gets its values.

    Args:
        column: Heading in the file, or "".
        constant: The same text for each row, when there is no column.
        clock_start: For a moment that the file lacks: the first row happened then, each next one a second later.
        values: Text in the file → text to read instead; "" makes it blank.
    """

    column: str = ""
    constant: str = ""
    clock_start: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingSpec:
    """How the columns of one tool's file become the log's.

    Args:
        rules: Column of the log → where it comes from.
        ignored: Headings left out on purpose; any other heading left out is reported.
        moment_format: "iso", "epoch_seconds", "epoch_milliseconds", or a pattern such as "%d/%m/%Y %H:%M".
        zone: The zone of moments that name none; "" refuses those.
        has_decimal_comma: 1.234,5 instead of 1,234.5; thousands may not be marked in either.
        delimiter: Between the cells of a CSV; "" finds it from the first line.
        blanks: Texts that stand for nothing, such as "N/A".
        are_unknown_codes_blank: A site, team, vendor, policy or clause nobody knows is left blank, not refused.
    """

    rules: Mapping[str, FieldRule]
    ignored: tuple[str, ...] = ()
    moment_format: str = "iso"
    zone: str = ""
    has_decimal_comma: bool = False
    delimiter: str = ""
    blanks: tuple[str, ...] = ()
    are_unknown_codes_blank: bool = False
    log_kind: LogKind = LogKind.DECISIONS

    def columns(self) -> tuple[str, ...]:
        """Return the headings it reads, each once."""
        return tuple(dict.fromkeys(rule.column for rule in self.rules.values() if rule.column))

    def to_json(self) -> dict[str, Any]:
        """Return plain values from which `spec_from_json` makes it again."""
        return {
            "log_kind": str(self.log_kind),
            "fields": {name: _rule_to_json(rule) for name, rule in self.rules.items()},
            "ignored": list(self.ignored),
            "moment_format": self.moment_format,
            "zone": self.zone,
            "decimal_comma": self.has_decimal_comma,
            "delimiter": self.delimiter,
            "blanks": list(self.blanks),
            "blank_unknown_codes": self.are_unknown_codes_blank,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The codes an import may use: what the organisation and its policies know at that moment."""

    sites: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    # Clause → its policy.
    clauses: Mapping[str, str] = field(default_factory=dict)
    # A place below the organisation may bring in only its own decisions, so each must say its site.
    is_site_required: bool = False

    def of(self, name: str) -> frozenset[str]:
        """Return one of the lists."""
        return frozenset(getattr(self, name))


def _rule_to_json(rule: FieldRule) -> dict[str, Any]:
    if rule.clock_start:
        return {"one_second_apart_from": rule.clock_start}
    made: dict[str, Any] = {"column": rule.column} if rule.column else {"constant": rule.constant}
    if rule.values:
        made["values"] = dict(rule.values)
    return made


_SPEC_NAMES = {
    "log_kind",
    "fields",
    "ignored",
    "moment_format",
    "zone",
    "decimal_comma",
    "delimiter",
    "blanks",
    "blank_unknown_codes",
}


def spec_from_json(made: Any, *, is_complete: bool = True) -> MappingSpec:
    """Read a mapping from plain values; one that is still being made may be incomplete.

    Raises:
        Refusal: Something in it is unknown, missing or of the wrong kind; the message names it.
    """
    values = _object(made, "mapping")
    if unknown := sorted(set(values) - _SPEC_NAMES):
        raise refusal(
            "unknown_setting",
            "A mapping has no “{name}”; it has {known}.",
            "spec",
            name=unknown[0],
            known=", ".join(sorted(_SPEC_NAMES)),
        )
    kind = values.get("log_kind", LogKind.DECISIONS)
    if kind not in set(LogKind):
        raise refusal("unknown_log", "“{kind}” is no log; use decisions or events.", "spec", kind=kind)
    spec = MappingSpec(
        log_kind=LogKind(kind),
        rules={name: _rule_from_json(name, rule) for name, rule in _object(values.get("fields"), "fields").items()},
        ignored=_texts(values.get("ignored", []), "ignored"),
        moment_format=_text(values.get("moment_format", "iso"), "moment_format"),
        zone=_text(values.get("zone", ""), "zone"),
        has_decimal_comma=_flag(values.get("decimal_comma", False), "decimal_comma"),
        delimiter=_text(values.get("delimiter", ""), "delimiter"),
        blanks=_texts(values.get("blanks", []), "blanks"),
        are_unknown_codes_blank=_flag(values.get("blank_unknown_codes", False), "blank_unknown_codes"),
    )
    check_spec(spec, is_complete=is_complete)
    return spec


def _rule_from_json(name: str, made: Any) -> FieldRule:
    if isinstance(made, str):
        return FieldRule(column=made)
    values = _object(made, name)
    known = {"column", "constant", "values", "one_second_apart_from"}
    if unknown := sorted(set(values) - known):
        raise refusal(
            "unknown_setting",
            "A mapping has no “{name}”; it has {known}.",
            name,
            name=f"{name}.{unknown[0]}",
            known=", ".join(sorted(known)),
        )
    pairs = _object(values.get("values", {}), f"{name}.values")
    return FieldRule(
        column=_text(values.get("column", ""), f"{name}.column"),
        constant=_text(values.get("constant", ""), f"{name}.constant"),
        clock_start=_text(values.get("one_second_apart_from", ""), f"{name}.one_second_apart_from"),
        values={str(key): _text(value, f"{name}.values.{key}") for key, value in pairs.items()},
    )


def check_spec(spec: MappingSpec, *, is_complete: bool = True) -> None:
    """Refuse a mapping that could not give a log."""
    known = {f.name: f for f in fields.FIELDS[spec.log_kind]}
    for name, rule in spec.rules.items():
        if name not in known:
            raise refusal("unknown_field", "The log has no column “{name}”.", name, name=name)
        _check_rule(known[name], rule)
    for each in known.values():
        if is_complete and each.is_required and each.name not in spec.rules:
            raise refusal(
                "field_missing",
                "Say which column of the file gives “{name}”; every row needs it.",
                each.name,
                name=each.name,
            )
    if spec.moment_format not in MOMENT_FORMATS and "%" not in spec.moment_format:
        raise refusal(
            "bad_moment_format",
            "Write moments as iso, epoch_seconds, epoch_milliseconds or a pattern "
            "such as %d/%m/%Y %H:%M; got “{format}”.",
            "moment_format",
            format=spec.moment_format,
        )
    if spec.zone and spec.zone not in available_timezones():
        raise refusal(
            "unknown_zone", "“{zone}” is no time zone; write it like America/Mexico_City.", "zone", zone=spec.zone
        )
    if spec.delimiter not in {"", ",", ";", "\t", "|"}:
        raise refusal(
            "bad_delimiter",
            "Cells are divided by a comma, semicolon, tab or bar; got “{delimiter}”.",
            "delimiter",
            delimiter=spec.delimiter,
        )


def _check_rule(target: fields.Field, rule: FieldRule) -> None:
    if sum(bool(source) for source in (rule.column, rule.constant, rule.clock_start)) != 1:
        raise refusal(
            "no_source",
            "“{name}” needs one source: a column, the same value for all, or a clock.",
            target.name,
            name=target.name,
        )
    if rule.clock_start:
        _check_clock(target, rule.clock_start)
    words = [*rule.values.values(), rule.constant]
    if target.words and (wrong := sorted({word for word in words if word} - set(target.words))):
        raise refusal(
            "unknown_word",
            "“{word}” is no value of “{name}”; use {words}.",
            target.name,
            word=wrong[0],
            name=target.name,
            words=", ".join(target.words),
        )


def _check_clock(target: fields.Field, start: str) -> None:
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or target.kind != "moment":
        raise refusal(
            "bad_clock",
            "Start the clock of “{name}” at a moment with its zone, such as 2026-01-05T00:00:00Z; got “{start}”.",
            target.name,
            name=target.name,
            start=start,
        )


_SOURCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


def check_source(*, name: str, source: str) -> None:
    """Refuse a mapping without a usable name or source."""
    if not name.strip() or len(name) > 120:
        raise refusal("no_name", "Give the mapping a name of at most 120 characters.", "name")
    if not _SOURCE.fullmatch(source):
        raise refusal(
            "bad_source",
            "A source has small letters, digits, hyphens and underscores, at most 60; got “{source}”.",
            "source",
            source=source,
        )


def plain_heading(heading: str) -> str:
    """Reduce a heading to what survives case, blanks, accents and invisible characters."""
    spread = unicodedata.normalize("NFKD", heading).casefold()
    return "".join(letter for letter in spread if letter.isalnum())


def tidy_heading(heading: str) -> str:
    """Take from a heading what nobody sees: outer blanks, zero-width characters, case."""
    visible = "".join(c for c in unicodedata.normalize("NFC", heading) if unicodedata.category(c) != "Cf")
    return " ".join(visible.split()).casefold()


_NAME_WORDS = {
    "yes": "true",
    "approved": Outcome.APPROVE,
    "allow": Outcome.APPROVE,
    "allowed": Outcome.APPROVE,
    "keep": Outcome.APPROVE,
    "rejected": Outcome.REJECT,
    "removed": Outcome.REMOVE,
    "delete": Outcome.REMOVE,
    "deleted": Outcome.REMOVE,
    "delisted": Outcome.DELIST,
    "escalated": Outcome.ESCALATE,
    "noaction": Outcome.NO_ACTION,
    "ignore": Outcome.NO_ACTION,
    "aprobar": Outcome.APPROVE,
    "aprobado": Outcome.APPROVE,
    "aprobada": Outcome.APPROVE,
    "rechazar": Outcome.REJECT,
    "rechazado": Outcome.REJECT,
    "rechazada": Outcome.REJECT,
    "retirar": Outcome.REMOVE,
    "retirado": Outcome.REMOVE,
    "retirada": Outcome.REMOVE,
    "eliminar": Outcome.REMOVE,
    "escalar": Outcome.ESCALATE,
    "sinaccion": Outcome.NO_ACTION,
}


def guess_rules(headings: Sequence[str], *, log_kind: LogKind) -> dict[str, FieldRule]:
    """Propose which heading gives which column, by name in English or Spanish; each heading once."""
    free = {plain_heading(heading): heading for heading in reversed(headings)}
    guessed: dict[str, FieldRule] = {}
    for pick in (_own_name, _alias):
        for target in fields.FIELDS[log_kind]:
            found = None if target.name in guessed else pick(target, free)
            if found is not None:
                guessed[target.name] = FieldRule(column=free.pop(found))
    return {f.name: guessed[f.name] for f in fields.FIELDS[log_kind] if f.name in guessed}


def _own_name(target: fields.Field, free: Mapping[str, str]) -> str | None:
    name = plain_heading(target.name)
    return name if name in free else None


def _alias(target: fields.Field, free: Mapping[str, str]) -> str | None:
    return next((alias for alias in target.aliases if alias in free), None)


def guess_values(target: fields.Field, seen: Iterable[str]) -> dict[str, str]:
    """Propose what the words in a file mean, for those that are not already the log's own."""
    own = {plain_heading(word): word for word in target.words}
    guessed = {}
    for text in seen:
        plain = plain_heading(text)
        word = own.get(plain) or (_NAME_WORDS.get(plain) if target.name == "outcome" else None)
        if word and word != text and word in target.words:
            guessed[text] = str(word)
    return guessed


def check_headings(spec: MappingSpec, headings: Sequence[str]) -> bool:
    """Tell whether a file with these headings has every column the mapping reads."""
    have = {tidy_heading(heading) for heading in headings}
    return all(tidy_heading(column) in have for column in spec.columns())


def clean_file_name(name: str) -> str:
    """Keep of a file's name what can be shown: no path, no control characters, at most 200."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    return shown.strip()[-LONGEST_NAME:] or "unnamed"


def refusal(code: str, message: str, field_name: str, **facts: object) -> Refusal:
    return Refusal(f"decisions.{code}", message, facts=facts, field=field_name, status=422)


def _object(made: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(made, Mapping):
        raise refusal("not_an_object", "“{name}” must be an object of names and values.", name, name=name)
    return made


def _text(made: Any, name: str) -> str:
    if not isinstance(made, str):
        raise refusal("not_a_text", "“{name}” must be a text.", name, name=name)
    return made


def _texts(made: Any, name: str) -> tuple[str, ...]:
    if not isinstance(made, list) or not all(isinstance(each, str) for each in made):
        raise refusal("not_texts", "“{name}” must be a list of texts.", name, name=name)
    return tuple(made)


def _flag(made: Any, name: str) -> bool:
    if not isinstance(made, bool):
        raise refusal("not_a_flag", "“{name}” must be true or false.", name, name=name)
    return made
