"""Lists of applications as CSV (RFC 4180), for spreadsheets. Pure."""

import csv
from io import StringIO

from letterbox.domain.listing import Item

COLUMNS = (
    "id",
    "received_at",
    "stage",
    "board",
    "position",
    "hirer",
    "flags",
    "archive_by",
    "job_reference",
    "triage",
)
# What spreadsheets take for a formula, which may fetch from anywhere.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def heading() -> str:
    """Return the first line: the names of the columns."""
    return _line(COLUMNS)


def line_of(item: Item) -> str:
    """Return the line of an application; flags are separated by blanks."""
    cells = item.model_dump(mode="json") | {"flags": " ".join(item.flags)}
    return _line(tuple(cells[column] or "" for column in COLUMNS))


def _line(cells: tuple[str, ...]) -> str:
    file = StringIO()
    csv.writer(file).writerow(map(_harmless, cells))
    return file.getvalue()


def _harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would compute: a stranger's word."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
