"""Lifecycle actions: what LinkedIn is told of a candidate, over real HTTP."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from letterbox.boards.linkedin.client.actions import open_actions
from letterbox.boards.linkedin.settings import LinkedInSettings
from letterbox.boards.reports import StandingReport
from letterbox.domain.application import Source
from letterbox.domain.errors import NoWordError
from letterbox.domain.standing import CandidateStatus, Reporting, StatusChange
from tests.letterbox.boards.linkedin.client.server import Board, board_on

SOURCE = Source(
    board="linkedin",
    board_id="urn:li:jobApplication:1",
    hirer="urn:li:organization:2414183",
)
TOKEN = "a-token-nobody-may-see"


@pytest_asyncio.fixture(name="board", scope="module")
async def _board() -> AsyncIterator[Board]:
    async with board_on() as board:
        yield board


async def send(
    board: Board,
    status: CandidateStatus,
    answer: Response,
    source: Source = SOURCE,
) -> None:
    """Report a status to a board that gives this answer."""

    async def handle(_: Request) -> Response:
        return answer

    board.files = {"actions": handle}
    board.asked.clear()
    board.bodies.clear()
    settings = LinkedInSettings(
        linkedin_access_token=SecretStr(TOKEN),
        linkedin_actions_url=f"{board.origin}/actions",
    )
    change = StatusChange(
        id="1",
        status=status,
        changed_at=datetime(2026, 11, 1, 12, 0, 0, 250_000, UTC),
        reporting=Reporting.OWED,
    )
    async with open_actions(settings) as actions:
        report = StandingReport(
            source=source, position=None, received_at=change.changed_at, change=change
        )
        await actions.send_status(report)


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (CandidateStatus.VIEWED, "APPLICATION_VIEWED"),
        (CandidateStatus.REJECTED, "APPLICATION_REJECTED"),
    ],
)
async def test_a_status_is_sent_as_linkedin_says_it(
    board: Board, status: CandidateStatus, action: str
) -> None:
    """Nothing but LinkedIn's own ids is in it."""
    await send(board, status, Response(status_code=201))

    [request], [body] = board.asked, board.bodies
    assert json.loads(body) == {
        "jobApplicationId": "urn:li:jobApplication:1",
        "action": action,
        "performedAt": 1793534400250,
        "integrationContext": "urn:li:organization:2414183",
    }
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.headers["X-RestLi-Method"] == "create"


async def test_without_a_hirer_none_is_named(board: Board) -> None:
    """LinkedIn may leave it out, and so do we."""
    alone = SOURCE.model_copy(update={"hirer": None})

    await send(board, CandidateStatus.VIEWED, Response(), alone)

    assert "integrationContext" not in json.loads(board.bodies[0])


@pytest.mark.parametrize(
    "status",
    sorted(set(CandidateStatus) - {CandidateStatus.VIEWED, CandidateStatus.REJECTED}),
)
async def test_what_linkedin_has_no_word_for_is_not_sent(
    board: Board, status: CandidateStatus
) -> None:
    """It has two of ours."""
    with pytest.raises(NoWordError, match=status.value):
        await send(board, status, Response())

    assert board.asked == []
