"""What anybody may send unsigned takes little of the event loop's time."""

import encodings
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256

import pytest

from api.multipart.form import FormLimits, read_form
from api.multipart.shapes import FormShape
from letterbox.boards.base import FormFile
from letterbox.boards.careerjet import BOARD
from letterbox.domain.errors import MalformedError

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
        async with read_form(_chunks(body, size), content_type, FormLimits(), shape):
            pass
    return time.process_time() - began


def _encoded(encoding: bytes, content: bytes) -> bytes:
    return (
        _FILE + b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + content + _END
    )


async def _file(body: bytes) -> FormFile:
    shape = FormShape(BOARD.fields)
    async with read_form(_chunks(body, 65536), _NAMED, FormLimits(), shape) as received:
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
