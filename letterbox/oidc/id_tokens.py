"""Verifies ID tokens: who signed one, for whom, for which sign-in, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ExpiredTokenError,
    InvalidKeyIdError,
    JoseError,
    UnsupportedAlgorithmError,
)
from joserfc.jwk import JWKRegistry, Key, KeySet, RSAKey
from joserfc.jws import JWSRegistry

from letterbox.domain.errors import ProviderFaultError
from letterbox.oidc.claims import is_text

# Clocks differ; more than this is a clock that is wrong.
_LEEWAY = 60
_MAX_KEYS = 100
_MAX_SUBJECT = 255
_PUBLIC = ("RSA", "EC", "OKP")
_MIN_RSA_BITS = 2048  # RFC 7518, section 3.3.
_CLAIMS = {"iss", "sub", "aud", "azp", "iat", "nbf", "nonce", "at_hash", "auth_time"}
# What the library raises for bytes that are no token at all.
_MALFORMED = (
    JoseError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    RecursionError,
)


class UnknownKeyError(ProviderFaultError):
    """Signed by a key that is not among those known: they may have been changed."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What an ID token has to say."""

    issuer: str
    client_id: str
    nonce: str
    algorithms: Sequence[str]


def read_keys(document: dict[str, Any]) -> KeySet:
    """
    Read a JSON Web Key Set (ProviderFaultError).

    Those that cannot be read are left out: a provider may publish keys of kinds that
    nobody here knows. So are those by which anybody could sign: short ones, and those
    whose private part is published.
    """
    listed = document.get("keys")
    keys = [
        key
        for one in (listed[:_MAX_KEYS] if isinstance(listed, list) else [])
        if (key := _key(one))
    ]
    if not keys:
        raise ProviderFaultError("it publishes no usable keys", code="keys")
    return KeySet(keys)


def _key(one: object) -> Key | None:
    if not isinstance(one, dict) or one.get("kty") not in _PUBLIC:
        return None
    try:
        key = JWKRegistry.import_key(one)
    except _MALFORMED:
        return None
    is_short = isinstance(key, RSAKey) and key.public_key.key_size < _MIN_RSA_BITS
    return None if is_short or key.is_private else key


def verify(
    token: object, access_token: str | None, keys: KeySet, expected: Expected
) -> dict[str, Any]:
    """Return the claims of an ID token (ProviderFaultError, which quotes nothing)."""
    if not isinstance(token, str):
        raise ProviderFaultError("it sends no ID token", code="no-id-token")
    registry = JWSRegistry(algorithms=expected.algorithms, strict_check_header=False)
    try:
        decoded = jwt.decode(token, keys, registry=registry)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": expected.issuer},
                "aud": {"essential": True, "value": expected.client_id},
            },
            {
                "nonce": expected.nonce,
                "client_id": expected.client_id,
                "access_token": access_token,
            },
        )
        claims.validate(leeway=_LEEWAY)
    except _MALFORMED as error:
        raise _fault(error) from None
    if not 0 < len(claims["sub"]) <= _MAX_SUBJECT or not is_text(claims["sub"]):
        raise ProviderFaultError("its ID token has no valid sub", code="id-token-sub")
    return dict(claims)


def _fault(error: BaseException) -> ProviderFaultError:
    if isinstance(error, InvalidKeyIdError):
        return UnknownKeyError(
            "its ID token is signed by a key that it does not publish",
            code="id-token-key",
        )
    code = _code_of(error)
    return ProviderFaultError(f"its ID token is not valid ({code})", code=code)


def _code_of(error: BaseException) -> str:
    if isinstance(error, BadSignatureError):
        return "id-token-signature"
    if isinstance(error, UnsupportedAlgorithmError):
        return "id-token-algorithm"
    if isinstance(error, ExpiredTokenError):
        return "id-token-expired"
    if isinstance(error, ClaimError) and error.claim in _CLAIMS:
        return f"id-token-{error.claim}"
    return "id-token-malformed"
