"""What LinkedIn is answered, by POST and by GET, from real server processes."""

import hmac
import json
import time
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import pytest

from letterbox.boards.posting.verifiers import sign
from letterbox.domain.application import Application, Flag, Stage
from tests.api.media_server import media
from tests.end_to_end.processes.installation import (
    OLD_SECRET,
    SECRET,
    Api,
    Installation,
)
from tests.end_to_end.processes.posted import OPEN
from tests.support import ROOT, http, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers")]

CV = b"%PDF-1.7\nThe CV of nobody.\n%%EOF\n"
SAMPLE = ROOT / "tests/samples/linkedin/application.json"
MEBIBYTE = 1 << 20
PREFIX = b"hmacsha256="
CODE = "890e4665-4dfe-4ab1-b689-ed553bceeed0"


@pytest.fixture(name="asked", scope="module", autouse=True)
def _asked(house: Installation) -> Iterator[list[str]]:
    with media(house.media_port, {"/cv": CV, "/cert": CV + b"%"}) as asked:
        yield asked


def application(house: Installation, **changes: Any) -> dict[str, Any]:
    """Write down an application of an invented person, with documents to download."""
    said: dict[str, Any] = json.loads(SAMPLE.read_text())
    at = f"http://127.0.0.1:{house.media_port}"
    text = json.dumps(said)
    text = text.replace("https://www.linkedin.com/ambry/?x-li-ambry-ep=cv", f"{at}/cv")
    said = json.loads(text.replace("https://media.licdn.com/cert", f"{at}/cert"))
    said |= {
        "jobApplicationId": f"urn:li:jobApplication:{uuid4().int}",
        "externalJobId": OPEN,
        # What was applied for half a year ago is archived at once.
        "appliedAt": int(time.time() * 1000),
    }
    return said | changes


def post(
    api: Api, said: Any, secret: str = SECRET, signature: str | None = None
) -> httpx.Response:
    """Post a body, signed as LinkedIn does."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    if signature is None:
        signature = sign(body, secret, "sha256", prefix=PREFIX)
    headers = [(b"Content-Type", b"application/json")]
    if signature:
        headers.append((b"X-LI-Signature", signature.encode()))
    return http().post(f"{api.url}/apply/linkedin", content=body, headers=headers)


def identifier(said: dict[str, Any]) -> str:
    """Return the id that Letterbox gives an application."""
    return f"linkedin:{said['jobApplicationId']}"


def whole(house: Installation, said: dict[str, Any]) -> Application:
    """Wait until nothing of an application is to come any more."""

    def is_whole() -> bool:
        found = house.applications.find(identifier(said))
        return found is not None and Flag.UNAVAILABLE not in found.flags

    wait_until(is_whole, 60)
    found = house.applications.find(identifier(said))
    assert found
    return found


def challenge(api: Api, *query: tuple[str, str]) -> httpx.Response:
    """Ask as LinkedIn does."""
    return http().get(f"{api.url}/apply/linkedin", params=httpx.QueryParams(query))


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_200_for_what_is_signed_and_its_documents_are_downloaded(
    secret: str, house: Installation
) -> None:
    """By any application's secret; each document lies in the store in the end."""
    said = application(house)

    answer = post(house.api, said, secret)

    assert answer.status_code == 200
    assert answer.json() == {"status": "accepted", "id": identifier(said)}
    record = whole(house, said)
    assert (record.stage, record.flags) == (Stage.MATCHED, ())
    assert [(one.role, one.question_id) for one in record.attachments] == [
        ("RESUME", None),
        ("OTHER", "cert"),
        ("COVER_LETTER", None),
    ]
    cv = record.attachments[0]
    assert (cv.filename, cv.media_type) == ("cv.pdf", "application/pdf")
    with house.applications.open_document(record.id, cv.name or "") as chunks:
        assert b"".join(chunks) == CV
    assert record.answers[6].attachment == sha256(CV + b"%").hexdigest()
    assert record.source.hirer == "urn:li:organization:2414183"
    assert record.candidate.sources[0].name == "LinkedIn apply"


