"""The board: how it is signed, what it is answered, and what it means."""

import json
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from typing import BinaryIO

from pydantic import JsonValue
from pydantic_settings import BaseSettings
from standardwebhooks import Webhook

from letterbox.boards.base import Head, Outcome, Post, PostBoard, ReceivedPost, Reply
from letterbox.boards.generic.application import body_schema
from letterbox.boards.generic.reading import read_application
from letterbox.boards.generic.receiving import receive_application
from letterbox.boards.generic.sample import sample_application
from letterbox.boards.generic.settings import GenericSettings
from letterbox.boards.generic.signature import StandardWebhookVerifier
from letterbox.boards.posting.plain_board import PlainBoard
from letterbox.domain.reading import Reading
from letterbox.domain.submission import Submission

_REFUSALS = {
    "unknown": Outcome.NOT_FOUND,
    "closed": Outcome.CLOSED,
    "region": Outcome.REGION,
}
_AGAIN = {Outcome.UNAVAILABLE, Outcome.UNEXPECTED}
_DETAILS = {
    Outcome.MALFORMED: "the body is not an application",
    Outcome.INVALID_SOURCE: "webhook-signature is missing or matches no secret",
    Outcome.NOT_FOUND: "there is no such position",
    Outcome.CLOSED: "the position is closed",
    Outcome.REGION: "the position takes nobody from the candidate's country",
    Outcome.TOO_LARGE: "the body is too large",
    Outcome.UNAVAILABLE: "it could not be stored: send it again",
    Outcome.UNEXPECTED: "unexpected: send it again, and see the log of the API",
}


class Generic(PlainBoard):
    """A board of one's own; everything here is pure."""

    name = "generic"
    title = "Own board"
    settings: type[BaseSettings] = GenericSettings
    secrets_variable = "LETTERBOX_GENERIC_SECRETS"
    # To senders of webhooks a 410 means never to come again, and a 404 a wrong address.
    statuses: Mapping[Outcome, HTTPStatus] = {
        Outcome.ACCEPTED: HTTPStatus.OK,
        Outcome.MALFORMED: HTTPStatus.BAD_REQUEST,
        Outcome.INVALID_SOURCE: HTTPStatus.UNAUTHORIZED,
        Outcome.CLOSED: HTTPStatus.CONFLICT,
        Outcome.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        Outcome.NOT_FOUND: HTTPStatus.UNPROCESSABLE_ENTITY,
        Outcome.REGION: HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
        Outcome.UNEXPECTED: HTTPStatus.INTERNAL_SERVER_ERROR,
        Outcome.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    }

    @cached_property
    def body_schema(self) -> Mapping[str, JsonValue]:
        """The published schema; made when it is read, which takes 13 ms."""
        return body_schema()

    def refuses(self, settings: GenericSettings) -> Collection[Outcome]:
        """Return what the settings ask for."""
        return {_REFUSALS[refusal] for refusal in settings.generic_refuse}

    def verifier(
        self, head: Head, secrets: Sequence[bytes], settings: GenericSettings
    ) -> StandardWebhookVerifier:
        """Expect a signature of Standard Webhooks."""
        del settings
        return StandardWebhookVerifier(head.headers, secrets)

    def receive(
        self, head: Head, body: BinaryIO, now: datetime, settings: GenericSettings
    ) -> ReceivedPost:
        """Take the documents out, and keep the rest as it was said."""
        del settings
        return receive_application(self.name, head, body, now)

    def reply(
        self,
        outcome: Outcome,
        application_id: str | None,
        detail: str | None,
        settings: GenericSettings,
    ) -> Reply:
        """Answer 200 with the id, or a problem (RFC 9457)."""
        del settings
        status = self.statuses[outcome]
        if outcome is Outcome.ACCEPTED:
            return Reply(status, {"status": outcome.value, "id": application_id})
        problem: dict[str, JsonValue] = {
            "title": status.phrase,
            "status": status.value,
            "code": outcome.value,
            "detail": detail or _DETAILS[outcome],
        }
        if application_id:
            problem["id"] = application_id
        headers = {"Content-Type": "application/problem+json"}
        again = {"Retry-After": "30"} if outcome in _AGAIN else {}
        return Reply(status, problem, headers | again)

    def read(self, submission: Submission) -> Reading:
        """Put what was said where the canonical record has a place for it."""
        return read_application(self.name, submission)

    def sample_post(
        self,
        board_id: str,
        job_id: str,
        secret: str,
        cv: tuple[str, bytes],
        settings: GenericSettings,
    ) -> Post:
        """Sign an invented person's application."""
        del settings
        filename, content = cv
        data = b64encode(content).decode()
        now = datetime.now(UTC)
        payload = sample_application(board_id, job_id, filename, data, now)
        body = json.dumps(payload)
        signature = Webhook(secret).sign(board_id, now, body)
        headers = {
            "Content-Type": self.media_type,
            "webhook-id": board_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
        return Post(headers, body.encode())


BOARD: PostBoard = Generic()
