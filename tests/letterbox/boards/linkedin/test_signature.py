"""How LinkedIn signs: computed, since LinkedIn publishes no example."""

import hmac
from base64 import b64encode

import pytest

from letterbox.boards.linkedin import BOARD
from letterbox.domain.errors import SignatureError
from tests.letterbox.boards.posts import is_verified, verified

SECRETS = [b"86parent:client-secret", b"86child:another-secret"]
# Computed: LinkedIn publishes none.
BODY = (
    b'{"type":"EXPORT_JOB_APPLICATION",'
    b'"jobApplicationId":"urn:li:jobApplication:12345678"}'
)
SIGNATURE = "0afefce914f62b1f02832ff97ad0f9075e48b3161f536b5098652b5b670c6a98"
IN_BASE64 = b64encode(bytes.fromhex(SIGNATURE)).decode()


@pytest.mark.parametrize("prefix", ["", "hmacsha256="])
@pytest.mark.parametrize("signature", [SIGNATURE, SIGNATURE.upper(), IN_BASE64])
@pytest.mark.parametrize(
    "secrets",
    [SECRETS, SECRETS[::-1], [b"client-secret"], [b"x", b"86parent:x", *SECRETS]],
)
def test_the_computed_vector_verifies(
    prefix: str, signature: str, secrets: list[bytes]
) -> None:
    """LinkedIn does not say how a signature is written; any application may sign."""
    headers = {"x-li-signature": prefix + signature}
    assert is_verified(BOARD, BODY, headers, secrets)


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "hmacsha256=",
        "é☃",
        SIGNATURE[:-1],
        f"hmacsha256=hmacsha256={SIGNATURE}",
        SIGNATURE * 2,
        IN_BASE64.lower(),
        hmac.new(b"client-secret", BODY, "sha256").hexdigest(),
        hmac.new(SECRETS[0], b"hmacsha256=" + BODY, "sha256").hexdigest(),
        "A" * 5000,
    ],
)
def test_no_other_signature_verifies(signature: str | None) -> None:
    """Absent, nonsense, and made without the prefix or with the id are refused."""
    headers = {} if signature is None else {"x-li-signature": signature}

    with pytest.raises(SignatureError):
        verified(BOARD, BODY, headers, SECRETS)


def test_a_changed_body_and_no_secret_verify_nothing() -> None:
    """The whole body is signed; without a secret nobody is the board."""
    headers = {"x-li-signature": SIGNATURE}

    for body, secrets in ((BODY + b" ", SECRETS), (BODY[:-1], SECRETS), (BODY, [])):
        with pytest.raises(SignatureError):
            verified(BOARD, body, headers, secrets)
