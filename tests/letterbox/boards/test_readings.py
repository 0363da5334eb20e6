"""
What is kept and what is read of posts, whole: as in ``tests/samples/readings/``.

Each field that a board sends has a place, or is seen to have none. Renew the files by
``RENEW_GOLDEN=1 pytest tests/letterbox/boards/test_readings.py``, and read the diff.
"""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from letterbox.boards import discover
from letterbox.boards.base import PostBoard
from letterbox.domain.submission import Submission
from tests.golden_files import assert_golden
from tests.letterbox.boards.posts import NOW, received
from tests.support import ROOT

_SAMPLES = ROOT / "tests/samples"
_READINGS = _SAMPLES / "readings"
_POSTING = {
    name: board for name, board in discover().items() if isinstance(board, PostBoard)
}
_RECORDED = sorted(
    path for name in _POSTING for path in (_SAMPLES / name).glob("*.json")
)
_SECRET = f"whsec_{b64encode(bytes(24)).decode()}"
_A_MINUTE = timedelta(minutes=1)
# By the clock, and so another each time.
_MOMENTS = {"appliedAt", "appliedOnMillis", "applied_at", "headers", "sent_at"}


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: "…" if key in _MOMENTS and item else _timeless(item)
            for key, item in value.items()
        }
    return [_timeless(item) for item in value] if isinstance(value, list) else value


def _whole(board: PostBoard, submission: Submission) -> dict[str, Any]:
    """Return all but whole messages: their boundaries are another each time."""
    documents = [
        document.model_dump(mode="json", exclude_defaults=True)
        for document in submission.documents
        if not document.is_original
    ]
    read = board.read(submission).model_dump(mode="json", exclude_defaults=True)
    return {"kept": submission.said, "documents": documents, "read": read}


@pytest.mark.parametrize(
    "path", _RECORDED, ids=[f"{path.parent.name}-{path.stem}" for path in _RECORDED]
)
def test_a_recorded_post_is_read_whole(path: Path) -> None:
    """A field that is read no more, or elsewhere, shows as a difference."""
    board = _POSTING[path.parent.name]

    submission = received(board, path.read_bytes()).submission

    assert_golden(
        _READINGS / f"{board.name}-{path.stem}.json", _whole(board, submission)
    )


@pytest.mark.parametrize("name", _POSTING)
def test_the_sample_that_is_sent_is_read_whole(name: str) -> None:
    """``letterbox send`` posts it, and it shows in each place what is to be there."""
    board = _POSTING[name]
    cv = ("https://127.0.0.1/cv.pdf", b"%PDF-1.7\n")

    post = board.sample_post("an-id", "DEV-17", _SECRET, cv, board.settings())

    headers = {name.lower(): text for name, text in post.headers.items()}
    submission = received(board, post.body, headers=headers).submission
    assert headers["content-type"].lower().startswith(board.media_type)
    applied_at = board.read(submission).applied_at
    assert applied_at == NOW or abs(applied_at - datetime.now(UTC)) < _A_MINUTE
    assert_golden(_READINGS / f"{name}-sent.json", _timeless(_whole(board, submission)))
