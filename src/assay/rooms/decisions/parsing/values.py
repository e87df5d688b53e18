"""From texts to values of the log, a column at a time.

Each check looks at the whole column at once and goes through its cells one by one only where something may be
wrong. What it returns for every cell is a value, nothing (blank), or the reason why it is refused.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from assay.rooms.decisions.fields import Field
from assay.rooms.decisions.rules import FieldRule, MappingSpec
from assay.rooms.decisions.terms import FieldKind, Reason

from . import moments
from .codes import CURRENCIES, LANGUAGES, MARKETS

Found = list[tuple[int, Reason, Mapping[str, Any]]]
Checked = tuple[object, Reason | None]
Check = Callable[[str], Checked]

NULL_WORDS = ("null", "none", "n/a", "na", "nan", "nil", "undefined", "#n/a", "-", "--", "?")
_NULL_TEXTS = pa.array(
    sorted({form for word in NULL_WORDS for form in (word, word.upper(), word.capitalize(), word.title())})
)
_TRUE = frozenset({"true", "t", "yes", "y", "1", "si", "sí", "verdadero"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "falso"})
_MANGLED = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_WHOLE = re.compile(r"-?[0-9]+(?:\.0+)?")
_NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MOST_REMEMBERED = 100_000


def _bytes_of(letters: bytes) -> npt.NDArray[np.bool_]:
    table = np.ones(256, dtype=bool)
    table[list(letters)] = False
    return table


_LETTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_UNUSUAL_IN_ID = _bytes_of(_LETTERS + b"_-.:/#")
_UNUSUAL_IN_COUNT = _bytes_of(b"0123456789")
_UNUSUAL_IN_NUMBER = _bytes_of(b"0123456789.eE+-")
_CONTROL_BYTES = ~_bytes_of(bytes(set(range(32)) - {9, 10, 13}) + b"\x7f")


@dataclass(slots=True)
class Columns:
    """Turns the cells of one mapped column into values, and remembers the words it has met."""

    target: Field
    rule: FieldRule
    spec: MappingSpec
    known: frozenset[str] = frozenset()
    latest: int = moments.LATEST
    _met: dict[str, Checked] = field(default_factory=dict)

    def values(self, cells: pa.Array) -> tuple[pa.Array, Found]:  # noqa: PLR0911 - one a kind
        """Return the values of a column and the positions that are refused, with reasons."""
        typed = self._typed(cells)
        if typed is not None:
            return typed
        texts = as_texts(cells)
        if self.rule.values or self.spec.blanks:
            texts = self._replaced(texts)
        match self.target.kind:
            case FieldKind.TEXT:
                return self._text(texts)
            case FieldKind.ID:
                return self._id(texts)
            case FieldKind.COUNT:
                return self._count(texts)
            case FieldKind.NUMBER:
                return self._number(texts)
            case FieldKind.MOMENT:
                return self._moment(texts)
            case _:
                return self._word(texts)

    def _typed(self, cells: pa.Array) -> tuple[pa.Array, Found] | None:
        """Take values that are already of the right type, as a Parquet file has them."""
        if self.rule.values or self.spec.blanks:
            return None
        if self.target.kind is FieldKind.MOMENT and pa.types.is_timestamp(cells.type):
            return self._instants(cells)
        if self.target.kind is FieldKind.FLAG and pa.types.is_boolean(cells.type):
            return cells, self._blanks(cells)
        if self.target.kind is FieldKind.NUMBER and pa.types.is_floating(cells.type):
            return self._in_range(cells.cast(pa.float64()), cells)
        if self.target.kind is FieldKind.COUNT and pa.types.is_signed_integer(cells.type):
            return self._in_range(cells.cast(pa.int64()), cells)
        return None

    def _replaced(self, texts: pa.Array) -> pa.Array:
        """Apply the mapping's own words for values and for nothing."""
        coded = texts.dictionary_encode() if not pa.types.is_dictionary(texts.type) else texts
        blanks = set(self.spec.blanks)
        words = [self.rule.values.get(text, "" if text in blanks else text) for text in coded.dictionary.to_pylist()]
        return pc.take(pa.array(words, pa.string()), coded.indices)

    def _blanks(self, values: pa.Array) -> Found:
        if not self.target.is_required or values.null_count == 0:
            return []
        nothing = np.flatnonzero(values.is_null().to_numpy(zero_copy_only=False))
        return [(int(at), Reason.BLANK, {}) for at in nothing]

    # Texts and ids

    def _text(self, texts: pa.Array) -> tuple[pa.Array, Found]:
        values = _blank_to_null(texts)
        found = self._too_long(values)
        codes = _bytes(values)
        if codes.size and _CONTROL_BYTES[codes].any():
            hits = pc.match_substring_regex(values, "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]").fill_null(False)
            positions = np.flatnonzero(hits.to_numpy(zero_copy_only=False))
            found += [(int(at), Reason.CONTROL_CHARACTER, _control_facts(values[at].as_py())) for at in positions]
        return values, found + self._blanks(values)

    def _id(self, texts: pa.Array) -> tuple[pa.Array, Found]:
        values = _blank_to_null(texts)
        found = self._too_long(values)
        doubtful = pc.is_in(values, value_set=_NULL_TEXTS).to_numpy(zero_copy_only=False)
        codes = _bytes(values)
        if codes.size and _UNUSUAL_IN_ID[codes].any():
            unusual = pc.match_substring_regex(values, r"[^0-9A-Za-z_\-.:/#]").fill_null(False)
            doubtful = doubtful | unusual.to_numpy(zero_copy_only=False)
        positions = np.flatnonzero(doubtful)
        if len(positions):
            judged = self._reasons(values.take(pa.array(positions)), positions.tolist())
            values = _with_nulls(values, [at for at, reason in judged if reason is Reason.BLANK])
            found += [(at, reason, {}) for at, reason in judged if reason is not Reason.BLANK]
        return values, found + self._blanks(values)

    def _reasons(self, doubtful: pa.Array, positions: list[int]) -> list[tuple[int, Reason]]:
        """Look closely at each different text, once, and return what is wrong where."""
        coded = doubtful.dictionary_encode()
        reasons = [self._remembered(text, self._check_id)[1] for text in coded.dictionary.to_pylist()]
        if not any(reasons):
            return []
        judged = zip(positions, (reasons[index] for index in coded.indices.to_pylist()), strict=True)
        return [(at, reason) for at, reason in judged if reason is not None]

    def _check_id(self, text: str) -> Checked:  # noqa: PLR0911 - one a reason
        if not text.strip():
            return None, Reason.BLANK
        if text.casefold() in NULL_WORDS and text not in self.rule.values.values():
            return None, Reason.TEXTUAL_NULL
        if _CONTROLS.search(text) or "\n" in text or "\r" in text or "\t" in text:
            return None, Reason.CONTROL_CHARACTER
        if text != text.strip() or not _is_plain(text):
            return None, Reason.HIDDEN_CHARACTERS
        if _MANGLED.fullmatch(text):
            return None, Reason.EXCEL_MANGLED
        if self.target.is_person and _EMAIL.fullmatch(text):
            return None, Reason.EMAIL
        if _mixes_scripts(text):
            return None, Reason.LOOK_ALIKE
        return text, None

    def _too_long(self, values: pa.Array) -> Found:
        if len(values) == 0:
            return []
        sizes = pc.binary_length(values)
        longest = pc.max(sizes).as_py()
        if longest is None or longest <= self.target.length:
            return []
        over = np.flatnonzero(pc.greater(sizes, self.target.length).fill_null(False).to_numpy(zero_copy_only=False))
        # Ids are counted in characters, texts in bytes: a text's limit guards memory.
        counted = pc.utf8_length(values) if self.target.kind is FieldKind.ID else sizes
        return [
            (int(at), Reason.TOO_LONG, {"length": counted[at].as_py(), "most": self.target.length})
            for at in over
            if counted[at].as_py() > self.target.length
        ]

    # Words

    def _word(self, texts: pa.Array) -> tuple[pa.Array, Found]:
        coded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
        results = [
            (None, None) if text is None else self._remembered(text, self._check_word)
            for text in coded.dictionary.to_pylist()
        ]
        kind = pa.bool_() if self.target.kind is FieldKind.FLAG else pa.string()
        kept = pa.array([value if reason is None else None for value, reason in results], kind)
        values = pc.take(kept, coded.indices)
        reasons = [reason for _, reason in results]
        found: Found = []
        if any(reasons):
            refused = np.array([reason is not None for reason in reasons] + [False])
            indices = coded.indices.fill_null(len(reasons)).to_numpy(zero_copy_only=False)
            positions = np.flatnonzero(refused[indices])
            found = [(int(at), reasons[indices[at]], self._word_facts()) for at in positions]
        if not self.target.is_required or values.null_count == 0:
            return values, found
        refused_at = {at for at, _, _ in found}
        return values, found + [each for each in self._blanks(values) if each[0] not in refused_at]

    def _word_facts(self) -> Mapping[str, Any]:
        return {"words": ", ".join(self.target.words)} if self.target.words else {}

    def _remembered(self, text: str, check: Check) -> Checked:
        met = self._met.get(text)
        if met is None:
            if len(self._met) >= _MOST_REMEMBERED:
                self._met.clear()
            met = self._met[text] = check(text)
        return met

    def _check_word(self, text: str) -> Checked:
        tidy = text.strip()
        if not tidy:
            return None, None
        value, reason = self._judge_word(tidy)
        if reason is not None and tidy.casefold() in NULL_WORDS:
            return None, Reason.TEXTUAL_NULL
        return value, reason

    def _judge_word(self, text: str) -> Checked:  # noqa: PLR0911 - one a kind
        match self.target.kind:
            case FieldKind.WORD:
                word = text.casefold()
                return (word, None) if word in self.target.words else (None, Reason.UNKNOWN_WORD)
            case FieldKind.CODE:
                if text in self.known:
                    return text, None
                if self.spec.are_unknown_codes_blank:
                    return None, None
                return None, Reason(f"unknown_{self.target.name}")
            case FieldKind.FLAG:
                folded = text.casefold()
                return (folded in _TRUE, None) if folded in _TRUE | _FALSE else (None, Reason.NOT_A_FLAG)
            case FieldKind.LANGUAGE:
                return _language(text)
            case FieldKind.MARKET:
                upper = text.upper()
                return (upper, None) if upper in MARKETS and text.isascii() else (None, Reason.BAD_MARKET)
            case _:
                upper = text.upper()
                return (upper, None) if upper in CURRENCIES and text.isascii() else (None, Reason.BAD_CURRENCY)

    # Numbers

    def _count(self, texts: pa.Array) -> tuple[pa.Array, Found]:
        values = _blank_to_null(texts)
        codes = _bytes(values)
        if not codes.size or not _UNUSUAL_IN_COUNT[codes].any():
            try:
                return self._in_range(values.cast(pa.int64()), values)
            except pa.ArrowInvalid:
                pass
        return self._one_by_one(values, pa.int64(), self._check_count)

    def _number(self, texts: pa.Array) -> tuple[pa.Array, Found]:
        values = _blank_to_null(texts)
        if self.spec.has_decimal_comma:
            return self._one_by_one(values, pa.float64(), self._check_comma_number)
        codes = _bytes(values)
        if not codes.size or not _UNUSUAL_IN_NUMBER[codes].any():
            try:
                return self._in_range(values.cast(pa.float64()), values)
            except pa.ArrowInvalid:
                pass
        return self._one_by_one(values, pa.float64(), self._check_number)

    def _in_range(self, values: pa.Array, cells: pa.Array) -> tuple[pa.Array, Found]:
        # NaN is neither below nor above, so the question is whether it lies within.
        within = pc.and_(pc.greater_equal(values, self.target.low), pc.less_equal(values, self.target.high)).fill_null(
            True
        )
        if pc.all(within).as_py() is not False:
            return values, self._blanks(values)
        outside = np.flatnonzero(~within.to_numpy(zero_copy_only=False))
        facts = {"low": _plain(self.target.low), "high": _plain(self.target.high)}
        return values, [(int(at), Reason.OUT_OF_RANGE, facts) for at in outside] + self._blanks(values)

    def _check_count(self, text: str) -> Checked:
        if not text.strip():
            return None, None
        if not text.isascii() or not _WHOLE.fullmatch(text):
            is_number = text.isascii() and _NUMBER.fullmatch(text)
            return None, Reason.NOT_WHOLE if is_number else _null_or(text, Reason.NOT_A_NUMBER)
        whole = text.split(".", maxsplit=1)[0]
        if len(whole) > 18 or not self.target.low <= int(whole) <= self.target.high:
            return None, Reason.OUT_OF_RANGE
        return int(whole), None

    def _check_number(self, text: str) -> Checked:
        if not text.strip():
            return None, None
        if not text.isascii() or not _NUMBER.fullmatch(text):
            return None, _null_or(text, Reason.NOT_A_NUMBER)
        number = float(text)
        if not self.target.low <= number <= self.target.high:
            return None, Reason.OUT_OF_RANGE
        return number, None

    def _check_comma_number(self, text: str) -> Checked:
        if "." in text:
            return None, Reason.NOT_A_NUMBER
        return self._check_number(text.replace(",", ".", 1))

    def _one_by_one(self, values: pa.Array, kind: pa.DataType, check: Check) -> tuple[pa.Array, Found]:
        made: list[object] = []
        found: Found = []
        facts = {"low": _plain(self.target.low), "high": _plain(self.target.high)}
        for at, text in enumerate(values.to_pylist()):
            value, reason = (None, None) if text is None else self._remembered(text, check)
            made.append(value)
            if reason is not None:
                found.append((at, reason, facts if reason is Reason.OUT_OF_RANGE else {}))
        array = pa.array(made, kind)
        refused = {at for at, _, _ in found}
        return array, found + [each for each in self._blanks(array) if each[0] not in refused]

    # Moments

    def _moment(self, texts: pa.Array) -> tuple[pa.Array, Found]:
        values = _blank_to_null(texts)
        quick = moments.cast_at_once(values, form=self.spec.moment_format, zone=self.spec.zone)
        if quick is not None:
            return self._in_time(quick)
        rows, found = self._one_by_one(values, moments.MOMENT, self._check_moment)
        kept, late = self._in_time(rows, is_checked=True)
        return kept, found + late

    def _instants(self, cells: pa.Array) -> tuple[pa.Array, Found]:
        if cells.type.tz is None and not self.spec.zone:
            bad = np.flatnonzero(cells.is_valid().to_numpy(zero_copy_only=False))
            return pa.nulls(len(cells), moments.MOMENT), [(int(at), Reason.NO_ZONE, {}) for at in bad]
        try:
            quick = moments.instants_at_once(cells, zone=self.spec.zone)
        except pa.ArrowInvalid:
            return self._moment(as_texts(cells))
        return self._in_time(quick)

    def _check_moment(self, text: str) -> Checked:
        if not text.strip():
            return None, None
        moment, reason = moments.read_moment(text, form=self.spec.moment_format, zone=self.spec.zone)
        if reason is Reason.NOT_A_MOMENT:
            reason = _null_or(text, reason)
        return moment, reason

    def _in_time(self, values: pa.Array, *, is_checked: bool = False) -> tuple[pa.Array, Found]:
        micro = values.cast(pa.int64())
        early = pc.less(micro, moments.EARLIEST).fill_null(False)
        late = pc.greater_equal(micro, moments.LATEST).fill_null(False)
        future = pc.greater(micro, self.latest).fill_null(False)
        absurd = pc.or_(early, late)
        found: Found = []
        if pc.any(absurd).as_py() or pc.any(future).as_py():
            is_absurd = absurd.to_numpy(zero_copy_only=False)
            is_future = future.to_numpy(zero_copy_only=False) & ~is_absurd
            found = [(int(at), Reason.YEAR_ABSURD, {}) for at in np.flatnonzero(is_absurd)]
            found += [(int(at), Reason.IN_FUTURE, {}) for at in np.flatnonzero(is_future)]
        return values, found if is_checked else found + self._blanks(values)


