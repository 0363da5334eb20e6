"""What a board of one's own is answered, row by row, from a real server process."""

import json
import re
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from letterbox.domain.application import Application, Flag
from tests.api.own_boards import (
    OLD_SECRET,
    SECRET,
    SETTINGS,
    application,
    own_api,
    post_bytes,
    post_json,
    signed,
)
from tests.end_to_end.processes.installation import Api, Installation
from tests.support import ROOT, http

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers")]

CLOSED = "20240107-123456-closed"
MEBIBYTE = 1 << 20
PROBLEM = "application/problem+json"
FORM = "multipart/form-data; boundary=b"


@pytest.fixture(name="api", scope="module")
def _api(house: Installation) -> Iterator[Api]:
    with own_api(house, "generic") as api:
        yield api


@pytest.fixture(name="refusing", scope="module")
def _refusing(house: Installation) -> Iterator[Api]:
    settings = {
        "LETTERBOX_GENERIC_REFUSE": "unknown,closed",
        "LETTERBOX_GENERIC_MAX_BODY_BYTES": str(2 * MEBIBYTE),
    }
    with own_api(house, "generic-refusing", **settings) as api:
        yield api


def recorded(house: Installation, said: dict[str, Any]) -> Application:
    """Wait for the record of an application."""
    return house.recorded(f"generic:{said['id']}")


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_200_for_what_is_signed(secret: str, api: Api, house: Installation) -> None:
    """Its document lies in the store, and nothing is flagged."""
    said = application()

    answer = post_json(api, said, secret)

    assert answer.status_code == 200
    assert answer.json() == {"status": "accepted", "id": f"generic:{said['id']}"}
    record = recorded(house, said)
    assert record.position.reference == said["position"]["reference"]
    assert record.flags == ()
    [cv] = record.attachments
    assert (cv.role, cv.media_type) == ("RESUME", "application/pdf")


def test_200_for_a_form(api: Api, house: Installation) -> None:
    """Its files are stored as they are."""
    said = application(documents=[{"role": "RESUME", "part": "cv"}])
    cv = b"%PDF-1.4\n\xff\xfe\r\n--no boundary\r\n%%EOF\n"
    body = b"\r\n".join(
        [
            *(b"--b", b'Content-Disposition: form-data; name="application"', b""),
            *(json.dumps(said).encode(), b"--b"),
            *(b'Content-Disposition: form-data; name="cv"; filename="a.pdf"', b""),
            *(cv, b"--b--", b""),
        ]
    )

    answer = post_bytes(api, body, FORM)

    assert answer.json() == {"status": "accepted", "id": f"generic:{said['id']}"}
    [attachment] = recorded(house, said).attachments
    assert (attachment.filename, attachment.size) == ("a.pdf", len(cv))


def test_200_and_warnings_for_what_is_not_understood(
    api: Api, house: Installation
) -> None:
    """A misspelt field is told, and kept in the source."""
    said = application(candidat={"emails": []})

    answer = post_json(api, said)

    assert answer.status_code == 200
    [warning] = answer.json()["warnings"]
    assert warning["at"] == ["candidat"]
    assert recorded(house, said).id == f"generic:{said['id']}"


def test_401_for_whatever_is_not_signed(api: Api, house: Installation) -> None:
    """Forged, cut, unsigned: nothing is kept."""
    house.settle()
    before = house.kept()
    body = json.dumps(application())
    headers = signed(body)
    forged = [
        (body + " ", headers),
        (body[:-1], headers),
        (body.replace("Ada", "Eve"), headers),
        ("", headers),
        (body, {}),
        (body, headers | {"webhook-id": "another"}),
        (body, signed(body, f"whsec_{'Tm9u' * 10}")),
    ]

    for content, signing in forged:
        answer = http().post(
            f"{api.url}/apply/generic", content=content, headers=signing
        )
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == PROBLEM
        assert answer.json()["code"] == "invalid-source"
    assert house.kept() == before


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ("", None),
        ("[]", None),
        ("[" * 100_000, None),
        ("{}", ["id"]),
        ('{"id": null}', ["id"]),
        ('{"id": "a\\u0000"}', ["id"]),
    ],
)
def test_400_for_what_is_no_application(
    body: str, errors: list[str] | None, api: Api
) -> None:
    """The problem names the field, where there is one."""
    answer = post_json(api, body)

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == PROBLEM
    problem = answer.json()
    assert problem["code"] == "malformed"
    assert [one["at"] for one in problem.get("errors", [])] == (
        [errors] if errors else []
    )


