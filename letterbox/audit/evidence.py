"""What the objects of an application say when they are read."""

from collections.abc import Iterable, Sequence

from pydantic import ValidationError

from letterbox.archive.reader import opened_bag
from letterbox.audit.facts import Evidence, StoredObjects
from letterbox.domain import keys
from letterbox.domain.addresses import normalise_address
from letterbox.domain.application import Application
from letterbox.domain.errors import DamagedError
from letterbox.domain.ids import from_key_part, key_part
from letterbox.domain.ports import ObjectStore, StoredObject
from letterbox.domain.privacy import digest
from letterbox.domain.submission import Submission
from letterbox.storage.objects import exists
from letterbox.streams import digest_of


class EvidenceReader:
    """
    Reads records and inbox records; unless ``fast``, everything, to the last byte.

    Raises FileNotFoundError where something vanishes meanwhile.
    """

    def __init__(
        self, store: ObjectStore, digest_keys: Sequence[bytes], *, fast: bool
    ) -> None:
        self._store = store
        self._digest_keys = digest_keys
        self.fast = fast

    def read(self, traces: StoredObjects) -> Evidence:
        """Read what there is of an application."""
        record = self._record(traces.record, traces) if traces.record else None
        submissions = {one.key: self._delivery(one, traces) for one in traces.waiting}
        archived, is_archive_whole = self._archived(traces)
        sources = {one.key: self._delivery(one, traces) for one in self._told(traces)}
        broken = [key for key, one in {**submissions, **sources}.items() if one is None]
        if traces.record and record is None:
            broken.append(traces.record.key)
        damaged = {one.key for one in traces.documents if self._is_damaged(one)}
        if traces.archive and not is_archive_whole:
            damaged.add(traces.archive.key)
        told = [record, archived, *submissions.values(), *sources.values()]
        return Evidence(
            application_id=from_key_part(traces.part) or _named(told),
            record=record,
            archived=archived,
            unreadable=frozenset(broken),
            damaged=frozenset(damaged),
            named=_documents(record, sources),
            orphaned=_orphaned(traces, sources),
            lacks_marker=self._lacks_marker(record or archived),
        )

    def _record(
        self, stored: StoredObject, traces: StoredObjects
    ) -> Application | None:
        try:
            record = Application.model_validate_json(self._store.get(stored.key))
        except ValidationError:
            return None
        return record if key_part(record.id) == traces.part else None

    def _told(self, traces: StoredObjects) -> Sequence[StoredObject]:
        # Where there is no record, they tell what was lost: there are few such.
        return () if self.fast and not traces.lacks_record else traces.sources

    def _delivery(
        self, stored: StoredObject, traces: StoredObjects
    ) -> Submission | None:
        try:
            submission = Submission.model_validate_json(self._store.get(stored.key))
        except ValidationError:
            return None
        return (
            submission if key_part(submission.application_id) == traces.part else None
        )

    def _archived(self, traces: StoredObjects) -> tuple[Application | None, bool]:
        if traces.archive is None:
            return None, True
        if self.fast:
            return None, traces.archive.size > 0
        try:
            with opened_bag(self._store, traces.archive.key) as bag:
                bag.check()
                return bag.record(), True
        except DamagedError:
            return None, False

    def _is_damaged(self, document: StoredObject) -> bool:
        """Compare a document with its name, which is its checksum."""
        if self.fast:
            return False
        with self._store.open(document.key) as chunks:
            digest = digest_of(chunks)
        name = document.key.rpartition("/")[2]
        return digest != name.partition(".")[0]

    def _lacks_marker(self, record: Application | None) -> bool:
        if record is None or not self._digest_keys:
            return False
        addresses = [email.address for email in record.candidate.emails]
        return any(
            not any(
                self._is_marked(record.id, address, key) for key in self._digest_keys
            )
            for address in filter(normalise_address, addresses)
        )

    def _is_marked(self, application_id: str, address: str, key: bytes) -> bool:
        return exists(self._store, keys.marker(digest(address, key), application_id))


def _orphaned(
    traces: StoredObjects, sources: dict[str, Submission | None]
) -> frozenset[str]:
    """
    Name the sources that nothing stands for: no record, no submission in the inbox.

    Between the two steps that take a submission over, it lies in both places.
    """
    if not traces.lacks_record:
        return frozenset()
    waiting = {one.key.rpartition("/")[2].partition(".")[0] for one in traces.waiting}
    return frozenset(
        key
        for key, submission in sources.items()
        if (submission.fingerprint not in waiting if submission else not waiting)
    )


def _documents(
    record: Application | None, sources: dict[str, Submission | None]
) -> frozenset[str]:
    """Name the documents of the views: those in conflict are in no record."""
    listed = {f"{view.number}.json" for view in record.views} if record else set()
    return frozenset(
        document.name
        for key, submission in sources.items()
        if submission and key.rpartition("/")[2] in listed
        for document in submission.documents
    )


def _named(told: Iterable[Application | Submission | None]) -> str | None:
    """Find the id that was too long for a key."""
    for one in told:
        if isinstance(one, Application):
            return one.id
        if one is not None:
            return one.application_id
    return None
