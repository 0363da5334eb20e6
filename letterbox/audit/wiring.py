"""What an audit is put together from: by ``letterbox audit``, and by the clock."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import Client

from letterbox.audit.evidence import EvidenceReader
from letterbox.audit.facts import Limits
from letterbox.audit.last_result import LastAudit, keep_result
from letterbox.audit.leftovers import Leftovers
from letterbox.audit.repair import Repairs
from letterbox.audit.run import CONCURRENCY, Audit, Tools
from letterbox.audit.workflows import AuditedWorkflows
from letterbox.resources import digest_keys, open_records, open_store
from letterbox.settings import Settings

# The one that is due, and the one after it.
_SWEEPS = 2
# A worker has other things to do; a person who repairs waits for it.
_CONCURRENCY_BESIDE = 2
_CONCURRENCY_REPAIRING = 24


def run_audit(
    settings: Settings,
    client: Client,
    go_on: Callable[[], None],
    loop: asyncio.AbstractEventLoop,
) -> LastAudit:
    """
    Audit everything, change nothing, and keep the result. Blocking.

    ``go_on`` is called now and then; what it raises ends the audit.
    """
    limits = limits_of(settings)
    tools = open_tools(settings, client, fast=False, repair=False, loop=loop)
    beside = replace(tools, at_a_time=_CONCURRENCY_BESIDE)
    report = Audit(beside, limits, lambda *_: go_on()).run()
    return keep_result(tools.store, report, limits.now)


def open_tools(
    settings: Settings,
    client: Client,
    *,
    fast: bool,
    repair: bool,
    loop: asyncio.AbstractEventLoop | None = None,
) -> Tools:
    """
    Put an audit together; its calls to Temporal go through the loop of the client.

    The store is not made ready for use: that would tidy up what is to be found.
    """
    store = open_store(settings)
    records = open_records(settings, store)
    workflows = AuditedWorkflows(
        client, settings.task_queue, loop or asyncio.get_running_loop()
    )
    repairs = Repairs(
        store,
        witness=EvidenceReader(store, digest_keys(settings), fast=False),
        removal=records.removal,
        candidates=records.candidates,
        holds=records.holds,
        workflows=workflows,
    )
    return Tools(
        store=store,
        witness=EvidenceReader(store, digest_keys(settings), fast=fast),
        workflows=workflows,
        leavings=Leftovers(store, _folder(settings)),
        repairs=repairs if repair else None,
        at_a_time=_CONCURRENCY_REPAIRING if repair else CONCURRENCY,
    )


def limits_of(settings: Settings) -> Limits:
    """Tell what counts as late, from now on."""
    return Limits(
        now=datetime.now(UTC),
        sweeps=_SWEEPS * settings.sweep_every,
        keep=settings.archive_keep,
        has_ats=bool(settings.delivery_url),
    )


def _folder(settings: Settings) -> Path | None:
    kind, _, folder = settings.store_url.partition(":")
    return Path(folder) if kind == "file" else None
