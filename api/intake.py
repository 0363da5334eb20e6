"""Decides on an application and makes it durable: everything that blocks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from api.naming import named
from boards.base import Answer, Reading
from domain.admission import Admission, accepted_countries, admission
from domain.errors import DamagedError, StoreUnavailableError
from domain.inbox import Delivery
from domain.ports import Applications, Catalogue, Locator, Repeats
from domain.positions import Position, ReferenceKind
from domain.region import RegionPolicy, judge_region
from domain.repeats import Repeat, Seen

_REFUSALS = {
    Admission.CLOSED: Answer.CLOSED,
    Admission.UNKNOWN: Answer.NOT_FOUND,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the board is told, and what the delivery was to those that are kept."""

    answer: Answer
    repeat: Repeat = Repeat.NEW


class Intake:
    """Applies the rules of the house in the order that boards are promised."""

    def __init__(
        self,
        *,
        applications: Applications,
        repeats: Repeats,
        catalogue: Catalogue,
        locator: Locator,
        region_policy: RegionPolicy,
    ) -> None:
        self._applications = applications
        self._repeats = repeats
        self._seen = Seen()
        self._catalogue = catalogue
        self._locator = locator
        self._region_policy = region_policy

    def take_in(
        self, delivery: Delivery, reading: Reading, contents: Mapping[str, BinaryIO]
    ) -> Outcome:
        """
        Refuse, or keep for good: ACCEPTED means that it is durable.

        What comes again is looked up only where this process has seen its application:
        the signature covers the uuid alone, and must not buy a flood of copies.
        """
        if self._seen.before(delivery.application_id):
            repeat = self._repeats.judge(delivery)
            if repeat is not Repeat.NEW:
                return Outcome(Answer.ACCEPTED, repeat)
        answer = self._judged(delivery, reading, contents)
        if answer is Answer.ACCEPTED:
            self._seen.add(delivery.application_id)
        return Outcome(answer)

    def _judged(
        self, delivery: Delivery, reading: Reading, contents: Mapping[str, BinaryIO]
    ) -> Answer:
        found = self._positions(reading.references.job_reference)
        if found is not None:
            refusal = _REFUSALS.get(admission(found))
            if refusal:
                return self._unless_repeat(delivery, refusal)
            delivery = self._located(delivery, reading, found)
            if self._is_refused(delivery):
                return self._unless_repeat(delivery, Answer.REGION)
        self._applications.accept(named(delivery, contents), contents)
        return Answer.ACCEPTED

    def _positions(self, reference: str | None) -> tuple[Position, ...] | None:
        """
        Look the position up; None where there is nothing to judge by.

        A catalogue that was never imported or cannot be read must not make a board
        take a job off line.
        """
        if reference is None:
            return None
        try:
            if not self._catalogue.imported():
                return None
            return self._catalogue.find(
                ReferenceKind.REFERENCE, reference
            ) or self._catalogue.find(ReferenceKind.OTHER, reference)
        except (DamagedError, StoreUnavailableError):
            return None

    def _located(
        self, delivery: Delivery, reading: Reading, found: tuple[Position, ...]
    ) -> Delivery:
        countries = accepted_countries(found)
        if self._region_policy is RegionPolicy.ACCEPT or not countries:
            return delivery
        country = self._locator.country(reading.source.ip_address or "")
        finding = judge_region(country, countries)
        return delivery.model_copy(update={"region": finding})

    def _is_refused(self, delivery: Delivery) -> bool:
        return (
            self._region_policy is RegionPolicy.REFUSE
            and delivery.region is not None
            and delivery.region.elsewhere
        )

    def _unless_repeat(self, delivery: Delivery, refusal: Answer) -> Answer:
        """Keep to what was accepted once, whatever became of the position."""
        application_id = delivery.application_id
        if self._applications.ended(application_id):
            return Answer.ACCEPTED
        if self._applications.holds(application_id, delivery.fingerprint):
            return Answer.ACCEPTED
        return refusal
