from __future__ import annotations

from typing import Any

import pytest

from assay.rooms.decisions import fields, labels, rules
from assay.rooms.decisions.rules import FieldRule
from assay.rooms.decisions.terms import FieldKind, LogKind, Reason
from assay.rooms.organisation.refusals import Refusal

GOOD: dict[str, Any] = {
    "fields": {
        "decision_id": "id",
        "decided_at": {"one_second_apart_from": "2026-01-05T00:00:00Z"},
        "outcome": {"column": "o", "values": {"ok": "approve"}},
        "maker_type": {"constant": "human"},
    }
}


def test_mapping_survives_its_json() -> None:
    spec = rules.spec_from_json({**GOOD, "ignored": ["x"], "zone": "America/Mexico_City", "blanks": ["N/A"]})
    assert rules.spec_from_json(spec.to_json()) == spec


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"colour": 1}, "unknown_setting", "spec"),
        ({"log_kind": "people"}, "unknown_log", "spec"),
        ({"fields": []}, "not_an_object", "fields"),
        ({"fields": {**GOOD["fields"], "name": "n"}}, "unknown_field", "name"),
        ({"fields": {**GOOD["fields"], "outcome": {"colum": "o"}}}, "unknown_setting", "outcome"),
        ({"fields": {**GOOD["fields"], "outcome": {}}}, "no_source", "outcome"),
        ({"fields": {**GOOD["fields"], "outcome": {"column": "o", "constant": "approve"}}}, "no_source", "outcome"),
        ({"fields": {**GOOD["fields"], "outcome": {"constant": "yes"}}}, "unknown_word", "outcome"),
        ({"fields": {**GOOD["fields"], "outcome": {"column": "o", "values": {"a": "b"}}}}, "unknown_word", "outcome"),
        ({"fields": {**GOOD["fields"], "outcome": {"column": 3}}}, "not_a_text", "outcome.column"),
        (
            {"fields": {**GOOD["fields"], "decided_at": {"one_second_apart_from": "2026-01-05"}}},
            "bad_clock",
            "decided_at",
        ),
        (
            {"fields": {**GOOD["fields"], "maker": {"one_second_apart_from": "2026-01-05T00:00:00Z"}}},
            "bad_clock",
            "maker",
        ),
        ({"moment_format": "soon"}, "bad_moment_format", "moment_format"),
        ({"zone": "Mexico"}, "unknown_zone", "zone"),
        ({"delimiter": "+"}, "bad_delimiter", "delimiter"),
        ({"decimal_comma": "yes"}, "not_a_flag", "decimal_comma"),
        ({"blanks": "N/A"}, "not_texts", "blanks"),
    ],
)
def test_bad_mapping_is_refused_by_name(change: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.spec_from_json({**GOOD, **change})
    assert (refused.value.code, refused.value.field) == (f"decisions.{code}", field)


@pytest.mark.parametrize("name", ["decision_id", "decided_at", "outcome", "maker_type"])
def test_mapping_without_a_needed_column_is_refused(name: str) -> None:
    made = {"fields": {key: rule for key, rule in GOOD["fields"].items() if key != name}}
    with pytest.raises(Refusal) as refused:
        rules.spec_from_json(made)
    assert (refused.value.code, refused.value.field) == ("decisions.field_missing", name)


def test_headings_are_guessed_in_both_languages() -> None:
    guessed = rules.guess_rules(
        ["ID", "Fecha de decisión", "Resultado", "Moderador", "Sede", "País", "Content Language", "color"],
        log_kind=LogKind.DECISIONS,
    )
    assert {name: rule.column for name, rule in guessed.items()} == {
        "decision_id": "ID",
        "decided_at": "Fecha de decisión",
        "outcome": "Resultado",
        "maker": "Moderador",
        "site": "Sede",
        "market": "País",
        "content_language": "Content Language",
    }


def test_words_are_guessed_in_both_languages() -> None:
    target = fields.field_named(LogKind.DECISIONS, "outcome")
    assert target is not None
    seen = ["Aprobado", "REMOVED", "no action", "approve", "other"]
    assert rules.guess_values(target, seen) == {"Aprobado": "approve", "REMOVED": "remove", "no action": "no_action"}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\week.csv", "week.csv"),
        ("a\x00b\u202e.csv", "ab.csv"),
        ("", "unnamed"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
    ],
)
def test_hostile_file_names_are_reduced_to_a_name(name: str, shown: str) -> None:
    assert rules.clean_file_name(name) == shown


def test_every_reason_and_field_has_its_words() -> None:
    assert set(labels.REASONS) == set(labels.REASON_NAMES) == set(Reason)
    assert {f.name for kind in LogKind for f in fields.FIELDS[kind]} <= set(labels.FIELDS)
    assert all(f.words for kind in LogKind for f in fields.FIELDS[kind] if f.kind is FieldKind.WORD)


def test_sentence_keeps_braces_of_the_value() -> None:
    told = labels.reason_sentence("unknown_word", column="c", value="{words}", facts={"words": "a, b"})
    assert told == "“{words}” is not one of the words of this column. Map it to one: a, b."


def test_rule_has_one_column_for_two_fields() -> None:
    spec = rules.MappingSpec(rules={"item_id": FieldRule(column="w"), "content_title": FieldRule(column="w")})
    assert spec.columns() == ("w",)
