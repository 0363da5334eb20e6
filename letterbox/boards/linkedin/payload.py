"""What LinkedIn posts, taken apart: what is kept apart, and the rest."""

import json
from datetime import datetime

from pydantic import JsonValue

from letterbox.boards.base import ReceivedPost
from letterbox.boards.linkedin.containers import (
    find,
    responses,
    take_demographics,
    without_addresses,
)
from letterbox.boards.posting.fingerprints import fingerprint
from letterbox.boards.posting.submissions import board_id_of
from letterbox.domain.ids import application_id
from letterbox.domain.submission import Submission

_ID = "jobApplicationId"


def receive_payload(
    board: str, payload: dict[str, JsonValue], now: datetime
) -> ReceivedPost:
    """Make a submission of an application; its documents come later, by address."""
    board_id = board_id_of(find(payload, _ID), _ID)
    demographics = take_demographics(payload)
    submission = Submission(
        application_id=application_id(board, board_id),
        board=board,
        board_id=board_id,
        fingerprint=_fingerprint(board_id, payload),
        received_at=now,
        said=payload,
        demographics=demographics,
    )
    return ReceivedPost(submission, {})


def _fingerprint(board_id: str, payload: dict[str, JsonValue]) -> str:
    """Digest who applied for what, with which answers and documents."""
    identity = [
        find(payload, "jobApplicant").value,
        without_addresses(responses(payload).value),
        find(payload, "applicantSkills").value,
    ]
    return fingerprint(
        board_id,
        find(payload, "externalJobId").word() or "",
        json.dumps(identity, sort_keys=True),
    )
