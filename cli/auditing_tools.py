"""What ``letterbox audit`` is put together from."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import Client

from cli.auditing_temporal import AuditedWorkflows
from domain.audit_facts import Limits
from gateways.audit import Tools
from gateways.audit_evidence import Witness
from gateways.audit_leavings import Leavings
from gateways.audit_repairs import Repairs
from resources import digest_keys, open_records, open_store
from settings import Settings

# The one that is due, and the one after it.
_SWEEPS = 2


def open_tools(
    settings: Settings, client: Client, *, fast: bool, repair: bool
) -> Tools:
    """
    Put an audit together, in the loop of the client.

    The store is not made ready for use: that would tidy up what is to be found.
    """
    store = open_store(settings)
    records = open_records(settings, store)
    loop = asyncio.get_running_loop()
    workflows = AuditedWorkflows(client, settings.task_queue, loop)
    repairs = Repairs(
        store,
        witness=Witness(store, digest_keys(settings), fast=False),
        removal=records.removal,
        candidates=records.candidates,
        holds=records.holds,
        workflows=workflows,
    )
    return Tools(
        store=store,
        witness=Witness(store, digest_keys(settings), fast=fast),
        workflows=workflows,
        leavings=Leavings(store, _folder(settings)),
        repairs=repairs if repair else None,
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
