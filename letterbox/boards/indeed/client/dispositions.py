"""Dispositions, sent: the ``StatusSender`` for Indeed."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from letterbox.boards.client.graphql import PartnerGraph
from letterbox.boards.graphql import GraphQLResponse
from letterbox.boards.indeed.client import open_client
from letterbox.boards.indeed.dispositions import SEND, dispositions_of
from letterbox.boards.indeed.settings import IndeedSettings
from letterbox.boards.node import Node
from letterbox.boards.reports import StandingReport
from letterbox.domain.errors import BoardRefusedError, BoardUnavailableError
from letterbox.domain.plurals import plural
from letterbox.domain.standing import CandidateStatus


@asynccontextmanager
async def open_dispositions(
    settings: IndeedSettings,
) -> AsyncIterator["IndeedDispositions"]:
    """Keep connections to Indeed for as long as the block lasts."""
    async with open_client(settings) as indeed:
        yield IndeedDispositions(
            indeed.graph, settings.disposition_statuses(), settings.indeed_ats_name
        )


@dataclass(frozen=True, slots=True)
class IndeedDispositions:
    """Sends one disposition for each change, and the receipt before the first."""

    graph: PartnerGraph
    statuses: Mapping[CandidateStatus, str]
    ats_name: str

    async def send_status(self, report: StandingReport) -> None:
        """Send it; only Indeed's own id and words of a vocabulary are in it."""
        failed, good, request_id = await self._send(report)
        if failed and good and report.before is None:
            # Which of the two it does not say. The receipt may fail, the change counts.
            alone = replace(report, before=report.change)
            failed, good, request_id = await self._send(alone)
        if failed:
            # What it says of the reason is a stranger's text.
            raise BoardRefusedError(
                f"Indeed could not process {plural(failed, 'disposition')} "
                f"(X-Request-Id {request_id})"
            )
        if not good:
            raise BoardUnavailableError("Indeed processed none of the dispositions")

    async def _send(self, report: StandingReport) -> tuple[int, int, str]:
        """Return how many failed and how many did not, and the call's id at Indeed."""
        variables = dispositions_of(report, self.statuses, self.ats_name)
        response = await self.graph.execute(SEND, variables)
        sent = Node(dict(response.data or {})).node("partnerDisposition", "send")
        failed = sent.node("failedDispositions").value
        good = sent.node("numberGoodDispositions").value
        # Errors are of the call, not of this disposition: credentials, our settings or
        # Indeed itself can be put right.
        if response.errors or not isinstance(failed, list) or type(good) is not int:
            raise _unavailable(response)
        return len(failed), good, response.request_id


def _unavailable(response: GraphQLResponse) -> BoardUnavailableError:
    codes = ", ".join(sorted(filter(None, response.codes))) or "no code"
    wait = response.retry_after
    return BoardUnavailableError(
        f"Indeed answers {response.status} ({codes})",
        retry_after=None if wait is None else timedelta(seconds=wait),
    )
