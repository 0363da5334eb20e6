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
from activities.board_news import BoardNewsActivities
from activities.collecting import IntakeOptions
from activities.delivering import DeliveryActivities, Receiver
from activities.fetching import FetchActivities
from activities.importing import ImportActivities
from activities.inbox import InboxActivities
from activities.inspection import Inspector, Recognise
from activities.intake import ApplicationActivities
from activities.older import EitherRelease, OlderActivities
from activities.reconciling import NewSubmissions, ReconcileActivities
from activities.releasing import ReleaseActivities
from activities.removing import EraseActivities
from activities.reporting import StatusActivities
from activities.scanning import ScanActivities
from activities.undelivered import UndeliveredActivities
from activities.watching import WatchActivities
from letterbox.archive.expiry import ArchiveExpiry
from letterbox.ats.presence import AtsMark
from letterbox.ats.switch import DeliverySwitch
from letterbox.audit.wiring import run_audit
from letterbox.boards import discover
from letterbox.boards.base import NoticeBoard
from letterbox.boards.fetching import EventStream, Fetcher
from letterbox.boards.reports import StatusSender
from letterbox.catalogue.lessons import StoredLessons
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain.documents import recognise
from letterbox.domain.owing import HasAts
from letterbox.domain.ports import ObjectStore
from letterbox.domain.recording import Recorder
from letterbox.records.inbox import read_any
from letterbox.records.owed_events import StoredOwedEvents
from letterbox.records.own_ids import StoredOwnIds
from letterbox.records.quarantine import StoredQuarantine
from letterbox.resources import (
    Records,
    open_feed,
    open_records,
    open_scanner,
    open_store,
)
from letterbox.settings import Settings
from letterbox.temporal.board_news import ask_again, follow_news
from letterbox.temporal.client import start_application
from letterbox.temporal.closings import tell_closed
from letterbox.temporal.namespace import AtsPresence
from letterbox.temporal.task_queues import ATS, FEEDS, SCANNER, STATUSES, beside
from letterbox.temporal.visibility import ArchiveLists

