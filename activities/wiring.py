"""The activities of a worker, each with the gateways that it needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from inspect import getmembers, isfunction
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
from letterbox.ats.presence import AtsMark
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
from letterbox.temporal.task_queues import ATS, FEEDS, SCANNER, beside

Activities = list[Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Made:
    """All that workflows ask for, and what of it has task queues of its own."""

    all: Activities
    beside: Mapping[str, Activities]
    """By the task queue's name; empty where this worker has no ATS to tell."""


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
    was_served = AtsMark(store).is_fresh
    has_ats = AtsPresence(client, ats, was_served) if receiver is None else _yes
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
    return Made(
        all=activities_of(
            *_of_applications(settings, store, records, has_ats),
            *_asking_boards(client, settings, records, fetchers),
            *_scheduled(client, settings, store, records),
            # What histories have on the main task queue already.
            delivering,
            scanning,
            importing,
        ),
        beside={
            ATS: activities_of(delivering) if receiver else [],
            SCANNER: activities_of(scanning),
            FEEDS: activities_of(importing),
        },
    )


def activities_of(*objects: object) -> Activities:
    """Collect the methods that are activities."""
    return [
        getattr(one, name)
        for one in objects
        for name, method in getmembers(type(one), isfunction)
        if hasattr(method, "__temporal_activity_definition")
    ]


def _yes() -> bool:
    return True


def _of_applications(
    settings: Settings, store: ObjectStore, records: Records, has_ats: HasAts
) -> Sequence[object]:
    catalogue = StoredCatalogue(store)
    recorder = Recorder(retention=settings.retention, margin=settings.archive_margin)
    return (
        ApplicationActivities(
            applications=records.applications,
            catalogue=catalogue,
            boards=discover(),
            recorder=recorder,
            candidates=records.candidates,
            removal=records.removal,
            options=IntakeOptions(
                scan=bool(settings.clamd),
                deliver=has_ats,
                discard_unmatched=_discards_unmatched(settings),
            ),
        ),
        AmendActivities(
            applications=records.applications,
            catalogue=catalogue,
            holds=records.holds,
            recorder=recorder,
            deliver=has_ats,
        ),
        ReleaseActivities(
            applications=records.applications,
            quarantine=StoredQuarantine(store),
            deliver=has_ats,
        ),
        ArchiveActivities(
            applications=records.applications,
            archives=records.archives,
            removal=records.removal,
            deliver=has_ats,
        ),
        EraseActivities(removal=records.removal, deliver=has_ats),
        UndeliveredActivities(owed=StoredOwedEvents(store), deliver=has_ats),
    )


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
) -> Sequence[object]:
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
    return fetching, reconciling


def _scheduled(
    client: Client, settings: Settings, store: ObjectStore, records: Records
) -> Sequence[object]:
    start = partial(start_application, client, settings.task_queue)
    expiry = ArchiveExpiry(store, candidates=records.candidates, holds=records.holds)
    return (
        InboxActivities(
            store=store, start=start, start_only=partial(start, tell=False)
        ),
        ExpiryActivities(expire=expiry.expire, keep=settings.archive_keep),
        AuditActivities(run=partial(run_audit, settings, client)),
        WatchActivities(ArchiveLists(client, settings.task_queue)),
    )
