"""What is no form: always refused, never half taken, and nothing left open."""

import gc
import warnings
from asyncio import CancelledError
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect

from api.multipart.form import FormLimits, ReceivedForm, read_form
from api.multipart.shapes import FormShape
from letterbox.boards.careerjet import BOARD
from letterbox.domain.errors import MalformedError, SignatureError, TooLargeError
from tests.api.reading_forms import Kept, files
from tests.support import ROOT

SAMPLE = ROOT / "tests/samples" / "careerjet" / "example.http"
TYPE = "multipart/form-data; boundary=xYzZY"
FIELD = b'--xYzZY\r\nContent-Disposition: form-data; name="a"\r\n\r\n12345\r\n'
FILE = FIELD.replace(b'"a"', b'"cv"; filename="cv.txt"')
END = b"--xYzZY--\r\n"
# Large enough to lie on disk, where an open file is noticed.
LARGE = FILE.replace(b"12345", bytes(1024 * 1024))
LIMITS = FormLimits()


def _nested(depth: int) -> bytes:
    """Put a field into so many containers, each with a boundary of its own."""
    body = FIELD + END
    for level in range(depth):
        inner = b"level%d" % level
        opening = b"--xYzZY\r\nContent-Type: multipart/mixed; boundary=" + inner
        content = body.replace(b"xYzZY", inner)
        body = opening + b"\r\n\r\n" + content + b"\r\n" + END
    return body


class _Sender:
    """Sends a body and knows how much of it was taken."""

    def __init__(
        self, body: bytes, *, size: int = 65536, then: BaseException | None = None
    ) -> None:
        self._body = body
        self._size = size
        self._then = then
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._body), self._size):
            chunk = self._body[start : start + self._size]
            self.taken += len(chunk)
            yield chunk
        if self._then:
            raise self._then


async def _read(
    sender: _Sender, content_type: str | None = TYPE, limits: FormLimits = LIMITS
) -> ReceivedForm:
    async with read_form(
        aiter(sender), content_type, limits, FormShape(BOARD.fields), files()
    ) as received:
        return received


