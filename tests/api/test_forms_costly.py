"""What anybody may send unsigned takes little of the event loop's time."""

import asyncio
import encodings
import threading
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256
from tempfile import TemporaryFile
from typing import BinaryIO, cast

import pytest

from api.multipart.form import FormLimits, read_form
from api.multipart.shapes import FormShape
from letterbox.boards.base import FormFile
from letterbox.boards.careerjet import BOARD
from letterbox.domain.errors import MalformedError, TooLargeError
from tests.api.reading_forms import Kept, files

# Of the processor. The worst of them took eight seconds, in one go.
_SOON = 2.0
_MIB = 1024 * 1024
_NAMED = "multipart/form-data; boundary=b"
_FILE = b"--b\r\nContent-Disposition: form-data; name=cv; filename=a\r\n"
_END = b"\r\n--b--\r\n"


async def _chunks(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def _taken(body: bytes, content_type: str, size: int) -> float:
    """Tell how long the processor had to work for a form, refused or not."""
    began = time.process_time()
    with suppress(MalformedError):
        shape = FormShape(BOARD.fields)
        async with read_form(
            _chunks(body, size), content_type, FormLimits(), shape, files()
        ):
            pass
    return time.process_time() - began


def _encoded(encoding: bytes, content: bytes) -> bytes:
    return (
        _FILE + b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + content + _END
    )


async def _file(body: bytes) -> FormFile:
    shape = FormShape(BOARD.fields)
    async with read_form(
        _chunks(body, 65536), _NAMED, FormLimits(), shape, files()
    ) as received:
        [file] = received.form.files
        return file


@pytest.mark.parametrize("encoding", [b"base64", b"quoted-printable"])
@pytest.mark.parametrize(
    "piece", [b"=", b"\n", b"=\n", b"=41", b"a\r\n", b"QQ==", b"= \t", b"a=\n"]
)
async def test_nothing_is_decoded_piece_by_piece(encoding: bytes, piece: bytes) -> None:
    """Fifteen megabytes of lines, or of padding."""
    content = piece * (14 * _MIB // len(piece))

    assert await _taken(_encoded(encoding, content), _NAMED, 65536) < _SOON


_HEADERS = {
    "semicolons": b"Content-Disposition: form-data; name=cv" + b";" * 60_000,
    "quoted semicolons": b'Content-Disposition: form-data; name="' + b";" * 60_000,
    "options": b"Content-Disposition: form-data" + b"; a=b" * 12_000,
    "pieces": b"Content-Disposition: form-data" + b"; filename*0*=%41" * 3_500,
    "type": b"Content-Type: text/plain" + b"; charset=" * 6_000,
    "length": b'Content-Disposition: form-data; name="' + b"a" * 60_000,
}


@pytest.mark.parametrize("header", _HEADERS)
async def test_header_of_a_part_that_costs_to_take_apart_is_refused_unread(
    header: str,
) -> None:
    """Ten parts of it, the first of which says enough."""
    part = b"--b\r\n" + _HEADERS[header] + b"\r\n\r\na\r\n"

    with pytest.raises(TooLargeError):
        await _file(part * 10 + b"--b--\r\n")
    # Measured: 2 ms; the library takes 40 for each of them.
    assert await _taken(part * 10, _NAMED, 65536) < _SOON / 20


@pytest.mark.parametrize(
    "value", [b";" * 60_000, b"; boundary=b" * 5_000, b"a" * 60_000]
)
async def test_content_type_that_costs_to_take_apart_is_refused_unread(
    value: bytes,
) -> None:
    """A request's own header comes before any limit of a form."""
    content_type = f"multipart/form-data{value.decode()}"
    shape = FormShape(BOARD.fields)

    with pytest.raises(TooLargeError):
        async with read_form(
            _chunks(_END, 9), content_type, FormLimits(), shape, files()
        ):
            pass


async def test_headers_that_come_byte_by_byte_are_looked_at_once() -> None:
    """One who drips costs no more than one who does not."""
    part = b"--b\r\nContent-Disposition: form-data; name=cv" + b"\r\nx:" * 15_000

    assert await _taken(part, _NAMED, 1) < _SOON


@pytest.mark.parametrize("name", ["&#1042;" * 255, "Lebenslauf; " * 80, "ü" * 255])
async def test_long_name_of_a_file_with_semicolons_is_kept(name: str) -> None:
    """Some browsers write characters as entities, each with its semicolon."""
    quoted = f'filename="{name}"'.encode()

    file = await _file(_FILE.replace(b"filename=a", quoted) + b"\r\na" + _END)

    assert file.filename == name


@pytest.mark.parametrize("encoding", [b"base64", b"quoted-printable"])
async def test_large_encoded_part_does_not_hold_up_the_event_loop(
    encoding: bytes,
) -> None:
    """Its end decodes all of it: others are answered meanwhile."""
    line = b"QUJD" * 18 + b"\r\n" if encoding == b"base64" else b"=41" * 24 + b"=\r\n"
    body = _encoded(encoding, line * (14 * _MIB // len(line)))
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal ticks
        async for chunk in _chunks(body, 65536):
            ticks = 0
            yield chunk

    ticking = asyncio.create_task(tick())
    async with read_form(
        chunks(), _NAMED, FormLimits(), FormShape(BOARD.fields), files()
    ):
        during_the_last_chunk = ticks
    ticking.cancel()

    assert during_the_last_chunk > 10


@pytest.mark.parametrize("size", [50, 1460, 65536])
async def test_a_boundary_is_looked_for_once_in_each_byte(size: int) -> None:
    """However few of them come at a time, on one level or inside."""
    blanks = b"--a" + b" " * 64_000
    inside = b"--b\r\nContent-Type: multipart/mixed\r\n\r\n" + blanks + b"\r\n"

    assert await _taken(blanks, "multipart/form-data", size) < _SOON
    assert await _taken(inside * 5, _NAMED, size) < _SOON


async def test_a_name_for_a_charset_is_not_kept() -> None:
    """Python keeps every name that it was ever asked for."""
    known = len(encodings._cache)  # noqa: SLF001

    for number in range(100):
        name = b"; filename*=invented-%d''%%C3%%B6.pdf" % number
        file = await _file(_FILE.replace(b"; filename=a", name) + b"\r\na" + _END)
        assert file.filename == "ö.pdf"

    assert len(encodings._cache) == known  # noqa: SLF001


@pytest.mark.parametrize("line", [b"=C3=B6 and =\r\n", b"=3D=3D", b"x" * 75 + b"=\n"])
async def test_a_long_document_is_decoded_across_chunks(line: bytes) -> None:
    """Wherever a chunk ends, within an escape too, and without any line's end."""
    decoded = {b"=C3": "ö and ".encode(), b"=3D": b"==", b"xxx": b"x" * 75}[line[:3]]
    times = 3 * 65536 // len(line)

    file = await _file(_encoded(b"quoted-printable", line * times))

    assert file.sha256 == sha256(decoded * times).hexdigest()


async def test_what_is_large_gets_to_a_disk_in_threads_alone() -> None:
    """However much of it comes at once: who answers the others does not wait."""
    makers: list[threading.Thread] = []
    body = _FILE + b"\r\n" + bytes(2_000_000) + _END

    def made() -> BinaryIO:
        makers.append(threading.current_thread())
        return cast("BinaryIO", TemporaryFile())

    async with read_form(
        _chunks(body, len(body)),
        _NAMED,
        FormLimits(),
        FormShape(BOARD.fields),
        Kept(made).files(),
    ) as received:
        [file] = received.form.files

    assert file.size == 2_000_000
    assert len(makers) == 1
    assert threading.main_thread() not in makers
