"""Debian's clamd: what our client takes it for is what it is."""

import io
import zipfile
from collections.abc import AsyncIterator, Iterator

import pytest

from letterbox.clamd import ClamdScanner
from letterbox.domain.errors import ScannerUnavailableError
from letterbox.domain.scanning import ScanOutcome, ScanVerdict
from tests.clamav import (
    MARKED,
    MARKER,
    MAX_SCANNED,
    MAX_STREAM,
    WHOLE_FILE,
    WHOLE_FILE_NAME,
    Clamd,
    clamd,
    needs_clamd,
)
from tests.support import free_port

pytestmark = needs_clamd


@pytest.fixture(name="running", scope="module")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    with clamd(tmp_path_factory.mktemp("clamd")) as running:
        yield running


@pytest.fixture(name="scanner", params=["tcp", "socket"])
def _scanner(running: Clamd, request: pytest.FixtureRequest) -> ClamdScanner:
    return ClamdScanner(running.tcp if request.param == "tcp" else running.socket)


async def in_chunks(content: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    """Give a document as a store does."""
    for at in range(0, len(content), size):
        yield content[at : at + size]


def zipped(content: bytes) -> bytes:
    """Pack a document as Word does, deflated."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"%PDF-1.4 the CV of Ada Example", ScanVerdict(ScanOutcome.CLEAN)),
        (b"", ScanVerdict(ScanOutcome.CLEAN)),
        (b"%PDF-1.4 " + MARKER, ScanVerdict(ScanOutcome.INFECTED, MARKED)),
        (WHOLE_FILE, ScanVerdict(ScanOutcome.INFECTED, WHOLE_FILE_NAME)),
        (zipped(MARKER * 50), ScanVerdict(ScanOutcome.INFECTED, MARKED)),
        (bytes(MAX_SCANNED + 1), ScanVerdict(ScanOutcome.TOO_LARGE)),
        (bytes(MAX_STREAM), ScanVerdict(ScanOutcome.TOO_LARGE)),
        (bytes(16 * MAX_STREAM), ScanVerdict(ScanOutcome.TOO_LARGE)),
    ],
    ids=["clean", "empty", "marked", "digest", "zipped", "part", "limit", "far beyond"],
)
async def test_clamd_finds_what_it_should(
    scanner: ClamdScanner, content: bytes, verdict: ScanVerdict
) -> None:
    """Its signatures are ours, its protocol, its limits and its words are its own."""
    assert await scanner.scan(in_chunks(content)) == verdict


async def test_a_piece_that_spans_the_marker_does_not_hide_it(
    scanner: ClamdScanner,
) -> None:
    """However a store cuts a document, clamd sees it whole."""
    verdict = await scanner.scan(in_chunks(b"%PDF-1.4 " + MARKER, size=7))

    assert verdict == ScanVerdict(ScanOutcome.INFECTED, MARKED)


async def test_clamd_answers_a_ping(scanner: ClamdScanner) -> None:
    """The doctor asks so whether clamd is there; a port that is silent is none."""
    await scanner.ping()

    with pytest.raises(ScannerUnavailableError, match="Connection refused"):
        await ClamdScanner(f"127.0.0.1:{free_port()}").ping()


async def test_a_clamd_that_was_killed_is_unavailable(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Its socket is still there."""
    with clamd(tmp_path_factory.mktemp("clamd")) as running:
        running.process.kill()
        running.process.wait()

        for address in (running.tcp, running.socket):
            with pytest.raises(ScannerUnavailableError, match="Connection refused"):
                await ClamdScanner(address).scan(in_chunks(b"%PDF-1.4"))
