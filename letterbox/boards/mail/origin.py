"""Where a message came from: its id, what its servers vouch for, and who wrote it."""

import re
from hashlib import sha256

from pydantic import JsonValue

from letterbox.boards.mail.headers import MessageHeaders
from letterbox.domain.ids import is_usable_id

_RESULT = re.compile(r"\b(dkim|spf|dmarc|arc)\s*=\s*([a-z]{1,20})\b", re.IGNORECASE)
_REPLY = re.compile(r"auto-replied|auto-notified", re.IGNORECASE)
_REPORT = re.compile(r"multipart/report\b", re.IGNORECASE)
_DAEMON = re.compile(r"(?:mailer-daemon|postmaster)@", re.IGNORECASE)
_NOBODY = re.compile(
    r"(?:mailer-daemon|postmaster|(?:no|do[-_.]?not)[-_.]?reply)\b", re.IGNORECASE
)


def board_id_of(headers: MessageHeaders, digest: str) -> str:
    """
    Return the Message-ID without its brackets, or else the SHA-256 of the message.

    An id that is too long stands by its own digest: a message that comes again has
    passed other servers, and is another one.
    """
    value = headers.first("message-id")
    inside = value.partition("<")[2].partition(">")[0] if "<" in value else value
    identifier = "".join(inside.split())
    if is_usable_id(identifier):
        return identifier
    if identifier:
        return sha256(identifier.encode("utf-8", "replace")).hexdigest()
    return digest


def automatic(headers: MessageHeaders) -> str | None:
    """
    Return why no person wrote a message to us; None where one may have.

    What boards send for candidates is ``auto-generated``, and no reply.
    """
    if _REPLY.match(headers.first("auto-submitted")):
        return "reply"
    if any(headers.first(name) for name in ("x-autoreply", "x-autorespond")):
        return "reply"
    is_report = _REPORT.match(headers.first("content-type"))
    if is_report or headers.first("return-path") == "<>":
        return "bounce"
    if any(_DAEMON.match(one.address) for one in headers.mailboxes("from")):
        return "bounce"
    return None


def authentication(headers: MessageHeaders) -> dict[str, JsonValue]:
    """Read what the last server found, in the first such header: any may be forged."""
    value = headers.first("authentication-results")[:4096]
    results: dict[str, JsonValue] = {}
    for method, result in _RESULT.findall(value):
        results.setdefault(method.lower(), result.lower())
    return results


def is_nobody(address: str) -> bool:
    """Return whether nobody reads what is sent to an address."""
    return bool(_NOBODY.match(address))
