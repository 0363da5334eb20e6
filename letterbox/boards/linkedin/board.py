"""The board: what it signs, what it is answered, and what it means."""

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from http import HTTPStatus
from typing import BinaryIO
from uuid import uuid4

from pydantic import JsonValue
from pydantic_settings import BaseSettings

from letterbox.boards.base import (
    Head,
    Outcome,
    Post,
    PostBoard,
    ReceivedPost,
    Reply,
)
from letterbox.boards.fetching import Fetcher
from letterbox.boards.linkedin import signature
from letterbox.boards.linkedin.candidate import cover_letter, read_candidate
from letterbox.boards.linkedin.checks import PLAYED, check
from letterbox.boards.linkedin.containers import find
from letterbox.boards.linkedin.payload import receive_payload
from letterbox.boards.linkedin.questions import read_answers
from letterbox.boards.linkedin.sample import sample_application
from letterbox.boards.linkedin.schema import BODY_SCHEMA
from letterbox.boards.linkedin.settings import LinkedInSettings
from letterbox.boards.posting.json_body import read_object
from letterbox.boards.posting.moments import moment_of_millis
from letterbox.boards.posting.plain_board import PlainBoard
from letterbox.boards.posting.verifiers import HmacVerifier, sign
from letterbox.boards.reports import StatusSender
from letterbox.checks import CheckResult
from letterbox.domain.application import Source
from letterbox.domain.matching import References
from letterbox.domain.reading import Reading, Text
from letterbox.domain.submission import Role, Submission

_SIGNATURE = "X-LI-Signature"


class LinkedIn(PlainBoard):
    """
    LinkedIn Apply Connect; pure, except for what is awaited.

    200 alone counts; after anything else LinkedIn sends again, and where it was the
    first application of a job, turns that job away from us: so nobody is refused.
    """

    name = "linkedin"
    title = "LinkedIn"
    settings: type[BaseSettings] = LinkedInSettings
    secrets_variable = "LETTERBOX_LINKEDIN_SECRETS"
    makes_secrets = True
    body_schema: Mapping[str, JsonValue] = BODY_SCHEMA

    def verifier(
        self, head: Head, secrets: Sequence[bytes], settings: LinkedInSettings
    ) -> HmacVerifier:
        """Expect an HMAC-SHA256 over ``hmacsha256=`` and the raw body."""
        del settings
        return signature.verifier(head.headers.get(_SIGNATURE.lower()), secrets)

    def challenge(
        self, query: Sequence[tuple[str, str]], secrets: Sequence[bytes]
    ) -> JsonValue:
        """Sign LinkedIn's code, every two hours; three failures close the address."""
        return signature.answer_challenge(query, secrets)

    def receive(
        self, head: Head, body: BinaryIO, now: datetime, settings: LinkedInSettings
    ) -> ReceivedPost:
        """Keep the application as LinkedIn said it."""
        del head, settings
        return receive_payload(self.name, read_object(body), now)

    def reply(
        self,
        outcome: Outcome,
        application_id: str | None,
        detail: str | None,
        settings: LinkedInSettings,
    ) -> Reply:
        """Return 200, or a code of its failure."""
        plain = super().reply(outcome, application_id, detail, settings)
        if plain.status is HTTPStatus.OK:
            return plain
        payload: dict[str, JsonValue] = {"errorCode": settings.error_code(outcome)}
        if detail:
            payload["additionalErrorDetails"] = detail
        return Reply(plain.status, payload, plain.headers)

    def read(self, submission: Submission) -> Reading:
        """Put what LinkedIn said where the canonical record has a place for it."""
        payload = submission.said
        reference = find(payload, "externalJobId").word()
        hirer = find(payload, "integrationContext").word()
        candidate, letter = read_candidate(payload), cover_letter(payload)
        documents = {one.link: one.sha256 for one in submission.documents if one.link}
        return Reading(
            source=Source(
                board=self.name,
                board_id=submission.board_id,
                job_reference=reference,
                hirer=hirer,
            ),
            candidate=candidate,
            references=References(job_reference=reference, hirer=hirer),
            applied_at=moment_of_millis(
                find(payload, "appliedAt").value, submission.received_at
            ),
            texts=(Text(role=Role.COVER_LETTER, text=letter),) if letter else (),
            answers=read_answers(payload, documents),
            incomplete=not (
                reference and candidate.emails and candidate.person.name.formatted
            ),
        )

    def open_fetcher(
        self, settings: LinkedInSettings, *, max_document_bytes: int
    ) -> AbstractAsyncContextManager[Fetcher]:
        """Keep connections to LinkedIn; nothing is asked yet."""
        from letterbox.boards.linkedin.client.media import open_fetcher

        return open_fetcher(settings, max_document_bytes=max_document_bytes)

    def takes_statuses(self, settings: LinkedInSettings) -> bool:
        """Return whether there is a token to report them with."""
        return bool(settings.linkedin_access_token.get_secret_value())

    def open_status_sender(
        self, settings: LinkedInSettings
    ) -> AbstractAsyncContextManager[StatusSender]:
        """Keep connections to LinkedIn; nothing is sent yet."""
        from letterbox.boards.linkedin.client.actions import open_actions

        return open_actions(settings)

    def servers(self, settings: LinkedInSettings) -> Mapping[str, str]:
        """Return where statuses are reported, if they are."""
        is_told = self.takes_statuses(settings)
        return {"LinkedIn": settings.linkedin_actions_url} if is_told else {}

    async def check(self, settings: LinkedInSettings) -> Sequence[CheckResult]:
        """Judge the settings; LinkedIn has nothing that could be asked."""
        return check(settings)

    def at_sandbox(self, sandbox: str) -> Mapping[str, str]:
        """Have documents downloaded from the sandbox, and statuses reported to it."""
        return {
            "LETTERBOX_LINKEDIN_SANDBOX": sandbox,
            "LETTERBOX_LINKEDIN_ACTIONS_URL": f"{sandbox}/statuses/{self.name}",
            "LETTERBOX_LINKEDIN_ACCESS_TOKEN": PLAYED,
        }

    def sample_challenge(self, secret: str) -> tuple[Mapping[str, str], JsonValue]:
        """Make up a code, and sign it."""
        application, key = signature.split(secret.encode())
        code = str(uuid4())
        query = {"challengeCode": code}
        if application:
            query["applicationId"] = application
        response = signature.sign_code(code, key)
        return query, {"challengeCode": code, "challengeResponse": response}

    def sample_post(
        self,
        board_id: str,
        job_id: str,
        secret: str,
        cv: tuple[str, bytes],
        settings: LinkedInSettings,
    ) -> Post:
        """Sign an invented person's application, whose CV lies at an address."""
        del settings
        _, key = signature.split(secret.encode())
        body = json.dumps(sample_application(board_id, job_id, cv[0])).encode()
        signed = sign(body, key.decode(), signature.DIGEST, prefix=signature.PREFIX)
        headers = {"Content-Type": "application/json", _SIGNATURE: signed}
        return Post(headers, body)


BOARD: PostBoard = LinkedIn()
