"""What is said to clamd, and what is made of its answers."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from letterbox.clamd import ClamdScanner
from letterbox.domain.errors import (
    ScannerUnavailableError,
    SettingsError,
    StoreUnavailableError,
)
from letterbox.domain.scanning import ScanOutcome, ScanVerdict
from tests.letterbox.scripted_clamd import answering, document, listening

CLEAN = ScanVerdict(ScanOutcome.CLEAN)
TOO_LARGE = ScanVerdict(ScanOutcome.TOO_LARGE)
LIMIT = b"INSTREAM size limit exceeded. ERROR\0"


async def chunks(*given: bytes) -> AsyncIterator[bytes]:
    """Make a document of chunks."""
    for chunk in given:
        yield chunk


async def test_a_document_arrives_in_pieces_as_clamd_wants_them(tmp_path: Path) -> None:
    """An empty piece would end the document, one too large may be refused."""
    heard: list[bytes] = []

    async def script(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        heard.extend(await document(reader))
        writer.write(b"stream: OK\0")

    async with listening(script, tmp_path / "clamd.sock") as address:
        verdict = await ClamdScanner(address).scan(chunks(b"one", b"", b"2" * 600_000))

    assert verdict == CLEAN
    assert b"".join(heard) == b"one" + b"2" * 600_000
    assert [len(piece) for piece in heard] == [3, 262_144, 262_144, 75_712]


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (b"stream: OK\0", CLEAN),
        (
            b"stream: Win.Test-1 FOUND\0",
            ScanVerdict(ScanOutcome.INFECTED, "Win.Test-1"),
        ),
        (b"stream: A(1)(44d8:68) FOUND\0", ScanVerdict(ScanOutcome.INFECTED, "A(1)")),
        (b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0", TOO_LARGE),
        (LIMIT, TOO_LARGE),
        *(
            (
                f"stream: {name} FOUND\0".encode(),
                ScanVerdict(ScanOutcome.UNSCANNABLE, name),
            )
            for name in (
                "Heuristics.Encrypted.PDF",
                "Heuristics.Encrypted.Zip",
                "Heuristics.OLE2.ContainsMacros",
                "PUA.Win.Tool.Packed-1",
                "Pdf.Encrypted.Password",
            )
        ),
        (
            b"stream: Win.Trojan.Encrypted-7 FOUND\0",
            ScanVerdict(ScanOutcome.INFECTED, "Win.Trojan.Encrypted-7"),
        ),
        (b"stream: Can't allocate memory ERROR\0", ScanVerdict(ScanOutcome.UNSCANNED)),
    ],
)
async def test_every_answer_of_clamd_is_understood(
    answer: bytes, verdict: ScanVerdict
) -> None:
    """Its words are those of clamd(8), and of a clamd set up as Debian does."""
    async with listening(answering(answer)) as address:
        assert await ClamdScanner(address).scan(chunks(b"a document")) == verdict


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"stream: OK",
        b"\0",
        b"stream: OKAY\0",
        b"stream:  FOUND\0",
        b"stream: Two words FOUND\0",
        b"stream: \xff FOUND\0",
        b"UNKNOWN COMMAND\0",
        b"INSTREAM: Command read timed out. ERROR\0",
        b"HTTP/1.1 400 Bad Request\r\n\r\na document",
        b"stream: OK" * 1000,
    ],
)
async def test_any_other_answer_of_clamd_is_unavailable(answer: bytes) -> None:
    """A clean document is one that clamd calls clean; the error quotes nobody."""
    async with listening(answering(answer)) as address:
        with pytest.raises(ScannerUnavailableError) as raised:
            await ClamdScanner(address).scan(chunks(b"a document"))

    assert "document" not in str(raised.value)
    assert raised.value.retryable


@pytest.mark.parametrize("by", ["tcp", "socket"])
async def test_the_answer_is_heard_although_clamd_reset_the_connection(
    by: str, tmp_path: Path
) -> None:
    """It refuses what is too large and closes with bytes of ours unread."""

    async def script(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readexactly(14)
        writer.write(LIMIT)
        await writer.drain()

    where = tmp_path / "clamd.sock" if by == "socket" else "127.0.0.1"
    async with listening(script, where) as address:
        verdict = await ClamdScanner(address).scan(chunks(*[bytes(262_144)] * 64))

    assert verdict == TOO_LARGE


async def test_an_error_of_the_store_is_not_taken_for_one_of_the_scanner() -> None:
    """Nor is half a document scanned: clamd is never told that it ended."""
    ended = asyncio.Event()

    async def script(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        with pytest.raises(asyncio.IncompleteReadError):
            await document(reader)
        ended.set()

    async def failing() -> AsyncIterator[bytes]:
        yield b"half a document"
        raise StoreUnavailableError("read: EIO")

    async with listening(script) as address:
        with pytest.raises(StoreUnavailableError):
            await ClamdScanner(address).scan(failing())
        async with asyncio.timeout(10):
            await ended.wait()


@pytest.mark.parametrize(("answer", "fine"), [(b"PONG\0", True), (b"SSH-2.0\0", False)])
async def test_a_ping_tells_clamd_from_others(answer: bytes, *, fine: bool) -> None:
    """Something that listens need not be a clamd."""

    async def script(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        assert await reader.readuntil(b"\0") == b"zPING\0"
        writer.write(answer)

    async with listening(script) as address:
        if fine:
            await ClamdScanner(address).ping()
        else:
            with pytest.raises(ScannerUnavailableError, match="as clamd"):
                await ClamdScanner(address).ping()


async def test_every_address_of_a_name_is_tried() -> None:
    """A name may come first with an address at which nobody listens."""
    async with listening(answering(b"stream: OK\0")) as address:
        port = address.rpartition(":")[2]

        assert await ClamdScanner(f"localhost:{port}").scan(chunks()) == CLEAN


async def test_an_address_of_ipv6_stands_in_brackets() -> None:
    """The form is that of a URL."""
    if not socket.has_dualstack_ipv6():
        pytest.skip("no IPv6 here")
    async with listening(answering(b"stream: OK\0"), "::1") as address:
        assert address.startswith("[::1]:")

        assert await ClamdScanner(address).scan(chunks()) == CLEAN


@pytest.mark.parametrize(
    "address",
    ["clamd", "clamd:", ":3310", "clamd:0", "clamd:65536", "::1:3310", "c:x", "[]:1"],
)
def test_another_form_of_address_is_a_wrong_setting(address: str) -> None:
    """The start stops with one line that names it."""
    with pytest.raises(SettingsError, match="LETTERBOX_CLAMD"):
        ClamdScanner(address)