def test_a_document_that_is_gone_leaves_a_record_that_says_so(
    house: Installation, asked: list[str]
) -> None:
    """It is recorded at once; the board may show the document later, for two days."""
    said = application(house)
    resume = said["questionResponses"]["resumeQuestionResponses"]
    resume["resumeQuestionAnswer"]["mediaUrl"] += "-lost"

    assert post(house.api, said).status_code == 200

    def is_missing() -> bool:
        found = house.applications.find(identifier(said))
        problems = [one.problem for one in found.attachments] if found else []
        return problems == ["missing", None, None]

    wait_until(is_missing, 60)
    record = house.recorded(identifier(said))
    assert record.flags == (Flag.INCOMPLETE, Flag.UNAVAILABLE)
    assert "/cv-lost" in asked


def test_an_address_elsewhere_is_refused_and_the_application_is_kept(
    house: Installation,
) -> None:
    """Not even a neighbour on this machine is asked."""
    said = application(house)
    resume = said["questionResponses"]["resumeQuestionResponses"]
    resume["resumeQuestionAnswer"]["mediaUrl"] = f"{house.api.url}/metrics"

    assert post(house.api, said).status_code == 200

    record = whole(house, said)
    assert record.flags == (Flag.INCOMPLETE,)
    assert record.attachments[0].problem == "refused"


@pytest.mark.parametrize("signature", ["", "x", "hmacsha256=", "é☃"])
def test_401_where_the_signature_does_not_fit(
    signature: str, house: Installation
) -> None:
    """Absent and wrong are refused, and nothing is kept."""
    house.settle()
    said = application(house)

    answer = post(house.api, said, signature=signature)

    assert answer.status_code == 401
    assert answer.json() == {"errorCode": "INVALID_SOURCE"}
    assert not house.applications.known(identifier(said))


def test_401_for_a_body_that_was_forged_or_cut(house: Installation) -> None:
    """The whole body is signed."""
    body = json.dumps(application(house)).encode()
    signature = sign(body, SECRET, "sha256", prefix=PREFIX)

    for other in (body + b" ", body[:-1], body.replace(b"Ada", b"Eve"), b""):
        assert post(house.api, other, signature=signature).status_code == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"{}", b'{"jobApplicationId": null}', b"[" * 100_000, b"\xff"],
)
def test_400_for_what_is_no_application(body: bytes, house: Installation) -> None:
    """It is signed, and there is nothing to keep it under."""
    answer = post(house.api, body)

    assert answer.status_code == 400
    assert answer.json()["errorCode"] == "MALFORMED"
    assert answer.json()["additionalErrorDetails"]


@pytest.mark.parametrize(
    "changes",
    [
        {"questionResponses": None},
        {"questionResponses": {}, "externalJobId": None, "appliedAt": None},
        {"questionResponses": [None, 1, "x"], "unknown": {"deep": [1, None, "x"]}},
        {"applicantSkills": "x", "integrationContext": {"x": 1}},
        {"externalJobId": "never heard of"},
    ],
)
def test_200_for_what_lacks_keys_or_is_odd(
    changes: dict[str, Any], house: Installation
) -> None:
    """Any key may be absent or null, a job unknown: else LinkedIn drops the job."""
    said = application(house, **changes)

    assert post(house.api, said).status_code == 200
    assert house.recorded(identifier(said)).id == identifier(said)


def test_a_resend_is_200_and_downloads_nothing_again(
    house: Installation, asked: list[str]
) -> None:
    """LinkedIn sends up to six times more, and may sign the addresses anew."""
    said = application(house)
    assert post(house.api, said).status_code == 200
    before = whole(house, said)
    downloads = len(asked)
    text = json.dumps(said).replace("/cv", "/cv?signed=again")

    codes = [post(house.api, json.loads(text)).status_code for _ in range(3)]

    assert codes == [200, 200, 200]
    house.settle()
    assert whole(house, said) == before
    assert len(asked) == downloads


def test_413_for_30_megabytes(house: Installation) -> None:
    """Its documents are not in it: nothing that LinkedIn sends is so large."""
    answer = post(house.api, b" " * (30 * MEBIBYTE), signature="x")

    assert answer.status_code == 413
    assert answer.json()["errorCode"] == "TOO_LARGE"