Activities = list[Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Made:
    """All that workflows ask for, and what of it has task queues of its own."""

    all: Activities
    beside: Mapping[str, Activities]
    """By the task queue's name; empty where this worker has no ATS to tell."""


def make_activities(  # noqa: PLR0913, PLR0917 what a worker opens
    client: Client,
    settings: Settings,
    fetchers: Mapping[str, Fetcher],
    senders: Mapping[str, StatusSender],
    receiver: Receiver | None,
    recognise: Recognise = recognise,
) -> Made:
    """Make all that workflows ask for; ``receiver`` None where there is no ATS."""
    store = open_store(settings)
    records = open_records(settings, store)
    applications = records.applications
    inspector = Inspector(applications, recognise)
    ats = beside(settings.task_queue, ATS)
    delivering = DeliveryActivities(
        applications=applications, receiver=receiver, switch=DeliverySwitch(store)
    )
    scanning = ScanActivities(
        applications=applications,
        quarantine=StoredQuarantine(store),
        scanner=open_scanner(settings),
    )
    feed = open_feed(settings, store)
    importing = ImportActivities(import_feed=feed.import_now if feed else None)
    fetching = FetchActivities(
        applications=applications,
        boards=discover(),
        fetchers=fetchers,
        inspector=inspector,
    )
    was_served = AtsMark(store).is_fresh
    has_ats = AtsPresence(client, ats, was_served) if receiver is None else _yes
    reporting = StatusActivities(
        applications=applications, senders=senders, deliver=has_ats
    )
    intake = _intake(settings, store, records, inspector, has_ats)
    older = OlderActivities(intake, fetching)
    # What has a queue of its own is on the main one, too, for older histories.
    return Made(
        all=_activities_of(
            intake,
            fetching,
            older,
            EitherRelease(intake, fetching, older),
            *_on_own_store(settings, store, records, has_ats),
            reporting,
            *_scheduled(client, settings, store, records, fetchers),
            delivering,
            scanning,
            importing,
        ),
        beside={
            ATS: _activities_of(delivering) if receiver else [],
            SCANNER: _activities_of(scanning),
            FEEDS: _activities_of(importing),
            STATUSES: [reporting.send_status],
        },
    )


def _activities_of(*objects: object) -> Activities:
    """Collect the methods that are activities; of one name the last."""
    named = {
        name: getattr(instance, name)
        for instance in objects
        for name, method in getmembers(type(instance), isfunction)
        if hasattr(method, "__temporal_activity_definition")
    }
    return list(named.values())


def _yes() -> bool:
    return True


def _intake(
    settings: Settings,
    store: ObjectStore,
    records: Records,
    inspector: Inspector,
    has_ats: HasAts,
) -> ApplicationActivities:
    boards = discover()
    options = IntakeOptions(
        scan=bool(settings.clamd),
        deliver=has_ats,
        # Where a board says whose ads are ours.
        discard_unmatched=any(
            board.discards_unmatched(settings)
            for board in boards.values()
            if isinstance(board, NoticeBoard)
        ),
    )
    return ApplicationActivities(
        applications=records.applications,
        catalogue=StoredCatalogue(store),
        boards=boards,
        recorder=_recorder(settings),
        candidates=records.candidates,
        removal=records.removal,
        inspector=inspector,
        options=options,
    )


def _recorder(settings: Settings) -> Recorder:
    return Recorder(retention=settings.retention, margin=settings.archive_margin)


def _on_own_store(
    settings: Settings, store: ObjectStore, records: Records, has_ats: HasAts
) -> Sequence[object]:
    applications, removal = records.applications, records.removal
    return (
        AmendActivities(
            applications=applications,
            catalogue=StoredCatalogue(store),
            holds=records.holds,
            recorder=_recorder(settings),
            deliver=has_ats,
        ),
        ReleaseActivities(
            applications=applications,
            quarantine=StoredQuarantine(store),
            deliver=has_ats,
        ),
        ArchiveActivities(
            applications=applications,
            archives=records.archives,
            removal=removal,
            deliver=has_ats,
        ),
        EraseActivities(
            removal=removal,
            deliver=has_ats,
            own_ids=partial(_own_ids, StoredOwnIds(store, applications)),
        ),
        UndeliveredActivities(owed=StoredOwedEvents(store), deliver=has_ats),
    )


def _own_ids(own_ids: StoredOwnIds, application_id: str) -> tuple[str, ...] | None:
    board = discover().get(application_id.partition(":")[0])
    return own_ids.of_all(board, application_id)


def _scheduled(
    client: Client,
    settings: Settings,
    store: ObjectStore,
    records: Records,
    fetchers: Mapping[str, Fetcher],
) -> Sequence[object]:
    start = partial(start_application, client, settings.task_queue)
    acceptance = NewSubmissions(records.applications, start)
    expiry = ArchiveExpiry(store, candidates=records.candidates, holds=records.holds)
    return (
        ReconcileActivities(
            streams={
                name: fetcher
                for name, fetcher in fetchers.items()
                if isinstance(fetcher, EventStream)
            },
            acceptance=acceptance,
            close=partial(tell_closed, client, settings.task_queue),
            follow=partial(follow_news, client, settings.task_queue),
        ),
        BoardNewsActivities(
            fetchers=fetchers,
            acceptance=acceptance,
            ask_again=partial(ask_again, client, settings.task_queue),
            lessons=StoredLessons(store),
        ),
        InboxActivities(
            store=store,
            read=read_any,
            start=start,
            start_only=partial(start, tell=False),
        ),
        ExpiryActivities(expire=expiry.expire, keep=settings.archive_keep),
        AuditActivities(run=partial(run_audit, settings, client)),
        WatchActivities(ArchiveLists(client, settings.task_queue)),
    )
