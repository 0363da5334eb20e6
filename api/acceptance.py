"""Decides on an application and makes it durable: everything that blocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from api.naming import named
from letterbox.boards.base import Answer
from letterbox.domain.errors import DamagedError, StoreUnavailableError
from letterbox.domain.ports import Applications, Catalogue
from letterbox.domain.positions import (
    Admission,
    Position,
    ReferenceKind,
    accepted_countries,
    admission,
    is_removed_by_name,
)
from letterbox.domain.reading import Reading
from letterbox.domain.region import Locator, RegionPolicy, judge_region
from letterbox.domain.repeats import Repeat, Repeats, Seen
from letterbox.domain.submission import Submission

# A board's word for the job first; then whatever else goes by it.
_KINDS = (
    (ReferenceKind.REFERENCE, ReferenceKind.OTHER),
    (ReferenceKind.PROFILE, ReferenceKind.OPENING),
)


class Unknown(Protocol):
    """Hears of references that no open or closed position goes by. Never waits."""

    def unknown(self) -> None:
        """Hear of one."""

    def refuse(self, board: str, reference: str) -> None:
        """Hear that it was refused."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the board is told, and what the submission was to those that are kept."""

    answer: Answer
    repeat: Repeat = Repeat.NEW


class Intake:
    """Applies the rules of the house in the order that boards are promised."""

    def __init__(  # noqa: PLR0913 what it judges by
        self,
        *,
        applications: Applications,
        repeats: Repeats,
        catalogue: Catalogue,
        locator: Locator,
        region_policy: RegionPolicy,
        unknown: Unknown | None = None,
    ) -> None:
        self._applications = applications
        self._repeats = repeats
        self._seen = Seen()
        self._catalogue = catalogue
        self._locator = locator
        self._region_policy = region_policy
        self._unknown = unknown

    def take_in(
        self, submission: Submission, reading: Reading, contents: Mapping[str, BinaryIO]
    ) -> Outcome:
        """
        Refuse, or keep for good: ACCEPTED means that it is durable.

        What comes again is looked up only where this process has seen its application:
        the signature covers the uuid alone, and must not buy a flood of copies.
        """
        if self._seen.before(submission.application_id):
            repeat = self._repeats.judge(submission)
            if repeat is not Repeat.NEW:
                return Outcome(Answer.ACCEPTED, repeat)
        answer = self._judged(submission, reading, contents)
        if answer is Answer.ACCEPTED:
            self._seen.add(submission.application_id)
        return Outcome(answer)

    def _judged(
        self, submission: Submission, reading: Reading, contents: Mapping[str, BinaryIO]
    ) -> Answer:
        reference = reading.references.job_reference
        found = self._positions(reference)
        if found is not None:
            if refusal := self._refusal(found):
                answer = self._unless_repeat(submission, refusal)
                if answer is Answer.NOT_FOUND and self._unknown and reference:
                    self._unknown.refuse(submission.board, reference)
                return answer
            submission = self._located(submission, reading, found)
            if self._is_refused(submission):
                return self._unless_repeat(submission, Answer.REGION)
        self._applications.accept(named(submission, contents), contents)
        return Answer.ACCEPTED

    def _positions(self, reference: str | None) -> tuple[Position, ...] | None:
        """
        Look up all that goes by a name; None where there is nothing to judge by.

        A catalogue that cannot be read must not make a board take a job off line.
        """
        if reference is None:
            return None
        found: tuple[Position, ...] = ()
        try:
            for kinds in _KINDS:
                for kind in kinds:
                    found += self._catalogue.find(kind, reference)
                if admission(found) is not Admission.UNKNOWN:
                    break
        except (DamagedError, StoreUnavailableError):
            return None
        return found

    def _refusal(self, found: tuple[Position, ...]) -> Answer | None:
        """
        Refuse for what is known of a position; doubt is in favour of the candidate.

        What nothing goes by is no job only if the catalogue is whole and fresh.
        """
        admitted = admission(found)
        if admitted is Admission.CLOSED:
            return Answer.CLOSED
        if admitted is Admission.OPEN:
            return None
        if self._unknown and not is_removed_by_name(found):
            self._unknown.unknown()
        if is_removed_by_name(found):
            return Answer.NOT_FOUND
        try:
            return Answer.NOT_FOUND if self._catalogue.is_whole() else None
        except (DamagedError, StoreUnavailableError):
            return None

    def _located(
        self, submission: Submission, reading: Reading, found: tuple[Position, ...]
    ) -> Submission:
        countries = accepted_countries(found)
        if self._region_policy is RegionPolicy.ACCEPT or not countries:
            return submission
        country = self._locator.country(reading.source.ip_address or "")
        finding = judge_region(country, countries)
        return submission.model_copy(update={"region": finding})

    def _is_refused(self, submission: Submission) -> bool:
        return (
            self._region_policy is RegionPolicy.REFUSE
            and submission.region is not None
            and submission.region.elsewhere
        )

    def _unless_repeat(self, submission: Submission, refusal: Answer) -> Answer:
        """Keep to what was accepted once, whatever became of the position."""
        application_id = submission.application_id
        if self._applications.ended(application_id):
            return Answer.ACCEPTED
        if self._applications.has_submission(application_id, submission.fingerprint):
            return Answer.ACCEPTED
        return refusal
