"""Hiring signals: the ``StatusSender`` for ZipRecruiter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from pydantic import JsonValue

from letterbox.boards.client.status_posts import StatusPosts, open_status_posts
from letterbox.boards.reports import StandingReport
from letterbox.boards.ziprecruiter.settings import ZipRecruiterSettings
from letterbox.domain.errors import BoardRefusedError
from letterbox.domain.standing import CandidateStatus, StatusChange

# All but one are ZipRecruiter's own words, too.
_UNMAPPED = {CandidateStatus.WITHDRAWN}
# It wants a reason, and an ATS tells us none.
_REASON = "other"


@asynccontextmanager
async def open_signals(
    settings: ZipRecruiterSettings, *, max_seconds: float | None = None
) -> AsyncIterator["ZipRecruiterSignals"]:
    """Keep connections to ZipRecruiter for as long as the block lasts."""
    auth = httpx.BasicAuth(
        settings.ziprecruiter_api_user.get_secret_value(),
        settings.ziprecruiter_api_password.get_secret_value(),
    )
    async with open_status_posts(
        "ZipRecruiter",
        variables="LETTERBOX_ZIPRECRUITER_API_USER and"
        " LETTERBOX_ZIPRECRUITER_API_PASSWORD",
        auth=auth,
        max_seconds=max_seconds,
    ) as posts:
        yield ZipRecruiterSignals(posts, settings.ziprecruiter_signal_url)


@dataclass(frozen=True, slots=True)
class ZipRecruiterSignals:
    """Sends one signal for each change."""

    posts: StatusPosts
    url: str

    async def send_status(self, report: StandingReport) -> None:
        """Send it; only ZipRecruiter's own id and its words are in it."""
        target = report.source.status_target
        if target is None:
            message = "ZipRecruiter sent no zr_application_id to report statuses for"
            raise BoardRefusedError(message)
        await self.posts.post(self.url, signal_of(target, report.change))


def signal_of(zr_application_id: str, change: StatusChange) -> dict[str, JsonValue]:
    """Return a hiring signal; what ZipRecruiter has no word for goes by ours."""
    is_mapped = change.status not in _UNMAPPED
    signal: dict[str, JsonValue] = {
        "zr_application_id": zr_application_id,
        "event": change.status.value if is_mapped else "unable_to_map",
        "event_timestamp": change.changed_at.isoformat(timespec="seconds"),
    }
    if not is_mapped:
        signal["status_name"] = change.status.value
    if change.status is CandidateStatus.REJECTED:
        signal["reason"] = _REASON
    return signal
