"""A board without a secret is as unknown as no board at all."""

import pytest

from letterbox.boards import discover
from letterbox.boards.abilities import ChallengeBoard
from letterbox.boards.base import FormBoard, PostBoard
from tests.api.test_posts import application, post
from tests.end_to_end.processes.installation import Installation
from tests.end_to_end.processes.kinds import PostedMessage
from tests.end_to_end.processes.posted import PostedApplication
from tests.letterbox.boards.posts import INDEED
from tests.support import http

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("answers")]


def test_404_without_a_secret(house: Installation) -> None:
    """Each address there is, whatever is posted to it or asked there."""
    posting = [
        board
        for board in discover().values()
        if isinstance(board, FormBoard | PostBoard)
    ]
    asking = [board for board in posting if isinstance(board, ChallengeBoard)]
    off = house.add_api("off", **{board.secrets_variable: "" for board in posting})
    off.start()
    try:
        answers = [
            *(
                http().post(f"{off.url}/apply/{board.name}", content=b"{}")
                for board in posting
            ),
            *(off.get(f"/apply/{board.name}?challengeCode=1") for board in asking),
        ]
    finally:
        off.end()

    assert {answer.status_code for answer in answers} == {404}


def test_404_for_a_board_that_is_off_beside_others(house: Installation) -> None:
    """What is posted may be right; a name that no board has is answered the same."""
    off = house.add_api(
        "some-off", LETTERBOX_CAREERJET_SECRETS="", LETTERBOX_INDEED_SECRETS=""
    )
    off.start()
    try:
        form = PostedApplication(secret="").post(off.apply_url)
        body = post(off, INDEED, application(INDEED))
        on = PostedMessage().post(off.apply_url)
    finally:
        off.end()
    unknown = PostedApplication().post(f"{house.api.url}/apply/monster")

    statuses = [one.status_code for one in (form, body, on, unknown)]
    assert statuses == [404, 404, PostedMessage.accepted, 404]
