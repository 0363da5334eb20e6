"""
Kills a process with SIGKILL at every write of whatever changes an application.

A program of its own, since it forks. Prints how many deaths each was put through.
"""

import json
import logging
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from letterbox.domain import keys
from letterbox.domain.application import Flag
from letterbox.domain.ports import ObjectStore
from letterbox.domain.standing import Reporting
from tests.activities import addressed
from tests.activities import crash_at_every_write_works as do
from tests.activities.board import DOCUMENTS
from tests.activities.mortal import Check, Work, put_through_every_death
from tests.activities.noticed import SEEK


def check_accepted(store: ObjectStore, folder: Path, cv: bytes = do.CV) -> None:
    """Find one delivery, and in it the document that it names."""
    del folder
    applications = do.records_of(store).applications
    [delivery] = applications.submissions(do.ID)
    [document] = delivery.documents
    with applications.inbox_documents(delivery) as delivered:
        assert b"".join(delivered.chunks(document.sha256)) == cv


def check_recorded(store: ObjectStore, folder: Path) -> None:
    """Find a record of one view, what its candidate is apart, and an empty inbox."""
    del folder
    check_demographics(store, 1)
    assert [view.number for view in do.record_of(store).views] == [1]
    assert do.record_of(store).flags == ()
    assert list(store.list(keys.INBOX)) == []
    assert list(do.records_of(store).candidates.find(do.ADDRESSES[0])) == [do.ID]


def check_demographics(store: ObjectStore, *views: int) -> None:
    """Find the answers of each view in an object of their own, and nowhere else."""
    applications = do.records_of(store).applications
    told = [applications.demographics(do.ID, view) for view in views]
    assert told == [do.DEMOGRAPHICS] * len(views)
    mark = json.dumps(do.DEMOGRAPHICS)[10:-2].encode()
    holding = {name for name in _names(store) if mark in store.get(name)}
    assert holding == {keys.demographics(do.ID, view) for view in views}


def check_conflict(store: ObjectStore, folder: Path) -> None:
    """Find both views, kept as they came, and both addresses."""
    del folder
    check_demographics(store, 1, 2)
    record = do.record_of(store)
    assert [view.number for view in record.views] == [1, 2]
    assert Flag.CONFLICT in record.flags
    applications = do.records_of(store).applications
    kept = [applications.view(do.ID, number).fingerprint for number in (1, 2)]
    assert kept == [view.fingerprint for view in record.views]
    for address in do.ADDRESSES:
        assert list(do.records_of(store).candidates.find(address)) == [do.ID]


def check_refreshed(store: ObjectStore, folder: Path) -> None:
    """Find that the board's second answer is kept, and nothing waits."""
    del folder
    assert len(do.record_of(store, SEEK).views) == 2
    assert list(store.list(keys.INBOX)) == []


def check_fetched(store: ObjectStore, folder: Path) -> None:
    """Find each document once, in the store, in the source and in the record."""
    del folder
    record = do.record_of(store, SEEK)
    source = do.records_of(store).applications.view(SEEK, record.shown_view)
    assert [one.link for one in source.documents] == ["1", "2"]
    for document, attachment, body in zip(
        source.documents, record.attachments, DOCUMENTS.values(), strict=True
    ):
        assert (attachment.name, attachment.problem) == (document.name, None)
        assert store.get(keys.document(SEEK, document.name)) == body
    assert record.flags == ()
    assert list(store.list(keys.INBOX)) == []


def check_downloaded(store: ObjectStore, folder: Path) -> None:
    """Find the record, whole: each document once, and nothing that waits."""
    del folder
    record = do.record_of(store, addressed.ID)
    applications = do.records_of(store).applications
    source = applications.view(addressed.ID, record.shown_view)
    assert [one.link for one in source.documents] == ["cv", "cert"]
    for document, body in zip(source.documents, DOCUMENTS.values(), strict=True):
        assert store.get(keys.document(addressed.ID, document.name)) == body
    assert [one.problem for one in record.attachments] == [None, None, None]
    assert record.flags == ()
    assert list(store.list(keys.INBOX)) == []


def check_assigned(store: ObjectStore, folder: Path) -> None:
    """Find the position, chosen once."""
    del folder
    assert do.record_of(store).position.reference == "DEV-17"


def check_noted(store: ObjectStore, folder: Path) -> None:
    """Find the status once, and owed."""
    del folder
    _check_status(store, Reporting.OWED)


def check_reported(store: ObjectStore, folder: Path) -> None:
    """Find that the board has it."""
    del folder
    _check_status(store, Reporting.SENT)


def _check_status(store: ObjectStore, reporting: Reporting) -> None:
    [change] = do.record_of(store).status_changes
    assert (change.status, change.reporting) == (do.STATUS.status, reporting)


def check_held(store: ObjectStore, folder: Path) -> None:
    """Find the hold in its own object and in the record."""
    del folder
    assert do.records_of(store).holds.find(do.ID)
    assert Flag.HELD in do.record_of(store).flags


