"""An application that was posted whole, with documents at addresses, and its steps."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.intake import ApplicationActivities
from letterbox.boards.base import Head
from letterbox.boards.linkedin import BOARD
from letterbox.domain.messages import (
    FetchApplicationResult,
    FetchInput,
    RecordInput,
    StepInput,
    StoreInput,
    StoreResult,
)
from letterbox.domain.ports import Applications
from letterbox.domain.status import Recorded
from letterbox.domain.submission import Submission
from tests.activities.board import DOCUMENTS, Board, asking

ID = "linkedin:1"
NOW = datetime.now(UTC)
LETTER = "Please find my CV."
_CV, _CERTIFICATE = DOCUMENTS


def posted(*, letter: str = LETTER, certificate: bool = True) -> Submission:
    """Make the submission: a CV, a typed letter, and a document that is an answer."""
    answer = {"documentAnswerValue": {"mediaUrn": "cert", "mediaUrl": _CERTIFICATE}}
    asked = [{"questionIdentifier": "q", "answer": answer}] if certificate else []
    said: dict[str, Any] = {
        "jobApplicationId": "1",
        "externalJobId": "20240107-123456-7890",
        "questionResponses": {
            "contactInformationQuestionResponses": {
                "firstNameAnswer": {"value": "Ada"},
                "emailAnswer": {"value": "ada@example.com"},
            },
            "resumeQuestionResponses": {
                "resumeQuestionAnswer": {"mediaUrn": "cv", "mediaUrl": _CV}
            },
            "coverLetterQuestionResponses": {
                "textCoverLetterQuestionAnswer": {"answer": {"value": letter}}
            },
            "additionalQuestionResponses": {
                "customQuestionSetResponses": [{"customQuestionResponses": asked}]
            },
            "voluntarySelfIdentificationQuestionResponses": {"gender": "canary"},
        },
    }
    body = BytesIO(json.dumps(said).encode())
    return BOARD.receive(Head({}, {}), body, NOW, BOARD.settings()).submission


def take_in(
    steps: ApplicationActivities,
    applications: Applications,
    board: Board,
    *,
    again: bool = False,
    attempt: int = 1,
) -> list[StoreResult]:
    """Take the steps for as long as the workflow does; return what each round was."""
    rounds: list[StoreResult] = []
    while not rounds or rounds[-1].more:
        args = StoreInput(application_id=ID, again=again and not rounds)
        collected = steps.store_documents(args)
        rounds.append(collected)
        if not collected.fresh:
            break
        record(steps, applications, board, collected, attempt)
    return rounds


def record(
    steps: ApplicationActivities,
    applications: Applications,
    board: Board,
    collected: StoreResult,
    attempt: int = 1,
) -> Recorded:
    """Do with a submission what comes after it was taken over."""
    step = StepInput(application_id=ID, view=collected.view)
    if not collected.fetch:
        args = RecordInput(step=step, stored=collected.stored)
        return steps.match_position(args)
    fetched = asyncio.run(_fetched(applications, board, step, attempt))
    return steps.match_position(
        RecordInput(
            step=step,
            stored=fetched.stored,
            available=fetched.available,
            whole=fetched.whole and fetched.stored.whole,
        )
    )


async def _fetched(
    applications: Applications, board: Board, step: StepInput, attempt: int
) -> FetchApplicationResult:
    environment = ActivityEnvironment()
    # What the first attempt began with: the documents have used all their tries.
    environment.info = replace(
        environment.info,
        attempt=attempt,
        heartbeat_details=() if attempt == 1 else (1,),
    )
    fetch = asking(applications, board).fetch_application
    return await environment.run(fetch, FetchInput(step=step))
