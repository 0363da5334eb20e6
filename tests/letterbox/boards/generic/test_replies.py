"""What a sender of one's own is answered, and which outcomes it is answered with."""

import pytest

from letterbox.boards.base import Outcome
from letterbox.boards.generic import BOARD
from letterbox.boards.generic.settings import GenericSettings


@pytest.mark.parametrize(
    ("outcome", "status", "again"),
    [
        (Outcome.MALFORMED, 400, False),
        (Outcome.INVALID_SOURCE, 401, False),
        (Outcome.CLOSED, 409, False),
        (Outcome.TOO_LARGE, 413, False),
        (Outcome.NOT_FOUND, 422, False),
        (Outcome.REGION, 451, False),
        (Outcome.UNEXPECTED, 500, True),
        (Outcome.UNAVAILABLE, 503, True),
    ],
)
def test_a_refusal_is_answered_as_a_problem_document(
    outcome: Outcome, status: int, *, again: bool
) -> None:
    """It says what is wrong, and when to come again, if ever."""
    settings = GenericSettings()

    told = BOARD.reply(outcome, "generic:1", "the reason", settings)
    plain = BOARD.reply(outcome, None, None, settings)

    assert isinstance(told.body, dict)
    assert isinstance(plain.body, dict)
    assert (told.status, told.body["status"], told.body["code"]) == (
        status,
        status,
        outcome.value,
    )
    assert (told.body["id"], told.body["detail"]) == ("generic:1", "the reason")
    assert told.headers["Content-Type"] == "application/problem+json"
    assert told.headers.get("Retry-After") == ("30" if again else None)
    assert "id" not in plain.body
    assert plain.body["detail"]
    assert told.body["title"]


def test_an_accepted_application_is_answered_with_its_id() -> None:
    """The sender can ask for it by this id."""
    reply = BOARD.reply(Outcome.ACCEPTED, "generic:1", None, GenericSettings())

    assert (reply.status, reply.body) == (
        200,
        {"status": "accepted", "id": "generic:1"},
    )


def test_only_the_outcomes_that_the_settings_name_are_refused() -> None:
    """Where the settings are silent, nothing is refused."""
    refusing = GenericSettings(generic_refuse=("unknown", "closed", "region"))

    assert BOARD.refuses(GenericSettings()) == set()
    assert BOARD.refuses(refusing) == {
        Outcome.NOT_FOUND,
        Outcome.CLOSED,
        Outcome.REGION,
    }
