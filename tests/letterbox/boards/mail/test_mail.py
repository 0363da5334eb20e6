"""What raw messages mean. Pure: the HTTP around it is tested in tests/api."""

import time
from datetime import UTC, datetime
from email.message import EmailMessage
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.boards.mail import BOARD
from letterbox.boards.mail.settings import MailSettings
from letterbox.domain.errors import MalformedError, SignatureError
from letterbox.domain.submission import Role, Submission
from tests.letterbox.boards.mail.messages import PDF, attach, message, read, taken
from tests.letterbox.boards.posts import NOW, verified


@pytest.mark.parametrize("secrets", [[b"token"], [b"new", b"token"]])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_bearer_token_opens_it(scheme: str, secrets: list[bytes]) -> None:
    """Both tokens are good while they rotate."""
    verified(BOARD, b"any", {"authorization": f"{scheme} token"}, secrets)


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
    html = written.get_payload()[1]
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


@pytest.mark.parametrize(
    ("headers", "known", "reference", "at"),
    [
        ({}, {}, "DEV-17", "to"),
        ({}, {"headers": {"letterbox-recipient": "a+X-1@b.org"}}, "X-1", "letterbox-"),
        ({"X_Original_To": "jobs+X-2@b.org"}, {}, "X-2", "x-original-to"),
        ({"Delivered_To": "jobs+X-3@b.org"}, {}, "X-3", "delivered-to"),
        ({"To": "x@b.org", "Cc": "Jobs <jobs+X-4@b.org>"}, {}, "X-4", "cc"),
        ({"To": "ada+jobs@example.com, jobs+X-5@b.org"}, {}, "X-5", "to"),
        ({"To": "jobs+@b.org"}, {}, None, None),
        ({"To": "undisclosed-recipients:;"}, {}, None, None),
        ({"To": None}, {}, None, None),
        ({"To": "jobs@b.org", "Subject": "Job [DEV-9]"}, {}, None, None),
        (
            {"To": "jobs@b.org", "Subject": "=?utf-8?q?Job_=5BDEV-9=5D?="},
            {"pattern": r"\[([A-Z]+-\d+)\]"},
            "DEV-9",
            "subject",
        ),
        ({"Subject": "[DEV-9]"}, {"pattern": r"\[([A-Z]+-\d+)\]"}, "DEV-17", "to"),
        ({"To": "j@b.org", "Subject": "DEV"}, {"pattern": r"DEV(\d*)"}, None, None),
    ],
)
def test_the_reference_is_in_the_address_or_else_in_the_subject(
    headers: dict[str, str | None],
    known: dict[str, Any],
    reference: str | None,
    at: str | None,
) -> None:
    """Who delivers knows the recipient best; the candidate's own plus is none."""
    said = taken(message(**headers).as_bytes(), **known).submission.said

    assert isinstance(said, dict)
    assert said["job_reference"] == reference
    assert str(said["reference_in"]).startswith(at or "None")


def test_no_pattern_hangs_on_any_subject() -> None:
    """What takes for ever elsewhere takes no time in RE2."""
    subject = "a" * 1900 + "!"
    written = message(To="jobs@b.org", Subject=subject)
    began = time.monotonic()

    said = taken(written.as_bytes(), pattern=r"^(a+)+$").submission.said

    assert isinstance(said, dict)
    assert said["job_reference"] is None
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("pattern", ["(", r"(a)\1", "(?=a)(b)", "no group"])
def test_a_rule_that_cannot_be_is_refused_at_the_start(pattern: str) -> None:
    """Not with the first message."""
    with pytest.raises(ValueError, match="must"):
        MailSettings(mail_subject_reference=pattern)


def test_whom_to_reply_to_is_the_candidate() -> None:
    """Boards send in a candidate's stead; a name may stand beside the sender only."""
    reading = read(
        message(
            From="Ada Example via Board <apply@board.example>",
            Reply_To="ada@example.com",
        ).as_bytes()
    )

    assert [one.address for one in reading.candidate.emails] == ["ada@example.com"]
    assert reading.candidate.person.name.formatted == "Ada Example via Board"


@pytest.mark.parametrize("sender", ["noreply@b.org", "Do-Not-Reply@b.org", "x", ""])
def test_an_address_that_nobody_reads_is_no_candidates(sender: str) -> None:
    """All who apply by it would be one person."""
    reading = read(message(From=sender).as_bytes())

    assert reading.candidate.emails == ()
    assert reading.incomplete


