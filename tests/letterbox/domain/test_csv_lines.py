"""Lists as CSV: what a spreadsheet reads is what was there, and computes nothing."""

import csv
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from letterbox.domain.application import Flag, Stage
from letterbox.domain.csv_lines import COLUMNS, heading, line_of
from letterbox.domain.listing import Item


def read(item: Item) -> dict[str, str]:
    """Read the line of an application as another program does."""
    return next(csv.DictReader(StringIO(heading() + line_of(item), newline="")))


def test_every_field_of_a_list_has_a_column() -> None:
    """One that is added to the list is added here."""
    item = Item(
        id="careerjet:1",
        stage=Stage.MATCHED,
        board="careerjet",
        flags=(Flag.CONFLICT, Flag.HELD),
        position='DEV, "17"',
    )

    assert set(COLUMNS) == set(Item.model_fields)
    assert read(item)["flags"] == "conflict held"
    assert read(item)["position"] == 'DEV, "17"'
    assert read(item)["hirer"] == ""


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_reference_of_a_stranger_is_a_formula(reference: str) -> None:
    """And each is read back as it was, but for the apostrophe."""
    for begun in ("", "=", "+", "-", "@", "\t", " =", "\n"):
        written = begun + reference
        item = Item(
            id="a:1", stage=Stage.TRIAGE, board="a", job_reference=written or None
        )

        cell = read(item)["job_reference"]

        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert cell.removeprefix("'") == written.removeprefix("'")
