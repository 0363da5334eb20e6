"""Builds an audit from the settings, for ``letterbox audit`` and for the schedule."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog
from temporalio.client import Client

from letterbox.audit.evidence import EvidenceReader
from letterbox.audit.facts import Limits
from letterbox.audit.leftovers import Leftovers
from letterbox.audit.repair import Repairs
from letterbox.audit.report import save_last_result
from letterbox.audit.run import CONCURRENCY, Audit, Tools
from letterbox.audit.workflows import AuditedWorkflows
from letterbox.domain.messages import AuditResult
from letterbox.journal.sweep import remove_old_days
from letterbox.resources import digest_keys, open_records, open_store
from letterbox.settings import Settings

log = structlog.get_logger()

# The sweep that is due, and the one after it.
_MAX_SWEEPS = 2
# A worker has other things to do; a person who repairs waits for it.
_CONCURRENCY_BESIDE = 2
_CONCURRENCY_REPAIRING = 24


def run_audit(
    settings: Settings,
    client: Client,
    heartbeat: Callable[[], None],
    loop: asyncio.AbstractEventLoop,
) -> AuditResult:
    """
    Audit everything, repair nothing, and save the result. Blocking.

    What the journal has kept long enough is removed first.

    ``heartbeat`` is called now and then; what it raises ends the audit.
    """
    limits = limits_of(settings)
    tools = open_tools(settings, client, fast=False, repair=False, loop=loop)
    remove_old_days(tools.store, settings.journal_keep, limits.now)
    beside = replace(tools, concurrency=_CONCURRENCY_BESIDE)
    report = Audit(beside, limits, lambda *_: heartbeat()).run()
    last = save_last_result(tools.store, report, limits.now)
    # Whoever keeps logs elsewhere can prove by it that the note is still the same.
    log.info("journal checked", note=last.journal, entries=report.journal_entries)
    return AuditResult(fine=last.fine, findings=last.findings)


def open_tools(
    settings: Settings,
    client: Client,
    *,
    fast: bool,
    repair: bool,
    loop: asyncio.AbstractEventLoop | None = None,
) -> Tools:
    """
    Open what an audit needs; its calls to Temporal go through the client's loop.

    The store is not prepared for use, which would remove what is to be found.
    """
    store = open_store(settings)
    records = open_records(settings, store)
    workflows = AuditedWorkflows(
        client, settings.task_queue, loop or asyncio.get_running_loop()
    )
    repairs = Repairs(
        store,
        reader=EvidenceReader(store, digest_keys(settings), fast=False),
        removal=records.removal,
        candidates=records.candidates,
        holds=records.holds,
        workflows=workflows,
    )
    return Tools(
        store=store,
        reader=EvidenceReader(store, digest_keys(settings), fast=fast),
        workflows=workflows,
        leftovers=Leftovers(store, _folder(settings)),
        repairs=repairs if repair else None,
        concurrency=_CONCURRENCY_REPAIRING if repair else CONCURRENCY,
    )


def limits_of(settings: Settings) -> Limits:
    """Return what counts as late, as of now."""
    return Limits(
        now=datetime.now(UTC),
        max_wait=_MAX_SWEEPS * settings.sweep_every,
        archive_keep=settings.archive_keep,
        has_ats=bool(settings.delivery_url),
    )


def _folder(settings: Settings) -> Path | None:
    kind, _, folder = settings.store_url.partition(":")
    return Path(folder) if kind == "file" else None