@contextmanager
def _nothing_left_open() -> Iterator[None]:
    """Have the interpreter tell of every file that nobody closed."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        yield
        gc.collect()
    assert caught == []


async def test_a_form_cut_off_anywhere_is_refused() -> None:
    """A half-received application never counts as whole."""
    head, _, body = SAMPLE.read_bytes().partition(b"\r\n\r\n")
    content_type = head.decode().partition("Content-Type: ")[2]
    whole = body.removesuffix(b"\r\n")

    for end in range(len(whole)):
        with pytest.raises(MalformedError):
            await _read(_Sender(whole[:end]), content_type)
    assert await _read(_Sender(whole), content_type)


async def test_a_container_cut_off_is_refused() -> None:
    """The form around it may well be whole."""
    body = _nested(1).replace(b"--level0--", b"")

    with pytest.raises(MalformedError):
        await _read(_Sender(body))


@pytest.mark.parametrize("depth", [3, 9])
async def test_a_form_that_nests_deeper_than_two_is_refused(depth: int) -> None:
    """No board nests, and curl once."""
    assert await _read(_Sender(_nested(2)))

    with pytest.raises(MalformedError):
        await _read(_Sender(_nested(depth)))


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "application/json",
        "multipart/mixed; boundary=xYzZY",
        "multipart/form-data; boundary=other",
        f"multipart/form-data; boundary={'x' * 300}",
        "multipart/form-data; boundary=\N{SNOWMAN}",
    ],
)
async def test_another_content_type_is_refused(content_type: str | None) -> None:
    """A form without its boundary cannot be told from anything else."""
    with pytest.raises(MalformedError):
        await _read(_Sender(FIELD + END), content_type)


@pytest.mark.parametrize(
    "body",
    [
        FIELD.replace(b"12345", bytes(1024 * 1024 + 1)) + END,
        FIELD.replace(b"12345", bytes(1024 * 1024)) * 5 + END,
        FIELD * 201 + END,
        FILE * 21 + END,
        FIELD.replace(b'"a"', b'"%b"' % (b"a" * 15_000)) * 20 + END,
        FILE.replace(b"12345", bytes(15 * 1024 * 1024)) + END,
        FIELD + END + bytes(15 * 1024 * 1024),
    ],
    ids=["field", "text", "parts", "documents", "headers", "body", "epilogue"],
)
async def test_each_limit_is_kept(body: bytes) -> None:
    """Memory and work stay bounded whatever is sent."""
    with pytest.raises(TooLargeError):
        await _read(_Sender(body))


async def test_a_form_may_reach_every_limit() -> None:
    """A limit is the most that is taken, not the least that is refused."""
    limits = FormLimits(
        body_bytes=len(FIELD * 2 + FILE + END),
        parts=3,
        documents=1,
        field_bytes=5,
        text_bytes=10,
    )

    received = await _read(_Sender(FIELD * 2 + FILE + END), limits=limits)

    assert (len(received.form.fields), len(received.form.files)) == (2, 1)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (TYPE, b"garbage" * 100_000),
        ("text/plain", FIELD + END + bytes(700_000)),
        (TYPE, FIELD * 201 + END + bytes(700_000)),
    ],
)
async def test_a_refusal_takes_the_body_first(content_type: str, body: bytes) -> None:
    """One who is still sending would not see the answer."""
    sender = _Sender(body)

    with pytest.raises(MalformedError):
        await _read(sender, content_type)

    assert sender.taken == len(body)


@pytest.mark.parametrize("start", [b"", b"garbage"])
async def test_no_more_than_the_limit_is_ever_taken(start: bytes) -> None:
    """A sender without end is cut off, whether its form is sound or not."""
    sender = _Sender(start + LARGE * 20, size=1000)

    with pytest.raises(TooLargeError):
        await _read(sender)

    assert LIMITS.body_bytes < sender.taken <= LIMITS.body_bytes + 1000


@pytest.mark.parametrize("start", [LARGE, b"garbage", FIELD + END])
async def test_a_sender_who_leaves_is_refused(start: bytes) -> None:
    """What came until then is no application."""
    sender = _Sender(start, then=ClientDisconnect())

    with pytest.raises(MalformedError):
        await _read(sender)


async def test_a_refusal_quotes_nothing() -> None:
    """What is in a form stays out of logs and answers."""
    sender = _Sender(b"--xYzZY\r\nJoe Smith: 1\r\n\r\n")

    with pytest.raises(MalformedError) as refusal:
        await _read(sender)

    assert str(refusal.value) == "the form is cut off"
    assert refusal.value.__context__ is None


@pytest.mark.parametrize(
    ("sender", "error"),
    [
        (_Sender(LARGE), MalformedError),
        (_Sender(LARGE + b"--xYzZY\r\n?"), MalformedError),
        (_Sender(LARGE * 21 + END), TooLargeError),
        (_Sender(LARGE, then=ClientDisconnect()), MalformedError),
        (_Sender(LARGE, then=CancelledError()), CancelledError),
        (_Sender(LARGE, then=OSError()), OSError),
    ],
    ids=["cut off", "garbage", "too large", "gone", "cancelled", "failed"],
)
async def test_an_error_leaves_nothing_open(
    sender: _Sender, error: type[BaseException]
) -> None:
    """Documents are closed however reading them ends."""
    with _nothing_left_open(), pytest.raises(error):
        await _read(sender)


async def test_a_refusal_by_the_caller_leaves_nothing_open() -> None:
    """It passes through unchanged: the body was read long ago."""
    sender, kept = _Sender(LARGE + END), Kept()

    with _nothing_left_open(), pytest.raises(SignatureError):
        async with read_form(
            aiter(sender), TYPE, LIMITS, FormShape(BOARD.fields), kept.files()
        ):
            raise SignatureError("not the board's")

    assert kept.body == b""
    assert [draft.tell() for draft in kept.drafts] == [0]


_fragments = st.sampled_from(
    [
        FIELD,
        FILE,
        END,
        _nested(1),
        _nested(2),
        b"--xYzZY",
        b"--level0",
        b"--",
        b"\r\n",
        b"Content-Disposition: form-data; name=",
        b"; filename*=",
        b'"',
        b"Content-Type: multipart/mixed; boundary=level0\r\n",
        b"Content-Transfer-Encoding: base64\r\n\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
    ]
)


@settings(deadline=None, max_examples=300)
@given(
    body=st.lists(_fragments | st.binary(max_size=20)).map(b"".join),
    content_type=st.just(TYPE) | st.text(),
    size=st.integers(1, 100),
)
async def test_nonsense_is_refused_quietly(
    body: bytes, content_type: str, size: int
) -> None:
    """Whatever is sent is a form or is malformed, and never a crash."""
    sender = _Sender(body, size=size)
    with suppress(MalformedError):
        await _read(sender, content_type)
        assert sender.taken == len(body)
