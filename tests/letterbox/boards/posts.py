"""What tests of boards that post whole applications share; each board is a row."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from letterbox.boards import hellowork, indeed, ziprecruiter
from letterbox.boards.base import Head, PostBoard
from letterbox.boards.posting.verifiers import sign
from letterbox.domain.errors import SignatureError
from letterbox.domain.submission import Submission
from tests.support import ROOT

NOW = datetime(2026, 11, 22, tzinfo=UTC)
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """
    A board as the tests play it: how it signs, and where in its JSON is what.

    ``tests/samples/<name>/application.json`` is one of its bodies, of somebody whose CV
    is ``%PDF-1.4``.
    """

    board: PostBoard
    headers: Callable[[bytes, str], Mapping[str, str]]
    """Of a body that is signed with a secret; the proof comes last."""
    signs_body: bool = True
    board_id: str
    reference: Path
    name: Path
    """Of what shows in a candidate's name."""
    resume: Path
    """Of the CV's base64."""
    answer: Path
    """Of a text that the candidate wrote."""
    incidental: Path
    """Of what makes no other application."""

    @property
    def proof(self) -> str:
        """The header without which it could be anybody."""
        return list(self.headers(b"", "secret"))[-1]

    def sample(self) -> dict[str, Any]:
        """Load its recorded body."""
        path = ROOT / "tests/samples" / self.board.name / "application.json"
        loaded: dict[str, Any] = json.loads(path.read_text())
        return loaded

    def received(self, said: Any) -> "Taken":
        """Receive a verified body; what is no bytes is sent as JSON."""
        return received(self.board, said)

    def submission(self, said: Any) -> Submission:
        """Receive a body, and look at nothing but what is kept of it."""
        return self.received(said).submission


def changed(said: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Change one value of a body; the body given stays as it is."""
    copy: dict[str, Any] = json.loads(json.dumps(said))
    parent: Any = copy
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return copy


def _signed_by_ziprecruiter(body: bytes, secret: str) -> Mapping[str, str]:
    timestamp = datetime.now(UTC).isoformat()
    prefix = f"{timestamp}.".encode()
    return {
        "X-ZipRecruiter-Signature-Timestamp": timestamp,
        "X-ZipRecruiter-Signature": sign(body, secret, "sha256", prefix=prefix),
    }


INDEED = Poster(
    board=indeed.BOARD,
    headers=lambda body, secret: {"X-Indeed-Signature": sign(body, secret, "sha1")},
    board_id="id",
    reference=("job", "jobId"),
    name=("applicant", "fullName"),
    resume=("applicant", "resume", "file", "data"),
    answer=("screenerQuestionsAndAnswers", "questionsAndAnswers", 2, "answer"),
    incidental=("analytics", "ip"),
)
HELLOWORK = Poster(
    board=hellowork.BOARD,
    headers=lambda _, secret: {"X-Api-Key": secret},
    signs_body=False,
    board_id="applicationId",
    reference=("job", "jobId"),
    name=("applicant", "lastName"),
    resume=("resume", "file", "data"),
    answer=("screenerQuestions", 0, "answer"),
    incidental=("statusApiUrl",),
)
ZIPRECRUITER = Poster(
    board=ziprecruiter.BOARD,
    headers=_signed_by_ziprecruiter,
    board_id="response_id",
    reference=("job_id",),
    name=("name",),
    resume=("resume",),
    answer=("answers", 0, "answer"),
    incidental=("attributes", "feed"),
)
POSTERS = [INDEED, HELLOWORK, ZIPRECRUITER]
OTHERS = {
    "generic": "its JSON has Letterbox's own shape, and may be a part of a form",
    "linkedin": "its documents lie at addresses",
    "mail": "its bodies are messages, and no JSON",
}
"""Boards that post, and that the suite does not fit: why. Each has tests of its own."""


def verified(
    board: PostBoard,
    body: bytes,
    headers: Mapping[str, str],
    secrets: Sequence[bytes],
    *,
    chunk: int = 7,
) -> None:
    """Pass a body through a board's verifier, in small pieces."""
    head = Head({name.lower(): text for name, text in headers.items()}, {})
    verifier = board.verifier(head, secrets, board.settings())
    for start in range(0, len(body), chunk):
        verifier.update(body[start : start + chunk])
    verifier.verify()


def is_verified(
    board: PostBoard,
    body: bytes,
    headers: Mapping[str, str],
    secrets: Sequence[bytes],
    *,
    chunk: int = 7,
) -> bool:
    """Return whether a board's verifier lets a body pass."""
    try:
        verified(board, body, headers, secrets, chunk=chunk)
    except SignatureError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Taken:
    """What was made of a body: the submission, and its documents' contents."""

    submission: Submission
    contents: Mapping[str, bytes]
    remarks: Mapping[str, Any]


def received(
    board: PostBoard,
    said: Any,
    now: datetime = NOW,
    headers: Mapping[str, str] | None = None,
    **settings: Any,
) -> Taken:
    """Receive a verified body; what is no bytes is sent as JSON."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    head = Head(headers or {}, {})
    got = board.receive(head, BytesIO(body), now, board.settings(**settings))
    contents = {}
    for digest, file in got.contents.items():
        with file:
            file.seek(0)
            contents[digest] = file.read()
    return Taken(got.submission, contents, got.remarks)
