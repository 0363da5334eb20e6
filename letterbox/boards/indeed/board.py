"""The board: what it signs, what it is answered, and what it means."""

import json
from base64 import b64encode
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from http import HTTPStatus
from typing import BinaryIO

from pydantic import JsonValue
from pydantic_settings import BaseSettings

from letterbox.boards.base import Head, Outcome, Post, PostBoard, ReceivedPost
from letterbox.boards.indeed.candidate import read_candidate
from letterbox.boards.indeed.payload import receive_payload
from letterbox.boards.indeed.questions import read_answers
from letterbox.boards.indeed.sample import sample_application
from letterbox.boards.indeed.schema import BODY_SCHEMA
from letterbox.boards.indeed.settings import IndeedSettings
from letterbox.boards.node import Node
from letterbox.boards.posting.json_body import read_object
from letterbox.boards.posting.moments import moment_of_millis
from letterbox.boards.posting.plain_board import PlainBoard
from letterbox.boards.posting.replies import STATUSES
from letterbox.boards.posting.verifiers import HmacVerifier, sign
from letterbox.boards.reports import StatusSender
from letterbox.checks import CheckResult
from letterbox.domain.advertisement import Organization, PositionProfile
from letterbox.domain.application import Source
from letterbox.domain.matching import References
from letterbox.domain.reading import Reading, Text
from letterbox.domain.submission import Role, Submission

_DIGEST = "sha1"
"""Indeed prescribes HMAC-SHA1."""
_REFUSALS = {
    "unknown": Outcome.NOT_FOUND,
    "closed": Outcome.CLOSED,
    "duplicate": Outcome.DUPLICATE,
}


class Indeed(PlainBoard):
    """Indeed Apply; pure, except for what is awaited."""

    name = "indeed"
    title = "Indeed"
    settings: type[BaseSettings] = IndeedSettings
    secrets_variable = "LETTERBOX_INDEED_SECRETS"
    makes_secrets = True
    body_schema: Mapping[str, JsonValue] = BODY_SCHEMA
    # 409, 400 and 413 are final for Indeed; after another error it sends again.
    statuses: Mapping[Outcome, HTTPStatus] = {
        **STATUSES,
        Outcome.NOT_FOUND: HTTPStatus.NOT_FOUND,
        Outcome.DUPLICATE: HTTPStatus.CONFLICT,
        Outcome.CLOSED: HTTPStatus.GONE,
    }

    def refuses(self, settings: IndeedSettings) -> Collection[Outcome]:
        """Return what the settings ask for: a 404 or 410 hides the job at Indeed."""
        return {_REFUSALS[refusal] for refusal in settings.indeed_refuse}

    def verifier(
        self, head: Head, secrets: Sequence[bytes], settings: IndeedSettings
    ) -> HmacVerifier:
        """Expect base64 of HMAC-SHA1 over the raw body."""
        del settings
        signature = head.headers.get("x-indeed-signature")
        return HmacVerifier(signature, secrets, _DIGEST)

    def receive(
        self, head: Head, body: BinaryIO, now: datetime, settings: IndeedSettings
    ) -> ReceivedPost:
        """Take the documents out, and keep the rest as Indeed said it."""
        del head, settings
        return receive_payload(self.name, read_object(body), now)

    def read(self, submission: Submission) -> Reading:
        """Put what Indeed said where the canonical record has a place for it."""
        said = Node(submission.said)
        job, applicant = said.node("job"), said.node("applicant")
        reference = job.word("jobId")
        candidate = read_candidate(applicant)
        return Reading(
            source=Source(
                board=self.name,
                board_id=submission.board_id,
                job_reference=reference,
                posting=job.word("jobKey"),
                ip_address=said.text("analytics", "ip"),
                user_agent=said.text("analytics", "userAgent"),
                position_profile=_ad(job),
            ),
            candidate=candidate,
            references=References(job_reference=reference),
            applied_at=moment_of_millis(
                said.node("appliedOnMillis").value, submission.received_at
            ),
            texts=tuple(_texts(applicant, submission)),
            answers=read_answers(submission.said),
            incomplete=not (
                reference
                and candidate.emails
                and candidate.person.name.formatted
                and _has_its_file(applicant, submission)
            ),
        )

    def takes_statuses(self, settings: IndeedSettings) -> bool:
        """Return whether there are credentials to send dispositions with."""
        return bool(settings.indeed_client_id)

    def open_status_sender(
        self, settings: IndeedSettings
    ) -> AbstractAsyncContextManager[StatusSender]:
        """Keep connections to Indeed; nothing is sent yet."""
        from letterbox.boards.indeed.client.dispositions import open_dispositions

        return open_dispositions(settings)

    def servers(self, settings: IndeedSettings) -> Mapping[str, str]:
        """Return Indeed's token endpoint, where there are credentials for it."""
        return (
            {"Indeed": settings.indeed_token_url} if settings.indeed_client_id else {}
        )

    async def check(self, settings: IndeedSettings) -> Sequence[CheckResult]:
        """Judge the settings; with credentials, ask Indeed for a token."""
        from letterbox.boards.indeed.checks import check

        return await check(settings)

    def sample_post(
        self,
        board_id: str,
        job_id: str,
        secret: str,
        cv: tuple[str, bytes],
        settings: IndeedSettings,
    ) -> Post:
        """Sign an invented person's application."""
        del settings
        filename, content = cv
        data = b64encode(content).decode()
        said = sample_application(board_id, job_id, filename, data)
        body = json.dumps(said).encode()
        headers = {
            "Content-Type": "application/json; charset=UTF-8",
            "X-Indeed-Signature": sign(body, secret, _DIGEST),
        }
        return Post(headers, body)


def _ad(job: Node) -> PositionProfile | None:
    """Read what the ad was called, and by whom: a person may have to find its job."""
    title, company = job.text("jobTitle"), job.text("jobCompany")
    if title is None and company is None:
        return None
    hirers = () if company is None else (Organization(name=company),)
    return PositionProfile(title=title, organizations=hirers)


def _texts(applicant: Node, submission: Submission) -> list[Text]:
    letter = applicant.text("coverletter") or applicant.text("coverLetter")
    texts = [Text(role=Role.COVER_LETTER, text=letter)] if letter else []
    has_resume = any(one.role is Role.RESUME for one in submission.documents)
    resume = applicant.text("resume", "text")
    if resume and not has_resume:
        texts.append(Text(role=Role.RESUME, text=resume))
    return texts


def _has_its_file(applicant: Node, submission: Submission) -> bool:
    """Return whether a file that was announced came; an application needs none."""
    is_announced = bool(applicant.node("resume", "file"))
    return not is_announced or any(
        one.role is Role.RESUME for one in submission.documents
    )


BOARD: PostBoard = Indeed()
