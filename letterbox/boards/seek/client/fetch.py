"""SEEK, asked for an application or for its events: its responses are judged."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus

from pydantic import JsonValue
from temporalio import activity

from letterbox.boards.client.graphql import PartnerGraph
from letterbox.boards.fetching import Attachments, EventPage, FetchResult, Withheld
from letterbox.boards.node import Node, storable
from letterbox.boards.seek.client import open_client
from letterbox.boards.seek.client.judging import unavailable, verdict_on
from letterbox.boards.seek.events import notices_of
from letterbox.boards.seek.payload import (
    candidate_profile_id,
    errors_of,
    fetched,
    is_fetched,
    profile_of,
)
from letterbox.boards.seek.polling import of_nobody, only_of, read_page
from letterbox.boards.seek.position import read_position, references
from letterbox.boards.seek.queries import (
    BACKFILL,
    CANDIDATE_PROFILE,
    EVENTS,
    HIRER,
    POSITION_PROFILE,
    by_id,
    events_query,
    missed_events,
)
from letterbox.boards.seek.settings import SeekSettings
from letterbox.boards.seek.verdict import Action, Verdict, judge
from letterbox.domain.errors import BoardUnavailableError
from letterbox.domain.matching import References
from letterbox.domain.submission import Submission

# A part that SEEK could not tell this time may come with the next few.
_MAX_ATTEMPTS_FOR_PARTS = 5
# The last ones are an hour apart: one odd event must not stop the others for good.
_MAX_ATTEMPTS_FOR_EVENTS = 12
_CURSOR_FORGOTTEN = "BAD_USER_INPUT"
_APPLICATION_EXPORT = "ApplicationExport"


@asynccontextmanager
async def open_fetcher(
    settings: SeekSettings, *, max_document_bytes: int
) -> AsyncIterator["SeekFetcher"]:
    """Keep connections to SEEK for as long as the block lasts."""
    async with open_client(settings, max_document_bytes=max_document_bytes) as seek:
        yield SeekFetcher(seek.graph, seek.attachments, settings)


@dataclass(frozen=True, slots=True)
class SeekFetcher:
    """The ``Fetcher`` for SEEK's notices, and the ``EventStream`` of all of them."""

    graph: PartnerGraph
    attachments: Attachments
    settings: SeekSettings

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
        verdict = verdict_on(response, is_null=profile is None)
        if verdict.action is Action.UNAVAILABLE:
            return Withheld.REFUSED if response.errors else Withheld.NOT_YET
        if verdict.transient and activity.info().attempt < _MAX_ATTEMPTS_FOR_PARTS:
            raise unavailable(response, verdict)
        submission = fetched(notice, profile, response.errors)
        return FetchResult(submission, is_whole=not verdict.transient)

    async def poll(self, cursor: str | None) -> EventPage:
        """Return the page of events behind a cursor."""
        query = events_query(self.settings)
        response = await self.graph.execute(EVENTS, query.variables(cursor))
        connection = (response.data or {}).get("events")
        verdict = verdict_on(response, is_null=connection is None)
        if verdict.action is Action.UNAVAILABLE:
            if cursor is not None and _CURSOR_FORGOTTEN in response.codes:
                # SEEK forgets in 90 days. To begin anew is safe: the store knows.
                return replace(await self.poll(None), is_anew=True)
            raise BoardUnavailableError("SEEK refuses the events query")
        page = _event_page(connection, query.subscription_id)
        if page.notices.unreadable and _may_be_whole_later(verdict):
            # Whoever is on them would never be asked for again.
            raise unavailable(response, verdict)
        return page

    async def may_export(self, hirer: str) -> bool:
        """Ask what the hirer allows; SEEK refuses to show one that allows nothing."""
        response = await self.graph.execute(HIRER, by_id(hirer))
        found = (response.data or {}).get("hiringOrganization")
        verdict = verdict_on(response, is_null=found is None)
        if verdict.transient:
            # What could not be told is not what is not allowed.
            raise unavailable(response, verdict)
        codes = Node(found).texts("seekApiCapabilities", "relationshipTypeCodes")
        return _APPLICATION_EXPORT in codes

    async def missed(
        self, hirer: str, since: datetime, cursor: str | None
    ) -> EventPage:
        """Page through the stream that is meant for polling, whose order is stable."""
        variables = missed_events(self.settings, since).variables(cursor)
        response = await self.graph.execute(BACKFILL, variables)
        connection = (response.data or {}).get("events")
        verdict = verdict_on(response, is_null=connection is None)
        if verdict.action is Action.UNAVAILABLE or _may_be_whole_later(verdict):
            # What could not be told whose it is must not count as another's.
            raise unavailable(response, verdict)
        page = _event_page(only_of(hirer, connection), None)
        if not verdict.transient:
            return page
        unreadable = page.notices.unreadable + of_nobody(connection)
        return replace(page, notices=replace(page.notices, unreadable=unreadable))

    async def posting(self, posting: str) -> References | None:
        """Ask what an ad goes by."""
        response = await self.graph.execute(POSITION_PROFILE, by_id(posting))
        profile = (response.data or {}).get("positionProfile")
        verdict = verdict_on(response, is_null=profile is None)
        if verdict.transient:
            raise unavailable(response, verdict)
        named = {"associatedPositionProfile": storable(profile)}
        position = read_position(Node(named))
        return references(position, None) if position else None


def _may_be_whole_later(verdict: Verdict) -> bool:
    return verdict.transient and activity.info().attempt < _MAX_ATTEMPTS_FOR_EVENTS


def _event_page(connection: JsonValue, subscription_id: str | None) -> EventPage:
    page = read_page(connection, subscription_id)
    notices = notices_of(page.events, datetime.now(UTC))
    return EventPage(notices, page.end_cursor, page.has_next)


def _stored_verdict(notice: Submission) -> Verdict:
    is_null = profile_of(notice) is None
    return judge(HTTPStatus.OK, errors_of(notice), is_null=is_null)
