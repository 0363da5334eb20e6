"""What a form means, however its bytes arrive."""

import base64
import tracemalloc
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_multipart.multipart import parse_options_header

from api.multipart.form import FormLimits, read_form
from api.multipart.shapes import FormShape
from letterbox.boards.base import FormField, FormFile, MultipartForm
from letterbox.boards.careerjet import BOARD
from letterbox.multipart.options import parsed_options
from tests.api.reading_forms import Kept, files
from tests.support import ROOT

SAMPLES = ROOT / "tests/samples" / "careerjet"
# The boundary of Perl's LWP, and the shortest that a real sender uses.
TYPE = "multipart/form-data; boundary=xYzZY"
EMPTY = sha256().hexdigest()


def _part(disposition: str, content: bytes, *headers: str) -> bytes:
    lines = (f"Content-Disposition: form-data; {disposition}", *headers, "", "")
    return "\r\n".join(lines).encode() + content


def _body(*parts: bytes, boundary: bytes = b"xYzZY") -> bytes:
    opened = (b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return b"".join(opened) + b"--" + boundary + b"--\r\n"


def _container(*parts: bytes, boundary: str = "inner") -> bytes:
    return _part(
        'name="container"',
        _body(*parts, boundary=boundary.encode()),
        f"Content-Type: multipart/mixed; boundary={boundary}",
    )


async def _chunks(body: bytes, *sizes: int) -> AsyncIterator[bytes]:
    """Cut at the sizes given, over and over."""
    start = 0
    while start < len(body):
        for size in sizes or (65536,):
            yield body[start : start + size]
            start += size


async def _form(body: bytes, *sizes: int, content_type: str = TYPE) -> MultipartForm:
    chunks = _chunks(body, *sizes)
    async with read_form(
        chunks, content_type, FormLimits(), FormShape(BOARD.fields), files()
    ) as received:
        return received.form


async def _file(disposition: str, content: bytes, *headers: str) -> FormFile:
    form = await _form(_body(_part(disposition, content, *headers)))
    [file] = form.files
    return file


def _sample(name: str) -> tuple[str, bytes]:
    """Load a request as curl sent it: its content type, and its body."""
    head, _, body = (SAMPLES / name).read_bytes().partition(b"\r\n\r\n")
    [content_type] = [
        line.removeprefix("Content-Type: ")
        for line in head.decode().split("\r\n")
        if line.startswith("Content-Type: ")
    ]
    return content_type, body


@pytest.mark.parametrize(
    ("sample", "agent", "phone"),
    [
        # curl reads more into -F than the specification's example means: it cuts
        # the agent at its semicolon and makes a container of the number in brackets.
        ("example.http", b"Mozilla/5.0 (X11", None),
        (
            "form-string.http",
            b"Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0",
            b"(212) 555-1234",
        ),
    ],
)
async def test_what_curl_sends_is_understood(
    sample: str, agent: bytes, phone: bytes | None
) -> None:
    """The specification's example verifies and loses nothing that curl sent."""
    content_type, body = _sample(sample)

    form = await _form(body, content_type=content_type)

    said = {field.name: field.value for field in form.fields}
    assert said == {
        "uuid": b"12345678-aaaa-bbbb-cccc-123456789abc",
        "job_id": b"20240107-123456-7890",
        "candidate_ip": b"9.9.9.9",
        "candidate_user_agent": agent,
        "firstname": b"Joe",
        "lastname": b"Smith",
        "email": b"joe.smith@example.com",
        **({} if phone is None else {"phone_number": phone}),
        "cover_letter": b"Please find attached my CV.",
        "source_signature": b"f566f0bd46a54d17fc73486dae3dde1f",
    }
    [file] = form.files
    assert (file.name, file.filename, file.size) == ("cv", "test_cv.pdf", 584)
    assert file.declared_type == "application/pdf"
    assert BOARD.receive(form, [b"sandbox-secret"], datetime.now(UTC))


# Pieces of boundaries, which a parser may take for one or lose at a chunk's end.
_contents = (
    st.lists(
        st.sampled_from([b"\r", b"\n", b"-", b"--xYzZ", b"--inne", b"xYzZY", b"?"])
    )
    .map(b"".join)
    .filter(lambda content: b"--xYzZY" not in content and b"--inner" not in content)
)
_fields = st.builds(
    FormField, name=st.sampled_from(["uuid", "email", "ort"]), value=_contents
)


@settings(deadline=None)
@given(
    fields=st.lists(_fields, max_size=5),
    cv=_contents.filter(bool),
    at=st.integers(0, 5),
    contained=st.integers(0, 6),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=5),
)
async def test_order_nesting_and_chunks_change_nothing(
    fields: Sequence[FormField],
    cv: bytes,
    at: int,
    contained: int,
    sizes: Sequence[int],
) -> None:
    """Fields and CV come out as sent, in order, wherever the bytes were cut."""
    parts = [_part(f'name="{field.name}"', field.value) for field in fields]
    parts.insert(at, _part('name="cv"; filename="cv.doc"', cv))
    # Like curl: one field becomes a container, and swallows those that follow.
    outer, inner = parts[:contained], parts[contained:]
    body = _body(*outer, *([_container(*inner)] if inner else []))

    form = await _form(body, *sizes)

    assert form.fields == tuple(fields)
    assert [file.sha256 for file in form.files] == [sha256(cv).hexdigest()]


