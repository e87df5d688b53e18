"""One value as a file keeps it: exact numbers, ISO dates, and text that no spreadsheet will run.

The apostrophe rule can be undone: `restored_text(neutral_text(text)) == text` for every text, so a
file sent out, corrected and sent back says what it said.
"""

import re
from datetime import UTC, date, datetime

# A cell may start at the start of a text, and also after whatever a spreadsheet set to another list
# separator takes for the end of a cell.
_CELL_ENDS = re.compile(r"([;\t\r\n])")
_BLANKS = r"['\s\x00\u00ad\u180e\u200b-\u200f\u2060\ufeff]*"
_SIGNS = r"[=+\-@＝＋－＠﹦﹢﹣﹫]"
_RUNS = re.compile(_BLANKS + _SIGNS)
_STARTS_WITH_CONTROL = re.compile(_BLANKS + r"[\t\r\n\x00]")

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_XML = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")


def exact(value: float | date | None) -> str:
    """Write a number with all its digits, a date in ISO, and nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return iso_moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return repr(float(value)) if isinstance(value, float) else str(int(value))


def iso_moment(moment: datetime) -> str:
    """Write a moment in UTC; refuse one that does not say its zone."""
    if moment.tzinfo is None:
        raise ValueError(f"moment must carry its zone, got {moment.isoformat()}")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def would_run(text: str) -> bool:
    """Tell whether a spreadsheet could take the text for a formula."""
    return neutral_text(text) != text


def neutral_text(text: str) -> str:
    """Put an apostrophe before whatever could start a formula."""
    if _STARTS_WITH_CONTROL.match(text):
        text = f"'{text}"
    return "".join(_neutral_part(part) for part in _CELL_ENDS.split(text))


def restored_text(text: str) -> str:
    """Take away the apostrophes that `neutral_text` put, and no others."""
    joined = "".join(_restored_part(part) for part in _CELL_ENDS.split(text))
    if joined.startswith("'") and _STARTS_WITH_CONTROL.match(joined[1:]):
        return joined[1:]
    return joined


def xlsx_text(text: str) -> str:
    """Write the characters XML cannot hold as a workbook writes them (`_x0000_`)."""
    return _NOT_XML.sub(lambda found: f"_x{ord(found.group()):04X}_", text)


def restored_xlsx_text(text: str) -> str:
    """Read back what `xlsx_text` wrote."""
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)


def _neutral_part(part: str) -> str:
    return f"'{part}" if _RUNS.match(part) else part


def _restored_part(part: str) -> str:
    return part[1:] if part.startswith("'") and _RUNS.match(part[1:]) else part
