from datetime import UTC, date, datetime, timedelta, timezone
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.figures import cells

SIGNS = "=+-@\t\r\n\x00＝＋－＠﹦﹢﹣﹫"
BLANKS = ("", " ", "  ", "\u00a0", "\u3000", "\ufeff", "\u200b", "'", " '")


@pytest.mark.parametrize(("blank", "sign"), list(product(BLANKS, SIGNS)))
def test_formula_start_gets_an_apostrophe(blank, sign):
    text = f"{blank}{sign}SUM(A1)"
    neutral = cells.neutral_text(text)
    assert neutral.startswith("'")
    assert cells.restored_text(neutral) == text


@pytest.mark.parametrize("text", ["", "plain", "a=b", "1-2", "it's", "'quoted'", "mail@example.org", "x + y", "año"])
def test_harmless_text_is_left_alone(text):
    assert cells.neutral_text(text) == text
    assert cells.would_run(text) is False


def test_text_after_a_separator_is_neutralised_too():
    assert cells.neutral_text("a;=1+1") == "a;'=1+1"
    assert cells.neutral_text("a\n=1+1") == "a\n'=1+1"


@given(st.text(alphabet="=+-@\t\r\n\x00 ';\"a＝\u3000\ufeff", max_size=8))
def test_neutral_text_can_be_restored(text):
    assert cells.restored_text(cells.neutral_text(text)) == text


@given(st.text(alphabet="_x0041F\x00\x0b\r\n\ud800a", max_size=12))
def test_workbook_text_can_be_restored(text):
    assert cells.restored_xlsx_text(cells.xlsx_text(text)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0, "0"),
        (0.1, "0.1"),
        (1 / 3, "0.3333333333333333"),
        (1e-9, "1e-09"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 8, tzinfo=timezone(timedelta(hours=-8))), "2026-03-01T16:00:00Z"),
        (datetime(2026, 3, 1, 8, 0, 1, 5, tzinfo=UTC), "2026-03-01T08:00:01.000005Z"),
    ],
)
def test_exact_keeps_every_digit(value, text):
    assert cells.exact(value) == text


def test_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="moment must carry its zone"):
        cells.exact(datetime(2026, 3, 1))  # noqa: DTZ001
