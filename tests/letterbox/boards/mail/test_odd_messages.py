"""Messages that are broken, hostile or in strange charsets."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.boards.mail import BOARD
from letterbox.boards.mail.headers import MessageHeaders, mailboxes
from letterbox.domain.errors import MalformedError
from letterbox.domain.submission import Role, Submission
from tests.letterbox.boards.mail.messages import PDF, attach, message, read, taken
from tests.letterbox.boards.posts import NOW


@pytest.mark.parametrize(
    ("raw", "name", "letter"),
    [
        (
            b"\n".join(
                [
                    b"From: =?iso-8859-1?Q?Zo=EB?= <z@x.org>",
                    b"Content-Type: text/plain; charset=iso-8859-1",
                    b"\nCaf\xe9",
                ]
            ),
            "Zoë",
            "Café",
        ),
        ("From: Zoë <z@x.org>\n\nCafé".encode(), "Zoë", "Café"),
        ("From: Zoë <z@x.org>\n\nCafé".encode("latin-1"), "Zoë", "Café"),
        (
            b"\n".join(
                [
                    b"From: Z <z@x.org>",
                    b"Content-Type: text/plain; charset=nonsense",
                    b"Content-Transfer-Encoding: quoted-printable",
                    b"\nCaf=C3=A9",
                ]
            ),
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
        *(
            (b"To: " + odd * (8000 // len(odd)) + b"\n") * 30 + b"\n"
            for odd in (b'"', b"\\", b"a,", b"a.", b"a@b.c, ", b"a (b) ", b"<@a,@b:")
        ),
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


def test_a_long_list_of_addresses_is_read_to_its_end() -> None:
    """It is cut between addresses, whatever stands in their names."""
    others = ", ".join(f'"Example, No. {n}" <n{n}@example.com>' for n in range(180))

    reading = read(f"To: {others}, jobs+DEV-17@example.org\n\nHello".encode())

    assert reading.references.job_reference == "DEV-17"


def test_headers_without_an_end_are_cut_and_the_rest_is_content() -> None:
    """A stranger may send nothing else: it costs no more than its length."""
    head = b"From: Ada Example <ada@example.com>\nTo: jobs+DEV-17@example.org\nX: "

    got = taken(head + b"x" * 3 * 1024 * 1024)

    reading = BOARD.read(got.submission)
    assert reading.references.job_reference == "DEV-17"
    assert [one.address for one in reading.candidate.emails] == ["ada@example.com"]
    assert set("".join(one.text for one in reading.texts)) == {"x"}


def test_a_list_that_begins_with_what_is_no_address_is_read_behind_it() -> None:
    """Its first piece is longer than any address, and has no comma."""
    block = b"To: " + b"x" * 1500 + b", jobs+DEV-17@example.org"

    addresses = [one.address for one in MessageHeaders(block).mailboxes("to")]

    assert addresses[-1:] == ["jobs+DEV-17@example.org"]


def test_a_message_in_a_digest_is_a_message_without_saying_so() -> None:
    """RFC 2046, section 5.1.5: its CV is a document, and its letter a letter."""
    inner = attach(message(Subject="Inner"), "cv.pdf").as_bytes()
    raw = b"\r\n".join(
        [
            b"From: boss@example.org",
            b"Content-Type: multipart/digest; boundary=b",
            b"",
            b"--b",
            b"",
            inner,
            b"--b--",
        ]
    )

    documents = taken(raw).submission.documents

    assert [one.filename for one in documents] == ["cv.pdf", "message.eml"]


@pytest.mark.parametrize(
    "odd", ["x@[ ", "<", ".:", "\t.>", "\\@[", "=?utf-8?q?=5B?=", "a@b@[ "]
)
def test_what_the_library_stumbles_over_costs_one_piece_of_a_list(odd: str) -> None:
    """It raises whatever its code comes to: a message is none the worse for it."""
    people = [f"a{number}@example.com" for number in range(60)]
    first = ", ".join([*people[:10], odd])
    value = f"{first},{'x' * (600 - len(first))}, {', '.join(people[10:])}"

    found = MessageHeaders(f"To: {value}".encode()).mailboxes("to")

    assert {one.address for one in found} >= set(people[50:])
    assert mailboxes(odd) == []
    assert read(f"From: {odd}\nTo: jobs+DEV-17@example.org\n\nHello".encode())
