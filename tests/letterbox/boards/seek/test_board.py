"""What SEEK's settings mean, and why a newer view shows less."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import JsonValue

from letterbox.boards.graphql import QueryError
from letterbox.boards.node import Node
from letterbox.boards.seek.board import Seek
from letterbox.boards.seek.payload import (
    candidate_profile_id,
    errors_of,
    fetched,
    is_fetched,
    profile_of,
)
from letterbox.boards.seek.settings import SeekSettings
from letterbox.domain.application import Flag
from letterbox.domain.submission import ReceivedDocument, Role
from tests.letterbox.boards.seek.test_candidate import NOTICES, PROFILE, sample

BOARD = Seek()
REDACTED: dict[str, JsonValue] = {
    "formattedName": "Redacted",
    "given": "redacted",
    "family": "redacted",
}


def settings(**values: Any) -> SeekSettings:
    """Make settings as the environment would have them."""
    return SeekSettings.model_validate({"seek_client_id": "id", **values})


@pytest.mark.parametrize(
    ("profile", "codes", "flag"),
    [
        (PROFILE, [], None),
        (PROFILE, ["FORBIDDEN"], None),
        (sample(employment=[]), [], Flag.REDACTED),
        (sample(employment=[]), ["FORBIDDEN"], Flag.INCOMPLETE),
        (
            sample("candidate", "person", name=REDACTED),
            ["FORBIDDEN"],
            Flag.REDACTED,
        ),
        (None, [], Flag.REDACTED),
        (None, ["FORBIDDEN"], Flag.INCOMPLETE),
    ],
)
def test_what_a_newer_view_lacks_was_taken_away_or_was_not_told(
    profile: Any, codes: list[str], flag: Flag | None
) -> None:
    """With an error beside it, only a name that is redacted says which."""
    held = fetched(NOTICES[1], PROFILE, [])
    newer = fetched(NOTICES[1], profile, [QueryError(code=code) for code in codes])

    assert BOARD.shows_less(held, newer) is flag


def test_without_credentials_seek_is_not_asked() -> None:
    """Its webhook may still give notice."""
    without = settings(seek_client_id="", seek_webhook_secrets="one,two")

    assert BOARD.reconcile_every(without) is None
    assert BOARD.servers(without) == {}
    assert [one.get_secret_value() for one in BOARD.secrets(without)] == ["one", "two"]


def test_with_credentials_seek_is_asked_as_often_as_the_settings_say() -> None:
    """With an interval of zero SEEK is never polled."""
    url = "https://auth.example/token"

    assert BOARD.reconcile_every(settings()) == timedelta(minutes=15)
    assert BOARD.reconcile_every(settings(seek_reconcile_every="0")) is None
    assert BOARD.servers(settings(seek_token_url=url)) == {"SEEK": url}


def test_applications_for_ads_of_others_are_kept_unless_settings_say_otherwise() -> (
    None
):
    """A person may know whose they are."""
    assert not BOARD.discards_unmatched(settings())
    assert not BOARD.discards_unmatched(settings(seek_unmatched="triage"))
    assert BOARD.discards_unmatched(settings(seek_unmatched="discard"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, False), ("true", None), (1, None), (None, None)],
)
def test_only_true_and_false_are_a_flag(value: Any, *, expected: bool | None) -> None:
    """What else SEEK might send there is not known."""
    assert Node({"a": value}).flag("a") is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"id": "one"}, "one"),
        ({"id": {"value": "one"}}, "one"),
        ({"id": {"value": 1}}, None),
        ({"id": " "}, None),
        ({"id": ["one"]}, None),
        ([], None),
    ],
)
def test_an_id_is_a_text_or_an_object_that_has_one(
    value: Any, expected: str | None
) -> None:
    """Events have the one, GraphQL the other."""
    assert Node(value).identifier("id") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9000-12-31T23:00:00Z", "9000-12-31T23:00:00+00:00"),
        ("9001-01-01T00:00:00Z", None),
        ("2026-01-01T12:00:00+02:00", "2026-01-01T10:00:00+00:00"),
        ("2026-01-01T12:00:00", "2026-01-01T12:00:00+00:00"),
        ("0001-01-01T00:00:00+14:00", None),
        ("soon", None),
    ],
)
def test_a_moment_is_read_in_utc_and_never_is_none(
    text: str, expected: str | None
) -> None:
    """A retention is added to it: no year may be the last that there is."""
    moment = Node(text).moment()

    assert (moment and moment.isoformat()) == expected


def test_a_notice_that_was_answered_is_known_by_its_answer() -> None:
    """Also by one that shows nothing; its errors are kept by their codes."""
    notice = NOTICES[1]
    answered = fetched(notice, None, [QueryError(code="FORBIDDEN"), QueryError()])

    assert not is_fetched(notice)
    assert is_fetched(answered)
    assert profile_of(answered) is None
    assert errors_of(answered) == (QueryError(code="FORBIDDEN"), QueryError())
    assert candidate_profile_id(answered) == candidate_profile_id(notice) is not None
    assert answered.fingerprint == notice.fingerprint


def test_a_notice_is_bare_again_without_its_answer_and_documents() -> None:
    """Then SEEK may be asked once more."""
    notice = NOTICES[1]
    document = ReceivedDocument(role=Role.RESUME, name="a.pdf", sha256="a", size=1)
    answered = fetched(notice, PROFILE, [])
    stored = answered.model_copy(update={"documents": (document,)})

    assert BOARD.bare(stored) == notice
