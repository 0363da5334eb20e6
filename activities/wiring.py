"""The activities of a worker, each with the gateways that it needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from temporalio.client import Client

from activities.amending import AmendActivities
from activities.archive_expiry import ExpiryActivities
from activities.archiving import ArchiveActivities
from activities.auditing import AuditActivities
from activities.delivering import DeliveryActivities
from activities.fetching import FetchActivities
from activities.importing import ImportActivities
from activities.inbox import InboxActivities
from activities.intake import ApplicationActivities, IntakeOptions
from activities.owing import HasAts
from activities.reconciling import ReconcileActivities
from activities.releasing import ReleaseActivities
from activities.removing import EraseActivities
from activities.scanning import ScanActivities
from activities.undelivered import UndeliveredActivities
from activities.watching import WatchActivities
from letterbox.archive.expiry import ArchiveExpiry
from letterbox.ats.client import Deliveries
from letterbox.ats.switch import DeliverySwitch
from letterbox.audit.wiring import run_audit
from letterbox.boards import discover
from letterbox.boards.base import NoticeBoard
from letterbox.boards.fetching import EventStream, Fetcher
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain.ports import ObjectStore
from letterbox.domain.recording import Recorder
from letterbox.records.owed_events import StoredOwedEvents
from letterbox.records.quarantine import StoredQuarantine
from letterbox.resources import (
    Records,
    open_feed,
    open_records,
    open_scanner,
    open_store,
)
from letterbox.settings import Settings
from letterbox.temporal.ats_workers import AtsPresence
from letterbox.temporal.client import start_application
from letterbox.temporal.closings import tell_closed
from letterbox.temporal.late_archives import ArchiveLists
from letterbox.temporal.task_queues import ATS, beside

Activities = list[Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Made:
    """All that workflows ask for, and what of it has task queues of its own."""

    all: Activities
    ats: Activities
    """Empty where this worker has no ATS to tell."""
    scanner: Activities
    feeds: Activities


def make_activities(
    client: Client,
    settings: Settings,
    fetchers: Mapping[str, Fetcher],
    receiver: Deliveries | None,
) -> Made:
    """Make all that workflows ask for; ``receiver`` None where there is no ATS."""
    store = open_store(settings)
    records = open_records(settings, store)
    ats = beside(settings.task_queue, ATS)
    has_ats = AtsPresence(client, ats) if receiver is None else _yes
    delivering = DeliveryActivities(
        records=records.applications, receiver=receiver, switch=DeliverySwitch(store)
    )
    scanning = ScanActivities(
        applications=records.applications,
        quarantine=StoredQuarantine(store),
        scanner=open_scanner(settings),
    )
    feed = open_feed(settings, store)
    importing = ImportActivities(import_feed=feed.import_now if feed else None)
    apart: Activities = [
        delivering.deliver,
        scanning.scan_documents,
        importing.import_positions,
    ]
    return Made(
        all=[
            *_taking_in(settings, store, records, has_ats),
            *_asking_boards(client, settings, records, fetchers),
            *_ending(records, has_ats),
            *_owing(store, has_ats),
            *_keeping_house(client, settings, store, records),
            # What histories have on the main task queue already.
            *apart,
        ],
        ats=[delivering.deliver] if receiver else [],
        scanner=[scanning.scan_documents],
        feeds=[importing.import_positions],
    )


def _yes() -> bool:
    return True


def _taking_in(
    settings: Settings, store: ObjectStore, records: Records, has_ats: HasAts
) -> Activities:
    catalogue = StoredCatalogue(store)
    recorder = Recorder(retention=settings.retention, margin=settings.archive_margin)
    applications = ApplicationActivities(
        applications=records.applications,
        catalogue=catalogue,
        boards=discover(),
        recorder=recorder,
        candidates=records.candidates,
        removal=records.removal,
        ways=IntakeOptions(
            scan=bool(settings.clamd),
            deliver=has_ats,
            discard_unmatched=_discards_unmatched(settings),
        ),
    )
    amending = AmendActivities(
        applications=records.applications,
        catalogue=catalogue,
        holds=records.holds,
        recorder=recorder,
        deliver=has_ats,
    )
    return [
        applications.collect,
        applications.store_documents,
        applications.match_position,
        applications.record,
        amending.note_closing,
        amending.assign_position,
        amending.place_hold,
        amending.write_hold,
        amending.note_hold,
        amending.end_hold,
        amending.refuse_if_held,
        amending.note_scan,
        amending.note_delivered,
        amending.owe_again,
        amending.note_flag,
        amending.note_overdue,
        ReleaseActivities(
            applications=records.applications,
            quarantine=StoredQuarantine(store),
            deliver=has_ats,
        ).release_document,
    ]


def _discards_unmatched(settings: Settings) -> bool:
    """Return whether a board that tells whose ads are ours has others discarded."""
    return any(
        board.discards_unmatched(settings)
        for board in discover().values()
        if isinstance(board, NoticeBoard)
    )


def _asking_boards(
    client: Client,
    settings: Settings,
    records: Records,
    fetchers: Mapping[str, Fetcher],
) -> Activities:
    fetching = FetchActivities(
        applications=records.applications,
        boards=discover(),
        fetchers=fetchers,
    )
    reconciling = ReconcileActivities(
        streams={
            name: fetcher
            for name, fetcher in fetchers.items()
            if isinstance(fetcher, EventStream)
        },
        applications=records.applications,
        start=partial(start_application, client, settings.task_queue),
        close=partial(tell_closed, client, settings.task_queue),
    )
    return [
        fetching.fetch_application,
        fetching.fetch_documents,
        reconciling.poll_events,
    ]


def _ending(records: Records, has_ats: HasAts) -> Activities:
    archiving = ArchiveActivities(
        applications=records.applications,
        archives=records.archives,
        removal=records.removal,
        deliver=has_ats,
    )
    erasing = EraseActivities(removal=records.removal, deliver=has_ats)
    return [archiving.pack, archiving.retire, erasing.erase]


def _owing(store: ObjectStore, has_ats: HasAts) -> Activities:
    owed = UndeliveredActivities(owed=StoredOwedEvents(store), deliver=has_ats)
    return [owed.keep_undelivered, owed.find_undelivered, owed.forget_undelivered]


def _keeping_house(
    client: Client, settings: Settings, store: ObjectStore, records: Records
) -> Activities:
    start = partial(start_application, client, settings.task_queue)
    expiry = ArchiveExpiry(store, candidates=records.candidates, holds=records.holds)
    return [
        InboxActivities(
            store=store, start=start, start_only=partial(start, tell=False)
        ).sweep,
        ExpiryActivities(
            expire=expiry.expire, keep=settings.archive_keep
        ).expire_archives,
        AuditActivities(run=partial(run_audit, settings, client)).audit,
        WatchActivities(ArchiveLists(client, settings.task_queue)).watch_archives,
    ]
