"""What a verified request of SEEK's is taken for, as a whole."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from letterbox.boards.fetching import PostingClosed
from letterbox.boards.graphql import QueryError
from letterbox.boards.seek import BOARD
from letterbox.boards.seek.payload import fetched
from letterbox.boards.seek.queries import EventsQuery, subscriptions_to
from letterbox.boards.seek.webhook import sign
from letterbox.domain.errors import SignatureError

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SECRET = b"a secret for tests"
APPLIED = {
    "id": "event-1",
    "type": "CandidateApplicationCreated",
    "createDateTime": "2026-11-21T00:00:00Z",
    "candidateApplicationProfileId": "profile-1",
}
CLOSED = {
    "id": "event-2",
    "type": "PositionProfileClosed",
    "createDateTime": "2026-11-20T00:00:00Z",
    "positionProfileId": "ad-1",
}
OTHER = {"id": "event-3", "type": "HirerRelationshipChanged", "positionProfileId": "ad"}
FINGERPRINT = "31465cb691adb7ba2473a6ced8e0041d5b3669f8bd406e5c150f737c9d114563"
BODY = json.dumps(
    {
        "events": [APPLIED, CLOSED, OTHER, {**CLOSED, "createDateTime": "?"}, 7],
        "subscriptionId": "subscription-1",
    }
).encode()


def test_a_request_is_taken_apart_into_submissions_closings_and_others() -> None:
    """A close without a moment is none, and what is no event is counted."""
    headers = {"Seek-Signature": sign(BODY, SECRET)}

    notices = BOARD.notices(BODY, headers, [SECRET], NOW)

    [submission] = notices.submissions
    assert submission.application_id == "seek:event-1"
    assert (submission.board, submission.board_id) == ("seek", "event-1")
    assert submission.received_at == NOW
    assert submission.said == {
        "event": APPLIED,
        "subscriptionId": "subscription-1",
        "channel": "webhook",
    }
    assert notices.closings == [
        PostingClosed(posting="ad-1", closed_at=datetime(2026, 11, 20, tzinfo=UTC))
    ]
    assert list(notices.others) == ["HirerRelationshipChanged"]
    assert notices.unreadable == 1


@pytest.mark.parametrize("header", ["Seek-Signature", "X-Signature"])
def test_a_request_without_its_signature_is_not_read(header: str) -> None:
    """One over other bytes signs nothing either."""
    headers = {header: sign(BODY + b" ", SECRET)}

    with pytest.raises(SignatureError):
        BOARD.notices(BODY, headers, [SECRET], NOW)


def test_the_fingerprint_of_a_notice_is_the_one_that_stores_hold() -> None:
    """Another way to compute it would take every repeat for something new."""
    headers = {"Seek-Signature": sign(BODY, SECRET)}

    [submission] = BOARD.notices(BODY, headers, [SECRET], NOW).submissions

    assert submission.fingerprint == FINGERPRINT


def test_a_bare_notice_is_what_came_before_anything_was_fetched() -> None:
    """Without the profile, its errors and the documents."""
    headers = {"Seek-Signature": sign(BODY, SECRET)}
    [submission] = BOARD.notices(BODY, headers, [SECRET], NOW).submissions

    whole = fetched(submission, {"profileId": {"value": "1"}}, [QueryError(code="X")])

    assert whole != submission
    assert BOARD.bare(whole) == submission


def test_queries_spell_their_variables_as_seeks_schema_does() -> None:
    """A misspelt one would be refused by SEEK only."""
    wanted: dict[str, Any] = subscriptions_to("seekAnz", "PositionProfileClosed")
    query = EventsQuery(scheme_id="seekAnz", subscription_id="s", event_types=["t"])

    assert wanted == {
        "schemeId": "seekAnz",
        "filter": {"eventTypeCodes": ["PositionProfileClosed"]},
        "first": wanted["first"],
    }
    assert query.variables("cursor") == {
        "schemeId": "seekAnz",
        "first": query.first,
        "filter": {
            "subscriptionId": "s",
            "deliveredIndicator": False,
            "eventTypeCodes": ["t"],
        },
        "after": "cursor",
    }
    assert EventsQuery(scheme_id="x").variables(None) == {"schemeId": "x", "first": 100}