def check_not_held(store: ObjectStore, folder: Path) -> None:
    """Find it in neither."""
    del folder
    assert do.records_of(store).holds.find(do.ID) is None
    assert Flag.HELD not in do.record_of(store).flags


def check_quarantined(store: ObjectStore, folder: Path) -> None:
    """Find the document, whole, in one place."""
    del folder
    name = do.cv_of(store)
    assert store.get(keys.quarantined(do.ID, name)) == do.CV
    assert keys.document(do.ID, name) not in _names(store)


def check_released(store: ObjectStore, folder: Path) -> None:
    """Find the document back, and why."""
    del folder
    name = do.cv_of(store)
    assert store.get(keys.document(do.ID, name)) == do.CV
    assert keys.quarantined(do.ID, name) not in _names(store)
    assert keys.released(do.ID, name) in _names(store)


def check_archived(store: ObjectStore, folder: Path) -> None:
    """Find a whole archive, the markers, and nothing else."""
    del folder
    with TemporaryDirectory() as unpacked:
        assert do.records_of(store).archives.unpack(do.ID, Path(unpacked)).files == 5
        [apart] = Path(unpacked).rglob("demographics.json")
        assert json.loads(apart.read_bytes()) == do.DEMOGRAPHICS
    found = {key.partition("/")[0] for key in _names(store)}
    assert found == {"archive", "candidates"}, found


def check_erased(store: ObjectStore, folder: Path, name: str = do.ID) -> None:
    """Find the tombstone, and no byte of the candidate in any file."""
    assert _names(store) == [keys.tombstone(name)]
    for path in folder.rglob("*"):
        assert not path.is_file() or do.MARK not in path.read_bytes(), path


def check_expired(store: ObjectStore, folder: Path) -> None:
    """Find at most the tombstone of what no board will tell of again."""
    if _names(store) == []:
        store.put(keys.tombstone(do.ID), b"")
    check_erased(store, folder)


def _names(store: ObjectStore) -> list[str]:
    """List the keys of everything but the catalogue."""
    return [one.key for one in store.list("") if one.key[:9] != "positions"]


WORKS: dict[str, tuple[Work, Work, Check]] = {
    "accept": (do.make_nothing, do.accept, check_accepted),
    "accept a large one": (
        do.make_nothing,
        do.accept_large,
        partial(check_accepted, cv=do.LARGE_CV),
    ),
    "record": (do.accept, do.take_over, check_recorded),
    "record an older one": (do.accept_older, do.take_over, check_recorded),
    "record a differing one": (do.accept_another, do.take_over, check_conflict),
    "refresh": (do.make_noticed, do.refresh, check_refreshed),
    "fetch": (do.make_told, do.fetch, check_fetched),
    "download": (do.accept_addressed, do.download, check_downloaded),
    "assign": (do.make_position, do.assign, check_assigned),
    "note a status": (do.make_application, do.note_status, check_noted),
    "report a status": (do.make_noted, do.report_status, check_reported),
    "hold": (do.make_application, do.hold, check_held),
    "release a hold": (do.make_held, do.release_hold, check_not_held),
    "quarantine": (do.make_application, do.quarantine, check_quarantined),
    "release a document": (do.make_quarantined, do.release, check_released),
    "archive": (do.make_application, do.archive, check_archived),
    "remove a late repeat": (do.make_archived_and_repeated, do.late, check_archived),
    "expire": (do.make_archived, do.expire, check_expired),
    "discard": (do.make_collected, do.discard, check_erased),
    "erase": (do.make_application, do.erase, check_erased),
    "erase an archived one": (do.make_archived, do.erase, check_erased),
}
# What dies in the middle of it, and is not done again: the person asks for erasure.
ERASED: dict[str, tuple[Work, Work, str]] = {
    "record": (do.accept, do.take_over, do.ID),
    "record an older one": (do.accept_older, do.take_over, do.ID),
    "record a differing one": (do.accept_another, do.take_over, do.ID),
    "fetch": (do.make_told, do.fetch, SEEK),
    "refresh": (do.make_noticed, do.refresh, SEEK),
    "assign": (do.make_position, do.assign, do.ID),
    "report a status": (do.make_noted, do.report_status, do.ID),
    "quarantine": (do.make_application, do.quarantine, do.ID),
    "release a document": (do.make_quarantined, do.release, do.ID),
    "archive": (do.make_application, do.archive, do.ID),
}


_IDS = (do.ID, SEEK, addressed.ID)


def main() -> None:
    """Print the number of deaths of each, and nothing of what the steps log."""
    silent = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=silent)
    for name, (begin, work, check) in WORKS.items():
        deaths = put_through_every_death(begin, work, check, _IDS)
        sys.stdout.write(f"{name}: {deaths}\n")
    for name, (begin, work, erased) in ERASED.items():
        check = partial(check_erased, name=erased)
        erase = partial(do.erase, name=erased)
        deaths = put_through_every_death(begin, work, check, _IDS, erase)
        sys.stdout.write(f"{name}, then erase: {deaths}\n")


if __name__ == "__main__":
    main()
