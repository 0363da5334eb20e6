"""Lifecycle actions, sent: the ``StatusSender`` for LinkedIn."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from letterbox.boards.client.bounded import MAX_BYTES
from letterbox.boards.client.http import open_http, passes, reaching
from letterbox.boards.linkedin.settings import LinkedInSettings
from letterbox.boards.linkedin.statuses import action_of
from letterbox.boards.reports import StandingReport
from letterbox.domain.errors import (
    BoardRefusedError,
    BoardUnavailableError,
    NoWordError,
)
from letterbox.retry_after import wait_asked

_WHAT = "LinkedIn's lifecycle actions"
_MAX_ANSWER = 64 * 1024
# A token that has ended, or a permission that is missing, an operator can renew.
_OURS_TO_MEND = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


@asynccontextmanager
async def open_actions(
    settings: LinkedInSettings, *, seconds: float = 30
) -> AsyncIterator["LinkedInActions"]:
    """Keep connections to LinkedIn; ``seconds`` is for a whole call."""
    async with open_http(seconds) as http:
        token = settings.linkedin_access_token.get_secret_value()
        yield LinkedInActions(http, settings.linkedin_actions_url, token)


@dataclass(frozen=True, slots=True)
class LinkedInActions:
    """Sends one action for each change that LinkedIn has a word for."""

    http: httpx.AsyncClient
    url: str
    token: str = field(repr=False)

    async def send_status(self, report: StandingReport) -> None:
        """Send it; only LinkedIn's own ids and a word of two are in it."""
        change = report.change
        action = action_of(report.source, change)
        if action is None:
            raise NoWordError(f"LinkedIn has no word for {change.status.value}")
        with reaching(_WHAT):
            async with asyncio.timeout(self.http.timeout.read):
                response = await self.http.post(
                    self.url,
                    json=action,
                    headers={
                        "Authorization": f"Bearer {self.token}",
                        "X-RestLi-Method": "create",
                    },
                    extensions={MAX_BYTES: _MAX_ANSWER},
                )
        _judge(response)


def _judge(response: httpx.Response) -> None:
    status = response.status_code
    if response.is_success:
        return
    if passes(status) or status in _OURS_TO_MEND:
        raise BoardUnavailableError(
            f"{_WHAT} answer {status}: is LETTERBOX_LINKEDIN_ACCESS_TOKEN good?"
            if status in _OURS_TO_MEND
            else f"{_WHAT} answer {status}",
            retry_after=wait_asked(response.headers),
        )
    raise BoardRefusedError(f"{_WHAT} answer {status}")
