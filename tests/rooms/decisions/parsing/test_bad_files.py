"""Every kind of bad file: kept exactly, refused by row and column, or refused whole with the cause; never silent."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from assay.rooms.decisions import rules
from assay.rooms.decisions.parsing.parse import Request, parse
from assay.rooms.decisions.parsing.shapes import FileRefused, Limits

AT = datetime(2026, 6, 1, tzinfo=UTC)
FIELDS = {
    "decision_id": "id",
    "decided_at": "decided_at",
    "outcome": "outcome",
    "maker_type": "maker_type",
    "maker": "maker",
    "content_text": "text",
    "site": "site",
    "market": "market",
    "content_language": "language",
    "exposure_views": "views",
    "price": "price",
    "risk_score": "risk",
    "claimed_at": "claimed_at",
    "is_golden": "golden",
    "currency": "currency",
    "policy": "policy",
    "clause": "clause",
    "team": "team",
    "vendor": "vendor",
}
NAIVE = datetime(2026, 5, 1, 10)  # noqa: DTZ001 - that it has no zone is the point
COLUMNS = tuple(FIELDS.values())
CODES = rules.Codes(
    sites=("mexico",),
    teams=("mexico-a",),
    vendors=("acme",),
    policies=("IPR", "ADL"),
    clauses={"IPR-1": "IPR", "ADL-1": "ADL"},
)
GOOD = {
    "id": "D-1",
    "decided_at": "2026-05-01T10:00:00Z",
    "outcome": "approve",
    "maker_type": "human",
    "maker": "m-1",
    "text": "Zapatos",
    "site": "mexico",
    "market": "MX",
    "language": "es",
    "views": "12",
    "price": "19.5",
    "risk": "0.5",
    "claimed_at": "2026-05-01T09:59:00Z",
    "golden": "false",
    "currency": "MXN",
    "policy": "IPR",
    "clause": "IPR-1",
    "team": "mexico-a",
    "vendor": "acme",
}


class Outcome:
    """What came of one file."""

    def __init__(self, summary: dict[str, Any], folder: Path) -> None:
        self.summary = summary
        path = folder / "candidates.parquet"
        self.kept = pq.read_table(path).to_pylist() if path.exists() else []
        lines = (folder / "refused.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n")
        self.refused = [json.loads(line) for line in lines[1:]]

    def causes(self) -> list[tuple[int, str, str]]:
        return [(row["row"], p["column"], p["reason"]) for row in self.refused for p in row["problems"]]


def read(tmp_path: Path, content: bytes, name: str = "f.csv", limits: Limits | None = None, **spec: Any) -> Outcome:
    path = tmp_path / name
    path.write_bytes(content)
    out = tmp_path / "out"
    out.mkdir(exist_ok=True)
    made = rules.spec_from_json({"fields": FIELDS, **spec})
    request = Request(path=path, out=out, spec=made, codes=CODES, at=AT, limits=limits or Limits())
    summary = parse(request, progress=lambda _share, _rows: None)
    found = Outcome(summary, out)
    assert summary["rows_in"] == len(found.kept) + len(found.refused)
    return found


def line(**more: str) -> str:
    cells = {**GOOD, **more}
    return ",".join(f'"{cells[c].replace(chr(34), chr(34) * 2)}"' for c in COLUMNS)


HEAD = ",".join(COLUMNS)


def csv(*lines: str, end: str = "\n") -> bytes:
    return (HEAD + end + "".join(each + end for each in lines)).encode()


# Values: (column, text) and the reason why the row is refused.
REFUSED_VALUES = [
    ("id", "", "blank"),
    ("id", "   ", "blank"),
    ("decided_at", "", "blank"),
    ("outcome", " ", "blank"),
    ("id", "NULL", "textual_null"),
    ("id", "N/A", "textual_null"),
    ("views", "null", "textual_null"),
    ("site", "None", "textual_null"),
    ("id", " D-1", "hidden_characters"),
    ("id", "D-1\u200b", "hidden_characters"),
    ("id", "D\u00a01", "hidden_characters"),
    ("id", "Jose\u0301", "hidden_characters"),
    ("id", "\u202eD-1", "hidden_characters"),
    ("id", "D\u20281", "hidden_characters"),
    ("id", "D\u00851", "hidden_characters"),
    ("id", "D\x0b1", "control_character"),
    ("id", "D\x1b[31m1", "control_character"),
    ("id", "D\n1", "control_character"),
    ("id", "D\x001", "control_character"),
    ("text", "a\x00b", "control_character"),
    ("text", "a\x1cb", "control_character"),
    ("id", "1.23457E+15", "excel_mangled"),
    ("maker", "ana@example.org", "email"),
    ("maker", "аna", "look_alike"),
    ("id", "x" * 201, "too_long"),
    ("text", "x" * 65_537, "too_long"),
    ("outcome", "aprobar", "unknown_word"),
    ("outcome", "аpprove", "unknown_word"),
    ("maker_type", "robot", "unknown_word"),
    ("site", "paris", "unknown_site"),
    ("team", "paris-a", "unknown_team"),
    ("vendor", "bolt", "unknown_vendor"),
    ("policy", "XYZ", "unknown_policy"),
    ("clause", "XYZ-1", "unknown_clause"),
    ("clause", "ADL-1", "clause_elsewhere"),
    ("language", "english", "bad_language"),
    ("language", "xx", "bad_language"),
    ("market", "UK", "bad_market"),
    ("market", "MEX", "bad_market"),
    ("currency", "PESO", "bad_currency"),
    ("golden", "maybe", "not_a_flag"),
    ("views", "1,234", "not_a_number"),
    ("views", "twelve", "not_a_number"),
    ("views", "١٢", "not_a_number"),
    ("views", "0x1F", "not_a_number"),
    ("views", "12.5", "not_whole"),
    ("views", "-1", "out_of_range"),
    ("views", "99999999999999999999", "out_of_range"),
    ("price", "12,50", "not_a_number"),
    ("price", "NaN", "textual_null"),
    ("price", "inf", "not_a_number"),
    ("price", "1e999", "out_of_range"),
    ("price", "1e99", "out_of_range"),
    ("price", "-5", "out_of_range"),
    ("risk", "1.01", "out_of_range"),
    ("decided_at", "2026-02-30T10:00:00Z", "not_a_moment"),
    ("decided_at", "2026-05-01T23:59:60Z", "not_a_moment"),
    ("decided_at", "01/02/2026 10:00", "not_a_moment"),
    ("decided_at", "1767225600", "not_a_moment"),
    ("decided_at", "45678.5", "not_a_moment"),
    ("decided_at", "2026-W10-1T10:00:00Z", "not_a_moment"),
    ("decided_at", "20260501T100000Z", "not_a_moment"),
    ("decided_at", "2026-05-01", "no_time_of_day"),
    ("decided_at", "2026-05-01T10:00:00", "no_zone"),
    ("decided_at", "2026-05-01T10:00:00 America/Lima", "not_a_moment"),
    ("decided_at", "1900-01-01T00:00:00Z", "year_absurd"),
    ("decided_at", "9999-12-31T00:00:00Z", "year_absurd"),
    ("decided_at", "2026-07-01T10:00:00Z", "in_future"),
    ("claimed_at", "2026-05-01T10:00:01Z", "starts_after_end"),
    ("claimed_at", "2020-05-01T10:00:00Z", "too_long_ago"),
]


@pytest.mark.parametrize(("column", "text", "reason"), REFUSED_VALUES)
def test_bad_value_is_named_and_good_rows_stay(tmp_path: Path, column: str, text: str, reason: str) -> None:
    found = read(tmp_path, csv(line(id="A-1"), line(**{"id": "A-2", column: text}), line(id="A-3")))
    assert [row["decision_id"] for row in found.kept] == ["A-1", "A-3"]
    assert [(c, r) for _n, c, r in found.causes()] == [(column, reason)]
    assert found.refused[0]["row"] == 3
    assert found.refused[0]["problems"][0]["value"] in {
        text[:400],
        "2026-05-01 10:00:01+00:00",
        "2020-05-01 10:00:00+00:00",
    }
    assert found.refused[0]["cells"][COLUMNS.index(column)] == text


KEPT_VALUES = [
    ("id", "007", "decision_id", "007"),
    ("id", "2026-05-01", "decision_id", "2026-05-01"),
    ("id", "true", "decision_id", "true"),
    ("id", "../../etc/passwd", "decision_id", "../../etc/passwd"),
    ("id", "'; DROP TABLE x; --", "decision_id", "'; DROP TABLE x; --"),
    ("id", "{{ 7*7 }}", "decision_id", "{{ 7*7 }}"),
    ("id", "Décision-1", "decision_id", "Décision-1"),
    ("text", '=HYPERLINK("x")', "content_text", '=HYPERLINK("x")'),
    ("text", "<script>alert(1)</script>", "content_text", "<script>alert(1)</script>"),
    ("text", 'two\nlines, and "quotes"', "content_text", 'two\nlines, and "quotes"'),
    ("text", "NULL", "content_text", "NULL"),
    ("text", "a\u2028b\u202e", "content_text", "a\u2028b\u202e"),
    ("text", "", "content_text", None),
    ("outcome", " Approve ", "outcome", "approve"),
    ("market", "mx", "market", "MX"),
    ("language", "es-MX", "content_language", "es"),
    ("views", "12.0", "exposure_views", 12),
    ("views", "", "exposure_views", None),
    ("golden", "Sí", "is_golden", True),
    ("price", "1e2", "price", 100.0),
    ("decided_at", "2026-05-01T12:00:00+02:00", "decided_at", datetime(2026, 5, 1, 10, tzinfo=UTC)),
    ("decided_at", "2026-05-01 10:00:00.123456789Z", "decided_at", datetime(2026, 5, 1, 10, 0, 0, 123456, tzinfo=UTC)),
]


@pytest.mark.parametrize(("column", "text", "name", "value"), KEPT_VALUES)
def test_good_value_is_kept_exactly(tmp_path: Path, column: str, text: str, name: str, value: object) -> None:
    found = read(tmp_path, csv(line(id="A-1"), line(**{"id": "A-2", column: text})))
    assert found.causes() == []
    assert found.kept[1][name] == value


# Shapes: the lines of the file after the heading, and the causes.
SHAPES = [
    ("row too short", [line(id="A"), "B,2026", line(id="C")], [(3, "outcome", "too_few_columns")]),
    ("row too long", [line(id="A"), line(id="B") + ",x", line(id="C")], [(3, "", "too_many_columns")]),
    ("open quote", [line(id="A"), 'B,"open', line(id="C")], [(3, "", "open_quote")]),
    ("stray quote", [line(id="A"), 'B,a"b,c', line(id="C")], [(3, "", "stray_quote")]),
    ("text after a quote", [line(id="A"), 'B,"a"b,c', line(id="C")], [(3, "", "stray_quote")]),
    ("cut last row", [line(id="A"), line(id="C"), "D,2026-05-01T10:"], [(4, "outcome", "too_few_columns")]),
    ("cut in a quote", [line(id="A"), line(id="C"), 'D,"2026-05-01T10:'], [(4, "", "open_quote")]),
    ("comma-only row", [line(id="A"), "," * (len(COLUMNS) - 1), line(id="C")], [(3, "", "empty_row")]),
    ("blank-only row", [line(id="A"), "   ", line(id="C")], [(3, "decided_at", "empty_row")]),
    ("heading again", [line(id="A"), HEAD, line(id="C")], [(3, "", "repeated_header")]),
    ("total line", [line(id="A"), line(id="C"), "TOTAL" + "," * (len(COLUMNS) - 1)], None),
]


@pytest.mark.parametrize(("name", "lines", "causes"), SHAPES, ids=[shape[0] for shape in SHAPES])
def test_badly_shaped_row_is_named_by_line(
    tmp_path: Path, name: str, lines: list[str], causes: list[tuple[int, str, str]] | None
) -> None:
    found = read(tmp_path, csv(*lines))
    assert [row["decision_id"] for row in found.kept] == ["A", "C"]
    assert len(found.refused) == 1
    if causes is not None:
        assert found.causes() == causes


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_any_kind_are_read(tmp_path: Path, end: str) -> None:
    found = read(tmp_path, csv(line(id="A"), line(id="B", text="x, y"), line(id="C", views="x"), end=end))
    assert [row["decision_id"] for row in found.kept] == ["A", "B"]
    assert found.causes() == [(4, "views", "not_a_number")]


def test_mixed_line_ends_and_blank_lines_keep_the_count(tmp_path: Path) -> None:
    content = f"{HEAD}\r\n{line(id='A')}\n\r\n{line(id='B')}\r{line(id='C', views='x')}".encode()
    found = read(tmp_path, content)
    assert [row["decision_id"] for row in found.kept] == ["A", "B"]
    assert found.causes() == [(5, "views", "not_a_number")]
    assert found.summary["notes"]["blank_lines"] == 1


def test_line_numbers_count_lines_inside_cells(tmp_path: Path) -> None:
    found = read(tmp_path, csv(line(id="A", text="one\ntwo\nthree"), line(id="B", views="x")))
    assert found.causes() == [(5, "views", "not_a_number")]


def test_single_bad_byte_costs_one_row(tmp_path: Path) -> None:
    content = csv(line(id="A"), line(id="B", text="caf~"), line(id="C")).replace(b"caf~", b"caf\xe9")
    found = read(tmp_path, content)
    assert [row["decision_id"] for row in found.kept] == ["A", "C"]
    assert found.causes() == [(3, "text", "bad_encoding")]


@pytest.mark.parametrize("bad", [b"\xed\xa0\x80", b"\xc0\x80", b"\xff", b"\xf4\x90\x80\x80"])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, bad: bytes) -> None:
    found = read(tmp_path, csv(line(id="A"), line(id="B", text="~")).replace(b"~", bad))
    assert found.causes() == [(3, "text", "bad_encoding")]


def test_character_cut_at_the_end_is_refused(tmp_path: Path) -> None:
    content = csv(line(id="A")) + line(id="B", vendor="é").encode()[:-2]
    assert [row["decision_id"] for row in read(tmp_path, content).kept] == ["A"]


def test_latin_1_file_loses_only_rows_with_such_letters(tmp_path: Path) -> None:
    content = csv(line(id="A", text="niño"), line(id="B")).decode().encode("latin-1")
    found = read(tmp_path, content)
    assert [row["decision_id"] for row in found.kept] == ["B"]


def test_byte_order_mark_is_no_part_of_the_heading(tmp_path: Path) -> None:
    assert len(read(tmp_path, b"\xef\xbb\xbf" + csv(line())).kept) == 1


def test_headings_may_differ_in_case_blanks_and_order(tmp_path: Path) -> None:
    columns = [f" {c.upper()}\u200b " for c in reversed(COLUMNS)]
    content = ",".join(columns) + "\n" + ",".join(GOOD[c] for c in reversed(COLUMNS)) + "\n"
    assert read(tmp_path, content.encode()).kept[0]["decision_id"] == "D-1"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found_in_the_heading(tmp_path: Path, delimiter: str) -> None:
    content = delimiter.join(COLUMNS) + "\n" + delimiter.join(GOOD[c] for c in COLUMNS) + "\n"
    assert len(read(tmp_path, content.encode()).kept) == 1


def test_sep_line_of_a_spreadsheet_is_honoured(tmp_path: Path) -> None:
    content = "sep=;\n" + ";".join(COLUMNS) + "\n" + ";".join(GOOD[c] for c in COLUMNS) + "\nX;\n"
    found = read(tmp_path, content.encode())
    assert len(found.kept) == 1
    assert found.causes() == [(4, "outcome", "too_few_columns")]


def test_unread_column_is_reported(tmp_path: Path) -> None:
    content = f"{HEAD},extra,left\n{line()},1,2\n".encode()
    assert read(tmp_path, content, ignored=["left"]).summary["notes"]["unused_columns"] == ["extra"]


def gz(content: bytes) -> bytes:
    return gzip.compress(content)


def zipped(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return held.getvalue()


def sheet(*rows: list[Any], more: str = "", hidden: bool = False) -> bytes:
    book = Workbook()
    active = book.active
    assert active is not None
    for row in rows:
        active.append(row)
    if more:
        book.create_sheet(more).append(["x"])
        if hidden:
            book[more].sheet_state = "hidden"
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def parquet(**more: pa.Array) -> bytes:
    columns = {c: pa.array([GOOD[c], GOOD[c]]) for c in COLUMNS}
    held = io.BytesIO()
    pq.write_table(pa.table({**columns, "id": pa.array(["A", "B"]), **more}), held)
    return held.getvalue()


WHOLE_FILES = [
    ("empty", b"", "empty_file"),
    ("blank", b"\n \n\n", "empty_file"),
    ("heading only", csv(), "no_rows"),
    ("only nul", b"\x00" * 4000, "only_nul"),
    ("UTF-16 with mark", csv(line()).decode().encode("utf-16"), "wrong_encoding"),
    ("UTF-16 without mark", csv(line()).decode().encode("utf-16-le"), "wrong_encoding"),
    ("UTF-32", csv(line()).decode().encode("utf-32"), "wrong_encoding"),
    ("missing column", csv(line()).replace(b"outcome", b"result", 1), "missing_columns"),
    ("look-alike heading", csv(line()).replace(b"outcome", "оutcome".encode(), 1), "missing_columns"),
    ("no heading", line().encode() + b"\n" + line().encode(), "missing_columns"),
    ("preamble", b"Weekly export\n" + csv(line()), "missing_columns"),
    ("repeated column", f"{HEAD},id\n{line()},x\n".encode(), "repeated_columns"),
    ("thousands of columns", f"{HEAD},{','.join(f'c{n}' for n in range(3000))}\n".encode(), "too_many_columns"),
    ("long column name", f"{HEAD},{'n' * 300}\n{line()},x\n".encode(), "heading_too_long"),
    ("bytes in the heading", b"id\xe9," + csv(line()), "heading_encoding"),
    ("PDF", b"%PDF-1.7\n", "wrong_kind_of_file"),
    ("image", b"\x89PNG\r\n\x1a\n", "wrong_kind_of_file"),
    ("sign-in page", b"\n <!doctype html><html>", "wrong_kind_of_file"),
    ("old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "wrong_kind_of_file"),
    ("zip", zipped(**{"a.csv": csv(line())}), "zip_refused"),
    ("zip with a path", zipped(**{"../../a.csv": csv(line())}), "zip_refused"),
    ("zip with several files", zipped(**{"a.csv": b"x", "b.csv": b"y"}), "zip_refused"),
    ("damaged zip", b"PK\x03\x04" + b"\x00" * 40, "zip_damaged"),
    ("gzip cut", gz(csv(*(line(id=f"A-{n}") for n in range(2000))))[:-30], "gzip_damaged"),
    ("gzip with a wrong sum", gz(csv(line()))[:-8] + b"\x00" * 8, "gzip_damaged"),
    ("gzip in gzip", gz(gz(csv(line()))), "nested_container"),
    ("workbook in gzip", gz(zipped(a=b"x")), "nested_container"),
    ("gzip bomb", gz(csv(line()) + b"a" * 60_000_000), "ratio_too_high"),
    ("JSON list", json.dumps([GOOD]).encode(), "json_array"),
    ("JSON over lines", json.dumps(GOOD, indent=1).encode(), "json_over_lines"),
    ("Parquet cut", parquet()[:-20], "parquet_damaged"),
    ("Parquet nested", parquet(id=pa.array([["A"], ["B"]])), "column_type"),
    ("Parquet binary", parquet(id=pa.array([b"A", b"B"])), "column_type"),
    ("several sheets", sheet(list(COLUMNS), [GOOD[c] for c in COLUMNS], more="Second"), "several_sheets"),
    ("empty workbook", sheet(), "empty_file"),
    ("text called a workbook", zipped(**{"[Content_Types].xml": b"x", "xl/workbook.xml": b"<"}), "workbook_damaged"),
]


@pytest.mark.parametrize(("content", "code"), [each[1:] for each in WHOLE_FILES], ids=[each[0] for each in WHOLE_FILES])
def test_unreadable_file_is_refused_with_its_cause(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content)
    assert refused.value.code == code


def test_file_with_too_many_rows_is_refused(tmp_path: Path) -> None:
    content = csv(*(line(id=f"A-{n}") for n in range(11)))
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content, limits=Limits(rows=10))
    assert refused.value.code == "too_many_rows"


def test_file_too_large_unpacked_is_refused(tmp_path: Path) -> None:
    content = gz(csv(*(line(id=f"A-{n}", text=f"{n * 7919}") for n in range(500))))
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content, limits=Limits(unpacked_bytes=10_000))
    assert refused.value.code == "too_large_unpacked"


def test_gzip_is_read_under_any_name(tmp_path: Path) -> None:
    assert len(read(tmp_path, gz(csv(line())), name="export.csv").kept) == 1


def jsonl(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")


def obj(**more: Any) -> str:
    return json.dumps({**GOOD, **more})


JSON_LINES = [
    ("broken", '{"id": "B"', "broken_json"),
    ("trailing comma", '{"id": "B",}', "broken_json"),
    ("single quotes", "{'id': 'B'}", "broken_json"),
    ("comment", '{"id": "B"} // x', "broken_json"),
    ("two objects", obj(id="B") + obj(id="D"), "broken_json"),
    ("scalar", "42", "not_an_object"),
    ("list", '["B"]', "not_an_object"),
    ("null", "null", "not_an_object"),
    ("NaN", '{"id": "B", "price": NaN}', "json_not_a_number"),
    ("infinity", '{"id": "B", "price": -Infinity}', "json_not_a_number"),
    ("duplicate keys", '{"id": "B", "id": "D"}', "repeated_name"),
    ("nested for scalar", obj(id={"value": "B"}), "nested"),
    ("depth bomb", '{"id":' + "[" * 100_000, "broken_json"),
    ("lone surrogate", '{"id": "B", "text": "\\ud800"}', "bad_encoding"),
    ("escaped nul", obj(id="B", text="a\x00b"), "control_character"),
    ("missing value", obj(id="B", outcome=None), "blank"),
    ("float for a count", obj(id="B", views=1.5), "not_whole"),
    ("bool for a number", obj(id="B", price=True), "not_a_number"),
]


@pytest.mark.parametrize(("name", "text", "reason"), JSON_LINES, ids=[each[0] for each in JSON_LINES])
def test_bad_json_line_is_refused_alone(tmp_path: Path, name: str, text: str, reason: str) -> None:
    found = read(tmp_path, jsonl(obj(id="A"), text, obj(id="C")))
    assert [row["decision_id"] for row in found.kept] == ["A", "C"]
    assert [(n, r) for n, _c, r in found.causes()] == [(2, reason)]


def test_giant_integers_are_kept_to_the_digit(tmp_path: Path) -> None:
    text = obj(id="A").replace('"A"', "12345678901234567890123")
    found = read(tmp_path, jsonl(text, obj(id=5, views=12, golden=True, admin=True)))
    assert [row["decision_id"] for row in found.kept] == ["12345678901234567890123", "5"]
    assert found.summary["notes"]["unused_columns"] == ["admin"]


def test_integer_of_five_thousand_digits_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, jsonl(obj(id="A"), obj(id="B").replace('"B"', "9" * 5000)))
    assert found.causes() == [(2, "id", "too_long")]


def test_line_over_the_limit_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, jsonl(obj(id="A"), obj(id="B", text="x" * 3_000_000)))
    assert refused.value.code == "line_too_long"


PARQUETS = [
    ("text times", {}, []),
    (
        "naive times",
        {"decided_at": pa.array([NAIVE] * 2)},
        [(1, "decided_at", "no_zone"), (2, "decided_at", "no_zone")],
    ),
    ("zoned times", {"decided_at": pa.array([datetime(2026, 5, 1, 10, tzinfo=UTC)] * 2)}, []),
    (
        "dates",
        {"decided_at": pa.array([date(2026, 5, 1)] * 2)},
        [(1, "decided_at", "no_time_of_day"), (2, "decided_at", "no_time_of_day")],
    ),
    ("null in required", {"outcome": pa.array(["approve", None])}, [(2, "outcome", "blank")]),
    ("NaN", {"price": pa.array([1.5, float("nan")])}, [(2, "price", "out_of_range")]),
    ("unsigned overflow", {"views": pa.array([1, 2**64 - 1], pa.uint64())}, [(2, "views", "out_of_range")]),
    ("negative count", {"views": pa.array([1, -1])}, [(2, "views", "out_of_range")]),
    (
        "boolean for a text",
        {"outcome": pa.array([True, False])},
        [(1, "outcome", "unknown_word"), (2, "outcome", "unknown_word")],
    ),
    ("dictionary", {"outcome": pa.array(["approve", "reject"]).dictionary_encode()}, []),
    ("nanoseconds", {"decided_at": pa.array([1_777_629_600_000_000_001] * 2, pa.timestamp("ns", tz="UTC"))}, []),
    ("integers as ids", {"id": pa.array([10**17, 10**17 + 1])}, []),
]


@pytest.mark.parametrize(("name", "more", "causes"), PARQUETS, ids=[each[0] for each in PARQUETS])
def test_parquet_columns_of_other_types(
    tmp_path: Path, name: str, more: dict[str, pa.Array], causes: list[tuple[int, str, str]]
) -> None:
    found = read(tmp_path, parquet(**more), name="f.parquet")
    assert found.causes() == causes


def test_parquet_row_bomb_is_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, parquet(), limits=Limits(rows=1))
    assert refused.value.code == "too_many_rows"


def test_parquet_without_rows_is_refused(tmp_path: Path) -> None:
    empty = {c: pa.array([], pa.string()) for c in COLUMNS}
    held = io.BytesIO()
    pq.write_table(pa.table(empty), held)
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, held.getvalue())
    assert refused.value.code == "no_rows"


def test_naive_times_are_read_on_the_clock_of_the_mapping(tmp_path: Path) -> None:
    content = parquet(decided_at=pa.array([NAIVE] * 2), claimed_at=pa.array([None, None], pa.string()))
    found = read(tmp_path, content, zone="America/Mexico_City")
    assert found.kept[0]["decided_at"] == datetime(2026, 5, 1, 16, tzinfo=UTC)


def test_workbook_is_read_with_dates_and_numbers(tmp_path: Path) -> None:
    good = [GOOD[c] for c in COLUMNS]
    good[COLUMNS.index("decided_at")] = NAIVE  # type: ignore[call-overload]
    good[COLUMNS.index("views")] = 12.0  # type: ignore[call-overload]
    good[COLUMNS.index("claimed_at")] = None  # type: ignore[call-overload]
    found = read(tmp_path, sheet(list(COLUMNS), good, more="Notes", hidden=True), zone="UTC")
    assert found.causes() == []
    assert (found.kept[0]["decided_at"], found.kept[0]["exposure_views"]) == (datetime(2026, 5, 1, 10, tzinfo=UTC), 12)
    assert found.summary["notes"]["hidden_sheets"] == ["Notes"]


@pytest.mark.parametrize(("value", "reason"), [("=A1+1", "formula"), ("#N/A", "cell_error")])
def test_formula_and_error_cells_are_refused(tmp_path: Path, value: str, reason: str) -> None:
    bad = [GOOD[c] for c in COLUMNS]
    bad[COLUMNS.index("views")] = value
    found = read(tmp_path, sheet(list(COLUMNS), [GOOD[c] for c in COLUMNS], bad))
    assert found.causes() == [(3, "views", reason)]


def test_workbook_bomb_is_refused_unread(tmp_path: Path) -> None:
    members = {"[Content_Types].xml": b"x", "xl/workbook.xml": b"x", "xl/sharedStrings.xml": b"a" * 30_000_000}
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, zipped(**members))
    assert refused.value.code == "ratio_too_high"


def test_clock_that_skips_or_repeats_an_hour_is_named(tmp_path: Path) -> None:
    rows = [
        line(id="A", decided_at="2026-03-29T02:30:00", claimed_at=""),
        line(id="B", decided_at="2025-10-26T02:30:00", claimed_at=""),
        line(id="C", decided_at="2025-10-26T04:30:00", claimed_at=""),
    ]
    found = read(tmp_path, csv(*rows), zone="Europe/Madrid")
    assert found.causes() == [(2, "decided_at", "clock_skipped"), (3, "decided_at", "clock_twice")]


def test_epochs_in_the_wrong_unit_are_refused(tmp_path: Path) -> None:
    rows = [
        line(id="A", decided_at="1777629600", claimed_at=""),
        line(id="B", decided_at="1777629600000", claimed_at=""),
    ]
    found = read(tmp_path, csv(*rows), moment_format="epoch_seconds")
    assert found.causes() == [(3, "decided_at", "year_absurd")]


def test_pattern_reads_days_as_the_mapping_says(tmp_path: Path) -> None:
    rows = [
        line(id="A", decided_at="01/02/2026 10:00", claimed_at=""),
        line(id="B", decided_at="31/02/2026 10:00", claimed_at=""),
        line(id="C", decided_at="2026-02-01 10:00", claimed_at=""),
    ]
    found = read(tmp_path, csv(*rows), moment_format="%d/%m/%Y %H:%M", zone="UTC")
    assert found.kept[0]["decided_at"] == datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert [cause[0] for cause in found.causes()] == [3, 4]


def test_decimal_comma_is_read_when_the_mapping_says_so(tmp_path: Path) -> None:
    rows = [line(id="A", price="1234,5", risk="0,25"), line(id="B", price="1.234,5", risk="0")]
    found = read(tmp_path, csv(*rows), decimal_comma=True)
    assert (found.kept[0]["price"], found.kept[0]["risk_score"]) == (1234.5, 0.25)
    assert found.causes() == [(3, "price", "not_a_number")]


def test_texts_for_nothing_and_mapped_words(tmp_path: Path) -> None:
    fields = {**FIELDS, "outcome": {"column": "outcome", "values": {"borrar": "remove"}}}
    found = read(tmp_path, csv(line(outcome="borrar", views="N/A")), fields=fields, blanks=["N/A"])
    assert (found.kept[0]["outcome"], found.kept[0]["exposure_views"]) == ("remove", None)


def test_unknown_codes_are_left_blank_when_wished(tmp_path: Path) -> None:
    found = read(tmp_path, csv(line(site="paris", policy="XYZ", clause="")), blank_unknown_codes=True)
    assert (found.kept[0]["site"], found.kept[0]["policy"]) == (None, None)


def test_everything_bad_is_counted_in_few_groups(tmp_path: Path) -> None:
    found = read(tmp_path, csv(*(line(id=f"A-{n}", outcome="x", views="y") for n in range(2000))))
    assert found.kept == []
    assert [(g["column"], g["count"], g["first_row"]) for g in found.summary["groups"]] == [
        ("outcome", 2000, 2),
        ("views", 2000, 2),
    ]


def test_stray_quotes_over_many_blocks_lose_only_their_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from assay.rooms.decisions.parsing import csv_rows

    monkeypatch.setattr(csv_rows, "BLOCK_BYTES", 2_000)
    lines = [line(id=f"A-{n}", text="two\nlines") if n % 7 else f'A-{n},a"b' for n in range(300)]
    found = read(tmp_path, csv(*lines))
    assert [row["decision_id"] for row in found.kept] == [f"A-{n}" for n in range(300) if n % 7]
    assert len(found.refused) == 43


@pytest.mark.parametrize("size", [500, 501, 502, 503, 700, 1024])
def test_blocks_of_any_size_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    from assay.rooms.decisions.parsing import csv_rows

    content = csv(
        *(line(id=f"A-{n}", text='é "x",\r\ny', views="bad" if n == 30 else "1") for n in range(60)), end="\r\n"
    )
    whole = read(tmp_path, content)
    monkeypatch.setattr(csv_rows, "BLOCK_BYTES", size)
    parted = read(tmp_path, content)
    assert parted.kept == whole.kept
    assert parted.refused == whole.refused
