"""What Indeed alone is answered; what all boards that post are is in test_posts.py."""

from collections.abc import Iterator
from functools import partial

import pytest

from letterbox.domain.application import Flag
from tests.api.test_posts import CLOSED, application, post, recorded
from tests.end_to_end.processes.installation import Api, Installation
from tests.letterbox.boards.posts import INDEED

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers")]

new = partial(application, INDEED)


@pytest.fixture(name="refusing", scope="module")
def _refusing(house: Installation) -> Iterator[Api]:
    api = house.add_api("refusing", LETTERBOX_INDEED_REFUSE="unknown,closed,duplicate")
    api.start()
    yield api
    api.end()


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"[1, 2]",
        b'"text"',
        b"4",
        b"null",
        b"{}",
        b'{"id": ["1"]}',
        b'{"id": ""}',
        b'{"id": "%s"}' % (b"x" * 200),
        b'{"id": "1", "applicant": %s1%s}' % (b"[" * 150, b"]" * 150),
    ],
    ids=lambda body: body[:20].decode(),
)
def test_400_and_never_422_for_json_that_is_no_application(
    body: bytes, house: Installation
) -> None:
    """Both are for what lacks its id; what can be kept under one is kept (200)."""
    house.settle()
    before = house.kept()

    answer = post(house.api, INDEED, body)

    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert house.kept() == before


@pytest.mark.parametrize(
    "odd",
    [
        {"applicant": None},
        {"applicant": "Ada"},
        {"applicant": {"email": 4, "resume": [1]}, "job": []},
    ],
)
def test_200_and_never_422_for_json_that_is_odd(
    odd: dict[str, object], house: Installation
) -> None:
    """It is somebody's application: a person looks at what cannot be understood."""
    said = new() | odd

    assert post(house.api, INDEED, said).status_code == 200

    assert Flag.INCOMPLETE in recorded(house, INDEED, said).flags


def test_every_document_says_what_it_is_for(house: Installation) -> None:
    """A certificate answers a question, and the letter is one."""
    said = new()

    post(house.api, INDEED, said)

    record = recorded(house, INDEED, said)
    assert {one.role for one in record.attachments} == {
        "RESUME",
        "COVER_LETTER",
        "OTHER",
    }
    [cert] = [one for one in record.attachments if one.question_id == "cert"]
    assert record.answers[-1].attachment == cert.sha256
    assert record.attachments[0].filename == "Ada Example.pdf"


@pytest.mark.parametrize(
    ("reference", "code"), [("never heard of", 404), (CLOSED, 410)]
)
def test_404_and_410_where_settings_ask_for_them(
    reference: str, code: int, house: Installation, refusing: Api
) -> None:
    """Unknown and closed positions are told apart; nothing is kept."""
    house.settle()
    before = house.kept()

    assert post(refusing, INDEED, new(reference)).status_code == code
    assert house.kept() == before


def test_409_for_a_repeat_where_settings_ask_for_it(
    house: Installation, refusing: Api
) -> None:
    """There is one view of it all the same."""
    said = new()

    codes = [post(refusing, INDEED, said).status_code for _ in range(2)]

    assert codes == [200, 409]
    assert len(recorded(house, INDEED, said).views) == 1


def test_demographic_answers_are_in_an_object_of_their_own_only(
    house: Installation,
) -> None:
    """Not in the record, nor in the source, the logs or Temporal."""
    asked = {"question": {"id": "race"}, "answer": "canary-of-what-she-is"}
    questions = {"questionsAndAnswers": [asked]}
    said = new() | {"demographicQuestionsAndAnswers": questions}

    assert post(house.api, INDEED, said).status_code == 200

    recorded(house, INDEED, said)
    house.settle()
    holding = {
        path.name
        for path in house.folder.rglob("*")
        if path.is_file() and b"canary-of-what-she-is" in path.read_bytes()
    }
    assert holding == {"demographics.json"}
