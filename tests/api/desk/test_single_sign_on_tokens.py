"""ID tokens that are not valid: nobody comes in by them, and the log says why."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc import jws, jwt
from joserfc.jwk import RSAKey
from structlog.testing import capture_logs

from tests.api.desk.openid_provider import key
from tests.api.desk.openid_server import CLIENT_SECRET, Token
from tests.api.desk.signing_in_there import SingleSignOn, Visitor

pytestmark = pytest.mark.xdist_group("single-sign-on")

Claims = dict[str, Any]


def with_claims(**changed: Any) -> Token:
    """Return what signs honestly, and says something else; None leaves it out."""

    def forge(header: Claims, claims: Claims, signs: RSAKey) -> str:
        now = time.time()
        told = {
            name: int(now + value) if name in {"exp", "iat", "nbf"} else value
            for name, value in changed.items()
            if value is not None
        }
        kept = {name: claims[name] for name in claims if name not in changed}
        return jwt.encode(header, kept | told, signs)

    return forge


def part(content: object) -> str:
    """Write a part of a token."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return urlsafe_b64encode(body).decode().rstrip("=")


def unsigned(header: Claims, claims: Claims, signs: RSAKey) -> str:
    """Say that no signature is needed."""
    del signs
    return f"{part({**header, 'alg': 'none'})}.{part(claims)}."


def by_the_public_key(header: Claims, claims: Claims, signs: RSAKey) -> str:
    """Take what everybody knows for a shared secret."""
    said = f"{part({**header, 'alg': 'HS256'})}.{part(claims)}"
    public = signs.as_pem(private=False)
    return f"{said}.{part(hmac.digest(public, said.encode(), 'sha256'))}"


def by_another_key(header: Claims, claims: Claims, signs: RSAKey) -> str:
    """Sign by a key of one's own under the name of the provider's."""
    del signs
    return jwt.encode(header, claims, key())


def by_an_unknown_key(header: Claims, claims: Claims, signs: RSAKey) -> str:
    """Sign by a key that is not published."""
    del signs
    other = key()
    return jwt.encode({**header, "kid": other.kid}, claims, other)


def by_the_client_secret(header: Claims, claims: Claims, signs: RSAKey) -> str:
    """Sign by what the client and the provider share."""
    del signs
    said = f"{part({**header, 'alg': 'HS256'})}.{part(claims)}"
    signature = hmac.digest(CLIENT_SECRET.encode(), said.encode(), "sha256")
    return f"{said}.{part(signature)}"


def nested(header: Claims, claims: Claims, signs: RSAKey) -> str:
    """Send what exhausts a parser."""
    del claims, signs
    return f"{part(header)}.{part(b'[' * 60_000)}.{part(b'x')}"


def with_half_a_letter(header: Claims, claims: Claims, signs: RSAKey) -> str:
    """Name somebody by what cannot be written down."""
    body = json.dumps({**claims, "sub": "\ud800"}).encode()
    return jws.serialize_compact(header, body, signs)


TOKENS: dict[str, tuple[Token, str]] = {
    "none": (unsigned, "id-token-algorithm"),
    "HS256 by the public key": (by_the_public_key, "id-token-algorithm"),
    "HS256 by the client secret": (by_the_client_secret, "id-token-algorithm"),
    "another key": (by_another_key, "id-token-signature"),
    "unknown key": (by_an_unknown_key, "id-token-key"),
    "expired": (with_claims(exp=-90, iat=-200), "id-token-expired"),
    "no exp": (with_claims(exp=None), "id-token-malformed"),
    "of the future": (with_claims(iat=90), "id-token-iat"),
    "not yet": (with_claims(nbf=90), "id-token-nbf"),
    "other issuer": (with_claims(iss="http://localhost"), "id-token-iss"),
    "other audience": (with_claims(aud="another client"), "id-token-aud"),
    "for others too": (with_claims(aud=["letterbox desk", "x"]), "id-token-azp"),
    "used by another": (with_claims(azp="another client"), "id-token-azp"),
    "other nonce": (with_claims(nonce="of another sign-in"), "id-token-nonce"),
    "no nonce": (with_claims(nonce=None), "id-token-nonce"),
    "other access token": (with_claims(at_hash="x" * 22), "id-token-at_hash"),
    "no subject": (with_claims(sub=None), "id-token-sub"),
    "empty subject": (with_claims(sub=""), "id-token-sub"),
    "a number for a subject": (with_claims(sub=17), "id-token-sub"),
    "long subject": (with_claims(sub="x" * 256), "id-token-sub"),
    "half a letter": (with_half_a_letter, "id-token-sub"),
    "nested": (nested, "id-token-signature"),
    "no token": (lambda *_: "a.b.c", "id-token-malformed"),
    "ü": (lambda *_: "ü", "id-token-malformed"),
}


@pytest.mark.parametrize("name", TOKENS)
async def test_an_id_token_that_is_not_valid_opens_nothing(
    name: str, visitor: Visitor, sso: SingleSignOn
) -> None:
    """The page says that the provider is at fault, the log says what is wrong."""
    sso.provider.forge, code = TOKENS[name]

    with capture_logs() as logs:
        answer = await visitor.sign_in()

    assert answer.status_code == 502
    assert "its ID token is " in answer.text or "its ID token has" in answer.text
    assert not visitor.is_signed_in
    [failed] = [one for one in logs if one["event"] == "sign-in failed"]
    assert failed["code"] == code


@pytest.mark.parametrize(
    "forge", [with_claims(exp=-30, iat=-90), with_claims(iat=30), with_claims(nbf=30)]
)
async def test_clocks_may_differ_by_half_a_minute(
    forge: Token, visitor: Visitor, sso: SingleSignOn
) -> None:
    """Machines do; a minute is the limit."""
    sso.provider.forge = forge

    assert (await visitor.sign_in()).status_code == 200
