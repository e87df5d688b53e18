import io
from datetime import UTC, date, datetime
from itertools import islice, product

import openpyxl
import pytest

from assay.figures import tables
from assay.figures.cells import restored_xlsx_text
from assay.figures.numbers import Unit
from assay.figures.tables import Column, Kind, Table

SIGNS = "=+-@\t\r\n\x00＝＋－＠"
BLANKS = ("", " ", "\u00a0", "\t", "'")
TEXTS = [
    *(f"{blank}{sign}cmd|' /C calc'!A0" for blank, sign in product(BLANKS, SIGNS)),
    "#N/A",
    "# Not a fact",
    "TRUE",
    "00123",
    "1e5",
    "_x0041_",
    'two\nlines, "quoted"',
    "con acento é ñ",
]


def text_table(texts):
    return Table(
        columns=(Column(key="id", title="=Id", kind=Kind.COUNT), Column(key="text", title="+Text")),
        rows=((i, text) for i, text in enumerate(texts)),
        title="=Title",
        facts=(("Who", "=María"), ("Filters", "site = Tijuana\nqueue = Live")),
    )


def full_table():
    return Table(
        columns=(
            Column(key="site", title="Site"),
            Column(key="n", title="n", kind=Kind.COUNT),
            Column(key="rate", title="Rate", kind=Kind.RATE),
            Column(key="interval", title="95% interval", kind=Kind.INTERVAL),
            Column(key="change", title="Change", kind=Kind.POINTS),
            Column(key="took", title="Took", kind=Kind.SECONDS),
            Column(key="on", title="On", kind=Kind.DATE),
            Column(key="at", title="At", kind=Kind.MOMENT),
        ),
        rows=(
            ("Tijuana", 1200, 1 / 3, (0.25, 0.375), -0.0123, 61, date(2026, 3, 1), datetime(2026, 3, 1, 8, tzinfo=UTC)),
            ("Manila", None, None, None, None, None, None, None),
        ),
        title="Quality by site",
        facts=(("When", "2026-03-01T08:00:00Z"),),
    )


def sheets(table):
    book = openpyxl.load_workbook(io.BytesIO(tables.to_xlsx(table)))
    return [list(sheet.iter_rows()) for sheet in book]


def test_csv_begins_with_its_facts():
    assert tables.to_csv(full_table()).decode("utf-8") == (
        "\ufeff# Quality by site\r\n"
        "# When: 2026-03-01T08:00:00Z\r\n"
        "Site,n,Rate,95% interval · min,95% interval · max,Change,Took,On,At\r\n"
        "Tijuana,1200,0.3333333333333333,0.25,0.375,-0.0123,61,2026-03-01,2026-03-01T08:00:00Z\r\n"
        "Manila,,,,,,,,\r\n"
    )


def test_csv_fact_stays_on_one_line():
    lines = tables.to_csv(text_table(())).decode("utf-8-sig").split("\r\n")
    assert lines == ["# =Title", "# Who: =María", "# Filters: site = Tijuana queue = Live", "'=Id,'+Text", ""]


def test_csv_reads_back_every_text():
    rows = tables.read_csv(tables.to_csv(text_table(TEXTS)))
    assert rows[0] == ("=Id", "+Text")
    assert [text for _, text in rows[1:]] == TEXTS


def test_csv_holds_no_live_formula():
    import csv

    content = tables.to_csv(text_table(TEXTS)).decode("utf-8-sig")
    written = [cell for row in csv.reader(io.StringIO(content, newline="")) for cell in row]
    assert [cell for cell in written if cell.lstrip(" \u00a0\u3000")[:1] in set(SIGNS)] == []


def test_xlsx_holds_no_live_formula():
    facts, rows = sheets(text_table(TEXTS))
    assert {cell.data_type for row in (*facts, *rows) for cell in row} - {"n"} == {"s"}
    assert [restored_xlsx_text(row[1].value) for row in rows[1:]] == TEXTS
    assert rows[1][1].quotePrefix is True


