"""What boards that post whole applications are answered, by a real server process."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest

from letterbox.domain.application import Application, Flag
from tests.end_to_end.processes.installation import (
    OLD_SECRET,
    SECRET,
    Api,
    Installation,
)
from tests.end_to_end.processes.posted import OPEN
from tests.letterbox.boards.posts import POSTERS, Poster, changed
from tests.support import http

pytestmark = [
    pytest.mark.processes,
    pytest.mark.xdist_group("answers"),
    pytest.mark.parametrize("poster", POSTERS, ids=[one.board.name for one in POSTERS]),
]

CV = ("cv.pdf", b"%PDF-1.7\nThe CV of nobody.\n%%EOF\n")
CLOSED = "20240107-123456-closed"
MEBIBYTE = 1 << 20


def post(
    api: Api,
    poster: Poster,
    said: Any,
    secret: str = SECRET,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Post a body as its board does, or with other headers."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    sent = poster.headers(body, secret) if headers is None else headers
    raw = [(name.encode(), text.encode()) for name, text in sent.items()]
    return http().post(
        f"{api.url}/apply/{poster.board.name}", content=body, headers=raw
    )


def application(poster: Poster, reference: str = OPEN) -> dict[str, Any]:
    """Write down an application of an invented person, of an id of its own."""
    said = changed(poster.sample(), poster.reference, reference)
    # What was applied for half a year ago is archived at once.
    said.pop("appliedOnMillis", None)
    return said | {poster.board_id: uuid4().hex}


def id_of(poster: Poster, said: dict[str, Any]) -> str:
    """Return the id that Letterbox gives it."""
    return f"{poster.board.name}:{said[poster.board_id]}"


def recorded(house: Installation, poster: Poster, said: dict[str, Any]) -> Application:
    """Wait for the record of an application."""
    return house.recorded(id_of(poster, said))


def content_of(house: Installation, record: Application) -> bytes:
    """Read the CV that is kept."""
    name = record.attachments[0].name or ""
    with house.applications.open_document(record.id, name) as chunks:
        return b"".join(chunks)


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_200_for_what_is_verified_and_all_of_it_is_kept(
    poster: Poster, secret: str, house: Installation
) -> None:
    """The CV lies in the store, recognised by what it is."""
    said = application(poster)

    answer = post(house.api, poster, said, secret)

    assert answer.status_code == 200
    assert answer.json() == {"status": "accepted", "id": id_of(poster, said)}
    record = recorded(house, poster, said)
    assert record.position.reference == OPEN
    assert record.flags == ()
    assert record.attachments[0].role == "RESUME"
    assert record.attachments[0].media_type == "application/pdf"
    assert content_of(house, record) == b"%PDF-1.4\n"
    assert record.answers


def test_the_sample_that_is_sent_is_accepted(
    poster: Poster, house: Installation
) -> None:
    """``letterbox send`` posts it."""
    board = poster.board
    request = board.sample_post(uuid4().hex, OPEN, SECRET, CV, board.settings())

    answer = post(house.api, poster, request.body, headers=request.headers)

    assert answer.status_code == 200


def test_401_where_the_proof_does_not_fit_and_nothing_is_kept(
    poster: Poster, house: Installation
) -> None:
    """Absent, empty, wrong, cut, doubled, nonsense; another body where it is signed."""
    body = json.dumps(application(poster)).encode()
    right = dict(poster.headers(body, SECRET))
    proof = right[poster.proof]
    house.settle()
    before = house.kept()
    send = partial(post, house.api, poster)

    codes = [
        send(body, headers=right | {poster.proof: wrong}).status_code
        for wrong in ("", "x", "é☃", proof[:-1], proof * 2)
    ]
    codes.append(send(body, headers={}).status_code)
    if poster.signs_body:
        forged = (body + b" ", body[:-1], body.replace(b"Ada", b"Eve"), b"")
        codes += [send(other, headers=right).status_code for other in forged]

    assert set(codes) == {401}
    assert house.kept() == before


def test_400_for_what_is_no_application(poster: Poster, house: Installation) -> None:
    """It is the board's, and there is nothing to keep it under."""
    whole = json.dumps(application(poster)).encode()
    truncated, doubled = whole[:-1], whole * 2
    nameless = json.dumps({poster.board_id: None}).encode()

    for body in (
        b"",
        b"{",
        b"[]",
        b"{}",
        nameless,
        b"[" * 100_000,
        b"\xff",
        truncated,
        doubled,
    ):
        answer = post(house.api, poster, body)
        assert answer.status_code == 400
        assert answer.json()["status"] == "malformed"


