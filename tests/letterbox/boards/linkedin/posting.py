"""What is posted to LinkedIn's address."""

import json
from typing import Any

from letterbox.boards.linkedin import BOARD
from letterbox.domain.submission import Submission
from tests.letterbox.boards.posts import received
from tests.support import ROOT

SAMPLE = ROOT / "tests/samples/linkedin/application.json"


def sample() -> dict[str, Any]:
    """Load a recorded body."""
    loaded: dict[str, Any] = json.loads(SAMPLE.read_text())
    return loaded


def wrapped() -> dict[str, Any]:
    """Wrap the sample as a public receiver of LinkedIn's has it."""
    said = sample()
    answers = said.pop("questionResponses")
    return {"type": said.pop("type"), "jobApplication": said | {"applicant": answers}}


def submission(said: Any) -> Submission:
    """Receive a body."""
    return received(BOARD, said).submission
