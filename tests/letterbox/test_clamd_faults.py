"""A clamd that hangs, is gone, or was never there."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from letterbox.clamd import ClamdScanner
from letterbox.domain.errors import ScannerUnavailableError
from tests.letterbox.scripted_clamd import Script, document, listening
from tests.support import free_port


async def large() -> AsyncIterator[bytes]:
    """Make a document larger than what lies between two processes."""
    for _ in range(64):
        yield bytes(262_144)


def quick(address: str) -> ClamdScanner:
    """Make a scanner that loses its patience within the time of a test."""
    return ClamdScanner(address, connect_within=0.2, answer_within=0.2)


async def _silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await document(reader)
    await asyncio.Event().wait()


async def _deaf(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def _gone(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    return


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (_silent, "no answer in time"),
        (_deaf, "no answer in time"),
        (_gone, "reset|abort|Broken pipe"),
    ],
)
async def test_a_clamd_that_does_not_answer_is_unavailable(
    script: Script, code: str
) -> None:
    """It hangs, it does not read, or it is gone: the document stays unscanned."""
    async with listening(script) as address:
        with pytest.raises(ScannerUnavailableError, match=code):
            await quick(address).scan(large())


async def test_a_clamd_that_takes_a_document_too_slowly_is_given_up() -> None:
    """It reads a little whenever we would lose our patience."""

    async def dripping(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):  # noqa: ASYNC110 reading slowly is the point
            await asyncio.sleep(0.02)

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(262_144)

    async with listening(dripping) as address:
        scanner = ClamdScanner(address, answer_within=60, scan_within=0.5)
        with pytest.raises(ScannerUnavailableError, match="no answer in time"):
            await scanner.scan(endless())


async def test_an_unreachable_clamd_is_unavailable(tmp_path: Path) -> None:
    """The error names the address and what the system says."""
    addresses = {
        f"127.0.0.1:{free_port()}": "Connection refused",
        str(tmp_path / "absent"): "No such file or directory",
        "/" + "x" * 200: "OSError",
        f"{'x' * 70}.example:1": "",
    }
    for address, code in addresses.items():
        with pytest.raises(ScannerUnavailableError, match=f"{address}: {code}"):
            await quick(address).ping()


async def test_a_connection_that_is_not_taken_is_given_up() -> None:
    """The queue of a server that hangs is full: its kernel says nothing at all."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        where = server.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.settimeout(0)
            one.connect_ex(where)

        with pytest.raises(ScannerUnavailableError, match="no answer in time"):
            await quick(f"127.0.0.1:{where[1]}").ping()

        for one in waiting:
            one.close()