async def test_contents_are_found_by_their_hash() -> None:
    """A document's bytes lie under its hash, once if they came twice."""
    body = _body(
        _part('name="cv"; filename="a.txt"', b"Joe"),
        _part('name="extra"; filename="b.txt"', b"Joe"),
    )

    kept = Kept()
    async with read_form(
        _chunks(body), TYPE, FormLimits(), FormShape(BOARD.fields), kept.files()
    ) as received:
        hashes = [file.sha256 for file in received.form.files]
        documents = kept.documents(received)

    digest = sha256(b"Joe").hexdigest()
    assert hashes == [digest, digest]
    assert documents[digest] == b"Joe"


@pytest.mark.parametrize(
    ("disposition", "filename"),
    [
        ('name="cv"', None),
        ('name="cv"; filename="cv.txt"', "cv.txt"),
        ('name="cover_letter"; filename="letter.txt"', "letter.txt"),
        ("name=x; filename=bare.txt", "bare.txt"),
        ('name="x"; filename="a \\"b\\"; c.txt"', 'a "b"; c.txt'),
        ('name="x"; filename="../../etc/passwd"', "../../etc/passwd"),
        ('name="x"; filename="nul\0.txt"', "nul\0.txt"),
        ('name="x"; filename="Lebenslauf Jörg.txt"', "Lebenslauf Jörg.txt"),
        ("name=\"x\"; filename*=UTF-8''J%C3%B6rg.txt", "Jörg.txt"),
        ("name=x; filename=J.txt; filename*=iso-8859-1'de'J%F6rg.txt", "Jörg.txt"),
        pytest.param(f'name="x"; filename="{"a" * 10_000}"', "a" * 10_000, id="long"),
    ],
)
async def test_a_document_keeps_the_filename_it_came_with(
    disposition: str, filename: str | None
) -> None:
    """A part with a filename is a document, and so is a CV that came as text."""
    file = await _file(disposition, b"Joe Smith")

    assert (file.filename, file.size) == (filename, 9)


async def test_a_name_that_is_not_utf_8_is_read_as_latin_1() -> None:
    """Bytes without a charset still become a name, and nothing is refused."""
    body = _body(_part('name="x"; filename="J?rg"', b"Joe").replace(b"?", b"\xf6"))

    form = await _form(body)

    assert [file.filename for file in form.files] == ["J\xf6rg"]


async def test_an_empty_file_with_a_name_is_a_document() -> None:
    """A file was chosen, so it is kept even though nothing is in it."""
    file = await _file('name="cv"; filename="cv.pdf"', b"")

    assert (file.size, file.sha256) == (0, EMPTY)


@pytest.mark.parametrize("disposition", ['name="cv"', 'name="cv"; filename=""'])
async def test_an_empty_cv_without_a_name_is_missing(disposition: str) -> None:
    """A browser sends this where no file was chosen."""
    form = await _form(_body(_part(disposition, b"")))

    assert form == MultipartForm(fields=(), files=())


