"""The activities over a real directory store."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from activities.collecting import IntakeOptions
from activities.inspection import Inspector
from activities.intake import ApplicationActivities
from letterbox.boards import discover
from letterbox.catalogue.feeds.read import read_feed
from letterbox.catalogue.imports.report import ImportOrder
from letterbox.catalogue.imports.run import CatalogueImport
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain.ports import ObjectStore
from letterbox.domain.recording import Recorder
from letterbox.records.applications import StoredApplications
from letterbox.resources import open_records
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    """Make an empty store whose catalogue, imported whole, has one open position."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    feed = b'[{"reference": "20240107-123456-7890", "title": "Letter carrier"}]'
    CatalogueImport(store).run(read_feed(BytesIO(feed)), ImportOrder(source="test"))
    return store


@pytest.fixture
def applications(store: ObjectStore) -> StoredApplications:
    """Give the store as the activities see it."""
    return StoredApplications(store)


@pytest.fixture
def activities(store: ObjectStore) -> ApplicationActivities:
    """Build the activities as the worker does."""
    return over(store, Settings(digest_key=("a key for tests",)))


def over(
    store: ObjectStore,
    settings: Settings,
    *,
    discard_unmatched: bool = False,
    applications: StoredApplications | None = None,
) -> ApplicationActivities:
    """Build them by other settings, or over records that are written differently."""
    records = open_records(settings, store)
    over_records = applications or records.applications
    return ApplicationActivities(
        applications=over_records,
        catalogue=StoredCatalogue(store),
        boards=discover(),
        recorder=Recorder(retention=timedelta(days=180), margin=timedelta(days=14)),
        candidates=records.candidates,
        removal=records.removal,
        inspector=Inspector(over_records),
        options=IntakeOptions(discard_unmatched=discard_unmatched),
    )
