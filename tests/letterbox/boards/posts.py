"""What tests of boards that post whole applications share."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from letterbox.boards.base import Head, PostBoard
from letterbox.domain.submission import Submission

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def verified(
    board: PostBoard,
    body: bytes,
    headers: Mapping[str, str],
    secrets: Sequence[bytes],
    *,
    chunk: int = 7,
) -> None:
    """Pass a body through a board's verifier, in small pieces."""
    verifier = board.verifier(Head(headers, {}), secrets)
    for start in range(0, len(body), chunk):
        verifier.update(body[start : start + chunk])
    verifier.verify()


@dataclass(frozen=True, slots=True)
class Taken:
    """What was made of a body: the submission, and its documents' contents."""

    submission: Submission
    contents: Mapping[str, bytes]


def received(board: PostBoard, said: Any, now: datetime = NOW) -> Taken:
    """Receive a verified body; what is no bytes is sent as JSON."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    got = board.receive(Head({}, {}), BytesIO(body), now)
    contents = {}
    for digest, file in got.contents.items():
        with file:
            file.seek(0)
            contents[digest] = file.read()
    return Taken(got.submission, contents)
