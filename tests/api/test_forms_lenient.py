"""What clients get wrong in a form that a person could read: taken, and taken whole."""

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.multipart.form import FormLimits, read_form
from api.multipart.shapes import FormShape
from letterbox.boards.base import FormField, MultipartForm
from letterbox.boards.careerjet import BOARD, sign
from letterbox.domain.errors import MalformedError
from letterbox.domain.submission import Role
from tests.api.reading_forms import Kept, files

BOUNDARY = b"xYzZY"
TYPE = "multipart/form-data; boundary=xYzZY"
SECRET = "a secret"
PDF = b"%PDF-1.4\r\n\x00\xff=3D\n--xYzZ\r\nend\n"
TEXTS = {
    "uuid": b"1",
    "email": b"ada@example.com",
    "cover_letter": b"Two\r\nlines",
    "source_signature": sign("1", SECRET).encode(),
}


async def _chunks(body: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def _form(body: bytes, content_type: str = TYPE, size: int = 7) -> MultipartForm:
    kept, shape = Kept(), FormShape(BOARD.fields)
    chunks = _chunks(body, size)
    async with read_form(
        chunks, content_type, FormLimits(), shape, kept.files()
    ) as received:
        form = received.form
        documents = kept.documents(received)
    for file in form.files:
        assert sha256(documents[file.sha256]).hexdigest() == file.sha256
    return form


def part(name: str, content: bytes, *headers: bytes, more: bytes = b"") -> bytes:
    """Spell a part with these headers after the first."""
    first = b'Content-Disposition: form-data; name="' + name.encode() + b'"' + more
    return b"\r\n".join((first, *headers, b"", content))


def body(*parts: bytes, boundary: bytes = BOUNDARY) -> bytes:
    """Spell a form to the letter."""
    opened = (b"--" + boundary + b"\r\n" + one + b"\r\n" for one in parts)
    return b"".join(opened) + b"--" + boundary + b"--\r\n"


def plain(cv: bytes = PDF) -> bytes:
    """Spell a whole application."""
    fields = [part(name, value) for name, value in TEXTS.items()]
    file = part("cv", cv, b"Content-Type: application/pdf", more=b'; filename="cv.pdf"')
    return body(*fields, file)


def _is_whole(form: MultipartForm, cv: bytes = PDF) -> bool:
    said = {field.name: field.value for field in form.fields}
    return said == TEXTS and [file.sha256 for file in form.files] == [
        sha256(cv).hexdigest()
    ]


MANY = b"".join(b"X-%d: a\r\n" % number for number in range(60))
SLIPS: dict[str, Callable[[bytes], bytes]] = {
    "a preamble": lambda form: b"This is a form.\r\n--\r\n--xYzZ\r\n" + form,
    "a blank preamble": lambda form: b"\r\n\r\n" + form,
    "an epilogue": lambda form: form + b"--xYzZY\r\nof something else\r\n",
    "no last line end": lambda form: form.removesuffix(b"\r\n"),
    "blanks after boundaries": lambda form: form.replace(
        b"--xYzZY\r\n", b"--xYzZY \t \r\n"
    ).replace(b"--xYzZY--", b"--xYzZY--  "),
    "folded headers": lambda form: form.replace(
        b"form-data; name", b"form-data;\r\n\t name"
    ),
    "many headers": lambda form: form.replace(b"Content-D", MANY + b"Content-D"),
    "a blank before the colon": lambda form: form.replace(
        b"Disposition:", b"Disposition :"
    ),
    "no blank after the colon": lambda form: form.replace(
        b": form-data", b":form-data"
    ),
    "headers in capitals": lambda form: form.replace(
        b"Content-Disposition", b"CONTENT-DISPOSITION"
    ),
    "a program's warning in a header": lambda form: form.replace(
        b"Content-D", b"Warning in line 3\r\nX\xc3\x84: 1\r\n: 2\r\nContent-D"
    ),
    "a filename for each field": lambda form: form.replace(
        b'name="email"', b'name="email"; filename="blob"'
    ).replace(b'name="uuid"', b'name="uuid"; filename=""'),
    "line feeds in headers": lambda form: form.replace(b'"\r\n\r\n', b'"\n\n'),
    "line feeds at boundaries": lambda form: form.replace(b"--xYzZY\r\n", b"--xYzZY\n"),
}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("size", [1, 7, 65536])
async def test_a_slip_costs_nothing(slip: str, size: int) -> None:
    """Every field and every byte of the document is as it was meant."""
    assert _is_whole(await _form(SLIPS[slip](plain()), size=size))


@pytest.mark.parametrize("size", [1, 7, 65536])
async def test_line_feeds_alone_are_line_ends(size: int) -> None:
    """Whatever is in the document is as it was sent."""
    cv = b"%PDF-1.4\ntext\r\n\rend"
    form = plain(cv=b"PLACE").replace(b"\r\n", b"\n").replace(b"PLACE", cv)

    received = await _form(form, size=size)

    said = {field.name: field.value for field in received.fields}
    assert said == TEXTS | {"cover_letter": b"Two\nlines"}
    assert received.files[0].sha256 == sha256(cv).hexdigest()


@pytest.mark.parametrize("cv", [b"%PDF-1.4\r", b"%PDF-1.4\r\r", b"a\r\n\r", b"\r"])
@pytest.mark.parametrize("size", [1, 7, 65536])
async def test_a_last_carriage_return_is_the_documents_where_lines_end_in_line_feeds(
    cv: bytes, size: int
) -> None:
    """Old Macs end lines so; the fields before have told how this client does."""
    form = plain(cv=b"PLACE").replace(b"\r\n", b"\n").replace(b"PLACE", cv)

    received = await _form(form, size=size)

    assert {field.name: field.value for field in received.fields}["uuid"] == b"1"
    assert received.files[0].sha256 == sha256(cv).hexdigest()


@pytest.mark.parametrize("size", [1, 7, 65536])
async def test_a_carriage_return_before_a_boundary_is_a_line_end_where_any_other_is(
    size: int,
) -> None:
    """RFC 2046: the CRLF before a boundary is the boundary's."""
    lines = SLIPS["line feeds in headers"](SLIPS["line feeds at boundaries"](plain()))

    assert _is_whole(await _form(lines, size=size))


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; charset=utf-8",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
    ],
)
@pytest.mark.parametrize("before", [b"", b"\r\n"])
async def test_a_boundary_that_is_not_named_is_the_first_line(
    content_type: str, before: bytes
) -> None:
    """Clients that set the header by hand forget it."""
    assert _is_whole(await _form(before + plain(), content_type))