def test_another_charset_is_read(house: Installation) -> None:
    """What a board signed is not refused for its encoding."""
    said = application(house)
    contact = said["questionResponses"]["contactInformationQuestionResponses"]
    contact["firstNameAnswer"]["value"] = "Zoë"
    body = json.dumps(said, ensure_ascii=False).encode("latin-1")

    assert post(house.api, body).status_code == 200
    name = house.recorded(identifier(said)).candidate.person.name
    assert name.given == "Zoë"


def test_503_while_the_store_is_away(house: Installation) -> None:
    """LinkedIn sends it again."""
    said = application(house)
    house.settle()
    with house.without_store():
        answer = post(house.api, said)

    assert answer.status_code == 503
    assert answer.json()["errorCode"] == "UNAVAILABLE"
    assert post(house.api, said).status_code == 200


def test_nothing_of_a_candidate_is_in_temporal_or_a_log(house: Installation) -> None:
    """What they are is in an object of its own; what they said is in the store."""
    said = application(house)
    said["questionResponses"]["voluntarySelfIdentification"] = "canary-of-what-she-is"
    contact = said["questionResponses"]["contactInformationQuestionResponses"]
    contact["emailAnswer"]["value"] = "canary-of-who@example.com"
    address = said["questionResponses"]["resumeQuestionResponses"]
    address["resumeQuestionAnswer"]["mediaUrl"] += "?canary-of-where"

    assert post(house.api, said).status_code == 200

    whole(house, said)
    house.settle()
    holding = {
        canary: {
            path.relative_to(house.folder).parts[0]
            if path.name != "demographics.json"
            else path.name
            for path in house.folder.rglob("*")
            if path.is_file() and canary.encode() in path.read_bytes()
        }
        for canary in ("canary-of-what", "canary-of-who@", "canary-of-where")
    }
    assert holding == {
        "canary-of-what": {"demographics.json"},
        "canary-of-who@": {"store"},
        "canary-of-where": {"store"},
    }


@pytest.mark.parametrize(
    ("application_id", "secret"),
    [(None, OLD_SECRET), ("86parent", OLD_SECRET), ("86child", SECRET)],
)
def test_a_challenge_is_answered_by_the_secret_of_the_application(
    application_id: str | None, secret: str, house: Installation
) -> None:
    """Within the seconds that LinkedIn waits, and by no cache."""
    query = [("challengeCode", CODE)]
    if application_id:
        query.append(("applicationId", application_id))

    answer = challenge(house.api, *query)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == {
        "challengeCode": CODE,
        "challengeResponse": hmac.new(
            secret.encode(), CODE.encode(), "sha256"
        ).hexdigest(),
    }


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ([], 400),
        ([("challengeCode", "")], 400),
        ([("challengeCode", "x" * 5000)], 400),
        ([("challengeCode", 'hmacsha256={"jobApplicationId":"1"}')], 400),
        ([("challengeCode", CODE), ("challengeCode", "other")], 400),
        ([("challengeCode", CODE), ("applicationId", "86nobody")], 404),
    ],
)
def test_what_is_no_challenge_of_ours_is_refused(
    query: list[tuple[str, str]], status: int, house: Installation
) -> None:
    """In words that say what is wrong."""
    answer = challenge(house.api, *query)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_other_methods_are_told_which_ones_there_are(house: Installation) -> None:
    """All of them: a router of one route each would name one."""
    answer = http().delete(f"{house.api.url}/apply/linkedin/")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("board", "status", "allowed"),
    [("careerjet", 405, "POST"), ("indeed", 405, "POST"), ("nobody", 404, None)],
)
def test_a_board_that_asks_nothing_is_not_to_be_asked(
    board: str, status: int, allowed: str | None, house: Installation
) -> None:
    """Its address takes posts alone; that of no board is none."""
    answer = house.api.get(f"/apply/{board}?challengeCode={CODE}")

    assert answer.status_code == status
    assert answer.headers.get("Allow") == allowed
    assert answer.headers["Content-Type"] == "application/problem+json"
