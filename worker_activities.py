"""The activities of a worker, each with the gateways that it needs."""

from collections.abc import Callable
from functools import partial
from typing import Any

from temporalio.client import Client

import position_news
import temporal
from activities.amending import AmendActivities
from activities.applications import ApplicationActivities, Ways
from activities.archiving import ArchiveActivities
from activities.auditing import AuditActivities
from activities.delivering import DeliveryActivities
from activities.erasing import EraseActivities
from activities.fetching import FetchActivities
from activities.importing import ImportActivities
from activities.inbox import InboxActivities
from activities.keeping import KeepActivities
from activities.reconciling import ReconcileActivities
from activities.recording import Recorder
from activities.releasing import ReleaseActivities
from activities.scanning import ScanActivities
from activities.seek import SeekFetcher
from audit_parts import run_audit
from boards import discover
from boards.base import PostingClosed
from domain.ports import ObjectStore
from gateways.catalogue import StoredCatalogue
from gateways.deliveries import Deliveries
from gateways.delivery_switch import DeliverySwitch
from gateways.keeping import Keeping
from gateways.quarantine import StoredQuarantine
from gateways.seek import Seek
from resources import (
    Records,
    open_feed,
    open_records,
    open_scanner,
    open_store,
    seek_events,
)
from settings import Settings

Activities = list[Callable[..., Any]]


def make_activities(
    client: Client, settings: Settings, seek: Seek, receiver: Deliveries | None
) -> Activities:
    """Make all that workflows ask for; ``receiver`` None where there is no ATS."""
    store = open_store(settings)
    records = open_records(settings, store)
    return [
        *_taking_in(settings, store, records, has_ats=receiver is not None),
        *_asking_boards(client, settings, records, seek),
        *_handing_on(settings, store, records, receiver),
        *_keeping_house(client, settings, store, records),
    ]


def _taking_in(
    settings: Settings, store: ObjectStore, records: Records, *, has_ats: bool
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
        ways=Ways(
            scan=bool(settings.clamd),
            deliver=has_ats,
            discard_unmatched=settings.seek_unmatched == "discard",
        ),
    )
    amending = AmendActivities(
        applications=records.applications,
        catalogue=catalogue,
        holds=records.holds,
        recorder=recorder,
    )
    return [
        applications.collect,
        applications.store_documents,
        applications.match_position,
        applications.record,
        amending.note_closing,
        amending.assign_position,
        amending.place_hold,
        amending.end_hold,
        amending.refuse_if_held,
        amending.note_scan,
        amending.note_delivered,
        amending.note_overdue,
        ReleaseActivities(
            applications=records.applications, quarantine=StoredQuarantine(store)
        ).release_document,
    ]


def _asking_boards(
    client: Client, settings: Settings, records: Records, seek: Seek
) -> Activities:
    fetching = FetchActivities(
        applications=records.applications,
        boards=discover(),
        fetchers={"seek": SeekFetcher(seek.graph, seek.attachments)},
    )
    reconciling = ReconcileActivities(
        graph=seek.graph,
        query=seek_events(settings),
        applications=records.applications,
        start=partial(temporal.start_application, client, settings.task_queue),
        close=partial(_close, client, settings.task_queue),
    )
    return [
        fetching.fetch_application,
        fetching.fetch_documents,
        reconciling.poll_events,
    ]


def _handing_on(
    settings: Settings,
    store: ObjectStore,
    records: Records,
    receiver: Deliveries | None,
) -> Activities:
    scanning = ScanActivities(
        applications=records.applications,
        quarantine=StoredQuarantine(store),
        scanner=open_scanner(settings),
    )
    delivering = DeliveryActivities(
        records=records.applications, receiver=receiver, switch=DeliverySwitch(store)
    )
    archiving = ArchiveActivities(
        applications=records.applications,
        archives=records.archives,
        removal=records.removal,
    )
    erasing = EraseActivities(removal=records.removal, deliver=receiver is not None)
    return [
        scanning.scan_documents,
        delivering.deliver,
        archiving.pack,
        archiving.retire,
        erasing.erase,
    ]


def _keeping_house(
    client: Client, settings: Settings, store: ObjectStore, records: Records
) -> Activities:
    start = partial(temporal.start_application, client, settings.task_queue)
    keeping = KeepActivities(
        keeping=Keeping(store, candidates=records.candidates, holds=records.holds),
        keep=settings.archive_keep,
    )
    return [
        InboxActivities(
            store=store, start=start, start_only=partial(start, tell=False)
        ).sweep,
        keeping.end_keeping,
        AuditActivities(run=partial(run_audit, settings, client)).audit,
        ImportActivities(feed=open_feed(settings, store)).import_positions,
    ]


async def _close(client: Client, task_queue: str, closing: PostingClosed) -> None:
    """Tell the open applications of a closed ad; other ads may still be open."""
    await position_news.signal_closed(
        client, closing.closed_at, task_queue=task_queue, posting=closing.posting
    )