async def test_blanks_behind_a_boundary_that_is_not_named_are_no_part_of_it() -> None:
    """As with one that is named."""
    form = plain().replace(b"--xYzZY\r\n", b"--xYzZY \t\r\n")

    assert _is_whole(await _form(form, "multipart/form-data"))


async def test_a_first_line_without_an_end_costs_no_time_however_slowly_it_comes() -> (
    None
):
    """Nobody has signed yet, and all answers wait for the one that is being read."""
    sent = b"--" + b"a" * 200 + b" " * 60_000
    began = process_time()

    with pytest.raises(MalformedError):
        await _form(sent, "multipart/form-data", size=100)

    # Measured: 0.01 s; 10 s when each blank was tried as the first behind it.
    assert process_time() - began < 2


@pytest.mark.parametrize("size", [1, 7, 65536])
async def test_a_blank_before_the_first_header_is_no_part_of_it(size: int) -> None:
    """There is no line before it that it could belong to."""
    sent = plain().replace(b"\r\nContent-D", b"\r\n Content-D")

    assert _is_whole(await _form(sent, size=size))


@pytest.mark.parametrize("size", [1, 2, 65536])
async def test_a_byte_order_mark_before_a_form_is_passed_over(size: int) -> None:
    """The first part would be lost with its boundary."""
    assert _is_whole(await _form(b"\xef\xbb\xbf" + plain(), size=size))
    assert _is_whole(
        await _form(b"\xef\xbb\xbf" + plain(), "multipart/form-data", size)
    )


@pytest.mark.parametrize("name", ["uuid", "firstname", "candidate_ip"])
async def test_a_field_that_is_far_too_long_is_a_document_if_it_has_a_filename(
    name: str,
) -> None:
    """Whatever its name says, somebody sent a file."""
    long = b"%PDF-1.7" + b"x" * (FormLimits().field_bytes + 1)

    [file] = (
        await _form(body(part(name, long, more=b'; filename="a.pdf"')), size=65536)
    ).files

    assert (file.name, file.size) == (name, len(long))


async def test_a_body_without_a_boundary_is_refused() -> None:
    """It is not searched for without end either."""
    for sent in (b"", b"--\r\n", b"garbage\r\n" * 50_000):
        with pytest.raises(MalformedError):
            await _form(sent, "multipart/form-data", 65536)


