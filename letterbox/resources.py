"""
Opens what the settings name, for the composition roots.

A process does not import what it does not open, which is half of a start's time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from letterbox.boards import discover
from letterbox.domain.errors import SettingsError
from letterbox.domain.ports import Expiry
from letterbox.domain.region import NullLocator
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore

if TYPE_CHECKING:
    from letterbox.ats.client import Deliveries
    from letterbox.boards.fetching import Fetcher
    from letterbox.boards.reports import StatusSender
    from letterbox.catalogue.feed_source import PositionFeed
    from letterbox.clamd import ClamdScanner
    from letterbox.domain.ending_ports import Archives, Holds, Removal
    from letterbox.domain.ports import Applications, Candidates, ObjectStore
    from letterbox.domain.region import Locator
    from letterbox.domain.submission import Submission
    from letterbox.oidc.provider import Provider
    from letterbox.records.inbox_search import InboxSearch


def open_store(settings: Settings, *, hurried: bool = False) -> ObjectStore:
    """
    Open the store; nothing is made in it or read from it yet.

    ``hurried`` limits the wait for a server that hangs to a few seconds, which is for
    callers that have to respond.
    """
    url = settings.store_url
    if url.startswith("file:"):
        return DirectoryStore(Path(url.removeprefix("file:")))
    from letterbox.storage.s3.store import S3Store

    bucket, prefix = bucket_and_prefix(settings)
    return S3Store(
        endpoint=settings.s3_endpoint,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        region=settings.s3_region,
        bucket=bucket,
        prefix=prefix,
        hurried=hurried,
    )


def bucket_and_prefix(settings: Settings) -> tuple[str, str]:
    """Return the bucket and prefix of ``s3://BUCKET`` or ``s3://BUCKET/PREFIX``."""
    # It is not parsed as a URL, which would drop whatever follows a "?".
    bucket, _, prefix = settings.store_url.removeprefix("s3://").partition("/")
    return bucket, prefix.strip("/")


@dataclass(frozen=True, slots=True)
class Records:
    """The ports to all that a store holds of applications."""

    applications: Applications
    archives: Archives
    candidates: Candidates
    holds: Holds
    removal: Removal
    inbox: InboxSearch


def open_records(settings: Settings, store: ObjectStore) -> Records:
    """Open what reads and writes applications."""
    from letterbox.archive.archives import BagArchives
    from letterbox.records.applications import StoredApplications
    from letterbox.records.candidates import StoredCandidates
    from letterbox.records.holds import StoredHolds
    from letterbox.records.inbox_search import InboxSearch
    from letterbox.records.removal import StoredRemoval

    applications = StoredApplications(store)
    expiry = store if isinstance(store, Expiry) else None
    holds = StoredHolds(store, expiry)
    archives = BagArchives(store, holds, expiry)
    candidates = StoredCandidates(store, digest_keys(settings))
    removal = StoredRemoval(
        store, applications=applications, archives=archives, candidates=candidates
    )
    inbox = InboxSearch(store, _addresses_in)
    return Records(applications, archives, candidates, holds, removal, inbox)


def _addresses_in(submission: Submission) -> Iterator[str]:
    """Yield the candidate's addresses; none if the board is unknown."""
    if board := discover().get(submission.board):
        for email in board.read(submission).candidate.emails:
            yield email.address


def digest_keys(settings: Settings) -> list[bytes]:
    """Return the keys of the candidates' digests; the first one writes."""
    return [key.get_secret_value().encode() for key in settings.digest_key]


def open_identity_provider(settings: Settings) -> Provider | None:
    """Return where people sign in at the desk; None if nowhere but by token."""
    if not settings.oidc_issuer:
        return None
    from letterbox.oidc.provider import Provider

    return Provider(settings)


def open_feed(settings: Settings, store: ObjectStore) -> PositionFeed | None:
    """Return the feed that positions are imported from; None if none is configured."""
    if not settings.position_feed:
        return None
    from letterbox.catalogue.feed_source import PositionFeed

    return PositionFeed(
        store,
        settings.position_feed,
        settings.position_hirer or None,
        settings.position_import_every,
    )


def open_scanner(settings: Settings) -> ClamdScanner | None:
    """Return a client of clamd; None if none is configured."""
    if not settings.clamd:
        return None
    from letterbox.clamd import ClamdScanner

    return ClamdScanner(settings.clamd)


@asynccontextmanager
async def open_receiver(settings: Settings) -> AsyncIterator[Deliveries | None]:
    """Open a client of the ATS; None if none is configured."""
    if not settings.delivery_url:
        yield None
        return
    from letterbox.ats.client import open_deliveries

    secrets = [secret.get_secret_value() for secret in settings.delivery_secret]
    async with open_deliveries(settings.delivery_url, secrets) as deliveries:
        yield deliveries


@asynccontextmanager
async def open_fetchers(settings: Settings) -> AsyncIterator[dict[str, Fetcher]]:
    """Open clients of the boards that are asked, by their names."""
    from letterbox.boards.base import AskedBoard

    max_document_bytes = settings.max_document_bytes
    async with AsyncExitStack() as opened:
        yield {
            name: await opened.enter_async_context(
                board.open_fetcher(settings, max_document_bytes=max_document_bytes)
            )
            for name, board in discover().items()
            if isinstance(board, AskedBoard)
        }


@asynccontextmanager
async def open_status_senders(
    settings: Settings,
) -> AsyncIterator[dict[str, StatusSender]]:
    """Open clients of the boards that are told statuses, by their names."""
    from letterbox.boards.abilities import StatusBoard

    async with AsyncExitStack() as opened:
        yield {
            name: await opened.enter_async_context(board.open_status_sender(settings))
            for name, board in discover().items()
            if isinstance(board, StatusBoard) and board.takes_statuses(settings)
        }


def open_locator(settings: Settings) -> Locator:
    """Open the database of countries; without one, no country is known."""
    if settings.geoip_database is None:
        return NullLocator()
    from letterbox.geoip import MaxMindLocator

    try:
        return MaxMindLocator(settings.geoip_database)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"LETTERBOX_GEOIP_DATABASE: cannot be read ({type(error).__name__})"
        ) from None
