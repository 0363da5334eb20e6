"""Documents of a board of one's own: parts of a form, or base64 in the JSON."""

import json
from base64 import b64encode

import pytest

from letterbox.boards.generic import BOARD
from letterbox.domain.errors import MalformedError, TooLargeError
from letterbox.domain.submission import Role
from tests.letterbox.boards.generic.posting import FORM, PDF, application, form, take


def test_a_form_brings_the_same_with_its_files_as_they_are() -> None:
    """A document names its part; what none names is a document all the same."""
    documents = [{"role": "RESUME", "part": "file", "filename": "Ada.pdf"}]
    said = json.dumps(application(documents=documents)).encode()
    body = form(
        ("file", "cv.pdf", PDF),
        ("application", None, said),
        ("cover_letter", "letter.pdf", b"letter"),
        ("file", "second.pdf", b"second"),
        ("none", "", b""),
    )

    got, warnings = take(body, FORM)

    assert warnings == []
    found = [
        (one.role, one.filename, got.contents[one.sha256])
        for one in got.submission.documents
    ]
    assert found == [
        (Role.RESUME, "Ada.pdf", PDF),
        (Role.COVER_LETTER, "letter.pdf", b"letter"),
        (Role.OTHER, "second.pdf", b"second"),
    ]
    assert BOARD.read(got.submission).references.job_reference == "DEV-17"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        form(),
        form(("file", "cv.pdf", PDF)),
        form(("application", None, b"{")),
        form(
            ("application", None, b'{"id": "1"}'),
            ("application", None, b'{"id": "1", "demographics": {"gender": "x"}}'),
        ),
        form(("application", None, b'{"id": "1"}'))[:-10],
        b"x" * 100_000,
    ],
)
def test_a_form_without_an_application_is_malformed(body: bytes) -> None:
    """There is nothing to keep it under."""
    with pytest.raises(MalformedError):
        take(body, FORM)


def test_a_form_of_more_parts_than_are_kept_is_too_large() -> None:
    """None of them is lost silently."""
    parts = [("file", f"{number}.pdf", PDF) for number in range(101)]

    with pytest.raises(TooLargeError):
        take(form(("application", None, b'{"id": "1"}'), *parts), FORM)


def test_a_file_of_a_form_says_itself_what_the_json_leaves_out() -> None:
    """Its name and its type are in its head; it may be encoded as in e-mails."""
    said = application(
        documents=[
            {"part": "cv", "role": "RESUME"},
            {"part": "other", "question_id": "q"},
        ]
    )
    head = (
        'Content-Disposition: form-data; name="{}"; filename="{}"\r\n'
        "Content-Type: {}\r\nContent-Transfer-Encoding: {}\r\n\r\n"
    )
    parts = [
        head.format("application", "", "application/json", "8bit").encode()
        + json.dumps(said).encode(),
        head.format("cv", "cv.pdf", "application/pdf", "BASE64 ").encode()
        + b64encode(PDF),
        head.format("other", "o.bin", "x/y", "quoted-printable").encode() + b"a=3Db",
    ]
    body = b"".join(b"--a-boundary\r\n" + part + b"\r\n" for part in parts)

    got, warnings = take(body + b"--a-boundary--\r\n", FORM)

    cv, other = got.submission.documents
    assert warnings == []
    assert (cv.role, cv.filename, cv.declared_type) == (
        Role.RESUME,
        "cv.pdf",
        "application/pdf",
    )
    assert got.contents[cv.sha256] == PDF
    assert (other.filename, other.declared_type) == ("o.bin", "x/y")
    assert other.question_id == "q"
    assert got.contents[other.sha256] == b"a=b"


@pytest.mark.parametrize(
    ("documents", "incomplete"),
    [
        (None, False),
        ([], False),
        ([{"role": "OTHER", "content": "eA=="}], True),
        ([{"role": "resume ", "content": "eA=="}], False),
    ],
)
def test_an_application_with_documents_and_no_cv_is_looked_at(
    documents: list[dict[str, str]] | None, *, incomplete: bool
) -> None:
    """One without any is whole: not every position asks for them."""
    got, _ = take(application(documents=documents))

    assert BOARD.read(got.submission).incomplete is incomplete


def test_a_part_without_a_name_is_a_document_like_any_other() -> None:
    """It needs no name; nor need the line between parts be declared."""
    body = form(("application", None, json.dumps(application()).encode()))
    nameless = b'--a-boundary\r\nContent-Disposition: form-data; filename="x.txt"\r\n'

    got, _ = take(nameless + b"\r\nx\r\n" + body, FORM)

    assert [one.filename for one in got.submission.documents][-1] == "x.txt"
    got, _ = take(body, {"content-type": "multipart/form-data"})
    assert got.submission.board_id == "web-1001"


def test_what_is_wrong_with_a_document_is_told_of_that_one_alone() -> None:
    """The first is no base64, the second is, and the third has nothing at all."""
    contents = [{"content": "not base64!"}, {"content": "eA=="}, {"role": "OTHER"}]

    _, warnings = take(application(documents=contents))

    assert [(one["at"], one["problem"]) for one in warnings] == [
        (["documents", "0", "content"], "not base64: kept as it came"),
        (["documents", "2"], "it has no content, and names no part"),
    ]
