"""What an application of a board of one's own means; nothing in it can raise."""

from letterbox.boards.generic.application import PostedAnswer, PostedApplication
from letterbox.boards.generic.lenient import fitted
from letterbox.boards.generic.receiving import DOCUMENTS
from letterbox.boards.posting.moments import plausible
from letterbox.domain.answers import Answer, AnswerKind
from letterbox.domain.application import Source
from letterbox.domain.candidate import (
    Candidate,
    Person,
    PersonName,
    joined_name,
)
from letterbox.domain.matching import References
from letterbox.domain.reading import Reading, Text
from letterbox.domain.submission import Role, Submission


def read_application(board: str, submission: Submission) -> Reading:
    """Put what was said where the record has a place for it."""
    posted = _posted(submission)
    candidate = _candidate(posted)
    documents = {
        one.question_id: one.sha256 for one in submission.documents if one.question_id
    }
    answers = tuple(_answer(answer, documents) for answer in posted.answers)
    roles = {one.role for one in submission.documents}
    applied_at = posted.applied_at or submission.received_at
    return Reading(
        source=Source(
            board=board,
            board_id=submission.board_id,
            job_reference=posted.position.reference,
            posting=posted.source.posting,
            ip_address=posted.source.ip_address,
            user_agent=posted.source.user_agent,
            hirer=posted.position.hirer,
        ),
        candidate=candidate,
        references=References(
            job_reference=posted.position.reference, hirer=posted.position.hirer
        ),
        applied_at=plausible(applied_at, submission.received_at),
        texts=tuple(_texts(posted)),
        answers=answers,
        incomplete=not (
            posted.position.reference
            and candidate.emails
            and candidate.person.name.formatted
            and (Role.RESUME in roles or not _listed_documents(submission))
        ),
        is_consent_withheld=any(
            one.kind is AnswerKind.CONSENT and one.consent_given is False
            for one in answers
        ),
    )


def _posted(submission: Submission) -> PostedApplication:
    payload = submission.said if isinstance(submission.said, dict) else {}
    # Of documents it has what came; their contents are named there by now.
    rest = {key: value for key, value in payload.items() if key != DOCUMENTS}
    return fitted(rest, PostedApplication).model


def _listed_documents(submission: Submission) -> bool:
    """Return whether documents were sent: an application needs none."""
    payload = submission.said if isinstance(submission.said, dict) else {}
    return bool(payload.get(DOCUMENTS))


def _candidate(posted: PostedApplication) -> Candidate:
    name = posted.candidate.person.name
    joined = joined_name(name.given, name.family)
    person = Person(
        name=PersonName(
            given=name.given,
            family=name.family,
            formatted=name.formatted.strip() or joined,
        )
    )
    return Candidate(**{**dict(posted.candidate), "person": person})


def _answer(answer: PostedAnswer, documents: dict[str, str]) -> Answer:
    attachment = documents.get(answer.question_id or "")
    known = {**dict(answer), "attachment": attachment}
    return Answer(**known)


def _texts(posted: PostedApplication) -> list[Text]:
    letter = (posted.cover_letter or "").strip()
    return [Text(role=Role.COVER_LETTER, text=letter)] if letter else []