@pytest.mark.parametrize(
    ("header", "value", "why"),
    [
        ("Auto_Submitted", "auto-replied", "reply"),
        ("X_Autoreply", "yes", "reply"),
        ("Return_Path", "<>", "bounce"),
        ("From", "MAILER-DAEMON@mx.example.org", "bounce"),
        ("Auto_Submitted", "auto-generated", None),
        ("Auto_Submitted", "no", None),
        ("Return_Path", "<ada@example.com>", None),
    ],
)
def test_an_automatic_reply_waits_for_a_person(
    header: str, value: str, why: str | None
) -> None:
    """It is kept and matched to nothing; what boards generate is an application."""
    raw = attach(message(**{header: value}), "cv.pdf").as_bytes()

    said, reading = taken(raw).submission.said, read(raw)

    assert isinstance(said, dict)
    assert said["automatic"] == why
    assert reading.references.job_reference == (None if why else "DEV-17")
    assert reading.source.job_reference == "DEV-17"
    assert reading.incomplete == bool(why)


def test_what_servers_vouch_for_is_kept() -> None:
    """The first header is the last server's; those below may be anybody's."""
    written = message()
    written["Authentication-Results"] = "mx.b.org; dkim=PASS header.d=x; spf=fail"
    written["Authentication-Results"] = "mx.b.org; dkim=none; dmarc=pass"

    said = taken(written.as_bytes()).submission.said

    assert isinstance(said, dict)
    assert said["authentication"] == {"dkim": "pass", "spf": "fail"}
    assert said["sender_domain"] == "example.com"


@pytest.mark.parametrize(
    ("message_id", "board_id"),
    [
        ("<a/b+c=d@x.org>", "a/b+c=d@x.org"),
        ("a@x.org", "a@x.org"),
        (f"<{'x' * 200}@x.org>", sha256(f"{'x' * 200}@x.org".encode()).hexdigest()),
        ("<a@x.org> (a comment)", "a@x.org"),
    ],
)
def test_the_id_is_the_message_id(message_id: str, board_id: str) -> None:
    """Without its brackets; one that is too long stands by its digest."""
    raw = message(Message_ID=None).as_bytes()
    raw = f"Message-ID: {message_id}\n".encode() + raw

    assert taken(raw).submission.board_id == board_id


@pytest.mark.parametrize("line", [b"", b"Message-ID:\n", b"Message-ID: <>\n"])
def test_without_a_message_id_the_message_is_its_own(line: bytes) -> None:
    """The same bytes are the same application."""
    raw = line + message(Message_ID=None).as_bytes()

    assert taken(raw).submission.board_id == sha256(raw).hexdigest()


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


@pytest.mark.parametrize(
    ("raw", "name", "letter"),
    [
        (
            b"From: =?iso-8859-1?Q?Zo=EB?= <z@x.org>\nContent-Type: text/plain; "
            b"charset=iso-8859-1\n\nCaf\xe9",
            "Zoë",
            "Café",
        ),
        ("From: Zoë <z@x.org>\n\nCafé".encode(), "Zoë", "Café"),
        ("From: Zoë <z@x.org>\n\nCafé".encode("latin-1"), "Zoë", "Café"),
        (
            b"From: Z <z@x.org>\nContent-Type: text/plain; charset=nonsense\n"
            b"Content-Transfer-Encoding: quoted-printable\n\nCaf=C3=A9",
            "Z",
            "Café",
        ),
        (b"From: =?utf-8?q?=ff?= <z@x.org>\n\n\xff\xfe\0", "\ufffd", "ÿþ"),
        (b"From: z@x.org\nContent-Transfer-Encoding: base64\n\nno base64!", "", "no "),
    ],
)
def test_other_charsets_are_read(raw: bytes, name: str, letter: str) -> None:
    """Declared, undeclared, wrong and impossible ones."""
    reading = read(raw)

    assert reading.candidate.person.name.formatted == name
    assert reading.texts[0].text.startswith(letter)


