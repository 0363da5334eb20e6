"""Whom a message is from, what for, and by which id it is known."""

import time
from hashlib import sha256
from typing import Any

import pytest

from letterbox.boards.mail.settings import MailSettings
from tests.letterbox.boards.mail.messages import attach, message, read, taken


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
        ("X_Autorespond", "away", "reply"),
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
        ("(1st) <a@x.org> <b@x.org>", "a@x.org"),
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


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_an_umlaut_in_the_recipients_address_is_read(encoding: str) -> None:
    """HTTP's headers are read as Latin-1, whatever a mail server has written."""
    recipient = "jobs+ZÜRICH-1@example.org".encode(encoding).decode("latin-1")

    got = taken(b"From: ada@example.com\n\nHi", {"letterbox-recipient": recipient})

    assert isinstance(got.submission.said, dict)
    assert got.submission.said["recipient"] == "jobs+ZÜRICH-1@example.org"
    assert got.submission.said["job_reference"] == "ZÜRICH-1"