def test_200_for_what_lacks_keys_or_is_odd(poster: Poster, house: Installation) -> None:
    """Any key may be absent, null or unknown: a person is not refused for that."""
    whole = application(poster)
    own = poster.board_id
    odd: list[dict[str, Any]] = [
        {},
        dict.fromkeys(whole),
        dict.fromkeys(whole, 1),
        {key: [None, 1, "x"] for key in whole},
        whole | {"unknown": {"deep": [1, None, "x"]}},
    ]
    said = [one | {own: uuid4().hex} for one in odd]

    assert {post(house.api, poster, one).status_code for one in said} == {200}
    for one in said:
        assert recorded(house, poster, one).id == id_of(poster, one)


def test_what_is_no_base64_is_kept_and_flagged(
    poster: Poster, house: Installation
) -> None:
    """A person opens what came, and knows that it was not decoded."""
    said = changed(application(poster), poster.resume, "no base64!")

    post(house.api, poster, said)

    record = recorded(house, poster, said)
    assert Flag.ODD_FILE in record.flags
    assert record.attachments[0].problem == "not-decoded"
    assert content_of(house, record) == b"no base64!"


def test_200_for_another_charset(poster: Poster, house: Installation) -> None:
    """What a board sent is not refused for its encoding."""
    said = changed(application(poster), poster.name, "Zoë")
    body = json.dumps(said, ensure_ascii=False).encode("latin-1")

    assert post(house.api, poster, body).status_code == 200
    name = recorded(house, poster, said).candidate.person.name
    assert "Zoë" in name.formatted


@pytest.mark.parametrize("reference", [CLOSED, "never heard of"])
def test_200_for_a_position_that_takes_nobody(
    poster: Poster, reference: str, house: Installation
) -> None:
    """A refusal might take the job out of a search, or come again for ever."""
    said = application(poster, reference)

    assert post(house.api, poster, said).status_code == 200
    assert recorded(house, poster, said).source.job_reference == reference


def test_a_repeat_is_harmless(poster: Poster, house: Installation) -> None:
    """The same again is 200, and there is one view."""
    said = application(poster)

    codes = [post(house.api, poster, said).status_code for _ in range(3)]

    assert codes == [200, 200, 200]
    assert len(recorded(house, poster, said).views) == 1


def test_another_content_under_an_id_is_kept_beside_the_first(
    poster: Poster, house: Installation
) -> None:
    """Nothing is overwritten: both are kept, and a person is told."""
    said = application(poster)
    post(house.api, poster, said)
    recorded(house, poster, said)
    other = changed(said, poster.answer, "another answer")

    assert post(house.api, poster, other).status_code == 200

    house.settle()
    record = recorded(house, poster, said)
    assert Flag.CONFLICT in record.flags
    assert len(record.views) == 2


def test_200_for_30_megabytes(poster: Poster, house: Installation) -> None:
    """No limit of the board's is known; ours is 40 MiB."""
    data = "JVBERi0x" * (30 * MEBIBYTE // 8)
    said = changed(application(poster), poster.resume, data)

    assert post(house.api, poster, said).status_code == 200

    cv = recorded(house, poster, said).attachments[0]
    assert cv.size == 30 * MEBIBYTE * 3 // 4


def test_413_beyond_the_limit(poster: Poster, house: Installation) -> None:
    """It is told while it still sends, and nothing is kept."""
    house.settle()
    before = house.kept()

    answer = post(house.api, poster, b" " * (41 * MEBIBYTE))

    assert answer.status_code == 413
    assert answer.json()["status"] == "too-large"
    assert house.kept() == before


def test_503_while_the_store_is_away(poster: Poster, house: Installation) -> None:
    """It is sent again; nobody must be told that the application is wrong."""
    said = application(poster)
    house.settle()
    with house.without_store():
        answer = post(house.api, poster, said)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert post(house.api, poster, said).status_code == 200