def test_xlsx_first_sheet_says_the_facts():
    facts, _ = sheets(full_table())
    assert [[cell.value for cell in row] for row in facts] == [
        [None, "Quality by site"],
        ["When", "2026-03-01T08:00:00Z"],
    ]


def test_xlsx_keeps_numbers_as_numbers():
    _, rows = sheets(full_table())
    assert [cell.value for cell in rows[1]] == [
        "Tijuana", 1200, 1 / 3, 0.25, 0.375, -0.0123, 61, datetime(2026, 3, 1), "2026-03-01T08:00:00Z",  # noqa: DTZ001
    ]  # fmt: skip
    assert [cell.value for cell in rows[2]] == ["Manila", *[None] * 8]
    assert rows[1][2].number_format == "0.0%"


def test_xlsx_sheets_bear_given_names():
    table = Table(columns=(Column(key="a", title="A"),), rows=(), title="T", sheet_names=("Datos", "Filas"))
    assert openpyxl.load_workbook(io.BytesIO(tables.to_xlsx(table))).sheetnames == ["Datos", "Filas"]


def test_xlsx_text_beyond_a_cell_is_cut_visibly():
    _, rows = sheets(text_table(["x" * 40_000]))
    assert len(rows[1][1].value) == 32_767
    assert rows[1][1].value.endswith(" […]")


def test_csv_is_written_as_rows_arrive():
    asked = []

    def rows():
        for i in range(100_000):
            asked.append(i)
            yield (i, "text")

    table = Table(columns=text_table(()).columns, rows=rows(), title="T")
    first = next(iter(islice(tables.csv_chunks(table, rows_a_chunk=10), 1)))
    assert len(asked) == 10
    assert first.count(b"\r\n") == 12


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.RATE, float("nan")),
        (Kind.RATE, "0.1"),
        (Kind.COUNT, 1.5),
        (Kind.COUNT, True),
        (Kind.TEXT, 3),
        (Kind.INTERVAL, (0.1, float("inf"))),
        (Kind.INTERVAL, (0.1,)),
        (Kind.DATE, datetime(2026, 1, 1, tzinfo=UTC)),
        (Kind.MOMENT, date(2026, 1, 1)),
    ],
)
def test_value_of_the_wrong_kind_is_refused(kind, value):
    table = Table(columns=(Column(key="a", title="A", kind=kind),), rows=((value,),), title="T")
    with pytest.raises(ValueError, match=f"row 1, column 'a' must be a {kind}"):
        tables.to_csv(table)


def test_row_of_the_wrong_length_is_refused():
    table = Table(columns=(Column(key="a", title="A"),), rows=(("a",), ("b", "c")), title="T")
    with pytest.raises(ValueError, match="row 2 must have 1 values, got 2"):
        tables.to_csv(table)


def test_rows_are_shown_in_the_region():
    assert next(tables.shown_rows(full_table(), region="es_ES", zone="America/Tijuana")) == (
        "Tijuana",
        "1.200",
        "33,3\u00a0%",
        "25,0–37,5\u00a0%",
        "−1,2\u00a0p.\u00a0p.",
        "1\u00a0min\u00a01\u00a0s",
        "1\u00a0mar\u00a02026",
        "1\u00a0mar\u00a02026, 0:00\u00a0UTC−8",
    )


def test_interval_is_shown_in_its_unit():
    column = Column(key="a", title="A", kind=Kind.INTERVAL, unit=Unit.COUNT)
    table = Table(columns=(column,), rows=(((1, 3),), (None,)), title="T")
    assert list(tables.shown_rows(table, region="en_US")) == [("1–3",), ("",)]


def test_empty_table_has_its_head():
    assert tables.read_csv(tables.to_csv(text_table(()))) == (("=Id", "+Text"),)
