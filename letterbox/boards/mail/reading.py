"""What a message means as an application; nothing in it can raise."""

from letterbox.boards.mail.origin import is_nobody
from letterbox.boards.node import Node
from letterbox.boards.posting.moments import plausible
from letterbox.domain.application import Source
from letterbox.domain.candidate import Candidate, Email, Person, PersonName
from letterbox.domain.matching import References
from letterbox.domain.reading import Reading, Text
from letterbox.domain.submission import Role, Submission


def read_message(board: str, submission: Submission) -> Reading:
    """
    Put a message where the record has a place for it.

    An automatic one is matched to no position: a person decides what it is.
    """
    payload = Node(submission.said)
    reference, is_automatic = (
        payload.text("job_reference"),
        bool(payload.text("automatic")),
    )
    address, name = payload.text("sender", "address"), payload.text("sender", "name")
    # Whoever is called so is not one person: all of them would be found as one.
    emails = (Email(address=address),) if address and not is_nobody(address) else ()
    letter = payload.text("text")
    return Reading(
        source=Source(
            board=board, board_id=submission.board_id, job_reference=reference
        ),
        candidate=Candidate(
            person=Person(name=PersonName(formatted=name or "")), emails=emails
        ),
        references=References(job_reference=None if is_automatic else reference),
        applied_at=plausible(
            payload.moment("sent_at") or submission.received_at, submission.received_at
        ),
        texts=(Text(role=Role.COVER_LETTER, text=letter),) if letter else (),
        is_id_repeated=payload.flag("message_id_repeated") is True,
        incomplete=is_automatic
        or payload.text("damage") is not None
        or not (reference and emails and name and _has_resume(submission)),
    )


def _has_resume(submission: Submission) -> bool:
    return any(one.role is Role.RESUME for one in submission.documents)
