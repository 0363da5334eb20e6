"""The board: its key, what it is answered, and what it means."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import BinaryIO

from pydantic import JsonValue
from pydantic_settings import BaseSettings

from letterbox.boards.base import Head, Post, PostBoard, ReceivedPost
from letterbox.boards.hellowork.payload import (
    read_answers,
    read_candidate,
    receive_payload,
    reference_of,
)
from letterbox.boards.hellowork.sample import sample_application
from letterbox.boards.hellowork.schema import BODY_SCHEMA
from letterbox.boards.hellowork.settings import HelloWorkSettings
from letterbox.boards.node import Node
from letterbox.boards.posting.json_body import read_object
from letterbox.boards.posting.plain_board import PlainBoard
from letterbox.boards.posting.verifiers import KeyVerifier
from letterbox.boards.reports import StatusSender
from letterbox.domain.application import Source
from letterbox.domain.matching import References
from letterbox.domain.reading import Reading
from letterbox.domain.submission import Submission


class HelloWork(PlainBoard):
    """
    HelloWork's ATS Partner; everything here is pure.

    What it makes of answers, and of refusals, is not public.
    """

    name = "hellowork"
    title = "HelloWork"
    settings: type[BaseSettings] = HelloWorkSettings
    secrets_variable = "LETTERBOX_HELLOWORK_SECRETS"
    body_schema: Mapping[str, JsonValue] = BODY_SCHEMA

    def verifier(
        self, head: Head, secrets: Sequence[bytes], settings: HelloWorkSettings
    ) -> KeyVerifier:
        """Expect the key itself; HelloWork does not sign the body."""
        key = head.headers.get(settings.hellowork_header.lower())
        return KeyVerifier(key, secrets)

    def receive(
        self, head: Head, body: BinaryIO, now: datetime, settings: HelloWorkSettings
    ) -> ReceivedPost:
        """Take the CV out, and keep the rest as HelloWork said it."""
        del head, settings
        return receive_payload(self.name, read_object(body), now)

    def read(self, submission: Submission) -> Reading:
        """Put what HelloWork said where the canonical record has a place for it."""
        payload = Node(submission.said)
        reference = reference_of(payload)
        candidate = read_candidate(payload)
        return Reading(
            source=Source(
                board=self.name,
                board_id=submission.board_id,
                job_reference=reference,
                status_target=payload.text("statusApiUrl"),
            ),
            candidate=candidate,
            references=References(job_reference=reference),
            # It does not say when: it posts an application when it is made.
            applied_at=submission.received_at,
            answers=tuple(read_answers(payload)),
            incomplete=not (
                reference
                and candidate.emails
                and candidate.person.name.formatted
                and (submission.documents or not payload.node("resume", "file"))
            ),
        )

    def sample_post(
        self,
        board_id: str,
        job_id: str,
        secret: str,
        cv: tuple[str, bytes],
        settings: HelloWorkSettings,
    ) -> Post:
        """Write an invented person's application, with the key."""
        filename, content = cv
        data = b64encode(content).decode()
        payload = sample_application(board_id, job_id, filename, data)
        headers = {
            "Content-Type": "application/json",
            settings.hellowork_header: secret,
        }
        return Post(headers, json.dumps(payload).encode())

    def takes_statuses(self, settings: HelloWorkSettings) -> bool:
        """Return whether the board is on: each application says where they go."""
        return bool(settings.hellowork_secrets)

    def open_status_sender(
        self, settings: HelloWorkSettings
    ) -> AbstractAsyncContextManager[StatusSender]:
        """Keep connections to HelloWork; nothing is sent yet."""
        from letterbox.boards.hellowork.client.statuses import open_statuses

        return open_statuses(settings)


BOARD: PostBoard = HelloWork()
