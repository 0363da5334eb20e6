"""
Open what the settings name; the composition roots share it.

What a process does not open it does not import: that is half of a start's time.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from domain.errors import SettingsError
from domain.ports import Locator, ObjectStore
from gateways.directory_store import DirectoryStore
from settings import Settings

if TYPE_CHECKING:
    from boards.seek.queries import EventsQuery
    from gateways.seek import Seek


def open_store(settings: Settings) -> ObjectStore:
    """Open the store; nothing is made or asked of it yet."""
    url = settings.store_url
    if url.startswith("file:"):
        return DirectoryStore(Path(url.removeprefix("file:")))
    from gateways.s3_store import S3Store

    return S3Store(
        endpoint=settings.s3_endpoint,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        region=settings.s3_region,
        bucket=urlsplit(url).netloc,
    )


def open_seek_of(settings: Settings) -> AbstractAsyncContextManager[Seek]:
    """Keep connections to SEEK; nothing is asked of it yet."""
    from gateways.seek import open_seek
    from gateways.seek_token import SeekCredentials

    credentials = SeekCredentials(
        token_url=settings.seek_token_url,
        audience=settings.seek_audience,
        client_id=settings.seek_client_id,
        client_secret=settings.seek_client_secret.get_secret_value(),
    )
    return open_seek(
        credentials,
        graphql_url=settings.seek_graphql_url,
        max_document_bytes=settings.max_document_bytes,
    )


def seek_events(settings: Settings) -> EventsQuery:
    """Tell which of SEEK's events are asked for when reconciling."""
    from boards.seek.events import (
        CANDIDATE_APPLICATION_CREATED,
        POSITION_PROFILE_CLOSED,
    )
    from boards.seek.queries import EventsQuery

    return EventsQuery(
        scheme_id=settings.seek_scheme,
        subscription_id=settings.seek_subscription_id or None,
        event_types=(CANDIDATE_APPLICATION_CREATED, POSITION_PROFILE_CLOSED),
    )


def open_locator(settings: Settings) -> Locator:
    """Open the database of countries; without one, nobody is surely elsewhere."""
    from gateways.geoip import MaxMindLocator, Nowhere

    if settings.geoip_database is None:
        return Nowhere()
    try:
        return MaxMindLocator(settings.geoip_database)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"LETTERBOX_GEOIP_DATABASE: cannot be read ({type(error).__name__})"
        ) from None
