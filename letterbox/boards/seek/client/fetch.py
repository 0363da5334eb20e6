"""SEEK, asked for an application or for its events: its responses are judged."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from temporalio import activity

from letterbox.boards.fetching import Attachments, EventPage, FetchResult, Withheld
from letterbox.boards.seek.client import open_client
from letterbox.boards.seek.client.graphql import SeekGraph
from letterbox.boards.seek.events import notices_of
from letterbox.boards.seek.graphql import GraphQLResponse, QueryError
from letterbox.boards.seek.payload import (
    candidate_profile_id,
    errors_of,
    fetched,
    is_fetched,
    profile_of,
)
from letterbox.boards.seek.polling import read_page
from letterbox.boards.seek.queries import (
    CANDIDATE_PROFILE,
    EVENTS,
    EventsQuery,
    by_id,
    events_query,
)
from letterbox.boards.seek.settings import SeekSettings
from letterbox.boards.seek.verdict import Action, Verdict, judge
from letterbox.domain.errors import BoardUnavailableError
from letterbox.domain.submission import Submission

# A part that SEEK could not tell this time may come with the next few.
_MAX_ATTEMPTS_FOR_PARTS = 5


@asynccontextmanager
async def open_fetcher(
    settings: SeekSettings, *, max_document_bytes: int
) -> AsyncIterator["SeekFetcher"]:
    """Keep connections to SEEK for as long as the block lasts."""
    async with open_client(settings, max_document_bytes=max_document_bytes) as seek:
        yield SeekFetcher(seek.graph, seek.attachments, events_query(settings))


@dataclass(frozen=True, slots=True)
class SeekFetcher:
    """The ``Fetcher`` for SEEK's notices, and the ``EventStream`` of all of them."""

    graph: SeekGraph
    attachments: Attachments
    query: EventsQuery

    async def fetch(self, notice: Submission) -> FetchResult | Withheld:
        """Fetch the candidate profile that the event names."""
        if is_fetched(notice):
            # An attempt that died has kept it, and has not told how much it was.
            return FetchResult(notice, is_whole=not _stored_verdict(notice).transient)
        profile_id = candidate_profile_id(notice)
        if profile_id is None:
            return Withheld.REFUSED
        response = await self.graph.execute(CANDIDATE_PROFILE, by_id(profile_id))
        profile = (response.data or {}).get("candidateProfile")
        verdict = _verdict_on(response, is_null=profile is None)
        if verdict.action is Action.UNAVAILABLE:
            return Withheld.REFUSED if response.errors else Withheld.NOT_YET
        if verdict.transient and activity.info().attempt < _MAX_ATTEMPTS_FOR_PARTS:
            raise _unavailable(response, verdict)
        submission = fetched(notice, profile, response.errors)
        return FetchResult(submission, is_whole=not verdict.transient)

    async def poll(self, cursor: str | None) -> EventPage:
        """Return the page of events behind a cursor."""
        response = await self.graph.execute(EVENTS, self.query.variables(cursor))
        connection = (response.data or {}).get("events")
        verdict = _verdict_on(response, is_null=connection is None)
        if verdict.action is Action.UNAVAILABLE:
            if cursor is not None:
                # SEEK forgets in 90 days. To begin anew is safe: the store knows.
                return await self.poll(None)
            raise BoardUnavailableError("SEEK refuses the events query")
        page = read_page(connection, self.query.subscription_id)
        return EventPage(
            notices_of(page.events, datetime.now(UTC)), page.end_cursor, page.has_next
        )


def _verdict_on(response: GraphQLResponse, *, is_null: bool) -> Verdict:
    """
    Judge a response; what is left is to use it or to do without.

    Raises BoardUnavailableError for everything that may pass.
    """
    # A proxy's page under 200 is not SEEK's: it must not count as a refusal.
    no_data = () if response.data is not None else (QueryError(),)
    verdict = judge(
        response.status,
        response.errors or no_data,
        is_null=is_null,
        retry_after=response.retry_after,
    )
    if verdict.action in {Action.OK, Action.OK_PARTIAL, Action.UNAVAILABLE}:
        return verdict
    raise _unavailable(response, verdict)


def _stored_verdict(notice: Submission) -> Verdict:
    is_null = profile_of(notice) is None
    return judge(HTTPStatus.OK, errors_of(notice), is_null=is_null)


def _unavailable(response: GraphQLResponse, verdict: Verdict) -> BoardUnavailableError:
    """Name by codes what SEEK answered, and when to ask again."""
    codes = ", ".join(sorted(filter(None, response.codes))) or "no code"
    wait = None if verdict.seconds is None else timedelta(seconds=verdict.seconds)
    return BoardUnavailableError(
        f"SEEK answers {response.status} ({codes}): {verdict.action}", retry_after=wait
    )
