"""Values that no application has: told in one line, as wrong usage or as unknown."""

import pytest

from tests.letterbox_cli.conftest import Letterbox

LONG = "x" * 1001
OF_ONE = (
    ("show",),
    ("history",),
    ("refresh",),
    ("hold", "--reason", "1"),
    ("erase", "--reason", "1", "--yes"),
    ("deliver",),
)


@pytest.mark.parametrize("words", OF_ONE, ids=[words[0] for words in OF_ONE])
@pytest.mark.parametrize("application_id", [".", "..", "no-board", "/", "x" * 5000])
def test_what_is_no_id_is_unknown(
    words: tuple[str, ...], application_id: str, letterbox: Letterbox
) -> None:
    """Some of it would be no part of a key."""
    told = letterbox(*words, "--", application_id)

    assert told.exit_code == 1
    assert str(told.exception) == (
        f"no application {application_id}; see `letterbox list`"
    )


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("history", ""), "is empty: give the id of an application"),
        (("deliver", " "), "is empty: give the id of an application"),
        (("hold", "careerjet:1", "--reason", LONG), "reason: must have at most 500"),
        (("erase", "careerjet:1", "--yes", "--reason", LONG), "reason: must have at"),
        (("assign", "careerjet:1", ""), "reference: must have at least 1 character"),
        (("assign", "careerjet:1", LONG), "reference: must have at most 1000"),
        (("list", "--position", LONG), "position: must have at most 1000"),
        (("deliver", "--hirer", LONG), "hirer: must have at most 1000"),
        (
            ("seek", "backfill", "--hirer", " ", "--since", "2026-03-01"),
            "--hirer is SEEK's id of the hirer",
        ),
    ],
)
def test_a_value_of_a_wrong_length_is_wrong_usage(
    words: tuple[str, ...], problem: str, letterbox: Letterbox
) -> None:
    """The option is named, and nothing was sent."""
    told = letterbox(*words)

    assert told.exit_code == 2
    assert problem in " ".join(told.stderr.split())
