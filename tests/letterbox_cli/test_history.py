"""``letterbox history``: lines fit the terminal, and nothing moves its cursor."""

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from letterbox.ats.presence import AtsMark
from letterbox.domain.application import EventType, Owed, Stage
from letterbox.domain.history import Happening, Waiting
from letterbox.domain.standing import CandidateStatus
from letterbox.domain.transitions import Transition
from letterbox.resources import open_records, open_store
from letterbox.settings import load_settings
from letterbox_cli.history import line_of, line_of_waiting
from letterbox_cli.main import app
from tests.record_factory import record
from tests.support import free_port

AT = datetime(2026, 11, 30, 10, 0, 1, tzinfo=UTC)


def test_a_long_line_is_wrapped_below_its_words_unless_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What somebody typed is quoted, and who it was comes last."""
    assigned = Happening(
        at=AT,
        event=Transition.ASSIGNED,
        position="DEV-17",
        reason="the form had an old reference, see ticket 4711 for it",
        by="operator API: jane.doe",
    )

    monkeypatch.delenv("COLUMNS", raising=False)
    [piped] = line_of(assigned, "careerjet").splitlines()
    monkeypatch.setenv("COLUMNS", "80")

    assert piped.endswith('see ticket 4711 for it", by operator API: jane.doe')
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
    """The last failure is shown beside the number."""
    waiting = Waiting(step="deliver", type=EventType.MATCHED, attempts=7, reason="away")

    words = " ".join(line_of_waiting(waiting).split())
    assert words == (
        "waiting application.matched: the ATS has not accepted it yet; attempt 7: away"
    )


def test_a_status_and_a_board_that_does_not_take_it_are_told_in_words() -> None:
    """By its word, who said so, and why the board was tried in vain."""
    status = CandidateStatus.INTERVIEWED
    noted = Happening(at=AT, event=Transition.NOTED, status=status, by="jane")
    waiting = Waiting(step="send_status", since=AT, attempts=7, reason="away")

    assert line_of(noted, "seek").endswith("  noted      interviewed, by jane")
    assert " ".join(line_of_waiting(waiting).split()) == (
        "waiting status: the board has not accepted it yet since "
        "2026-11-30 10:00:01; attempt 7: away"
    )


@pytest.mark.parametrize("is_marked", [False, True])
def test_without_an_ats_no_ats_is_blamed(
    environment: pytest.MonkeyPatch, *, is_marked: bool
) -> None:
    """It goes by the command's settings, and by what a worker notes in the store."""
    environment.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    store = open_store(load_settings())
    store.prepare()
    event = Owed(
        type=EventType.RECORDED,
        delivery_id="evt_1",
        happened_at=AT,
        stage=Stage.MATCHED,
    )
    told = record("careerjet:1").model_copy(update={"owed": (event,)})
    open_records(load_settings(), store).applications.update(told)
    if is_marked:
        AtsMark(store).renew()

    result = CliRunner().invoke(app, ["history", "careerjet:1"])

    assert result.exit_code == 0, result.output
    no_ats = "no ATS is configured; `letterbox deliver` sends it later"
    blamed = "the ATS has not accepted it yet"
    assert (no_ats in result.stdout, blamed in result.stdout) == (
        not is_marked,
        is_marked,
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
