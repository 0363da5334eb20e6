"""What LinkedIn posts, taken apart: what is kept apart, and the rest."""

import json
from datetime import datetime

from pydantic import JsonValue

from letterbox.boards.base import Received
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


def receive_payload(board: str, said: dict[str, JsonValue], now: datetime) -> Received:
    """Make a submission of an application; its documents come later, by address."""
    board_id = board_id_of(find(said, _ID), _ID)
    demographics = take_demographics(said)
    submission = Submission(
        application_id=application_id(board, board_id),
        board=board,
        board_id=board_id,
        fingerprint=_fingerprint(board_id, said),
        received_at=now,
        said=said,
        demographics=demographics,
    )
    return Received(submission, {})


def _fingerprint(board_id: str, said: dict[str, JsonValue]) -> str:
    """Digest who applied for what, with which answers and documents."""
    identity = [
        find(said, "jobApplicant").value,
        without_addresses(responses(said).value),
        find(said, "applicantSkills").value,
    ]
    return fingerprint(
        board_id,
        find(said, "externalJobId").word() or "",
        json.dumps(identity, sort_keys=True),
    )
