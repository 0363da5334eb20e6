"""What whoever posts e-mails is answered, and what a person then opens."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import uuid4

import pytest

from letterbox.boards.mail import BOARD
from letterbox.domain.application import Application, Flag
from letterbox.domain.commands import EraseRequest
from letterbox.temporal.updates import Updates
from tests.api.own_boards import TOKEN, get, own_api, post_mail
from tests.end_to_end.processes.installation import Api, Installation
from tests.end_to_end.processes.posted import OPEN
from tests.letterbox.boards.mail.messages import PDF, attach, message
from tests.support import http, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers")]

MEBIBYTE = 1 << 20
MINUTE = timedelta(minutes=1)


@pytest.fixture(name="api", scope="module")
def _api(house: Installation) -> Iterator[Api]:
    rule = r"\[job ([0-9-]+)\]"
    with own_api(house, "mail", LETTERBOX_MAIL_SUBJECT_REFERENCE=rule) as api:
        yield api


def written(**headers: str | None) -> EmailMessage:
    """Write a message of a new person, now."""
    known: dict[str, str | None] = {
        "To": f"jobs+{OPEN}@example.org",
        "From": f"Ada Example <ada-{uuid4()}@example.com>",
        "Message_ID": f"<{uuid4()}/+=x@example.com>",
        "Date": None,
        **headers,
    }
    return message(**known)


def recorded(house: Installation, sent: EmailMessage) -> Application:
    """Wait for the record of a message."""
    return house.recorded(f"mail:{sent['Message-ID'].strip('<>')}")


def test_an_email_becomes_a_matched_application_that_a_person_can_open(
    api: Api, house: Installation
) -> None:
    """Three attachments, the reference in the plus-address; every byte is there."""
    sent = written()
    attach(sent, "Ada Example.pdf")
    attach(sent, "diploma.txt", b"The diploma of nobody.\n", subtype="x-unknown")
    attach(sent, "winmail.dat", b"\x78\x9f\x3e\x22", subtype="ms-tnef")
    raw = sent.as_bytes()

    answer = post_mail(api, raw)

    assert answer.status_code == 200
    application_id = answer.json()["id"]
    assert answer.json() == {"status": "accepted", "id": application_id}
    record = recorded(house, sent)
    assert record.id == application_id
    assert record.stage == "matched"
    seen = get(api, f"/applications/{application_id.replace('/', '%2F')}")
    assert seen.status_code == 200
    shown = seen.json()
    assert shown["position"]["reference"] == OPEN
    assert shown["candidate"]["person"]["name"]["formatted"] == "Ada Example"
    contents = {
        one["filename"] or one["role"]: get(
            api,
            f"/applications/{application_id.replace('/', '%2F')}/documents/"
            f"{one['name']}",
        ).content
        for one in shown["attachments"]
    }
    assert contents == {
        "Ada Example.pdf": PDF,
        "diploma.txt": b"The diploma of nobody.\n",
        "winmail.dat": b"\x78\x9f\x3e\x22",
        "message.eml": raw,
        "COVER_LETTER": b"Please find my CV.",
    }
    roles = {one["filename"]: one["role"] for one in shown["attachments"]}
    assert roles["Ada Example.pdf"] == "RESUME"


def test_a_plain_application_by_email_is_not_flagged(
    api: Api, house: Installation
) -> None:
    """The message that is kept beside is no odd file."""
    sent = attach(written(), "cv.pdf")

    assert post_mail(api, sent.as_bytes()).status_code == 200
    assert recorded(house, sent).flags == ()


def test_the_reference_may_come_from_the_server_or_from_the_subject(
    api: Api, house: Installation
) -> None:
    """The header of the request, and the rule of the settings."""
    by_header = written(To="jobs@example.org")
    by_subject = written(To="jobs@example.org", Subject=f"Me [job {OPEN}]")
    by_nothing = written(To="jobs@example.org")

    post_mail(api, by_header.as_bytes(), Letterbox_Recipient=f"jobs+{OPEN}@example.org")
    post_mail(api, by_subject.as_bytes())
    post_mail(api, by_nothing.as_bytes())

    assert recorded(house, by_header).position.reference == OPEN
    assert recorded(house, by_subject).position.reference == OPEN
    triage = recorded(house, by_nothing)
    assert (triage.stage, triage.position.triage) == ("triage", "no-reference")
    assert Flag.INCOMPLETE in triage.flags


def test_an_automatic_reply_is_kept_for_a_person(api: Api, house: Installation) -> None:
    """It names a position and is matched to none."""
    sent = written(Auto_Submitted="auto-replied")

    assert post_mail(api, sent.as_bytes()).status_code == 200
    record = recorded(house, sent)
    assert record.stage == "triage"
    assert record.source.job_reference == OPEN


@pytest.mark.parametrize("token", ["x", "é☃", f"{TOKEN}x"])
def test_401_without_the_token(token: str, api: Api, house: Installation) -> None:
    """Nothing is kept."""
    house.settle()
    before = house.kept()

    assert post_mail(api, written().as_bytes(), token).status_code == 401
    assert house.kept() == before


def test_400_for_no_message(api: Api) -> None:
    """Every other message is taken."""
    assert post_mail(api, b"").status_code == 400


@pytest.mark.parametrize(
    "raw", [b"\0", b"no message", b"Content-Type: multipart/mixed; boundary=b\n\n--b\n"]
)
def test_200_for_whatever_else_comes(raw: bytes, api: Api, house: Installation) -> None:
    """It is kept whole, and waits for a person."""
    answer = post_mail(api, raw + uuid4().bytes)

    assert answer.status_code == 200
    record = house.recorded(answer.json()["id"])
    assert Flag.INCOMPLETE in record.flags
    assert record.attachments[0].size == len(raw) + 16


def test_a_repeat_is_harmless(api: Api, house: Installation) -> None:
    """A mail server that got no answer sends again, perhaps by another way."""
    raw = (sent := attach(written(), "cv.pdf")).as_bytes()

    codes = [post_mail(api, raw).status_code for _ in range(2)]
    codes.append(post_mail(api, b"Received: from elsewhere\n" + raw).status_code)

    assert codes == [200] * 3
    house.settle()
    assert len(recorded(house, sent).views) == 1


def test_a_form_that_gives_all_its_messages_one_id_loses_nobody(
    api: Api, house: Installation
) -> None:
    """Each of a dozen people is an application of their own, and is flagged."""
    shared = f"<form-{uuid4()}@example.com>"
    began = datetime(2026, 11, 20, tzinfo=UTC)
    sent = [
        written(
            Message_ID=shared, Date=format_datetime(began + turn * MINUTE)
        ).as_bytes()
        for turn in range(12)
    ]

    ids = [post_mail(api, raw).json()["id"] for raw in sent]
    again = [post_mail(api, raw).json()["id"] for raw in sent]

    assert len(set(ids)) == len(sent)
    assert again == ids
    records = [house.recorded(one) for one in ids]
    assert {len(one.views) for one in records} == {1}
    assert [Flag.REPEATED_ID in one.flags for one in records] == [False, *[True] * 11]
    assert {one.stage for one in records} == {"matched"}


async def test_an_erasure_loses_nobody_else_who_was_sent_under_its_id(
    api: Api, house: Installation
) -> None:
    """Mail waits for days; what was erased itself comes again, and is not taken in."""
    shared = f"<form-{uuid4()}@example.com>"
    began = datetime(2026, 11, 20, tzinfo=UTC)
    gone, waited = (
        written(Message_ID=shared, Date=format_datetime(began - age)).as_bytes()
        for age in (MINUTE, 2 * MINUTE)
    )
    first = post_mail(api, gone).json()["id"]
    house.recorded(first)
    updates = Updates(await house.connect(), "letterbox")
    await updates.erase(first, EraseRequest(reason="case 4711"))

    other = post_mail(api, waited).json()["id"]
    again = post_mail(api, gone).json()["id"]

    assert other != first
    assert Flag.REPEATED_ID in house.recorded(other).flags
    assert again == first
    house.settle()
    assert house.applications.find(first) is None


def test_503_for_an_eleventh_that_nothing_but_the_candidate_tells_apart(
    api: Api, house: Installation
) -> None:
    """Ten are kept side by side; the mail server keeps the others."""
    shared = f"<form-{uuid4()}@example.com>"
    sent = [written(Message_ID=shared).as_bytes() for _ in range(12)]

    answers = [post_mail(api, raw) for raw in sent]

    assert [one.status_code for one in answers] == [200] * 10 + [503] * 2
    assert answers[-1].json()["detail"] == (
        "10 different applications have come under this id: each needs an id of its own"
    )
    assert post_mail(api, sent[0]).status_code == 200
    wait_until(lambda: len(house.recorded(answers[0].json()["id"]).views) == 10)
    assert "an id is crowded" in api.said()


def test_200_for_30_megabytes_and_413_for_more(api: Api, house: Installation) -> None:
    """A message may have large attachments; 40 MiB is the limit."""
    content = b"%PDF-1.4" * (22 * MEBIBYTE // 8)
    sent = attach(written(), "cv.pdf", content)

    assert post_mail(api, sent.as_bytes()).status_code == 200
    assert recorded(house, sent).attachments[0].size == len(content)
    assert post_mail(api, b"x" * (41 * MEBIBYTE)).status_code == 413


def test_503_while_the_store_is_away(api: Api, house: Installation) -> None:
    """The mail server sends it again."""
    raw = written().as_bytes()
    house.settle()
    with house.without_store():
        answer = post_mail(api, raw)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert post_mail(api, raw).status_code == 200


def test_nothing_of_the_candidate_is_in_the_log(api: Api) -> None:
    """Neither of what is accepted, nor of what is refused; the id is."""
    sent = written(Subject="canary-subject", From="Ada <canary-ada@example.com>")

    post_mail(api, sent.as_bytes())
    post_mail(api, sent.as_bytes(), "canary-token")

    board_id = sent["Message-ID"].strip("<>")
    wait_until(lambda: board_id in api.said())
    assert "canary" not in api.said()


def test_the_sample_that_is_sent_is_accepted(api: Api) -> None:
    """``letterbox send mail`` posts it."""
    post = BOARD.sample_post(
        uuid4().hex, OPEN, TOKEN, ("cv.pdf", PDF), BOARD.settings()
    )

    answer = http().post(
        f"{api.url}/apply/mail", content=post.body, headers=dict(post.headers)
    )

    assert answer.status_code == 200
