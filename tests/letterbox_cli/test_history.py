"""``letterbox history``: lines of 80 columns, in which nothing moves the cursor."""

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from letterbox.domain.application import EventType
from letterbox.domain.history import Happening, Waiting
from letterbox.domain.transitions import Transition
from letterbox_cli.history import line_of, line_of_waiting
from letterbox_cli.main import app

AT = datetime(2026, 11, 30, 10, 0, 1, tzinfo=UTC)


def test_a_long_line_is_wrapped_below_its_words() -> None:
    """What somebody typed is quoted, and who it was comes last."""
    assigned = Happening(
        at=AT,
        event=Transition.ASSIGNED,
        position="DEV-17",
        reason="the form had an old reference, see ticket 4711 for it",
        by="operator API: jane.doe",
    )

    assert line_of(assigned, "careerjet").splitlines() == [
        '2026-11-30 10:00:01  assigned   DEV-17, "the form had an old reference, see',
        " " * 32 + 'ticket 4711 for it", by operator API: jane.doe',
    ]


def test_a_reason_cannot_move_the_cursor() -> None:
    """Control characters are shown as question marks."""
    held = Happening(at=None, event=Transition.HELD, reason="\x1b[2Jgone", by="ada")

    assert line_of(held, "seek") == (
        'at an unknown time   held       "?[2Jgone", by ada'
    )


def test_what_the_ats_has_not_taken_says_how_often_it_was_tried() -> None:
    """And why in vain."""
    waiting = Waiting(step="deliver", type=EventType.MATCHED, attempts=7, reason="away")

    words = " ".join(line_of_waiting(waiting).split())
    assert words == (
        "waiting application.matched: the ATS has not accepted it yet; attempt 7: away"
    )


@pytest.mark.usefixtures("environment")
def test_following_as_one_object_is_refused() -> None:
    """It would never end."""
    said = CliRunner().invoke(app, ["history", "careerjet:1", "--follow", "--json"])

    assert said.exit_code == 2
    assert "--ndjson" in said.output


def test_a_hold_whose_reason_is_not_known_says_so() -> None:
    """It is evidence: no reason given is another thing."""
    unknown = Happening(at=AT, event=Transition.HELD, by="alice")
    none_given = unknown.model_copy(update={"reason": ""})

    assert line_of(unknown, "seek").endswith("  held       reason unknown, by alice")
    assert line_of(none_given, "seek").endswith("  held       by alice")
