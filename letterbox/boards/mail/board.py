"""The board: who may post messages, what they are answered, and what they mean."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import BinaryIO

from pydantic import JsonValue
from pydantic_settings import BaseSettings

from letterbox.boards.base import Head, Post, PostBoard, ReceivedPost
from letterbox.boards.mail.own_id import under_own_id
from letterbox.boards.mail.settings import MailSettings
from letterbox.boards.posting.plain_board import PlainBoard
from letterbox.boards.posting.verifiers import KeyVerifier
from letterbox.domain.reading import Reading
from letterbox.domain.submission import Submission

_BEARER = "bearer"


class Mail(PlainBoard):
    """
    Applications by e-mail; everything here is pure.

    Python's own ``email.policy`` is imported with the first message: it takes 15 ms,
    which each command that reads the settings would pay.

    A message that is refused would go back to whoever applied.
    """

    name = "mail"
    title = "E-mail"
    settings: type[BaseSettings] = MailSettings
    secrets_variable = "LETTERBOX_MAIL_SECRETS"
    media_type = "message/rfc822"
    body_schema: Mapping[str, JsonValue] = {
        "type": "string",
        "format": "binary",
        "description": "A raw message, as it came.",
    }

    def verifier(
        self, head: Head, secrets: Sequence[bytes], settings: MailSettings
    ) -> KeyVerifier:
        """Expect a bearer token."""
        del settings
        scheme, _, token = head.headers.get("authorization", "").partition(" ")
        return KeyVerifier(token if scheme.lower() == _BEARER else None, secrets)

    def receive(
        self, head: Head, body: BinaryIO, now: datetime, settings: MailSettings
    ) -> ReceivedPost:
        """Take the message apart, and keep it whole as well."""
        from letterbox.boards.mail.receiving import receive_message

        rule = settings.mail_subject_reference
        return receive_message(self.name, head, body, now, rule)

    def under_own_id(self, submission: Submission) -> Submission:
        """Tell messages of one Message-ID apart by when they were sent."""
        return under_own_id(self.name, submission)

    def read(self, submission: Submission) -> Reading:
        """Put a message where the canonical record has a place for it."""
        from letterbox.boards.mail.reading import read_message

        return read_message(self.name, submission)

    def sample_post(
        self,
        board_id: str,
        job_id: str,
        secret: str,
        cv: tuple[str, bytes],
        settings: MailSettings,
    ) -> Post:
        """Write an invented person's message."""
        from letterbox.boards.mail.sample import sample_message

        del settings
        headers = {
            "Authorization": f"Bearer {secret}",
            "Content-Type": self.media_type,
        }
        return Post(headers, sample_message(board_id, job_id, cv).as_bytes())


BOARD: PostBoard = Mail()
