"""Indeed's table of answers, row by row, from a real server process."""

import json
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from letterbox.boards.indeed import BOARD
from letterbox.boards.posting.verifiers import sign
from letterbox.domain.application import Application, Flag
from tests.end_to_end.processes.installation import (
    OLD_SECRET,
    SECRET,
    Api,
    Installation,
)
from tests.end_to_end.processes.posted import OPEN
from tests.support import ROOT, http

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers")]

CV = ("cv.pdf", b"%PDF-1.7\nThe CV of nobody.\n%%EOF\n")
CLOSED = "20240107-123456-closed"
SAMPLE = ROOT / "tests/samples/indeed/application.json"
MEBIBYTE = 1 << 20


def post(
    api: Api, said: Any, secret: str = SECRET, signature: str | None = None
) -> httpx.Response:
    """Post a body, signed as Indeed does."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    signed = sign(body, secret, "sha1") if signature is None else signature
    headers = [(b"Content-Type", b"application/json")]
    if signed:
        headers.append((b"X-Indeed-Signature", signed.encode()))
    return http().post(f"{api.url}/apply/indeed", content=body, headers=headers)


def application(job_id: str = OPEN, **changes: Any) -> dict[str, Any]:
    """Write down an application of an invented person."""
    said: dict[str, Any] = json.loads(SAMPLE.read_text())
    # What was applied for half a year ago is archived at once.
    now = int(time.time() * 1000)
    said |= {"id": uuid4().hex, "job": {"jobId": job_id}, "appliedOnMillis": now}
    return said | changes


def recorded(house: Installation, said: dict[str, Any]) -> Application:
    """Wait for the record of an application."""
    return house.recorded(f"indeed:{said['id']}")


@pytest.fixture(name="refusing", scope="module")
def _refusing(house: Installation) -> Iterator[Api]:
    settings = {
        "LETTERBOX_INDEED_REFUSE": "unknown,closed,duplicate",
        "LETTERBOX_INDEED_MAX_BODY_BYTES": str(2 * MEBIBYTE),
    }
    api = house.add_api("refusing", **settings)
    api.start()
    yield api
    api.end()


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_200_for_what_is_signed_and_all_of_it_is_kept(
    secret: str, house: Installation
) -> None:
    """Its documents lie in the store, each with what it is for."""
    said = application()

    answer = post(house.api, said, secret)

    assert answer.status_code == 200
    assert answer.json() == {"status": "accepted", "id": f"indeed:{said['id']}"}
    record = recorded(house, said)
    assert record.position.reference == OPEN
    assert record.flags == ()
    assert {one.role for one in record.attachments} == {
        "RESUME",
        "COVER_LETTER",
        "OTHER",
    }
    [cert] = [one for one in record.attachments if one.question_id == "cert"]
    assert record.answers[-1].attachment == cert.sha256
    cv = record.attachments[0]
    assert (cv.filename, cv.media_type) == ("Ada Example.pdf", "application/pdf")
    with house.applications.open_document(record.id, cv.name or "") as chunks:
        assert b"".join(chunks) == b"%PDF-1.4\n"


def test_the_sample_that_is_sent_is_accepted(house: Installation) -> None:
    """``letterbox send indeed`` posts it."""
    request = BOARD.sample_post(uuid4().hex, OPEN, SECRET, CV)

    answer = http().post(
        f"{house.api.url}/apply/indeed",
        content=request.body,
        headers=dict(request.headers),
    )

    assert answer.status_code == 200


@pytest.mark.parametrize("signature", ["", "x", "é☃"])
def test_401_where_the_signature_does_not_fit(
    signature: str, house: Installation
) -> None:
    """Absent and wrong are refused, and nothing is kept."""
    house.settle()
    before = house.kept()

    answer = post(house.api, application(), signature=signature)

    assert answer.status_code == 401
    assert house.kept() == before


def test_401_for_a_body_that_was_forged_or_cut(house: Installation) -> None:
    """The whole body is signed."""
    body = json.dumps(application()).encode()
    signature = sign(body, SECRET, "sha1")

    for other in (body + b" ", body[:-1], body.replace(b"Ada", b"Eve"), b""):
        assert post(house.api, other, signature=signature).status_code == 401


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"id": null}', b"[" * 100_000, b"\xff\xfe"]
)
def test_400_for_what_is_no_application(body: bytes, house: Installation) -> None:
    """It is signed, and there is nothing to keep it under."""
    answer = post(house.api, body)

    assert answer.status_code == 400
    assert answer.json()["status"] == "malformed"


@pytest.mark.parametrize(
    "changes",
    [
        {"applicant": None},
        {"applicant": {}, "job": None, "appliedOnMillis": None},
        {"applicant": {"resume": None}, "unknown": {"deep": [1, None, "x"]}},
        {"applicant": {"resume": {"file": {"data": "no base64!"}}}},
        {"screenerQuestionsAndAnswers": [None, 1, "x"], "questions": "x"},
    ],
)
def test_200_for_what_lacks_keys_or_is_odd(
    changes: dict[str, Any], house: Installation
) -> None:
    """Any key may be absent or null: a person is not refused for that."""
    said = application() | changes

    assert post(house.api, said).status_code == 200
    assert recorded(house, said).id == f"indeed:{said['id']}"


def test_what_is_no_base64_is_kept_and_flagged(house: Installation) -> None:
    """A person opens what came, and knows that it was not decoded."""
    said = application()
    said["applicant"]["resume"]["file"]["data"] = "no base64!"

    post(house.api, said)

    record = recorded(house, said)
    assert Flag.ODD_FILE in record.flags
    assert record.attachments[0].problem == "not-decoded"
    with house.applications.open_document(
        record.id, record.attachments[0].name or ""
    ) as chunks:
        assert b"".join(chunks) == b"no base64!"


@pytest.mark.parametrize("reference", [CLOSED, "never heard of"])
def test_200_for_a_position_that_takes_nobody_unless_settings_say_otherwise(
    reference: str, house: Installation
) -> None:
    """A 404 or 410 would take the job out of Indeed's search."""
    said = application(reference)

    assert post(house.api, said).status_code == 200
    assert recorded(house, said).source.job_reference == reference


