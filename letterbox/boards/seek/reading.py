"""What SEEK said about an application, in canonical terms."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from letterbox.boards.base import Notices
from letterbox.boards.seek.candidate import read_candidate
from letterbox.boards.seek.events import (
    BOARD_NAME,
    CANDIDATE_APPLICATION_CREATED,
    POSITION_PROFILE_CLOSED,
    closings,
    submissions,
)
from letterbox.boards.seek.node import Node
from letterbox.boards.seek.position import read_position, references
from letterbox.boards.seek.questionnaire import read_answers
from letterbox.boards.seek.redaction import is_redacted, keeps_more
from letterbox.boards.seek.said import profile_of, unfetched
from letterbox.boards.seek.webhook import read_events, verify
from letterbox.domain.application import Flag, Source
from letterbox.domain.reading import Reading
from letterbox.domain.submission import Submission


class Seek:
    """The board; everything here is pure."""

    name = BOARD_NAME

    def read(self, submission: Submission) -> Reading:
        """
        Read a submission, fetched or not; what is odd or redacted raises nothing.

        Incomplete while the profile is absent or has parts that SEEK kept back.
        """
        said = Node(submission.said)
        event, profile = said.node("event"), said.node("profile")
        position = read_position(profile)
        found = references(position, event.identifier("hirerId"))
        is_partial = bool(said.node("errors").value) or not profile.node("candidate")
        return Reading(
            source=Source(
                board=self.name,
                board_id=submission.board_id,
                job_reference=found.job_reference,
                posting=found.profile,
                profile_id=event.identifier("candidateApplicationProfileId"),
                updated_at=profile.moment("updateDateTime"),
                hirer=found.hirer,
                position_profile=position,
            ),
            candidate=read_candidate(profile, event.identifier("candidateId")),
            references=found,
            applied_at=_applied_at(event, profile, submission.received_at),
            answers=read_answers(profile),
            incomplete=is_partial,
        )

    def notices(
        self,
        body: bytes,
        headers: Mapping[str, str],
        secrets: Sequence[bytes],
        now: datetime,
    ) -> Notices:
        """Verify the raw bytes, and only then read them."""
        verify(body, headers.get("Seek-Signature"), secrets)
        events = read_events(body)
        return Notices(
            submissions=submissions(events, now),
            closings=closings(events),
            unreadable=events.unreadable,
            others=[
                one.type
                for one in events.events
                if one.type
                not in {CANDIDATE_APPLICATION_CREATED, POSITION_PROFILE_CLOSED}
            ],
        )

    def bare(self, submission: Submission) -> Submission:
        """Give the notice again, without what was fetched since."""
        return unfetched(submission)

    def shows_less(self, held: Submission, new: Submission) -> Flag | None:
        """Tell what SEEK redacted from what it did not tell this time."""
        if not keeps_more(profile_of(held), profile_of(new)):
            return None
        is_told = not Node(new.said).node("errors").value
        is_taken = is_told or is_redacted(profile_of(new))
        return Flag.REDACTED if is_taken else Flag.INCOMPLETE


def _applied_at(event: Node, profile: Node, received_at: datetime) -> datetime:
    """Never after it came: the archive's date is counted from here."""
    said = event.moment("createDateTime") or profile.moment("createDateTime")
    return min(said or received_at, received_at)
