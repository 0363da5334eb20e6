"""Standard Webhooks: its published vector, and the library that others sign with."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from letterbox.boards.generic import BOARD
from letterbox.boards.generic.settings import GenericSettings
from letterbox.domain.errors import SignatureError
from letterbox.settings import Settings
from letterbox_cli.up.dev_secrets import development_secrets
from tests.letterbox.boards.generic.posting import application, take
from tests.letterbox.boards.posts import NOW, is_verified, verified

# https://github.com/standard-webhooks/standard-webhooks: of its own libraries' tests.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
OTHER = "whsec_" + b64encode(b"another secret of 24 bytes").decode()


@pytest.mark.parametrize("secrets", [[SECRET], [OTHER, SECRET], [SECRET[6:]]])
def test_the_published_vector_verifies(secrets: list[str]) -> None:
    """With its prefix or without; both secrets are good while they rotate."""
    known = [secret.encode() for secret in secrets]
    assert is_verified(BOARD, BODY, HEADERS, known)


def test_one_of_several_signatures_is_enough() -> None:
    """A sender that rotates signs twice; signatures of other versions may be there."""
    signature = f"v1a,abc v1,{'A' * 43}= {HEADERS['webhook-signature']}"

    headers = HEADERS | {"webhook-signature": signature}
    assert is_verified(BOARD, BODY, headers, [SECRET.encode()])


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": "msg_other"},
        {"webhook-timestamp": "1614265331"},
        {"webhook-id": ""},
        {"webhook-timestamp": ""},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": HEADERS["webhook-signature"][3:]},
        {"webhook-signature": "v2" + HEADERS["webhook-signature"][2:]},
        {"webhook-signature": "v1,é☃ v1,\udcff"},
        {"webhook-id": "☃"},
        {"webhook-signature": "v1,x " * 1000 + HEADERS["webhook-signature"]},
    ],
)
def test_nothing_else_verifies(changes: dict[str, str]) -> None:
    """Absent and nonsense are refusals, never crashes."""
    with pytest.raises(SignatureError):
        verified(BOARD, BODY, HEADERS | changes, [SECRET.encode()])


def test_a_changed_body_and_no_secret_verify_nothing() -> None:
    """The whole body is signed; without a secret nobody is the board."""
    for body, secrets in ((BODY + b" ", [SECRET]), (BODY, []), (BODY, [OTHER])):
        with pytest.raises(SignatureError):
            verified(BOARD, body, HEADERS, [secret.encode() for secret in secrets])


_IDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)


@given(body=st.text(st.characters(codec="utf-8")), message=_IDS)
def test_what_the_library_signs_verifies(body: str, message: str) -> None:
    """Whoever sends signs with it, or with one of its sisters."""
    signature = Webhook(SECRET).sign(message, NOW, body)
    headers = {
        "webhook-id": message,
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": signature,
    }

    assert is_verified(BOARD, body.encode(), headers, [SECRET.encode()])


@pytest.mark.parametrize(
    ("timestamp", "is_late"),
    [
        (NOW, False),
        (NOW - timedelta(minutes=4), False),
        (NOW - timedelta(days=3), True),
        (NOW + timedelta(days=3), True),
        (datetime(1970, 1, 1, tzinfo=UTC), True),
    ],
)
def test_an_old_timestamp_is_told_and_accepted(
    timestamp: datetime,
    is_late: bool,  # noqa: FBT001 pytest's
) -> None:
    """After an outage it is late; a repeat is harmless, and a loss is not."""
    headers = {"webhook-timestamp": str(int(timestamp.timestamp()))}

    got, warnings = take(application(), headers)

    assert got.submission.board_id == "web-1001"
    assert [one["at"] for one in warnings] == [["webhook-timestamp"]] * is_late


@pytest.mark.parametrize("timestamp", ["", "soon", "1e400", "NaN", "9" * 400])
def test_a_timestamp_that_is_none_is_told(timestamp: str) -> None:
    """It was signed, so it is the sender's mistake and nobody's attack."""
    warnings = take(application(), {"webhook-timestamp": timestamp})[1]

    assert [one["at"] for one in warnings] == [["webhook-timestamp"]]


def test_the_secret_that_up_makes_up_is_a_key(tmp_path: Path) -> None:
    """``letterbox up`` serves the board without anything being set."""
    variables = development_secrets(Settings(data=tmp_path))

    made_up = variables["LETTERBOX_GENERIC_SECRETS"]

    assert GenericSettings(generic_secrets=made_up).generic_secrets
    post = BOARD.sample_post(
        "1", "DEV-17", made_up, ("cv.pdf", b"%PDF-1.4"), BOARD.settings()
    )
    verified(BOARD, post.body, dict(post.headers), [made_up.encode()])


@pytest.mark.parametrize("secret", ["short", "whsec_", "whsec_QUJD", "no base64!" * 9])
def test_a_secret_that_is_no_key_is_refused_at_the_start(secret: str) -> None:
    """Not with the first application; the text of it is in no message."""
    with pytest.raises(ValueError, match="must be base64") as caught:
        GenericSettings(generic_secrets=secret)

    assert "no base64!" not in str(caught.value.errors()[0]["msg"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("text", [None, "", " "])
def test_a_signature_without_one_of_its_headers_is_refused(
    name: str, text: str | None
) -> None:
    """None may be absent or empty: all three are part of the proof."""
    headers = {key: value for key, value in HEADERS.items() if key != name}
    headers |= {} if text is None else {name: text}

    assert not is_verified(BOARD, BODY, headers, [SECRET.encode()])
