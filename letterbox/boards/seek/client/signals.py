"""Selection signals, sent: the ``StatusSender`` for SEEK."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from letterbox.boards.client.graphql import PartnerGraph
from letterbox.boards.reports import StandingReport
from letterbox.boards.seek.client import open_client
from letterbox.boards.seek.client.judging import unavailable, verdict_on
from letterbox.boards.seek.queries import SEND_SIGNAL
from letterbox.boards.seek.settings import SeekSettings
from letterbox.boards.seek.signals import signal_of
from letterbox.boards.seek.verdict import Action
from letterbox.domain.errors import BoardRefusedError

# What SEEK cannot read today it will not tomorrow; FORBIDDEN ends with a relationship.
_NEVER = "BAD_USER_INPUT"


@asynccontextmanager
async def open_signals(settings: SeekSettings) -> AsyncIterator["SeekSignals"]:
    """Keep connections to SEEK for as long as the block lasts."""
    async with open_client(settings, max_document_bytes=0) as seek:
        yield SeekSignals(seek.graph)


@dataclass(frozen=True, slots=True)
class SeekSignals:
    """Sends one signal for each real change."""

    graph: PartnerGraph

    async def send_status(self, report: StandingReport) -> None:
        """Send it; only SEEK's own ids and a word of eight are in it."""
        profile_id = report.source.profile_id
        if profile_id is None:
            message = "SEEK sent no candidateApplicationProfileId: it takes no status"
            raise BoardRefusedError(message)
        variables = signal_of(profile_id, report.change, report.before)
        response = await self.graph.execute(SEND_SIGNAL, variables)
        answer = (response.data or {}).get("sendSignal")
        # Null without an error is an answer too: the field may be null.
        is_null = answer is None and (bool(response.errors) or response.data is None)
        verdict = verdict_on(response, is_null=is_null)
        if verdict.action is Action.UNAVAILABLE and _NEVER in response.codes:
            raise BoardRefusedError("SEEK refuses the signal (BAD_USER_INPUT)")
        if verdict.action is not Action.OK or answer is False:
            raise unavailable(response, verdict)