@pytest.mark.parametrize("size", [1, 78, 65536])
@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [
        (b"base64", base64.b64encode(PDF)),
        (b"base64", base64.b64encode(PDF).rstrip(b"=")),
        (b"BASE64", base64.encodebytes(PDF)),
        (b"base64", PDF),
        (b"quoted-printable", PDF),
        (b"7bit", PDF),
        (b"8bit", PDF),
        (b"x-unheard-of", PDF),
    ],
)
async def test_a_document_is_what_was_meant(
    encoding: bytes, encoded: bytes, size: int
) -> None:
    """Padded or not, and also where it is said to be encoded and is not."""
    headers = (b"Content-Transfer-Encoding: " + encoding,)
    sent = part("cv", encoded, *headers, more=b'; filename="cv.pdf"')

    [file] = (await _form(body(sent), size=size)).files

    assert file.sha256 == sha256(PDF).hexdigest()


@pytest.mark.parametrize("text", [b"Anna", b"Smith", b"12345678-aaaa", b"a+b", b""])
async def test_a_short_text_is_not_taken_for_base64(text: bytes) -> None:
    """A name consists of the same letters."""
    sent = part("firstname", text, b"Content-Transfer-Encoding: base64")

    assert (await _form(body(sent))).fields == (FormField("firstname", text),)


@pytest.mark.parametrize(
    "declared",
    [b"application/pdf", b"application/octet-stream", b"image/jpeg", b"text/rtf"],
)
@pytest.mark.parametrize("name", ["cover_letter", "portfolio"])
async def test_a_document_needs_no_filename(declared: bytes, name: str) -> None:
    """It is kept byte for byte, and not as text."""
    sent = part(name, PDF, b"Content-Type: " + declared)

    [file] = (await _form(body(sent))).files

    assert (file.name, file.filename, file.sha256) == (
        name,
        None,
        sha256(PDF).hexdigest(),
    )


@pytest.mark.parametrize("name", ["uuid", "source_signature", "email"])
async def test_a_field_is_no_document_whatever_it_declares(name: str) -> None:
    """Some clients declare a type for each of them."""
    sent = part(name, b"1", b"Content-Type: application/octet-stream")

    assert (await _form(body(sent))).fields == (FormField(name, b"1"),)


async def test_a_long_letter_becomes_a_document() -> None:
    """More than a text field may hold is no reason to refuse a person."""
    letter = b"Dear Sir or Madam, " * 70_000

    form = await _form(
        body(part("uuid", b"1"), part("cover_letter", letter)), size=9999
    )

    [file] = form.files
    assert file.name == "cover_letter"
    assert (file.size, file.sha256) == (len(letter), sha256(letter).hexdigest())
    assert form.fields == (FormField("uuid", b"1"),)


@pytest.mark.parametrize(
    ("disposition", "filename"),
    [
        (b'; filename*0="a long "; filename*1=name.pdf', "a long name.pdf"),
        (b"; filename*0*=UTF-8''J%C3%B6rg%20; filename*1*=%E2%98%83.pdf", "Jörg ☃.pdf"),
        (b"; filename*1*=rg%27.pdf; filename*0*=UTF-8'de'J%C3%B6", "Jörg'.pdf"),
        (b"; filename*0*=utf-8''a%2A; filename*1=\"b*c;d\"", "a*b*c;d"),
        (b"; filename*0=a; filename*2=c", "a"),
        (b"; filename=plain.pdf; filename*0*=UTF-8''%C3%B6.pdf", "ö.pdf"),
        (b"; filename*=ISO-8859-2''%B3.pdf", "ł.pdf"),
        (b"; filename*=unheard-of''%C3%B6.pdf", "ö.pdf"),
        (b"; filename*=%C3%B6.pdf", "ö.pdf"),
        (b'; filename="a*b.pdf"', "a*b.pdf"),
    ],
)
async def test_a_filename_in_pieces_is_put_together(
    disposition: bytes, filename: str
) -> None:
    """RFC 2231 lets a long one be continued, as mail libraries do."""
    [file] = (await _form(body(part("x", b"1", more=disposition)))).files

    assert file.filename == filename