def test_a_message_that_was_cut_off_is_kept_for_as_far_as_it_came() -> None:
    """Its beginning may be all that there is of an application."""
    raw = attach(message(), "cv.pdf", PDF * 1000).as_bytes()[:3000]

    got = taken(raw)

    cv, original = got.submission.documents
    assert cv.role is Role.RESUME
    assert got.contents[cv.sha256].startswith(PDF)
    assert got.contents[original.sha256] == raw
    assert BOARD.read(got.submission).incomplete


@pytest.mark.parametrize(
    "raw",
    [
        b"\n",
        b"no header at all",
        b"From",
        b"Content-Type: multipart/mixed\n\nno part",
        b"Content-Type: multipart/mixed; boundary=" + b"x" * 70_000 + b"\n\n",
        b"Content-Type: multipart/mixed; boundary=a\n\n" + b"\n--a\n\n" * 100_000,
        b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" + b"h" * 500_000,
        b"Content-Type: message/rfc822\n\n" * 1000,
        b"To: " + b"(" * 100_000 + b"\n\n",
        b"To: " + b"<a@b.org>," * 50_000 + b"\n\n",
        b"From: " + b"=?utf-8?q?" * 50_000 + b"\n\n",
        b"From: " + b'"' * 9_000 + b"\n\n",
        b"Subject: " + b"x" * 400_000 + b"\n\n",
        b"Content-Type: text/html\n\n" + b"<" * 300_000,
        b"Content-Type: text/html\n\n" + b"<!--<p \n" * 30_000,
        b"Content-Type: text/html\n\n" + b"\n " * 130_000,
    ],
)
def test_what_a_stranger_may_send_costs_little_and_is_kept(raw: bytes) -> None:
    """There is no message that cannot be kept whole."""
    began = time.monotonic()

    got = taken(raw)

    assert time.monotonic() - began < 10
    assert got.contents[got.submission.documents[-1].sha256] == raw
    assert BOARD.read(got.submission).incomplete


def test_deep_forwarding_ends() -> None:
    """What nests deeper than anybody forwards is a file."""
    written = attach(message(), "cv.pdf")
    for _ in range(30):
        outer = message()
        outer.add_attachment(written)
        written = outer

    got = taken(written.as_bytes())

    deep, _ = got.submission.documents
    assert deep.role is Role.OTHER
    assert deep.size > 1000


def test_an_empty_message_is_malformed() -> None:
    """There is nothing to keep; a pipe that broke sends it again."""
    with pytest.raises(MalformedError):
        taken(b"")


@pytest.mark.parametrize("date", ["soon", "", "Sat, 99 Foo 2026", "1 Jan 0001 00:00"])
def test_an_impossible_date_is_the_time_of_receipt(date: str) -> None:
    """It decides when the application is archived."""
    raw = f"Date: {date}\n".encode() + message(Date=None).as_bytes()

    assert read(raw).applied_at == NOW


def test_the_sample_is_a_whole_application() -> None:
    """``letterbox send mail`` posts it."""
    post = BOARD.sample_post("an-id", "DEV-17", "token", ("cv.pdf", PDF))

    got = taken(post.body)

    assert got.submission.board_id == "an-id"
    assert BOARD.read(got.submission).references.job_reference == "DEV-17"
    verified(BOARD, post.body, {"authorization": "Bearer token"}, [b"token"])


_LINES = st.sampled_from(
    [
        *(b"From: A <a@x.org>", b"To: j+DEV-1@x.org", b"Subject: =?utf-8?b?4p?="),
        *(b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: text/html"),
        *(b"Content-Type: message/rfc822", b"Content-Transfer-Encoding: base64"),
        *(b"Content-Disposition: attachment; filename*=utf-8''%ff.pdf", b"Date: x"),
        *(b"--b", b"--b--", b"", b" folded", b"JVBERi0x", b"Message-ID: <\xff@>"),
    ]
)


@given(lines=st.lists(_LINES | st.binary(max_size=20), min_size=1, max_size=30))
def test_any_message_is_kept_whole_and_has_a_meaning(lines: list[bytes]) -> None:
    """Whatever was made of it, the message lies beside."""
    raw = b"\n".join([*lines, b"end"])

    got = taken(raw)

    stored = Submission.model_validate_json(got.submission.model_dump_json())
    assert stored == got.submission
    assert got.contents[stored.documents[-1].sha256] == raw
    assert set(got.contents) == {one.sha256 for one in stored.documents}
    assert BOARD.read(stored).source.board_id == stored.board_id
