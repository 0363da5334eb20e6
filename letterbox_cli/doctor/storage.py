"""Checks the store: whether it takes objects, and what lies in it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from letterbox.catalogue.lookup import StoredCatalogue, load
from letterbox.checks import CheckResult, ok, warning, wrong
from letterbox.domain import keys
from letterbox.domain.catalogue_status import FeedStatus, ImportTrouble
from letterbox.domain.errors import SettingsError, StoreUnavailableError
from letterbox.domain.plurals import plural
from letterbox.domain.ports import ObjectStore
from letterbox.resources import open_store
from letterbox.settings import Settings
from letterbox.storage.directory import FOLDS_CASE, DirectoryStore
from letterbox.storage.durable_files import keeps_entries
from letterbox.storage.objects import check_round_trip
from letterbox.store_trouble import is_all_there_is, trouble
from letterbox_cli.doctor.checking import all_of, in_thread, safely
from letterbox_cli.missing_store import count_known, is_missing, vanished

_COUNTED = 10_000
# A worker has to take over what a sweep starts.
_WORK = timedelta(seconds=30)


async def look(settings: Settings) -> list[CheckResult]:
    """Check that the store works, and only then what is in it, all at once."""
    store = open_store(settings)
    try:
        results = await in_thread(_store, store, settings)
    except StoreUnavailableError as error:
        results = [wrong("store", await _trouble(store, settings, error))]
        if is_all_there_is(error):
            return [*results, *await _folders(settings)]
    looks = [
        _folders(settings),
        safely("positions", in_thread(_catalogue, store)),
        safely("inbox", in_thread(_inbox, store, settings)),
    ]
    if settings.store_url.startswith("s3://"):
        from letterbox_cli.doctor import bucket

        looks.append(bucket.look(settings, store))
    return [*results, *await all_of(*looks)]


async def _trouble(
    store: ObjectStore, settings: Settings, error: StoreUnavailableError
) -> str:
    """Return what is wrong; of a store that has vanished, what Temporal knows of it."""
    message = trouble(settings, error)
    if not await in_thread(is_missing, store, settings):
        return message
    try:
        count = await count_known(settings)
    except SettingsError:
        # The check of Temporal says what is wrong with its address.
        count = None
    if count is None:
        return f"{message}; no Temporal answers that could say whether there was one"
    return vanished(settings, count) if count else message


def _store(store: ObjectStore, settings: Settings) -> list[CheckResult]:
    # Not the store's own check, which removes stale files as well.
    check_round_trip(store)
    results = [ok("store", f"{settings.store_url} can be written and read")]
    if isinstance(store, DirectoryStore) and store.folds_case():
        results.append(warning("store", FOLDS_CASE))
    return results


async def _folders(settings: Settings) -> Sequence[CheckResult]:
    """Check of a folder what S3 promises by itself."""
    if settings.store_url.startswith("s3://"):
        return []
    folder = Path(settings.store_url.removeprefix("file:"))
    return await safely("store folders", in_thread(_syncing, folder))


def _syncing(folder: Path) -> list[CheckResult]:
    if not folder.is_dir() or keeps_entries(folder):
        return []
    message = (
        "its file system does not sync folders (CIFS and some FUSE do not): a power "
        "failure may lose the latest applications"
    )
    return [warning("store folders", message)]


def _catalogue(store: ObjectStore) -> list[CheckResult]:
    """Read one position of the catalogue, and its status."""
    if not StoredCatalogue(store).imported():
        message = "none imported yet: every application is accepted and goes to triage"
        return [ok("positions", message)]
    for first in islice(store.list(keys.POSITIONS), 1):
        load(store, first.key)
    catalogue = StoredCatalogue(store)
    if catalogue.is_whole():
        return [ok("positions", "the catalogue can be read")]
    troubles = ", ".join(
        _catalogue_trouble(feed, hirer)
        for hirer, feed in catalogue.status().feeds.items()
        if not feed.is_whole(datetime.now(UTC))
    )
    message = (
        "incomplete or old: applications with unknown references are accepted and go "
        "to triage, and those for positions that a feed no longer names are accepted "
        "and matched to them, until `letterbox positions import` has read a whole list"
    )
    return [warning("positions", f"{message} ({troubles})" if troubles else message)]


def _catalogue_trouble(feed: FeedStatus, hirer: str) -> str:
    if feed.trouble is ImportTrouble.FAILED:
        # What failed may be another file than the one that the catalogue is of.
        whose = f" for {hirer}" if hirer else ""
        _, _, reason = feed.reason.partition(": ")
        return f"the last import{whose} failed: {reason or feed.reason}"
    return f"{_feed_name(feed.source, hirer)}: {feed.trouble or 'not imported lately'}"


def _feed_name(source: str, hirer: str) -> str:
    name = "standard input" if source == "-" else source
    return f"{name} for {hirer}" if hirer else name


def _inbox(store: ObjectStore, settings: Settings) -> list[CheckResult]:
    latest = datetime.now(UTC) - 2 * settings.sweep_every - _WORK
    some = islice(store.list(keys.INBOX), _COUNTED)
    count = sum(1 for stored in some if stored.modified < latest)
    if not count:
        return [ok("inbox", "nothing has waited for more than two sweeps")]
    have = "has" if count == 1 else "have"
    message = (
        f"{plural(count, 'submission')} {have} waited for more than two sweeps: is a "
        "worker running, and the sweep? `letterbox audit` lists what waits"
    )
    return [wrong("inbox", message)]
