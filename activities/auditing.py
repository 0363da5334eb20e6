"""The audit by the clock: the same as ``letterbox audit``, and nobody has to ask."""

import asyncio
from collections.abc import Callable
from threading import Event

import structlog
from temporalio import activity

from activities.threads import heartbeating, in_thread
from letterbox.domain.messages import AuditResult

log = structlog.get_logger()


class StoppedError(Exception):
    """The audit is to end before its time: its worker does, say."""


# Blocking; it calls its argument now and then, which raises to end it.
RunAudit = Callable[[Callable[[], None], asyncio.AbstractEventLoop], AuditResult]


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
        if not result.fine:
            message = "the audit found what is wrong: `letterbox audit`"
            log.error(message, **result.findings)
        return result
