"""Virus scanning: talks to a scanner, and so is a regular activity."""

from collections.abc import AsyncIterator
from typing import Protocol

import structlog
from temporalio import activity

from activities.threads import heartbeating, in_thread, streamed
from letterbox.domain.errors import ScannerUnavailableError
from letterbox.domain.messages import ScanInput, ScanResult
from letterbox.domain.ports import Applications
from letterbox.domain.scanning import Quarantine, ScanOutcome, ScanVerdict

_WARNINGS = {
    ScanOutcome.UNSCANNABLE: "document cannot be scanned",
    ScanOutcome.INFECTED: "infected document goes to quarantine",
}

log = structlog.get_logger()


class Scanner(Protocol):
    """Finds out whether a document is a threat."""

    async def scan(self, chunks: AsyncIterator[bytes]) -> ScanVerdict:
        """Look at a document; raises ScannerUnavailableError."""


class ScanActivities:
    """Scan documents, and put away those that are infected."""

    def __init__(
        self,
        *,
        applications: Applications,
        quarantine: Quarantine,
        scanner: Scanner | None,
    ) -> None:
        self._applications = applications
        self._quarantine = quarantine
        self._scanner = scanner

    @activity.defn(name="scan_documents")
    async def scan_documents(self, args: ScanInput) -> ScanResult:
        """
        Scan one document after the other.

        A scanner that is down, or that this worker does not have, fails nothing: it is
        asked again another day, and the application goes on.
        """
        scanner: Scanner | None = self._scanner
        outcomes: dict[str, ScanOutcome] = {}
        absent: list[str] = []
        async with heartbeating():
            for name in args.names:
                try:
                    outcome = await self._examine(scanner, args.application_id, name)
                except FileNotFoundError:
                    absent.append(name)
                    continue
                except ScannerUnavailableError as error:
                    log.warning("virus scanner unavailable", reason=str(error))
                    # Nor will it answer for the others.
                    scanner, outcome = None, ScanOutcome.UNSCANNED
                _count(outcome)
                outcomes[name] = outcome
        return ScanResult(
            infected=_with(outcomes, ScanOutcome.INFECTED),
            unscanned=_with(outcomes, ScanOutcome.UNSCANNED),
            too_large=_with(outcomes, ScanOutcome.TOO_LARGE, ScanOutcome.UNSCANNABLE),
            released=_with(outcomes, ScanOutcome.RELEASED),
            absent=tuple(absent),
        )

    async def _examine(
        self, scanner: Scanner | None, application_id: str, name: str
    ) -> ScanOutcome:
        if await in_thread(self._quarantine.is_released, application_id, name):
            verdict = ScanVerdict(ScanOutcome.RELEASED)
        elif await in_thread(self._quarantine.contains, application_id, name):
            verdict = ScanVerdict(ScanOutcome.INFECTED)
        elif scanner is None:
            verdict = ScanVerdict(ScanOutcome.UNSCANNED)
        else:
            opened = self._applications.open_document(application_id, name)
            async with streamed(opened) as chunks:
                verdict = await scanner.scan(chunks)
        if message := _WARNINGS.get(verdict.outcome):
            log.warning(
                message,
                application=application_id,
                document=name,
                signature=verdict.signature,
            )
        if verdict.outcome is ScanOutcome.INFECTED:
            await in_thread(self._quarantine.move, application_id, name)
        return verdict.outcome


def _count(outcome: ScanOutcome) -> None:
    counter = activity.metric_meter().create_counter(
        "letterbox_documents_scanned", "Documents, by what became of scanning them."
    )
    counter.add(1, {"verdict": outcome.value})


def _with(outcomes: dict[str, ScanOutcome], *any_of: ScanOutcome) -> tuple[str, ...]:
    return tuple(name for name, outcome in outcomes.items() if outcome in any_of)
