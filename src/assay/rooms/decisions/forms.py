"""What is typed on the pages of this room, turned into a mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assay.rooms.organisation.access import Access
from assay.rooms.organisation.models import Unit
from assay.rooms.organisation.terms import UnitKind

from . import fields, labels, rules
from .rules import Codes, FieldRule, MappingSpec
from .terms import FieldKind, LogKind

CONSTANT = "="
CLOCK = "@"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"), help_text=_("CSV, JSONL, Parquet or XLSX; CSV and JSONL may be compressed with gzip.")
    )
    log_kind = forms.ChoiceField(
        label=_("What it holds"), choices=[(str(kind), label) for kind, label in labels.LOG_KINDS.items()]
    )


class MendForm(forms.Form):
    file = forms.FileField(label=_("Mended file"))


class MappingForm(forms.Form):
    """The settings of a mapping other than its columns."""

    name = forms.CharField(
        label=_("Name of the mapping"),
        max_length=120,
        help_text=_("The next file with these columns is offered this mapping."),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=60,
        help_text=_("The tool the rows come from, in small letters. Ids need to be unique only within it."),
    )
    unit = forms.ModelChoiceField(label=_("Belongs to"), queryset=Unit.objects.none(), to_field_name="code")
    moment_format = forms.CharField(
        label=_("Form of moments"),
        help_text=_("iso, epoch_seconds, epoch_milliseconds, or a pattern such as %d/%m/%Y %H:%M"),
    )
    zone = forms.ChoiceField(label=_("Time zone of moments that name none"), required=False, choices=[])
    delimiter = forms.ChoiceField(
        label=_("Cells are divided by"),
        required=False,
        choices=[
            ("", _("Find it in the heading")),
            (",", _("Comma")),
            (";", _("Semicolon")),
            ("\t", _("Tab")),
            ("|", _("Bar")),
        ],
    )
    blanks = forms.CharField(
        label=_("Texts for nothing"), required=False, help_text=_("Divided by commas, such as N/A, NULL")
    )
    decimal_comma = forms.BooleanField(label=_("Decimals are written with a comma"), required=False)
    blank_unknown_codes = forms.BooleanField(
        label=_("Leave unknown sites, teams, vendors and policies blank instead of refusing the row"),
        required=False,
    )

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        zone = self.fields["zone"]
        if isinstance(unit, forms.ModelChoiceField):
            unit.queryset = access.units().exclude(kind=UnitKind.TEAM)
            unit.label_from_instance = attrgetter("name")  # type: ignore[assignment]
        if isinstance(zone, forms.ChoiceField):
            zone.choices = [("", _("None: refuse those")), *((z, z) for z in sorted(available_timezones()))]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRow:
    """One text found in the file and what it stands for."""

    name: str
    text: str
    chosen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One column of the log on the mapping page."""

    name: str
    label: str | Promise
    is_required: bool
    source: str
    constant: str
    clock: str
    words: tuple[WordRow, ...]
    choices: tuple[tuple[str, str | Promise], ...]
    has_clock: bool


_WORDS: Mapping[str, Mapping[Any, str | Promise]] = {
    "outcome": labels.OUTCOMES,
    "item_type": labels.ITEM_TYPES,
    "maker_type": labels.MAKER_TYPES,
    "enqueue_source": labels.ENQUEUE_SOURCES,
    "appeal_status": labels.APPEAL_STATUSES,
    "appeal_outcome": labels.APPEAL_OUTCOMES,
}


def field_rows(spec: MappingSpec, words: Mapping[str, Sequence[str]], codes: Codes) -> tuple[FieldRow, ...]:
    """Return the columns of the log with where each gets its values."""
    return tuple(_field_row(target, spec, words, codes) for target in fields.FIELDS[spec.log_kind])


def _field_row(target: fields.Field, spec: MappingSpec, words: Mapping[str, Sequence[str]], codes: Codes) -> FieldRow:
    rule = spec.rules.get(target.name, FieldRule())
    choices = _choices(target, codes)
    texts = list(words.get(rule.column, ())) if rule.column and choices else []
    texts += [text for text in rule.values if text not in texts]
    return FieldRow(
        name=target.name,
        label=labels.FIELDS[target.name],
        is_required=target.is_required,
        source=CLOCK if rule.clock_start else CONSTANT if rule.constant else rule.column,
        constant=rule.constant,
        clock=rule.clock_start,
        words=tuple(
            WordRow(name=f"word:{target.name}:{number}", text=text, chosen=rule.values.get(text, text))
            for number, text in enumerate(texts)
        ),
        choices=choices,
        has_clock=target.kind is FieldKind.MOMENT,
    )


def _choices(target: fields.Field, codes: Codes) -> tuple[tuple[str, str | Promise], ...]:
    if target.kind is FieldKind.WORD:
        known = _WORDS.get(target.name, {})
        return tuple((word, known.get(word, word)) for word in target.words)
    if target.kind is FieldKind.CODE:
        return tuple((code, code) for code in sorted(codes.of(target.codes)))
    if target.kind is FieldKind.FLAG:
        return (("true", _("Yes")), ("false", _("No")))
    return ()


def spec_from_post(sent: Mapping[str, Any], *, log_kind: LogKind, headings: Sequence[str]) -> MappingSpec:
    """Read a mapping, complete or not, from what the mapping page sends."""
    made = {}
    for target in fields.FIELDS[log_kind]:
        rule = _rule_from_post(target.name, sent, headings)
        if rule is not None:
            made[target.name] = rule
    used = {rule.column for rule in made.values() if rule.column}
    return MappingSpec(
        log_kind=log_kind,
        rules=made,
        # Whoever saves this page has seen which headings stay unused.
        ignored=tuple(
            heading for heading in headings if heading not in used and not heading.startswith(rules.OWN_PREFIX)
        ),
        moment_format=str(sent.get("moment_format", "iso")).strip() or "iso",
        zone=str(sent.get("zone", "")),
        has_decimal_comma=bool(sent.get("decimal_comma")),
        delimiter=str(sent.get("delimiter", "")),
        blanks=tuple(text.strip() for text in str(sent.get("blanks", "")).split(",") if text.strip()),
        are_unknown_codes_blank=bool(sent.get("blank_unknown_codes")),
    )


def _rule_from_post(name: str, sent: Mapping[str, Any], headings: Sequence[str]) -> FieldRule | None:
    source = str(sent.get(f"source:{name}", ""))
    if source == CONSTANT:
        constant = str(sent.get(f"constant:{name}", "")).strip()
        return FieldRule(constant=constant) if constant else None
    if source == CLOCK:
        start = str(sent.get(f"clock:{name}", "")).strip()
        return FieldRule(clock_start=start) if start else None
    if source not in headings:
        return None
    values = {}
    number = 0
    while (text := sent.get(f"from:{name}:{number}")) is not None:
        word = str(sent.get(f"word:{name}:{number}", text))
        # The words on the page belong to the column that was chosen when it was made.
        if sent.get(f"was:{name}") == source and word != text:
            values[str(text)] = word
        number += 1
    return FieldRule(column=source, values=values)


def settings_of(spec: MappingSpec) -> dict[str, Any]:
    """Return a mapping's settings as the form shows them."""
    return {
        "moment_format": spec.moment_format,
        "zone": spec.zone,
        "delimiter": spec.delimiter,
        "blanks": ", ".join(spec.blanks),
        "decimal_comma": spec.has_decimal_comma,
        "blank_unknown_codes": spec.are_unknown_codes_blank,
    }
