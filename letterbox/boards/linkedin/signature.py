"""
What LinkedIn signs, and how it asks whether an address is ours.

https://learn.microsoft.com/en-us/linkedin/shared/api-guide/webhook-validation
"""

import hmac
import re
from collections.abc import Sequence

from pydantic import JsonValue

from letterbox.boards.posting.verifiers import HmacVerifier
from letterbox.domain.errors import MalformedError, NotFoundError

DIGEST = "sha256"
PREFIX = b"hmacsha256="
"""Of what is signed, and sometimes of the signature, too."""

# LinkedIn sends UUIDs. Anybody can have a code signed: it must never look like a body
# with its prefix, which has an equals sign.
_CODE = re.compile(r"[0-9A-Za-z-]{1,64}")
_HEX = re.compile(r"[0-9A-Fa-f]{64}")


def verifier(signature: str | None, secrets: Sequence[bytes]) -> HmacVerifier:
    """Take hex or base64, with or without the prefix: LinkedIn does not say which."""
    written = (signature or "").strip().removeprefix(PREFIX.decode())
    keys = [secret for _, secret in map(split, secrets)]
    if _HEX.fullmatch(written):
        written = written.lower()
    return HmacVerifier(written, keys, DIGEST, prefix=PREFIX, takes_hex=True)


def split(secret: bytes) -> tuple[str, bytes]:
    """Take ``application id:client secret`` apart; the only one needs no id."""
    application, colon, key = secret.partition(b":")
    return (application.decode().strip(), key) if colon else ("", secret)


def answer_challenge(
    query: Sequence[tuple[str, str]], secrets: Sequence[bytes]
) -> JsonValue:
    """
    Sign a code by the application that is named; by the first where none is.

    A single secret without an id is that of whichever is named.
    """
    code = _only(query, "challengeCode")
    if code is None or not _CODE.fullmatch(code):
        raise MalformedError(
            "challengeCode must be one code of at most 64 letters, digits and hyphens"
        )
    named = _only(query, "applicationId")
    applications = [split(secret) for secret in secrets]
    if [known for known, _ in applications] == [""]:
        named = None
    keys = (key for known, key in applications if named in {None, known})
    key = next(keys, None)
    if key is None:
        raise NotFoundError(
            "no secret for this applicationId: LETTERBOX_LINKEDIN_SECRETS needs "
            "application id:client secret"
        )
    return {"challengeCode": code, "challengeResponse": sign_code(code, key)}


def sign_code(code: str, key: bytes) -> str:
    """Sign a challenge, in hex."""
    return hmac.new(key, code.encode(), DIGEST).hexdigest()


def _only(query: Sequence[tuple[str, str]], name: str) -> str | None:
    """Return a parameter; of several that differ nobody knows which is meant."""
    values = {value for key, value in query if key == name}
    if len(values) > 1:
        raise MalformedError(f"{name} must be given once")
    return next(iter(values), None)
