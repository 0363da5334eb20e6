"""LinkedIn's challenge: answered by the right secret, and a signature of nothing."""

import hmac
from typing import cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.boards.abilities import ChallengeBoard
from letterbox.boards.linkedin import BOARD
from letterbox.domain.errors import MalformedError, NotFoundError, SignatureError
from tests.letterbox.boards.posts import verified

LINKEDIN = cast("ChallengeBoard", BOARD)
SECRETS = [b"86parent:client-secret", b"86child:another-secret"]
CODE = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
# Computed: LinkedIn publishes none.
RESPONSE = "8ab4bbad570533d66462deba280bde93c1cad8b543e7f526d3e962acaf6c391a"


def response_to(*query: tuple[str, str], secrets: list[bytes] = SECRETS) -> str:
    """Ask as LinkedIn does; return what the code was signed as."""
    answer = LINKEDIN.challenge(query, secrets)
    assert isinstance(answer, dict)
    assert answer.keys() == {"challengeCode", "challengeResponse"}
    assert answer["challengeCode"] == dict(query)["challengeCode"]
    return str(answer["challengeResponse"])


def test_the_computed_vector_is_answered() -> None:
    """By the first secret where no application is named, and by the only one."""
    asked = ("challengeCode", CODE)

    assert response_to(asked) == RESPONSE
    assert response_to(asked, ("applicationId", "86parent")) == RESPONSE
    assert response_to(asked, asked) == RESPONSE
    assert response_to(asked, secrets=[b"client-secret"]) == RESPONSE
    named = ("applicationId", "86whichever")
    assert response_to(asked, named, secrets=[b"client-secret"]) == RESPONSE


def test_the_application_that_is_named_chooses_the_secret() -> None:
    """A child application has a secret of its own; the newest of two goes first."""
    expected = hmac.new(b"another-secret", CODE.encode(), "sha256").hexdigest()
    asked = ("challengeCode", CODE), ("applicationId", "86child")

    assert response_to(*asked) == expected
    assert response_to(*asked, secrets=[*SECRETS, b"86child:older"]) == expected


@pytest.mark.parametrize("application", ["", "86", "86parent2", "é", "x" * 10_000])
def test_an_unknown_application_is_refused(application: str) -> None:
    """In words that say what to set, and do not repeat what was asked."""
    query = [("challengeCode", CODE), ("applicationId", application)]

    with pytest.raises(NotFoundError, match="LETTERBOX_LINKEDIN_SECRETS") as caught:
        LINKEDIN.challenge(query, SECRETS)

    assert "x" * 100 not in str(caught.value)


@pytest.mark.parametrize(
    "query",
    [
        [],
        [("challengeCode", "")],
        [("challengecode", CODE)],
        [("challengeCode", CODE), ("challengeCode", "another")],
        [("challengeCode", CODE), ("applicationId", "1"), ("applicationId", "2")],
        [("challengeCode", "a" * 65)],
        [("challengeCode", "a" * 1_000_000)],
        [("challengeCode", "a b")],
        [("challengeCode", f"{CODE}\n")],
        [("challengeCode", "é")],
        [("challengeCode", "\u0661")],
        [("challengeCode", "<script>")],
    ],
)
def test_what_is_no_challenge_is_malformed(query: list[tuple[str, str]]) -> None:
    """Absent, odd, very long, or said twice."""
    with pytest.raises(MalformedError):
        LINKEDIN.challenge(query, SECRETS)


@given(body=st.binary(max_size=40))
def test_no_challenge_gets_a_body_signed(body: bytes) -> None:
    """Whoever asks is a stranger: else they could have any application signed."""
    code = (b"hmacsha256=" + body).decode("latin-1")

    with pytest.raises(MalformedError):
        LINKEDIN.challenge([("challengeCode", code)], SECRETS)


@given(code=st.uuids())
def test_no_answer_is_the_signature_of_the_code(code: UUID) -> None:
    """A body that is a code has another signature: it is signed with a prefix."""
    signature = response_to(("challengeCode", str(code)))

    with pytest.raises(SignatureError):
        verified(BOARD, str(code).encode(), {"x-li-signature": signature}, SECRETS)


@pytest.mark.parametrize("secret", ["86child:another-secret", "client-secret"])
def test_the_sample_challenge_is_answered_as_it_says(secret: str) -> None:
    """``letterbox send linkedin`` plays it, with each secret that may be configured."""
    query, expected = LINKEDIN.sample_challenge(secret)

    assert LINKEDIN.challenge(list(query.items()), [secret.encode()]) == expected
