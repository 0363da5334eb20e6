"""A raw message, taken apart: who sent it, for what, and its documents."""

from contextlib import ExitStack
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO

from pydantic import JsonValue

from letterbox.boards.base import Head, ReceivedPost
from letterbox.boards.mail.body_text import is_text, text_of_message
from letterbox.boards.mail.headers import Mailbox, MessageHeaders
from letterbox.boards.mail.origin import authentication, automatic, board_id_of
from letterbox.boards.mail.parts import Leaf, MessageParts
from letterbox.boards.mail.recipient import find_reference, recipient_of
from letterbox.boards.node import storable
from letterbox.boards.posting.fingerprints import fingerprint
from letterbox.boards.posting.inline_files import InlineFiles, digest_of_files
from letterbox.domain.errors import MalformedError
from letterbox.domain.file_names import safe_file_name
from letterbox.domain.ids import application_id
from letterbox.domain.submission import ReceivedDocument, Role, Submission
from letterbox.streams import chunks_of

_RESUME_ENDINGS = (".pdf", ".doc", ".docx", ".rtf", ".odt", ".txt")
_RESUME_TYPES = {
    "application/pdf",
    "application/msword",
    "application/rtf",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "text/plain",
    "text/rtf",
}
# Of no use to people, and in the message itself for whoever wants to check it.
_SIGNATURES = {
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
}


def receive_message(
    board: str, head: Head, body: BinaryIO, now: datetime, rule: str
) -> ReceivedPost:
    """Make a submission of a message; the whole of it is its last document."""
    digest, size = _measured(body)
    if not size:
        raise MalformedError("the message is empty")
    with ExitStack() as closing:
        parts = MessageParts(closing)
        parts.read(body)
        headers = MessageHeaders(parts.header_block)
        files = InlineFiles()
        _take_documents(parts.leaves, files)
        payload = _payload(headers, head, parts, rule)
    board_id = board_id_of(headers, digest)
    identity = (str(payload[key]) for key in ("job_reference", "sender", "subject"))
    mark = fingerprint(
        board_id, *identity, str(payload["text"]), *digest_of_files(files.documents)
    )
    documents = (*files.documents, _original(digest, size))
    return ReceivedPost(
        Submission(
            application_id=application_id(board, board_id),
            board=board,
            board_id=board_id,
            fingerprint=mark,
            received_at=now,
            said=storable(payload),
            documents=documents,
        ),
        {**files.contents, digest: body},
    )


def _measured(body: BinaryIO) -> tuple[str, int]:
    digest, size = sha256(), 0
    body.seek(0)
    for chunk in chunks_of(body):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _original(digest: str, size: int) -> ReceivedDocument:
    return ReceivedDocument(
        role=Role.OTHER,
        name=f"{digest}.bin",
        sha256=digest,
        size=size,
        filename="message.eml",
        declared_type="message/rfc822",
        is_original=True,
    )


def _take_documents(leaves: list[Leaf], files: InlineFiles) -> None:
    """Take the files; the first that can be a CV is the CV."""
    has_resume = False
    for leaf in leaves:
        if is_text(leaf) or leaf.is_embedded or leaf.media_type in _SIGNATURES:
            continue
        is_resume = not has_resume and _can_be_resume(leaf)
        has_resume = has_resume or is_resume
        # More than a hundred are in the message, and nowhere else.
        files.take_bytes(
            leaf.chunks(),
            role=Role.RESUME if is_resume else Role.OTHER,
            filename=leaf.filename,
            declared_type=leaf.media_type,
        )


def _can_be_resume(leaf: Leaf) -> bool:
    name = (safe_file_name(leaf.filename) or "").lower()
    return name.endswith(_RESUME_ENDINGS) or (
        leaf.media_type in _RESUME_TYPES and "." not in name
    )


def _payload(
    headers: MessageHeaders, head: Head, parts: MessageParts, rule: str
) -> dict[str, JsonValue]:
    """Write down what a message says, for the record and for people."""
    replies, senders = headers.mailboxes("reply-to"), headers.mailboxes("from")
    found = find_reference(headers, head.headers, [*replies, *senders], rule)
    sent_at = headers.moment("date")
    return {
        "message_id": headers.first("message-id") or None,
        "subject": headers.text("subject") or None,
        "sender": _sender(replies, senders),
        "sender_domain": senders[0].address.rpartition("@")[2] if senders else None,
        "sent_at": sent_at.isoformat() if sent_at else None,
        "job_reference": found.reference,
        "reference_in": found.at,
        "recipient": recipient_of(head.headers),
        "automatic": automatic(headers),
        "authentication": authentication(headers),
        "damage": parts.damage,
        "text": text_of_message(parts.leaves) or None,
        "headers": [[name, value] for name, value in headers.items],
    }


def _sender(replies: list[Mailbox], senders: list[Mailbox]) -> dict[str, JsonValue]:
    """Prefer whom to reply to: boards send in a candidate's stead."""
    names = (one.name for one in (*replies, *senders))
    address = next((one.address for one in (*replies, *senders)), None)
    return {"name": next(filter(None, names), None), "address": address}
