"""Decides on an application and makes it durable; all of it blocks."""

from collections.abc import Collection
from dataclasses import dataclass

from api.unknown_references import UnknownReferences
from letterbox.boards.base import REFUSALS, Outcome
from letterbox.domain.drafts import Contents
from letterbox.domain.errors import (
    CrowdedIdError,
    DamagedError,
    StoreUnavailableError,
)
from letterbox.domain.ports import Applications
from letterbox.domain.positions import (
    Admission,
    Catalogue,
    Position,
    ReferenceKind,
    accepted_countries,
    admission,
    is_removed_by_name,
)
from letterbox.domain.reading import Reading
from letterbox.domain.region import Locator, RegionPolicy, judge_region
from letterbox.domain.repeats import RecentApplications, Repeat, Repeats
from letterbox.domain.submission import MAX_DELIVERIES, Submission

# A board's word for the job first; then whatever else goes by it.
_KINDS = (
    (ReferenceKind.REFERENCE, ReferenceKind.OTHER),
    (ReferenceKind.PROFILE, ReferenceKind.OPENING),
)


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome, and what the submission was to those that are stored."""

    outcome: Outcome
    repeat: Repeat = Repeat.NEW


class Acceptance:
    """Applies the rules of the house in the order that boards are promised."""

    def __init__(  # noqa: PLR0913 what it judges by
        self,
        *,
        applications: Applications,
        repeats: Repeats,
        catalogue: Catalogue,
        locator: Locator,
        region_policy: RegionPolicy,
        unknown: UnknownReferences | None = None,
    ) -> None:
        self._applications = applications
        self._repeats = repeats
        self._seen = RecentApplications()
        self._catalogue = catalogue
        self._locator = locator
        self._region_policy = region_policy
        self._unknown = unknown

    def accept(
        self,
        submission: Submission,
        reading: Reading,
        contents: Contents,
        refuses: Collection[Outcome] = REFUSALS,
    ) -> Decision:
        """
        Refuse, or keep for good: ACCEPTED means that it is durable.

        What the board is not to be told (``refuses``) is accepted, and a person looks.

        What comes again is looked up only where this process has seen its application:
        the signature covers the uuid alone, and must not buy a flood of copies. The
        eleventh that differs is CrowdedIdError: its sender has to keep it.
        """
        if self._seen.before(submission.application_id):
            repeat = self._repeats.judge(submission)
            if repeat is Repeat.SURPLUS:
                raise CrowdedIdError(
                    f"{MAX_DELIVERIES} different applications have come under this id: "
                    "each needs an id of its own"
                )
            if repeat is not Repeat.NEW:
                return Decision(Outcome.ACCEPTED, repeat)
        outcome = self._judge(submission, reading, contents, refuses)
        if outcome is Outcome.ACCEPTED:
            self._seen.add(submission.application_id)
        return Decision(outcome)

    def _judge(
        self,
        submission: Submission,
        reading: Reading,
        contents: Contents,
        refuses: Collection[Outcome],
    ) -> Outcome:
        reference = reading.references.job_reference
        positions = self._positions(reference)
        if positions is not None:
            refusal = self._refusal(positions)
            if refusal and refusal in refuses:
                outcome = self._unless_repeat(submission, refusal)
                if outcome is Outcome.NOT_FOUND and self._unknown and reference:
                    self._unknown.refuse(submission.board, reference)
                return outcome
            submission = self._located(submission, reading, positions)
            if Outcome.REGION in refuses and self._is_refused(submission):
                return self._unless_repeat(submission, Outcome.REGION)
        self._applications.accept(submission, contents)
        return Outcome.ACCEPTED

    def _positions(self, reference: str | None) -> tuple[Position, ...] | None:
        """
        Look up all that goes by a name; None where there is nothing to judge by.

        A catalogue that cannot be read must not make a board take a job off line.
        """
        if reference is None:
            return None
        positions: tuple[Position, ...] = ()
        try:
            for kinds in _KINDS:
                for kind in kinds:
                    positions += self._catalogue.find(kind, reference)
                if admission(positions) is not Admission.UNKNOWN:
                    break
        except (DamagedError, StoreUnavailableError):
            return None
        return positions

    def _refusal(self, positions: tuple[Position, ...]) -> Outcome | None:
        """
        Refuse for what is known of a position; doubt is in favour of the candidate.

        What nothing goes by is no job only if the catalogue is whole and fresh.
        """
        admitted = admission(positions)
        if admitted is Admission.CLOSED:
            return Outcome.CLOSED
        if admitted is Admission.OPEN:
            return None
        if self._unknown and not is_removed_by_name(positions):
            self._unknown.unknown()
        if is_removed_by_name(positions):
            return Outcome.NOT_FOUND
        try:
            return Outcome.NOT_FOUND if self._catalogue.is_whole() else None
        except (DamagedError, StoreUnavailableError):
            return None

    def _located(
        self, submission: Submission, reading: Reading, positions: tuple[Position, ...]
    ) -> Submission:
        countries = accepted_countries(positions)
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

    def _unless_repeat(self, submission: Submission, refusal: Outcome) -> Outcome:
        """Return ACCEPTED for what was accepted once, whatever the position is now."""
        application_id = submission.application_id
        if self._applications.ended(application_id):
            return Outcome.ACCEPTED
        if self._applications.has_submission(application_id, submission.fingerprint):
            return Outcome.ACCEPTED
        return refusal
