"""Applications as boards post them, of people who do not exist."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from typing import Any, ClassVar, Protocol
from uuid import UUID, uuid4

import httpx

from letterbox.boards import careerjet
from letterbox.boards.posting.verifiers import sign
from letterbox.domain.application import Application, Flag
from letterbox.domain.ids import application_id
from letterbox.records.applications import StoredApplications
from tests.end_to_end.processes.installation import SECRET
from tests.support import http, wait_until

OPEN = "20240107-123456-7890"
# A worker that was killed while it fetched is missed after half a minute.
_FETCHES_WITHIN = 120
CV = b"%PDF-1.7\nThe CV of nobody.\n%%EOF\n"
_PERSON = {
    "firstname": "Joe",
    "lastname": "Smith",
    "email": "joe.smith@example.com",
    "phone_number": "(212) 555-1234",
    "cover_letter": "Please find attached my CV.",
    "candidate_ip": "9.9.9.9",
    "candidate_user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:102.0)",
}
KNOWN = {*_PERSON, "uuid", "job_id", "source_signature"}
"""Fields that every kind has a place for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedApplication:
    """One application; ``changes`` adds, replaces and, by None, leaves out fields."""

    uuid: str = field(default_factory=lambda: str(uuid4()))
    job_id: str = OPEN
    cv: bytes | None = CV
    filename: str = "cv.pdf"
    changes: Mapping[str, str | None] = field(default_factory=dict)
    secret: str = SECRET
    eeo: str = "white"
    """What the candidate is, where a board asks for that."""
    says_not: ClassVar[frozenset[str]] = frozenset()
    """Fields that have no place in what is posted."""
    attachments: ClassVar[int] = 2
    """Of its record: the CV and the cover letter."""
    brings_documents: ClassVar[bool] = True
    """Whether they come with it, and have not to be fetched."""
    keeps_apart: ClassVar[bool] = False
    """Whether it tells what the candidate is."""
    accepted: ClassVar[int] = 200

    @property
    def id(self) -> str:
        """The id that Letterbox gives it."""
        return application_id("careerjet", self.uuid)

    @property
    def sha256(self) -> str:
        """The digest of the CV."""
        return sha256(self.cv or b"").hexdigest()

    @property
    def document(self) -> str:
        """The name of the CV in the store, if it is a PDF."""
        return f"{self.sha256}.pdf"

    def fields(self) -> dict[str, str]:
        """Tell all text fields, the signature included."""
        fields = {
            "uuid": self.uuid,
            "job_id": self.job_id,
            **_PERSON,
            "source_signature": careerjet.sign(self.uuid, self.secret),
            **self.changes,
        }
        return {name: text for name, text in fields.items() if text is not None}

    def post(self, url: str) -> httpx.Response:
        """Send it; raises httpx.TransportError where there is no answer."""
        files = {} if self.cv is None else {"cv": (self.filename, self.cv)}
        return http().post(url, data=self.fields(), files=files)


class PostedBody(PostedApplication):
    """The same person's application, in one body of JSON, as Indeed posts it."""

    board = "indeed"
    says_not = frozenset({"source_signature"})
    attachments = 3
    keeps_apart = True
    FORGED: ClassVar[bytes] = b"another"
    """A body of the sender's that signs it is not."""

    @property
    def id(self) -> str:
        """The id that Letterbox gives it."""
        return application_id(self.board, self.board_id)

    @property
    def board_id(self) -> str:
        """The id that the board gives it."""
        return self.uuid

    def said(self) -> dict[str, Any]:
        """Tell what is posted, every kind of answer included."""
        fields = self.fields()
        file = {"fileName": self.filename, "data": b64encode(self.cv or b"").decode()}
        applicant = {
            "fullName": f"{fields['firstname']} {fields['lastname']}",
            "email": fields["email"],
            "phoneNumber": fields["phone_number"],
            "coverletter": fields["cover_letter"],
            "resume": {"file": file},
        }
        asked = {"type": "textarea", "question": "What do you earn?"}
        answers = [
            {"question": {"id": "pay", **asked}, "answer": fields.get("salary", "")},
            {"question": {"id": "again", "type": "file"}, "answer": file},
        ]
        is_what = {"question": {"id": "race", "type": "select"}, "answer": self.eeo}
        unknown = {name: fields[name] for name in fields.keys() - KNOWN}
        return {
            **unknown,
            "id": fields["uuid"],
            "job": {"jobId": fields["job_id"]},
            "applicant": applicant,
            "analytics": {
                "ip": fields["candidate_ip"],
                "userAgent": fields["candidate_user_agent"],
            },
            "screenerQuestionsAndAnswers": {"questionsAndAnswers": answers},
            "demographicQuestionsAndAnswers": {"questionsAndAnswers": [is_what]},
        }

    def headers(self, body: bytes) -> dict[str, str]:
        """Sign what is posted."""
        return {"X-Indeed-Signature": sign(body, self.secret, "sha1")}

    def post(self, url: str) -> httpx.Response:
        """Send it to the board's own address, whose neighbour ``url`` is."""
        return self.post_body(url, self.body())

    def body(self) -> bytes:
        """Spell what is posted."""
        return json.dumps(self.said()).encode()

    def address(self, url: str) -> httpx.URL:
        """Name the board's own address."""
        return httpx.URL(url).join(f"/apply/{self.board}")

    def post_body(self, url: str, body: bytes) -> httpx.Response:
        """Send a body, signed unless it is to be refused for that."""
        is_signed = "source_signature" not in self.changes
        headers = self.headers(body if is_signed else self.FORGED)
        return http().post(self.address(url), content=body, headers=headers)


def invented(
    random: Random,
    *,
    size: int = 20_000,
    kind: type[PostedApplication] = PostedApplication,
) -> PostedApplication:
    """Invent an application that is like no other."""
    return kind(
        uuid=str(UUID(int=random.getrandbits(128), version=4)),
        cv=CV + random.randbytes(size),
        changes={"email": f"{random.getrandbits(64):x}@example.com"},
    )


class Keeper(Protocol):
    """Whoever holds applications."""

    @property
    def applications(self) -> StoredApplications:
        """All of them."""


def fetched(at: Keeper, submission: PostedApplication) -> Application:
    """Wait until all that has to be fetched is there, and read the record."""

    def found() -> Application | None:
        record = at.applications.find(submission.id)
        return record if record and Flag.UNAVAILABLE not in record.flags else None

    wait_until(found, _FETCHES_WITHIN)
    record = found()
    assert record is not None
    return record


def assert_kept_once(at: Keeper, submission: PostedApplication) -> Application:
    """Check the record of an application, and its CV byte for byte."""
    record = at.applications.find(submission.id)
    assert record is not None, f"{submission.id} was accepted and is not recorded"
    assert len({view.fingerprint for view in record.views}) == 1
    if submission.brings_documents:
        assert [view.number for view in record.views] == [1]
    else:
        record = fetched(at, submission)
    with at.applications.open_document(submission.id, submission.document) as chunks:
        assert b"".join(chunks) == submission.cv
    problems = [one.problem for one in record.attachments]
    assert problems == [None] * submission.attachments
    return record
