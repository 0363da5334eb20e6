"""
Virus scanning by clamd, ClamAV's daemon, over its INSTREAM command.

The protocol is clamd(8): https://manpages.debian.org/clamd.8
"""

import asyncio
import errno
import re
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import ExitStack, aclosing
from typing import Any

from letterbox.domain.errors import ScannerUnavailableError, SettingsError
from letterbox.domain.scanning import ScanOutcome, ScanVerdict
from letterbox.network_reasons import reason_of

_TOO_LARGE = "INSTREAM size limit exceeded. ERROR"
# With ExtendedDetectionInfo, which Debian sets, a hash and a size follow the name.
_FOUND = re.compile(r"stream: (?P<name>[!-~]+?)(?:\([0-9a-f]+:\d+\))? FOUND")
_FAILED = re.compile(r"stream: .+ ERROR", re.DOTALL)
# AlertExceedsMax reports under such a name what was looked at in part: clamd.conf(5).
_LIMIT = "Heuristics.Limits.Exceeded"
# Guesses by form, and what somebody may not want: neither knows a threat by its bytes.
_GUESSES = ("Heuristics.", "PUA.")
_ENCRYPTED = "Encrypted"


def read_verdict(answer: bytes) -> ScanVerdict:
    """
    Read the answer to INSTREAM.

    Anything but the answers that clamd is known to give is ScannerUnavailableError,
    which does not quote it: what listens there may echo what it was sent.
    """
    text = answer.decode("utf-8", "replace")
    if text == "stream: OK":
        return ScanVerdict(ScanOutcome.CLEAN)
    if text == _TOO_LARGE:
        return ScanVerdict(ScanOutcome.TOO_LARGE)
    if match := _FOUND.fullmatch(text):
        name = match["name"]
        if name.startswith(_LIMIT):
            return ScanVerdict(ScanOutcome.TOO_LARGE)
        if name.startswith(_GUESSES) or _ENCRYPTED in name.split("."):
            return ScanVerdict(ScanOutcome.UNSCANNABLE, name)
        return ScanVerdict(ScanOutcome.INFECTED, name)
    if _FAILED.fullmatch(text):
        return ScanVerdict(ScanOutcome.UNSCANNED)
    raise ScannerUnavailableError("clamd did not answer with a verdict")


_PIECE = 256 * 1024
_END = b"\0"
_MAX_ANSWER = 4096
_PORTS = range(1, 65536)
_Address = str | tuple[Any, ...]


class ClamdScanner:
    """
    Scan with the clamd at ``host:port``, ``[IPv6]:port`` or the path of a socket.

    Another form is SettingsError. One connection a document. Times are seconds:
    ``answer_within`` goes beyond the 120 s after which clamd itself gives a scan up
    (MaxScanTime); ``scan_within`` is for all of a document, however slowly it is taken.
    """

    def __init__(
        self,
        address: str,
        *,
        connect_within: float = 5,
        answer_within: float = 150,
        scan_within: float = 300,
    ) -> None:
        self._address = address
        self._host_and_port = None if address.startswith("/") else _parts(address)
        self._connect_within = connect_within
        self._answer_within = answer_within
        self._scan_within = scan_within

    async def scan(self, chunks: AsyncIterator[bytes]) -> ScanVerdict:
        """
        Send a document, and read clamd's verdict.

        Raises ScannerUnavailableError; what ``chunks`` raises goes through.
        """
        try:
            async with asyncio.timeout(self._scan_within):
                answer = await self._ask(_framed(chunks))
        except TimeoutError as error:
            raise self._unavailable(error) from None
        return read_verdict(answer)

    async def ping(self) -> None:
        """Check that a clamd answers (ScannerUnavailableError)."""
        if await self._ask(_only(b"zPING\0")) != b"PONG":
            raise ScannerUnavailableError(f"{self._address} does not answer as clamd")

    async def _ask(self, parts: AsyncGenerator[bytes, None]) -> bytes:
        async with aclosing(parts):
            with await self._connected() as connection:
                async for part in parts:
                    if not await self._sent(connection, part):
                        break
                return await self._answer(connection)

    async def _connected(self) -> socket.socket:
        failure: Exception = OSError()
        try:
            async with asyncio.timeout(self._connect_within):
                for family, address in await self._addresses():
                    try:
                        return await _connect(family, address)
                    except OSError as error:
                        failure = error
        except (OSError, UnicodeError) as error:  # Too late, or a bad name.
            failure = error
        raise self._unavailable(failure)

    async def _addresses(self) -> list[tuple[int, _Address]]:
        if self._host_and_port is None:
            return [(socket.AF_UNIX, self._address)]
        loop = asyncio.get_running_loop()
        host, port = self._host_and_port
        addresses = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [(family, address) for family, *_, address in addresses]

    async def _sent(self, connection: socket.socket, data: bytes) -> bool:
        """
        Send data; return False where clamd has hung up.

        Where clamd has had enough it answers and hangs up with bytes of ours unread,
        which resets the connection. A stream of asyncio's then drops the answer,
        measured 200 times of 200; this socket still has it.
        """
        try:
            async with asyncio.timeout(self._answer_within):
                await asyncio.get_running_loop().sock_sendall(connection, data)
        except TimeoutError as error:
            raise self._unavailable(error) from None
        except OSError:
            return False
        return True

    async def _answer(self, connection: socket.socket) -> bytes:
        loop = asyncio.get_running_loop()
        answer = b""
        try:
            async with asyncio.timeout(self._answer_within):
                while _END not in answer and len(answer) < _MAX_ANSWER:
                    received = await loop.sock_recv(connection, _MAX_ANSWER)
                    if not received:
                        raise ConnectionAbortedError(errno.ECONNABORTED, "closed early")
                    answer += received
        except OSError as error:
            raise self._unavailable(error) from None
        return answer.partition(_END)[0]

    def _unavailable(self, error: Exception) -> ScannerUnavailableError:
        reason = reason_of(error)
        return ScannerUnavailableError(f"clamd at {self._address}: {reason}")


def _parts(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        host = ""
    if not (host and port.isdecimal() and int(port) in _PORTS):
        raise SettingsError(
            "LETTERBOX_CLAMD: must be host:port, or the path of a socket"
        )
    return host, int(port)


async def _connect(family: int, address: _Address) -> socket.socket:
    with ExitStack() as stack:
        connection = stack.enter_context(socket.socket(family))
        connection.settimeout(0)
        await asyncio.get_running_loop().sock_connect(connection, address)
        stack.pop_all()
    return connection


async def _framed(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Put its length before each piece; a length of zero ends the document."""
    yield b"zINSTREAM\0"
    async for chunk in chunks:
        for at in range(0, len(chunk), _PIECE):
            piece = chunk[at : at + _PIECE]
            yield len(piece).to_bytes(4, "big") + piece
    yield bytes(4)


async def _only(command: bytes) -> AsyncGenerator[bytes, None]:
    yield command