@pytest.mark.parametrize(
    ("reference", "code"), [("never heard of", 404), (CLOSED, 410)]
)
def test_404_and_410_where_settings_ask_for_them(
    reference: str, code: int, house: Installation, refusing: Api
) -> None:
    """Unknown and closed positions are told apart; nothing is kept."""
    house.settle()
    before = house.kept()

    assert post(refusing, application(reference)).status_code == code
    assert house.kept() == before


def test_a_repeat_is_harmless(house: Installation, refusing: Api) -> None:
    """The same again is 200, and 409 where settings ask for it; there is one view."""
    said = application()

    codes = [post(house.api, said).status_code for _ in range(3)]
    again = [post(refusing, said).status_code for _ in range(2)]

    assert codes == [200, 200, 200]
    assert again[1] == 409
    assert len(recorded(house, said).views) == 1


def test_another_content_under_an_id_is_kept_beside_the_first(
    house: Installation,
) -> None:
    """Nothing is overwritten: both are kept, and a person is told."""
    said = application()
    post(house.api, said)
    recorded(house, said)
    other = json.loads(json.dumps(said))
    other["applicant"]["coverletter"] = "Another letter."

    assert post(house.api, other).status_code == 200

    house.settle()
    record = recorded(house, said)
    assert Flag.CONFLICT in record.flags
    assert len(record.views) == 2


def test_413_beyond_the_limit(house: Installation, refusing: Api) -> None:
    """Indeed does not send it again, and hears of it while it still sends."""
    house.settle()
    before = house.kept()

    answer = post(refusing, b" " * (3 * MEBIBYTE))

    assert answer.status_code == 413
    assert answer.json()["status"] == "too-large"
    assert house.kept() == before


def test_200_for_30_megabytes(house: Installation) -> None:
    """Indeed knows no limit; ours is 40 MiB."""
    said = application()
    said["applicant"]["resume"]["file"]["data"] = "JVBERi0x" * (30 * MEBIBYTE // 8)

    assert post(house.api, said).status_code == 200

    cv = recorded(house, said).attachments[0]
    assert cv.size == 30 * MEBIBYTE * 3 // 4


def test_503_while_the_store_is_away(house: Installation) -> None:
    """Indeed sends it again; it must not be told that the application is wrong."""
    said = application()
    house.settle()
    with house.without_store():
        answer = post(house.api, said)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert post(house.api, said).status_code == 200


def test_demographic_answers_are_in_an_object_of_their_own_only(
    house: Installation,
) -> None:
    """Not in the record, nor in the source, the logs or Temporal."""
    said = application()
    asked = {"question": {"id": "race"}, "answer": "canary-of-what-she-is"}
    said["demographicQuestionsAndAnswers"] = {"questionsAndAnswers": [asked]}

    assert post(house.api, said).status_code == 200

    recorded(house, said)
    house.settle()
    holding = {
        path.name
        for path in house.folder.rglob("*")
        if path.is_file() and b"canary-of-what-she-is" in path.read_bytes()
    }
    assert holding == {"demographics.json"}


def test_404_for_a_board_that_is_not_open(house: Installation) -> None:
    """A board without a secret is as unknown as no board at all."""
    closed = house.add_api("indeed-closed", LETTERBOX_INDEED_SECRETS="")
    closed.start()
    try:
        assert post(closed, application()).status_code == 404
    finally:
        closed.end()
