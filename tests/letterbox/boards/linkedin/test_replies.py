"""What LinkedIn is answered."""

from letterbox.boards.base import Outcome
from letterbox.boards.linkedin import BOARD


def test_a_failure_is_told_by_a_code_and_the_code_is_a_setting() -> None:
    """What LinkedIn calls it may be configured; else it is our own word."""
    settings = BOARD.settings(linkedin_error_codes="malformed=BAD_REQUEST")

    taken = BOARD.reply(Outcome.ACCEPTED, "linkedin:1", None, settings)
    malformed = BOARD.reply(Outcome.MALFORMED, None, "no id", settings)
    away = BOARD.reply(Outcome.UNAVAILABLE, None, None, settings)

    assert taken.status == 200
    assert (malformed.status, malformed.body) == (
        400,
        {"errorCode": "BAD_REQUEST", "additionalErrorDetails": "no id"},
    )
    assert (away.status, away.body) == (503, {"errorCode": "UNAVAILABLE"})
    assert away.headers["Retry-After"] == "30"