async def test_a_letter_without_a_filename_is_text() -> None:
    """Only a file makes a document of a cover letter; empty fields are kept too."""
    form = await _form(
        _body(
            _part('name="cover_letter"', b"Hello"),
            _part('name="phone_number"', b""),
        )
    )

    assert form.fields == (
        FormField("cover_letter", b"Hello"),
        FormField("phone_number", b""),
    )
    assert form.files == ()


async def test_a_part_without_a_name_is_kept() -> None:
    """It is odd, but it may be all that a candidate said."""
    form = await _form(_body(b"\r\nbare", b"content-type: text/plain\r\n\r\ntyped"))

    assert form.fields == (FormField("", b"bare"), FormField("", b"typed"))


async def test_containers_nest_two_deep() -> None:
    """The containers yield no field of their own."""
    leaf = _part('name="email"', b"joe@example.com")
    nested = _container(leaf, boundary="innermost")

    form = await _form(_body(_container(nested, _part('name="uuid"', b"1"))))

    assert form.fields == (
        FormField("email", b"joe@example.com"),
        FormField("uuid", b"1"),
    )


async def test_a_mixed_file_is_a_document() -> None:
    """A saved mail sent as the CV is not taken apart."""
    declared = "Content-Type: multipart/mixed; boundary=inner"

    file = await _file('name="cv"; filename="cv.eml"', b"--inner--", declared)

    assert (file.size, file.declared_type) == (9, declared.split(": ")[1])


@pytest.mark.parametrize("size", [1, 7, 78, 65536])
@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [
        ("BASE64", base64.encodebytes(b"Joe Smith " * 50).replace(b"\n", b"\r\n")),
        ("quoted-printable", b"=4Aoe Smith =\r\n" * 50),
        ("binary", b"Joe Smith " * 50),
        ("unheard-of", b"Joe Smith " * 50),
    ],
)
async def test_a_transfer_encoding_is_undone(
    encoding: str, encoded: bytes, size: int
) -> None:
    """Mail libraries send them, with line breaks wherever they fall."""
    header = f"Content-Transfer-Encoding: {encoding}"

    form = await _form(_body(_part('name="letter"', encoded, header)), size)

    assert form.fields == (FormField("letter", b"Joe Smith " * 50),)


@pytest.mark.parametrize(
    "content_type",
    [
        'Multipart/Form-Data; charset=utf-8; Boundary="xYzZY"',
        "multipart/form-data;boundary=xYzZY;x",
        "MULTIPART/FORM-DATA ; boundary = xYzZY",
    ],
)
async def test_a_content_type_is_read_in_any_dress(content_type: str) -> None:
    """Case, quotes, blanks and other parameters make no difference."""
    form = await _form(_body(_part('name="a"', b"1")), content_type=content_type)

    assert form.fields == (FormField("a", b"1"),)


async def _upload(size: int) -> AsyncIterator[bytes]:
    block = bytes(65536)
    yield b"--xYzZY\r\n" + _part('name="cv"; filename="cv.pdf"', b"")
    for _ in range(size // len(block)):
        yield block
    yield b"\r\n--xYzZY--\r\n"


async def test_a_large_document_takes_no_memory() -> None:
    """Ten megabytes pass through less than two."""
    tracemalloc.start()
    try:
        async with read_form(
            _upload(10_000_000), TYPE, FormLimits(), FormShape(BOARD.fields), files()
        ) as received:
            _, peak = tracemalloc.get_traced_memory()
            [file] = received.form.files
    finally:
        tracemalloc.stop()

    assert file.size > 9_900_000
    assert peak < 2 * 1024 * 1024


@pytest.mark.parametrize(
    "name", ["uuid", "a.b", "a-b_c[0]", "n" * 100, "n" * 101, "", "a b", "a;b", "%41"]
)
def test_a_plain_name_is_read_as_any_other(name: str) -> None:
    """What is read at once says what the library would say of it."""
    header = f'form-data; name="{name}"'.encode()

    assert parsed_options(header) == parse_options_header(header)
    assert parsed_options(header) == parsed_options(header.replace(b"; ", b" ;  "))
