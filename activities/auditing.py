"""The audit by the clock: the same as ``letterbox audit``, and nobody has to ask."""

import asyncio
from collections.abc import Callable, Mapping
from threading import Event
from typing import Protocol

import structlog
from temporalio import activity

from activities.threads import heartbeating, in_thread
from letterbox.domain.messages import AuditResult

log = structlog.get_logger()


class Result(Protocol):
    """What an audit came to."""

    @property
    def fine(self) -> bool:
        """Whether nothing is wrong."""

    @property
    def findings(self) -> Mapping[str, int]:
        """How many of each kind there are."""


class StoppedError(Exception):
    """The audit is to end before its time: its worker does, say."""


# Blocking; it calls its argument now and then, which raises to end it.
RunAudit = Callable[[Callable[[], None], asyncio.AbstractEventLoop], Result]


class AuditActivities:
    """Run an audit, and keep its result where it is watched."""

    def __init__(self, *, run: RunAudit) -> None:
        self._run = run

    @activity.defn(name="audit")
    async def audit(self) -> AuditResult:
        """Walk the store and Temporal both ways; what is cut short begins anew."""
        stopping = Event()

        def go_on() -> None:
            if stopping.is_set():
                raise StoppedError

        async with heartbeating():
            loop = asyncio.get_running_loop()
            work = asyncio.ensure_future(in_thread(self._run, go_on, loop))
            try:
                result = await asyncio.shield(work)
            except asyncio.CancelledError:
                stopping.set()
                await asyncio.wait([work])
                raise
        counts = dict(result.findings)
        if not result.fine:
            log.error("the audit found what is wrong: `letterbox audit`", **counts)
        return AuditResult(fine=result.fine, findings=counts)
