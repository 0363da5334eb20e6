"""The board: what it signs, what it is answered, and what it means."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import BinaryIO

from pydantic import JsonValue
from pydantic_settings import BaseSettings

from letterbox.boards.base import Head, Post, PostBoard, ReceivedPost
from letterbox.boards.node import Node
from letterbox.boards.posting.json_body import read_object
from letterbox.boards.posting.plain_board import PlainBoard
from letterbox.boards.posting.verifiers import sign
from letterbox.boards.reports import StatusSender
from letterbox.boards.ziprecruiter.candidate import read_candidate
from letterbox.boards.ziprecruiter.payload import read_answers, receive_payload
from letterbox.boards.ziprecruiter.sample import sample_application
from letterbox.boards.ziprecruiter.schema import BODY_SCHEMA
from letterbox.boards.ziprecruiter.settings import ZipRecruiterSettings
from letterbox.boards.ziprecruiter.signature import (
    DIGEST,
    SIGNATURE,
    TIMESTAMP,
    TimedVerifier,
    prefix_of,
)
from letterbox.domain.application import Source
from letterbox.domain.matching import References
from letterbox.domain.reading import Reading, Text
from letterbox.domain.submission import Role, Submission


class ZipRecruiter(PlainBoard):
    """
    ZipRecruiter's Apply Webhook; everything here is pure.

    Whatever is not answered by a 2xx comes again: so nobody is refused.
    """

    name = "ziprecruiter"
    title = "ZipRecruiter"
    settings: type[BaseSettings] = ZipRecruiterSettings
    secrets_variable = "LETTERBOX_ZIPRECRUITER_SECRETS"
    body_schema: Mapping[str, JsonValue] = BODY_SCHEMA

    def verifier(
        self, head: Head, secrets: Sequence[bytes], settings: ZipRecruiterSettings
    ) -> TimedVerifier:
        """Expect base64 of HMAC-SHA256 over the time, a dot and the raw body."""
        return TimedVerifier(
            head.headers.get(SIGNATURE.lower()),
            head.headers.get(TIMESTAMP.lower()),
            secrets,
            settings.ziprecruiter_window,
        )

    def receive(
        self, head: Head, body: BinaryIO, now: datetime, settings: ZipRecruiterSettings
    ) -> ReceivedPost:
        """Take the CV out, and keep the rest as ZipRecruiter said it."""
        del head, settings
        return receive_payload(self.name, read_object(body), now)

    def read(self, submission: Submission) -> Reading:
        """Put what ZipRecruiter said where the canonical record has a place for it."""
        said = Node(submission.said)
        reference = said.word("job_id")
        candidate = read_candidate(said)
        return Reading(
            source=Source(
                board=self.name,
                board_id=submission.board_id,
                job_reference=reference,
                status_target=said.word("zr_application_id"),
            ),
            candidate=candidate,
            references=References(job_reference=reference),
            # It does not say when, and signs anew when it sends again.
            applied_at=submission.received_at,
            texts=tuple(_texts(said, submission)),
            answers=tuple(read_answers(said)),
            incomplete=not (
                reference and candidate.emails and candidate.person.name.formatted
            ),
        )

    def sample_post(
        self,
        board_id: str,
        job_id: str,
        secret: str,
        cv: tuple[str, bytes],
        settings: ZipRecruiterSettings,
    ) -> Post:
        """Sign an invented person's application."""
        del settings
        said = sample_application(board_id, job_id, b64encode(cv[1]).decode())
        body = json.dumps(said).encode()
        timestamp = datetime.now(UTC).isoformat(timespec="milliseconds")
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: timestamp,
            SIGNATURE: sign(body, secret, DIGEST, prefix=prefix_of(timestamp)),
        }
        return Post(headers, body)

    def takes_statuses(self, settings: ZipRecruiterSettings) -> bool:
        """Return whether there are credentials to send hiring signals with."""
        return bool(settings.ziprecruiter_api_user.get_secret_value())

    def open_status_sender(
        self, settings: ZipRecruiterSettings
    ) -> AbstractAsyncContextManager[StatusSender]:
        """Keep connections to ZipRecruiter; nothing is sent yet."""
        from letterbox.boards.ziprecruiter.client.signals import open_signals

        return open_signals(settings)


def _texts(said: Node, submission: Submission) -> list[Text]:
    """Return the CV as text, where it did not come as a file."""
    text = said.text("profile", "text_resume")
    if not text or any(one.role is Role.RESUME for one in submission.documents):
        return []
    return [Text(role=Role.RESUME, text=text)]


BOARD: PostBoard = ZipRecruiter()