@pytest.mark.parametrize("kind", [b"multipart/mixed", b"multipart/form-data"])
@pytest.mark.parametrize("inner", [b"; boundary=inner", b""])
async def test_a_container_names_what_is_in_it(kind: bytes, inner: bytes) -> None:
    """RFC 2388 put several files into a field so."""
    files = [
        b'Content-Disposition: file; filename="cv%d.pdf"\r\n\r\n%%PDF-%d'
        % (number, number)
        for number in range(2)
    ]
    contained = body(*files, boundary=b"inner")
    headers = (b"Content-Type: " + kind + inner,)
    sent = body(
        *(part(name, value) for name, value in TEXTS.items()),
        part("cv", contained, *headers),
    )

    form = await _form(sent)

    delivery = BOARD.receive(form, [SECRET.encode()], datetime.now(UTC))
    assert [file.name for file in form.files] == ["cv", "cv"]
    assert {document.role for document in delivery.documents} == {Role.RESUME}


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ((b"Content-Type: text/plain; charset=ISO-8859-2",), ()),
        ((b'Content-Type: text/plain; charset="iso-8859-2"',), ()),
        ((), ((b"iso-8859-2"),)),
    ],
)
async def test_a_declared_charset_is_obeyed_and_kept(
    headers: tuple[bytes, ...], fields: tuple[bytes, ...]
) -> None:
    """Of the field, or of the whole form by ``_charset_``."""
    parts = [part(name, value) for name, value in TEXTS.items()]
    parts.append(part("lastname", "Łukasz".encode("iso-8859-2"), *headers))
    parts += [part("_charset_", charset) for charset in fields]

    form = await _form(body(*parts))

    delivery = BOARD.receive(form, [SECRET.encode()], datetime.now(UTC))
    assert BOARD.read(delivery).candidate.person.name.family == "Łukasz"
    assert "iso8859-2" in str(delivery.said)


@pytest.mark.parametrize(
    "declared",
    [b"unheard-of", b"punycode", b"utf-7", b"hex", b"utf-16", b"\xff", b"a\0"],
)
async def test_a_charset_that_does_not_fit_is_passed_over(declared: bytes) -> None:
    """Then it is guessed, and nothing is lost."""
    header = b"Content-Type: text/plain; charset=" + declared
    parts = [part(name, value) for name, value in TEXTS.items()]
    parts.append(part("lastname", "Jörg".encode(), header))

    form = await _form(body(*parts))

    delivery = BOARD.receive(form, [SECRET.encode()], datetime.now(UTC))
    assert BOARD.read(delivery).candidate.person.name.family == "Jörg"


async def test_a_form_has_a_shape_that_tells_of_nobody() -> None:
    """Names, types and sizes, also of what is refused halfway; no values, no people."""
    shape = FormShape(BOARD.fields)
    odd = part("ada@example.com", b"1", b"Content-Type: Ada Example")
    sent = plain().replace(b"--xYzZY--\r\n", b"--xYzZY\r\n" + odd)

    with suppress(MalformedError):
        async with read_form(_chunks(sent, 99), TYPE, FormLimits(), shape, files()):
            pass

    assert not shape.is_familiar
    assert [one["name"] for one in shape.parts] == [*TEXTS, "cv", "?"]
    assert shape.parts[-2] == {
        "name": "cv",
        "type": "application/pdf",
        "is_file": True,
        "size": len(PDF),
    }
    assert shape.parts[-1]["type"] == "?"


@settings(deadline=None, max_examples=300)
@given(
    slips=st.lists(st.sampled_from(sorted(SLIPS)), unique=True, max_size=4),
    size=st.integers(1, 60),
)
async def test_slips_add_up_to_nothing(slips: list[str], size: int) -> None:
    """Several at once, in any order; what follows a form needs a line of its own."""
    sent = plain()
    for slip in sorted(slips, key="no last line end".__eq__):
        sent = SLIPS[slip](sent)

    assert _is_whole(await _form(sent, size=size))


@settings(deadline=None, max_examples=500)
@given(data=st.data(), size=st.integers(1, 200))
async def test_a_spoilt_byte_is_refused_or_changes_what_it_stands_in(
    data: st.DataObject, size: int
) -> None:
    """Never half a form: all parts are there, or it is refused."""
    sent = bytearray(plain())
    place = data.draw(st.integers(0, len(sent) - 1))
    how = data.draw(st.sampled_from(["changed", "removed", "inserted"]))
    byte = data.draw(st.integers(0, 255))
    if how == "changed":
        sent[place] = byte
    elif how == "removed":
        del sent[place]
    else:
        sent.insert(place, byte)

    with suppress(MalformedError):
        form = await _form(bytes(sent), size=size)
        swallowed = sum(b"xYzZY" in one.value for one in form.fields)
        large = sum(one.size > len(PDF) + 1 for one in form.files)
        assert len(form.fields) + len(form.files) + swallowed + large >= len(TEXTS)
