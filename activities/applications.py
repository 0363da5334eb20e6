"""The steps of an application on our own store: short, so local activities."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from temporalio import activity

from activities.inspection import inspect, keep_text
from activities.recording import build_record, with_conflict
from activities.values import (
    Collected,
    InspectedDocument,
    MatchedPosition,
    Recorded,
    Recording,
    Step,
    StoredDocuments,
)
from boards.base import Board, Reading
from domain.errors import NotFoundError
from domain.inbox import Delivery
from domain.matching import match
from domain.ports import Applications, Catalogue


class ApplicationActivities:
    """Take over what lies in the inbox and make the application of it."""

    def __init__(
        self,
        *,
        applications: Applications,
        catalogue: Catalogue,
        boards: Mapping[str, Board],
        retention: timedelta,
        margin: timedelta,
    ) -> None:
        self._applications = applications
        self._catalogue = catalogue
        self._boards = boards
        self._retention = retention
        self._margin = margin

    @activity.defn(name="collect")
    def collect(self, application_id: str) -> Collected:
        """
        Find the next delivery to take over.

        Temporal forgets, the store does not: what was archived or erased is not
        taken in again, and what a late repeat brought is removed.
        """
        waiting = self._applications.waiting(application_id)
        if ended := self._applications.ended(application_id):
            for delivery in waiting:
                self._applications.discard(delivery)
            return Collected(ended=ended)
        record = self._applications.find(application_id)
        known = {view.fingerprint for view in record.views} if record else set()
        for delivery in waiting:
            if delivery.fingerprint in known:
                self._applications.clear(application_id, delivery.fingerprint)
        fresh = [one.fingerprint for one in waiting if one.fingerprint not in known]
        if record is None and not fresh:
            raise NotFoundError("the application is neither in the inbox nor recorded")
        return Collected(
            fingerprint=fresh[0] if fresh else None,
            more=len(fresh) > 1,
            recorded=Recorded.of(record) if record else None,
        )

    @activity.defn(name="store_documents")
    def store_documents(self, step: Step) -> StoredDocuments:
        """Check that every document is in the store, whole, and see what it is."""
        delivery, reading = self._read(step)
        documents = [
            *(inspect(self._applications, step, one) for one in delivery.documents),
            *(keep_text(self._applications, step, one) for one in reading.texts),
        ]
        return StoredDocuments(documents=tuple(_once(documents)))

    @activity.defn(name="match_position")
    def match_position(self, step: Step) -> MatchedPosition:
        """Find the position among those of the catalogue."""
        _, reading = self._read(step)
        found = match(reading.references, self._catalogue.find)
        if found.position is None:
            return MatchedPosition(triage=found.triage)
        return MatchedPosition(
            reference=found.position.reference,
            hirer=found.position.hirer,
            title=found.position.title,
            matched_by=found.matched_by,
        )

    @activity.defn(name="record")
    def record(self, given: Recording) -> Recorded:
        """
        Make the delivery part of the record, and clear the inbox.

        A delivery that differs from the one recorded is kept beside it, flagged
        ``conflict``: it may come from anyone who saw the first.
        """
        step = given.step
        record = self._applications.find(step.application_id)
        known = {view.fingerprint for view in record.views} if record else set()
        if record and step.fingerprint in known:
            self._applications.clear(step.application_id, step.fingerprint)
            return Recorded.of(record)
        delivery, reading = self._read(step)
        if record:
            record = with_conflict(record, delivery)
        else:
            record = build_record(
                delivery,
                reading,
                given,
                retention=self._retention,
                margin=self._margin,
            )
        self._applications.record(record, delivery)
        return Recorded.of(record)

    def _read(self, step: Step) -> tuple[Delivery, Reading]:
        delivery = self._applications.delivery(step.application_id, step.fingerprint)
        return delivery, self._boards[delivery.board].read(delivery)


def _once(documents: Iterable[InspectedDocument]) -> Iterator[InspectedDocument]:
    seen: set[tuple[str, str]] = set()
    for document in documents:
        if (identity := (document.role, document.name)) not in seen:
            seen.add(identity)
            yield document