def test_400_for_a_form_without_an_application(api: Api) -> None:
    """And for one that was cut off."""
    missing = post_bytes(api, b"--b--\r\n", FORM)
    cut = post_bytes(api, b'--b\r\nContent-Disposition: form-data; name="a"', FORM)

    assert missing.json()["errors"][0]["at"] == ["application"]
    assert (missing.status_code, cut.status_code) == (400, 400)


@pytest.mark.parametrize("reference", [CLOSED, "never heard of"])
def test_200_for_a_position_that_takes_nobody_unless_settings_say_otherwise(
    reference: str, api: Api, house: Installation
) -> None:
    """A person looks."""
    said = application(reference)

    assert post_json(api, said).status_code == 200
    assert recorded(house, said).source.job_reference == reference


@pytest.mark.parametrize(
    ("reference", "status", "code"),
    [("never heard of", 422, "not-found"), (CLOSED, 409, "closed")],
)
def test_422_and_409_where_settings_ask_for_them(
    reference: str, status: int, code: str, house: Installation, refusing: Api
) -> None:
    """Never 404 or 410: senders of webhooks would give up for good."""
    house.settle()
    before = house.kept()

    answer = post_json(refusing, application(reference))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert house.kept() == before


def test_a_repeat_is_harmless_and_another_content_is_kept_beside(
    api: Api, house: Installation
) -> None:
    """Nothing is overwritten: a person is told."""
    said = application()
    first = [post_json(api, said).status_code for _ in range(3)]
    assert len(recorded(house, said).views) == 1

    other = post_json(api, said | {"cover_letter": "Another letter."})

    assert [*first, other.status_code] == [200] * 4
    house.settle()
    record = recorded(house, said)
    assert Flag.CONFLICT in record.flags
    assert len(record.views) == 2


def test_what_is_no_base64_is_kept_and_flagged(api: Api, house: Installation) -> None:
    """The sender is told, and a person opens what came."""
    said = application(documents=[{"role": "RESUME", "content": "no base64!"}])

    answer = post_json(api, said)

    assert answer.json()["warnings"][0]["at"] == ["documents", "0", "content"]
    record = recorded(house, said)
    assert Flag.ODD_FILE in record.flags
    assert record.attachments[0].problem == "not-decoded"


def test_413_beyond_the_limit(house: Installation, refusing: Api) -> None:
    """It is heard while the rest is still sent."""
    house.settle()
    before = house.kept()

    answer = post_json(refusing, " " * (3 * MEBIBYTE))

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert house.kept() == before


def test_200_for_30_megabytes_and_413_for_what_nobody_could_read_again(
    api: Api, house: Installation
) -> None:
    """A CV may be large; what stands beside it is read in one piece."""
    data = b64encode(b"%PDF-1.4" * (22 * MEBIBYTE // 8)).decode()
    said = application(documents=[{"role": "RESUME", "content": data}])

    assert post_json(api, said).status_code == 200
    # Twice as long in UTF-8, in which it is kept.
    text = json.dumps(application(note="é" * (33 * MEBIBYTE)), ensure_ascii=False)
    answer = post_bytes(api, text.encode("latin-1"), "application/json")
    assert answer.status_code == 413
    assert recorded(house, said).attachments[0].size == 22 * MEBIBYTE


def test_503_while_the_store_is_away(api: Api, house: Installation) -> None:
    """It is sent again."""
    said = application()
    house.settle()
    with house.without_store():
        answer = post_json(api, said)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert answer.headers["Content-Type"] == PROBLEM
    assert post_json(api, said).status_code == 200


def test_the_example_of_the_page_works_word_for_word(
    api: Api, house: Installation
) -> None:
    """With openssl and curl alone."""
    page = (ROOT / "docs/generic-intake.md").read_text()
    [script, answer] = re.findall(r"```(?:sh|json)\n(.*?)```", page, re.DOTALL)[:2]
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "API_URL": api.url,
        "LETTERBOX_GENERIC_SECRETS": SETTINGS["LETTERBOX_GENERIC_SECRETS"],
    }

    printed = subprocess.run(
        ["sh", "-euc", script],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert json.loads(printed) == json.loads(answer)
    record = house.recorded("generic:web-1001")
    assert record.flags == ()
    assert record.position.reference == "20240107-123456-7890"
