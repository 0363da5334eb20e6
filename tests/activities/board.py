"""A board with two documents, and the step that asks it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from activities.fetching import FetchActivities
from activities.inspection import Inspector
from letterbox.boards import discover
from letterbox.boards.fetching import Download, FetchResult, Withheld
from letterbox.domain.errors import BoardUnavailableError, NotFoundError
from letterbox.domain.ports import Applications
from letterbox.domain.submission import Submission
from tests.activities.noticed import answered
from tests.factories import PDF

FIRST, SECOND = PDF + b"% the first", PDF + b"% the second"
DOCUMENTS = {"https://seek.example/1": FIRST, "https://seek.example/2": SECOND}
SOON = timedelta(milliseconds=10)


@dataclass
class Board:
    """A board with two documents: it says what it was asked for."""

    away: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    tries: int = 1
    """How often it is asked for the application until it shows it."""
    withheld: Withheld | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def attachments(self) -> "Board":
        """The documents."""
        return self

    async def fetch(self, submission: Submission) -> FetchResult | Withheld:
        """Show the application, as SEEK does; what was posted whole is known."""
        if submission.board != "seek":
            return FetchResult(submission)
        if isinstance(submission.said, dict) and "profile" in submission.said:
            return FetchResult(submission)
        self.asked.append("profile")
        if self.asked.count("profile") < self.tries:
            raise BoardUnavailableError("away", retry_after=SOON)
        if self.withheld:
            return self.withheld
        shown = answered(submission)
        assert isinstance(shown.said, dict)
        assert isinstance(shown.said["profile"], dict)
        shown.said["profile"]["attachments"] = [
            {"id": {"value": url[-1]}, "url": url, "seekRoleCode": "Resume"}
            for url in DOCUMENTS
        ]
        return FetchResult(shown)

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[Download]:
        """Hand a document out, unless there is a reason not to."""
        self.asked.append(url)
        if url in self.away:
            raise BoardUnavailableError("away", retry_after=SOON)
        if url in self.gone:
            raise NotFoundError("gone")
        yield Download(filename="cv.pdf", declared_type=None, chunks=_of(url))


async def _of(url: str) -> AsyncIterator[bytes]:
    yield DOCUMENTS[url]


def asking(applications: Applications, board: Board) -> FetchActivities:
    """Make the step that asks it."""
    return FetchActivities(
        applications=applications,
        boards=discover(),
        fetchers={"seek": board, "linkedin": board},
        inspector=Inspector(applications),
    )
