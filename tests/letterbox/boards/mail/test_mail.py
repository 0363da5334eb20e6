"""What raw messages mean. Pure: the HTTP around it is tested in tests/api."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from letterbox.boards.mail import BOARD
from letterbox.boards.mail.headers import MessageHeaders
from letterbox.domain.errors import SignatureError
from letterbox.domain.submission import Role
from tests.letterbox.boards.mail.messages import PDF, attach, message, read, taken
from tests.letterbox.boards.posts import is_verified, verified


@pytest.mark.parametrize("secrets", [[b"token"], [b"new", b"token"]])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_bearer_token_opens_it(scheme: str, secrets: list[bytes]) -> None:
    """Both tokens are good while they rotate."""
    headers = {"authorization": f"{scheme} token"}
    assert is_verified(BOARD, b"any", headers, secrets)


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "token", "Basic token", "Bearer é☃"],
)
def test_nothing_else_opens_it(authorization: str | None) -> None:
    """Absent and nonsense are refusals, never crashes."""
    headers = {} if authorization is None else {"authorization": authorization}

    for secrets in ([b"token"], []):
        with pytest.raises(SignatureError):
            verified(BOARD, b"any", headers, secrets)


def test_a_whole_message_finds_its_canonical_places() -> None:
    """The CV, other documents, the letter, and the message as it came."""
    written = message()
    attach(written, "photo.png", b"\x89PNG", maintype="image", subtype="png")
    attach(written, "Ada Example.pdf")
    attach(written, "letter.docx", b"PK\3\4")
    raw = written.as_bytes()

    got = taken(raw)

    photo, cv, letter, original = got.submission.documents
    assert [one.role for one in (photo, cv, letter, original)] == [
        Role.OTHER,
        Role.RESUME,
        Role.OTHER,
        Role.OTHER,
    ]
    assert cv.filename == "Ada Example.pdf"
    assert got.contents[cv.sha256] == PDF
    assert got.contents[original.sha256] == raw
    assert (original.filename, original.is_original) == ("message.eml", True)
    reading = BOARD.read(got.submission)
    assert got.submission.application_id == "mail:1@example.com"
    assert reading.references.job_reference == "DEV-17"
    assert reading.candidate.person.name.formatted == "Ada Example"
    assert [one.address for one in reading.candidate.emails] == ["ada@example.com"]
    assert reading.applied_at == datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
    assert [(one.role, one.text) for one in reading.texts] == [
        (Role.COVER_LETTER, "Please find my CV.")
    ]
    assert not reading.incomplete


@pytest.mark.parametrize(
    ("name", "subtype", "role"),
    [
        ("CV.PDF", "octet-stream", Role.RESUME),
        ("=?utf-8?B?TGViZW5zbGF1Zi5wZGY=?=", "octet-stream", Role.RESUME),
        ("cv.odt", "octet-stream", Role.RESUME),
        (None, "pdf", Role.RESUME),
        ("cv", "msword", Role.RESUME),
        ("winmail.dat", "ms-tnef", Role.OTHER),
        ("cv.pdf.exe", "pdf", Role.OTHER),
        (None, "octet-stream", Role.OTHER),
    ],
)
def test_what_can_be_a_cv(name: str | None, subtype: str, role: Role) -> None:
    """By its name, or by its type where it has no ending; all is kept as it came."""
    got = taken(attach(message(), name, b"any", subtype=subtype).as_bytes())

    document, _ = got.submission.documents
    assert document.role is role
    assert got.contents[document.sha256] == b"any"


def test_a_picture_in_a_signature_is_no_document() -> None:
    """It is in the message as it came; one that was attached is a document."""
    written = message()
    written.add_alternative('<p>Hello</p><img src="cid:logo">', subtype="html")
    html = list(written.iter_parts())[1]
    assert isinstance(html, EmailMessage)
    html.add_related(
        *(b"\x89PNG", "image", "png"),
        cid="<logo>",
        filename="logo.png",
        disposition="inline",
    )
    attach(written, "diploma.png", b"\x89PNG2", maintype="image", subtype="png")

    names = [one.filename for one in taken(written.as_bytes()).submission.documents]

    assert names == ["diploma.png", "message.eml"]


def test_the_way_that_a_message_took_makes_no_other_application() -> None:
    """A repeat has passed other servers; another letter is another content."""
    one = message().as_bytes()
    other = message("Another letter.\n").as_bytes()

    again = taken(b"Received: from elsewhere\n" + one).submission

    assert again.fingerprint == taken(one).submission.fingerprint
    assert taken(other).submission.fingerprint != again.fingerprint
    assert again.application_id == taken(other).submission.application_id


def test_a_forwarded_application_is_read_too() -> None:
    """Its documents are those of the message, whose own text comes first."""
    inner = attach(message("Inner letter.\n", Subject="Inner"), "cv.pdf")
    outer = message("See below.\n", From="Boss <boss@example.org>")
    outer.add_attachment(inner)
    silent = message("\n", From="Boss <boss@example.org>")
    silent.add_attachment(inner)

    got, reading = taken(outer.as_bytes()), read(outer.as_bytes())

    assert [one.role for one in got.submission.documents] == [Role.RESUME, Role.OTHER]
    assert [one.text for one in reading.texts] == ["See below."]
    assert reading.candidate.person.name.formatted == "Boss"
    assert [one.text for one in read(silent.as_bytes()).texts] == ["Inner letter."]


def test_html_alone_is_read_as_text() -> None:
    """Without its styles and scripts, and with its lines."""
    written = EmailMessage()
    written["From"] = "ada@example.com"
    written.set_content(
        "<html><head><title>t</title></head><style>p {}</style><p>Dear &amp;\n all"
        "</p><br/>I <b>apply</b>.<!-- no --><script>x()</script></html>",
        subtype="html",
    )

    [text] = read(written.as_bytes()).texts

    assert text.text == "Dear & all\n\nI apply."


def test_the_sample_is_a_whole_application() -> None:
    """``letterbox send mail`` posts it."""
    post = BOARD.sample_post(
        "an-id", "DEV-17", "token", ("cv.pdf", PDF), BOARD.settings()
    )

    got = taken(post.body)

    assert got.submission.board_id == "an-id"
    assert BOARD.read(got.submission).references.job_reference == "DEV-17"
    verified(BOARD, post.body, {"authorization": "Bearer token"}, [b"token"])


def test_a_cv_that_lies_among_the_pictures_is_a_document() -> None:
    """Some programs give all files of a message an id, and show them in the text."""
    written = message()
    written.add_related(PDF, "application", "pdf", cid="<1>", filename="cv.pdf")

    cv, _ = taken(written.as_bytes()).submission.documents

    assert (cv.role, cv.filename) == (Role.RESUME, "cv.pdf")


def test_another_document_makes_another_content() -> None:
    """Id and letter are the same, and yet it is no repeat, and is kept."""
    one, other = (
        taken(attach(message(), "cv.pdf", content).as_bytes()).submission
        for content in (PDF, PDF + b"more")
    )

    assert one.application_id == other.application_id
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    "changed",
    [
        {"From": "Eve Example <eve@example.com>"},
        {"Subject": "Another application"},
        {"To": "jobs+DEV-18@example.org"},
        {"Message_ID": "<2@example.com>"},
    ],
)
def test_what_else_a_message_says_of_an_application_makes_another(
    changed: dict[str, str],
) -> None:
    """It says who applies, for what, and under which id."""
    one, other = message().as_bytes(), message(**changed).as_bytes()

    assert taken(one).submission.fingerprint != taken(other).submission.fingerprint


def test_a_letter_is_read_by_its_own_charset() -> None:
    """It is said in the type; without it the same bytes are another letter."""
    kind = "Content-Type: text/plain; charset=koi8-r\r\n\r\n"
    letter = kind.encode() + "Прошу рассмотреть".encode("koi8-r")

    raw = b"From: ada@example.com\r\nTo: jobs+DEV-17@example.org\r\n" + letter

    assert [one.text for one in read(raw).texts] == ["Прошу рассмотреть"]


def test_addresses_that_are_cut_off_are_none_and_those_before_are_read() -> None:
    """A header of a stranger's is read to its limit, and no address is made up."""
    many = [f"a{number}@example.com" for number in range(1000)]

    read_of_it = MessageHeaders(b"To: " + ", ".join(many).encode()).mailboxes("to")

    addresses = [one.address for one in read_of_it]
    assert len(addresses) > 400
    assert addresses == many[: len(addresses)]


