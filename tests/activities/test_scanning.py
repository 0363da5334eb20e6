"""Scanning the documents of an application, over a real directory store."""

from collections.abc import AsyncIterator
from hashlib import sha256

import pytest
from structlog.testing import capture_logs
from temporalio.runtime import MetricBuffer, Runtime, TelemetryConfig
from temporalio.testing import ActivityEnvironment

from activities.scanning import ScanActivities, Scanner
from letterbox.domain import keys
from letterbox.domain.amendments import verdict
from letterbox.domain.errors import ScannerUnavailableError, StoreUnavailableError
from letterbox.domain.messages import ScanInput, ScanResult
from letterbox.domain.ports import ObjectStore
from letterbox.domain.scanning import ScanOutcome, ScanVerdict
from letterbox.records.applications import StoredApplications
from letterbox.records.quarantine import StoredQuarantine

ID = "careerjet:1"


class WordScanner:
    """Reads a document as clamd does, and goes by the word it finds in it."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    async def scan(self, chunks: AsyncIterator[bytes]) -> ScanVerdict:
        """Judge; ``down`` has it fall, and it does not rise again."""
        content = b"".join([chunk async for chunk in chunks])
        self.heard.append(content)
        if b"down" in content:
            raise ScannerUnavailableError("clamd at 127.0.0.1:3310: ECONNREFUSED")
        if b"infected" in content:
            return ScanVerdict(ScanOutcome.INFECTED, "Test.Word")
        if b"enormous" in content:
            return ScanVerdict(ScanOutcome.TOO_LARGE)
        if b"strange" in content:
            return ScanVerdict(ScanOutcome.UNSCANNED)
        return ScanVerdict(ScanOutcome.CLEAN)


class Broken(StoredQuarantine):
    """A quarantine whose store goes down after the copy."""

    def move(self, application_id: str, name: str) -> None:
        """Copy, and fall."""
        there = keys.quarantined(application_id, name)
        self._copy(application_id, keys.document(application_id, name), there)
        raise StoreUnavailableError("delete: EIO")


@pytest.fixture(name="scanner")
def _scanner() -> WordScanner:
    return WordScanner()


@pytest.fixture(name="scan")
def _scan(store: ObjectStore, scanner: WordScanner) -> ScanActivities:
    return make(store, scanner)


def make(
    store: ObjectStore,
    scanner: Scanner | None,
    quarantine: StoredQuarantine | None = None,
) -> ScanActivities:
    """Build the activities as the worker does."""
    return ScanActivities(
        applications=StoredApplications(store),
        quarantine=quarantine or StoredQuarantine(store),
        scanner=scanner,
    )


def keep(store: ObjectStore, content: bytes) -> str:
    """Keep a document of the application, and give its name."""
    name = f"{sha256(content).hexdigest()}.pdf"
    StoredApplications(store).put_document(ID, name, content)
    return name


async def run(activities: ScanActivities, *names: str) -> ScanResult:
    """Have Temporal run the activity, as far as it can tell."""
    given = ScanInput(application_id=ID, names=names)
    return await ActivityEnvironment().run(activities.scan_documents, given)


def kept(store: ObjectStore) -> set[str]:
    """List what there is of the application."""
    return {found.key for found in store.list(keys.application(ID))}


async def test_each_document_gets_its_verdict(
    store: ObjectStore, scan: ScanActivities, scanner: WordScanner
) -> None:
    """Only the infected one is moved; one that is nowhere is not called clean."""
    large = b"clean " * 200_000
    clean, infected, enormous, strange, last = (
        keep(store, content)
        for content in (large, b"infected", b"enormous", b"strange", b"clean too")
    )

    scanned = await run(scan, clean, infected, "absent.pdf", enormous, strange, last)

    assert scanned == ScanResult(
        infected=(infected,),
        unscanned=(strange,),
        too_large=(enormous,),
        absent=("absent.pdf",),
    )
    assert verdict(scanned, "absent.pdf") is None
    assert verdict(scanned, clean) == "clean"
    assert scanner.heard[0] == large
    assert len(scanner.heard) == 5
    assert kept(store) == {
        keys.quarantined(ID, infected),
        *(keys.document(ID, name) for name in (clean, enormous, strange, last)),
    }


async def test_a_scanner_that_is_down_fails_nothing(
    store: ObjectStore, scan: ScanActivities, scanner: WordScanner
) -> None:
    """It is not asked for the others; what is in quarantine stays infected."""
    infected = keep(store, b"infected")
    await run(scan, infected)
    names = [keep(store, content) for content in (b"clean", b"down", b"clean too")]

    scanned = await run(scan, *names, infected)

    assert scanned == ScanResult(infected=(infected,), unscanned=tuple(names[1:]))
    assert scanner.heard[1:] == [b"clean", b"down"]


async def test_an_infected_document_that_comes_again_goes_again(
    store: ObjectStore, scan: ScanActivities, scanner: WordScanner
) -> None:
    """A board may give it once more; it need not be scanned to be known."""
    infected = keep(store, b"infected")
    await run(scan, infected)
    keep(store, b"infected")

    scanned = await run(scan, infected)

    assert scanned == ScanResult(infected=(infected,))
    assert kept(store) == {keys.quarantined(ID, infected)}
    assert scanner.heard == [b"infected"]


async def test_a_worker_killed_in_the_middle_of_a_move_costs_nothing(
    store: ObjectStore, scanner: WordScanner
) -> None:
    """The next attempt finds two copies, and ends with the one in quarantine."""
    infected = keep(store, b"infected")
    with pytest.raises(StoreUnavailableError):
        await run(make(store, scanner, Broken(store)), infected)
    assert len(kept(store)) == 2

    scanned = await run(make(store, scanner), infected)

    assert scanned == ScanResult(infected=(infected,))
    assert kept(store) == {keys.quarantined(ID, infected)}


async def test_a_worker_without_a_scanner_calls_nothing_clean(
    store: ObjectStore,
) -> None:
    """Another worker had one, or there was one yesterday."""
    name = keep(store, b"infected")

    assert await run(make(store, None), name) == ScanResult(unscanned=(name,))
    assert kept(store) == {keys.document(ID, name)}


async def test_the_log_names_the_document_and_the_threat(
    store: ObjectStore, scan: ScanActivities
) -> None:
    """An operator finds the application by it, and nothing of the candidate."""
    infected = keep(store, b"infected, by Ada Example")

    with capture_logs() as logs:
        await run(scan, infected)

    assert logs == [
        {
            "event": "infected document goes to quarantine",
            "log_level": "warning",
            "application": ID,
            "document": infected,
            "signature": "Test.Word",
        }
    ]


async def test_what_became_of_each_document_is_counted(
    store: ObjectStore, scan: ScanActivities
) -> None:
    """An alert goes by it."""
    buffer = MetricBuffer(100)
    runtime = Runtime(telemetry=TelemetryConfig(metrics=buffer))
    environment = ActivityEnvironment()
    environment.metric_meter = runtime.metric_meter
    names = tuple(keep(store, content) for content in (b"infected", b"down", b"clean"))

    await environment.run(
        scan.scan_documents, ScanInput(application_id=ID, names=names)
    )

    counted = [
        (update.attributes["verdict"], update.value)
        for update in buffer.retrieve_updates()
        if update.metric.name == "letterbox_documents_scanned"
    ]
    assert counted == [("infected", 1), ("unscanned", 1), ("unscanned", 1)]
