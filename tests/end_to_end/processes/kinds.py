"""The same person's application, as each kind of board has it."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

import httpx

from letterbox.boards.linkedin import signature
from letterbox.boards.posting.verifiers import sign
from letterbox.boards.seek.webhook import sign as sign_notice
from tests.end_to_end.processes import notice
from tests.end_to_end.processes.elsewhere import ELSEWHERE
from tests.end_to_end.processes.posted import (
    KNOWN,
    PostedApplication,
    PostedBody,
)

_BEGAN = datetime.now(UTC)


class PostedMessage(PostedBody):
    """As an e-mail, which a mail server posts."""

    board = "mail"
    attachments = 3
    keeps_apart = False

    @property
    def board_id(self) -> str:
        """What makes Message-IDs differ."""
        return f"{self.uuid}@example.com"

    def body(self) -> bytes:
        """Write the message; what has no place in it is in headers."""
        fields = self.fields()
        message = EmailMessage(policy=SMTP.clone(max_line_length=990))
        name = f"{fields['firstname']} {fields['lastname']}"
        message["From"] = f"{name} <{fields['email']}>"
        message["To"] = f"jobs+{fields['job_id'].replace(' ', '-')}@example.org"
        message["Date"] = format_datetime(_BEGAN)
        message["User-Agent"] = fields["candidate_user_agent"]
        message["X-Originating-IP"] = fields["candidate_ip"]
        message["X-Phone"] = fields["phone_number"]
        if fields["uuid"]:
            message["Message-ID"] = f"<{self.board_id}>"
        for field in fields.keys() - KNOWN:
            message["X-Unknown"] = f"{field} {fields[field]}"
        message.set_content(fields["cover_letter"])
        message.add_attachment(
            self.cv or b"",
            maintype="application",
            subtype="pdf",
            filename=self.filename,
        )
        return message.as_bytes()

    def headers(self, body: bytes) -> dict[str, str]:
        """Show the token, unless it is to be refused for that."""
        is_ours = body != self.FORGED
        return {"Authorization": f"Bearer {self.secret if is_ours else 'another'}"}


class PostedLinks(PostedBody):
    """In one body of JSON without documents, as LinkedIn posts it."""

    board = "linkedin"
    attachments = 2
    brings_documents = False

    def said(self) -> dict[str, Any]:
        """Tell what is posted; the documents lie elsewhere."""
        fields = self.fields()
        link = ELSEWHERE.lay_out(self.filename, self.cv or b"")
        unknown = fields.keys() - KNOWN | {"candidate_ip", "candidate_user_agent"}
        return {
            **{name: fields[name] for name in unknown},
            "type": "EXPORT_JOB_APPLICATION",
            "jobApplicationId": fields["uuid"],
            "externalJobId": fields["job_id"],
            "questionResponses": {
                "contactInformationQuestionResponses": {
                    "firstNameAnswer": {"value": fields["firstname"]},
                    "lastNameAnswer": {"value": fields["lastname"]},
                    "emailAnswer": {"value": fields["email"]},
                    "cellphoneNumberQuestionAnswer": {
                        "nationalNumber": fields["phone_number"]
                    },
                },
                "resumeQuestionResponses": {
                    "resumeQuestionAnswer": {"mediaUrn": link, "mediaUrl": link}
                },
                "coverLetterQuestionResponses": {
                    "textCoverLetterQuestionAnswer": {
                        "answer": {"value": fields["cover_letter"]}
                    }
                },
                "voluntarySelfIdentificationQuestionResponses": {"race": self.eeo},
            },
        }

    def headers(self, body: bytes) -> dict[str, str]:
        """Sign what is posted."""
        signed = sign(body, self.secret, signature.DIGEST, prefix=signature.PREFIX)
        return {"X-LI-Signature": signed}


class Announced(PostedBody):
    """Announced by an event, as SEEK does: all of it has to be fetched."""

    board = "seek"
    accepted = 204
    attachments = 2
    brings_documents = False
    keeps_apart = False

    def said(self) -> dict[str, Any]:
        """Tell the notice, whose application SEEK shows by then."""
        fields = self.fields()
        ELSEWHERE.show(self.uuid, self._profile(fields))
        event = {
            "id": fields["uuid"],
            "type": "CandidateApplicationCreated",
            "createDateTime": _BEGAN.isoformat(),
            "candidateApplicationProfileId": self.uuid,
        }
        return {"events": [event], "subscriptionId": "s", "url": ELSEWHERE.url}

    def headers(self, body: bytes) -> dict[str, str]:
        """Sign the notice."""
        secret = notice.SECRET if body != self.FORGED else "another"
        return {"Seek-Signature": sign_notice(body, secret.encode())}

    def address(self, url: str) -> httpx.URL:
        """Name the webhook."""
        return httpx.URL(url).join("/webhooks/seek")

    def _profile(self, fields: dict[str, str]) -> dict[str, Any]:
        unknown = fields.keys() - KNOWN | {"candidate_ip", "candidate_user_agent"}
        letter = fields["cover_letter"].encode()
        files = (
            ("Resume", self.filename, self.cv or b""),
            ("CoverLetter", "l", letter),
        )
        return {
            **{name: fields[name] for name in unknown},
            "profileId": {"value": self.uuid},
            "candidate": {
                "person": {
                    "name": {
                        "given": fields["firstname"],
                        "family": fields["lastname"],
                    },
                    "communication": {
                        "email": [{"address": fields["email"]}],
                        "phone": [{"formattedNumber": fields["phone_number"]}],
                    },
                }
            },
            "attachments": [
                {"id": {"value": link}, "url": link, "seekRoleCode": role}
                for role, filename, content in files
                for link in [ELSEWHERE.lay_out(filename, content)]
            ],
            "associatedPositionProfile": {
                "profileId": {"value": "an ad"},
                "seekHirerJobReference": fields["job_id"],
            },
        }


KINDS: list[type[PostedApplication]] = [
    PostedApplication,
    PostedBody,
    PostedLinks,
    Announced,
    PostedMessage,
]
"""
A form, one body, addresses of documents, an event, and a message.

Whatever holds for one holds for all. Another board of such a kind needs no row.
"""