@pytest.mark.parametrize(
    ("cid", "inside", "documents"),
    [
        ("<logo>", "related", ["message.eml"]),
        (None, "related", ["logo.png", "message.eml"]),
        ("<logo>", "mixed", ["logo.png", "message.eml"]),
    ],
)
def test_only_a_picture_that_a_text_shows_is_no_document(
    cid: str | None, inside: str, documents: list[str]
) -> None:
    """Some programs name each attachment for the text to show, and it shows none."""
    picture = EmailMessage()
    picture.set_content(b"\x89PNG", "image", "png", filename="logo.png", cid=cid)
    del picture["Content-Disposition"]
    picture["Content-Disposition"] = 'inline; filename="logo.png"'
    written = message()
    written.make_mixed()
    written.attach(picture)
    raw = written.as_bytes().replace(b"multipart/mixed", f"multipart/{inside}".encode())

    names = [one.filename for one in taken(raw).submission.documents]

    assert names == documents


def test_a_document_s_name_may_stand_beside_its_type() -> None:
    """Older programs name it there alone; where both are, the disposition counts."""
    parts = [
        b'Content-Type: application/pdf; name="Ada.pdf"\r\n\r\n%PDF-1.4',
        b"\r\n".join(
            [
                b'Content-Type: text/rtf; name="a.rtf"',
                b'Content-Disposition: attachment; filename="b.rtf"',
                b"\r\n{\\rtf1}",
            ]
        ),
    ]
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    head = b"From: ada@example.com\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"

    documents = taken(head + body + b"--b--\r\n").submission.documents

    assert [one.filename for one in documents] == ["Ada.pdf", "b.rtf", "message.eml"]