def as_texts(cells: pa.Array) -> pa.Array:
    """Write cells of any simple type as texts, exactly; nothing becomes an empty text's null."""
    kind = cells.type
    if pa.types.is_string(kind) or (pa.types.is_dictionary(kind) and pa.types.is_string(kind.value_type)):
        return cells
    if pa.types.is_dictionary(kind):
        return as_texts(cells.dictionary_decode())
    if pa.types.is_timestamp(kind):
        # Arrow writes the offset only for zoned moments, which is what the checks look for.
        form = "%Y-%m-%dT%H:%M:%S" + ("%z" if kind.tz else "")
        return pc.strftime(cells, format=form)
    if pa.types.is_floating(kind):
        texts = [None if value is None else _plain(value) for value in cells.to_pylist()]
        return pa.array(texts, pa.string())
    return cells.cast(pa.string())


def _blank_to_null(texts: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(texts.type):
        texts = texts.dictionary_decode()
    is_blank = pc.equal(pc.binary_length(texts), 0)
    if not pc.any(is_blank).as_py():
        return texts
    return pc.if_else(is_blank, pa.scalar(None, texts.type), texts)


def _with_nulls(values: pa.Array, positions: list[int]) -> pa.Array:
    if not positions:
        return values
    mask = np.zeros(len(values), dtype=bool)
    mask[positions] = True
    return pc.if_else(pa.array(mask), pa.scalar(None, values.type), values)


def _bytes(values: pa.Array) -> npt.NDArray[np.uint8]:
    """Return all characters of a column, as bytes, without copying."""
    _, offsets, codes = values.buffers()
    if codes is None or len(values) == 0:
        return np.zeros(0, dtype=np.uint8)
    ends = np.frombuffer(offsets, dtype=np.int32)[values.offset : values.offset + len(values) + 1]
    return np.frombuffer(codes, dtype=np.uint8)[ends[0] : ends[-1]]


def _is_plain(text: str) -> bool:
    """Tell whether a text has only characters that can be seen, in their composed form."""
    if text.isascii():
        return True
    if not unicodedata.is_normalized("NFC", text):
        return False
    return all(
        c == " " or unicodedata.category(c) not in {"Cf", "Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"} for c in text
    )


def _mixes_scripts(text: str) -> bool:
    if text.isascii():
        return False
    scripts = {unicodedata.name(c, "").split(" ")[0] for c in text if c.isalpha()}
    return len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) > 1


def _language(text: str) -> Checked:
    primary, _, rest = text.replace("_", "-").partition("-")
    tags_are_plain = all(2 <= len(tag) <= 8 and tag.isalnum() and tag.isascii() for tag in rest.split("-") if rest)
    primary = primary.lower()
    return (primary, None) if primary in LANGUAGES and tags_are_plain else (None, Reason.BAD_LANGUAGE)


def _null_or(text: str, reason: Reason) -> Reason:
    return Reason.TEXTUAL_NULL if text.strip().casefold() in NULL_WORDS else reason


def _plain(number: float) -> str:
    return str(int(number)) if not math.isnan(number) and abs(number) < 1e16 and number == int(number) else repr(number)


def _control_facts(text: str) -> dict[str, str]:
    found = _CONTROLS.search(text)
    return {"character": f"U+{ord(found.group()):04X}"} if found else {}
