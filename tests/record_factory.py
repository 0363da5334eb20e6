"""Records of an invented person's applications, as they lie in the store."""

from datetime import UTC, datetime, timedelta

from letterbox.domain.answers import Answer, AnswerKind
from letterbox.domain.application import (
    Application,
    Attachment,
    Flag,
    PositionOpening,
    Source,
    Stage,
    View,
)
from letterbox.domain.candidate import Candidate, Email, Person, PersonName
from letterbox.domain.submission import Role

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
OF_THE_CANDIDATE = ("Ada ", '"Ada"', "ada@", "Example", "fingerprint-1")
"""What such a record holds that is nobody else's business."""


def attachment(
    name: str | None, problem: str | None = None, scan: str | None = None
) -> Attachment:
    """Have a document, or the lack of one."""
    return Attachment(
        role=Role.RESUME,
        name=name,
        sha256=name and name.partition(".")[0],
        size=1,
        filename="Ada Example.pdf",
        media_type="application/pdf",
        problem=problem,
        scan=scan,
    )


def record(
    application_id: str,
    *attachments: Attachment,
    position: PositionOpening | None = None,
    hirer: str | None = None,
) -> Application:
    """Have the record of an application: flagged, and for one position of one hirer."""
    board, _, board_id = application_id.partition(":")
    return Application(
        id=application_id,
        stage=Stage.MATCHED,
        flags=(Flag.ODD_FILE,),
        applied_at=NOON,
        received_at=NOON,
        archive_by=NOON + timedelta(days=166),
        window_end=NOON + timedelta(days=180),
        source=Source(board=board, board_id=board_id, hirer=hirer),
        candidate=Candidate(
            person=Person(name=PersonName(formatted="Ada Example")),
            emails=(Email(address="ada@example.com"),),
        ),
        attachments=attachments,
        answers=(Answer(kind=AnswerKind.TEXT, question="Ada?", answer="Ada."),),
        position=position or PositionOpening(reference="R-1", hirer="Post"),
        views=(View(number=1, fingerprint="fingerprint-1", received_at=NOON),),
    )
