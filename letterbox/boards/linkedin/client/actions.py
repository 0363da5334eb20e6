"""Lifecycle actions, sent: the ``StatusSender`` for LinkedIn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from letterbox.boards.client.status_posts import StatusPosts, open_status_posts
from letterbox.boards.linkedin.settings import LinkedInSettings
from letterbox.boards.linkedin.statuses import action_of
from letterbox.boards.reports import StandingReport
from letterbox.domain.errors import NoWordError


@asynccontextmanager
async def open_actions(
    settings: LinkedInSettings, *, max_seconds: float | None = None
) -> AsyncIterator["LinkedInActions"]:
    """Keep connections to LinkedIn for as long as the block lasts."""
    token = settings.linkedin_access_token.get_secret_value()
    async with open_status_posts(
        "LinkedIn",
        variables="LETTERBOX_LINKEDIN_ACCESS_TOKEN",
        headers={"Authorization": f"Bearer {token}", "X-RestLi-Method": "create"},
        max_seconds=max_seconds,
    ) as posts:
        yield LinkedInActions(posts, settings.linkedin_actions_url)


@dataclass(frozen=True, slots=True)
class LinkedInActions:
    """Sends one action for each change that LinkedIn has a word for."""

    posts: StatusPosts
    url: str

    async def send_status(self, report: StandingReport) -> None:
        """Send it; only LinkedIn's own ids and a word of two are in it."""
        action = action_of(report.source, report.change)
        if action is None:
            raise NoWordError(f"LinkedIn has no word for {report.change.status.value}")
        await self.posts.post(self.url, action)
