"""
Reads the objects of an application, and returns what they say as ``Evidence``.

Only here does an audit look into what is stored; the rules see no more than that.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence

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
from letterbox.records.inbox import keys_of, read_any, read_source
from letterbox.storage.objects import exists
from letterbox.streams import digest_of

Read = Callable[[ObjectStore, str], Submission]


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

    def read(self, objects: StoredObjects) -> Evidence:
        """Read what there is of an application."""
        record = self._record(objects.record, objects) if objects.record else None
        waiting = self._submissions(read_any, objects.waiting, objects.part)
        archived, is_archive_whole = self._archived(objects)
        sources = self._submissions(read_source, self._sources(objects), objects.part)
        submissions = {**waiting, **sources}
        unreadable = [key for key, found in submissions.items() if found is None]
        if objects.record and record is None:
            unreadable.append(objects.record.key)
        unreadable += [key.key for key in objects.demographics if self._is_no_json(key)]
        damaged = {doc.key for doc in objects.documents if self._is_damaged(doc)}
        if objects.archive and not is_archive_whole:
            damaged.add(objects.archive.key)
        named_by = [record, archived, *submissions.values()]
        return Evidence(
            application_id=from_key_part(objects.part) or _application_id(named_by),
            record=record,
            archived=archived,
            unreadable=frozenset(unreadable),
            damaged=frozenset(damaged),
            named=_documents(record, sources),
            kept_apart=_kept_apart(record, sources),
            orphaned=_orphaned(objects, sources),
            lacks_marker=self._lacks_marker(record or archived),
        )

    def _record(
        self, stored: StoredObject, objects: StoredObjects
    ) -> Application | None:
        try:
            record = Application.model_validate_json(self._store.get(stored.key))
        except ValidationError:
            return None
        return record if key_part(record.id) == objects.part else None

    def _sources(self, objects: StoredObjects) -> Sequence[StoredObject]:
        # Where there is no record, they show what was lost: there are few such.
        return () if self.fast and not objects.lacks_record else objects.sources

    def _submissions(
        self, read: Read, stored_objects: Sequence[StoredObject], part: str
    ) -> dict[str, Submission | None]:
        """Read submissions by their keys; None stands for one that is not readable."""
        return {
            stored.key: self._submission(read, stored, part)
            for stored in stored_objects
        }

    def _submission(
        self, read: Read, stored: StoredObject, part: str
    ) -> Submission | None:
        try:
            submission = read(self._store, stored.key)
        except ValueError:
            return None
        is_its_own = key_part(submission.application_id) == part
        return submission if is_its_own else None

    def _archived(self, objects: StoredObjects) -> tuple[Application | None, bool]:
        if objects.archive is None:
            return None, True
        if self.fast:
            return None, objects.archive.size > 0
        try:
            with opened_bag(self._store, objects.archive.key) as bag:
                bag.check()
                return bag.record(), True
        except DamagedError:
            return None, False

    def _is_damaged(self, document: StoredObject) -> bool:
        """Compare a document with its name, which is its checksum."""
        if self.fast:
            return False
        name = document.key.rpartition("/")[2]
        return sha256_of(self._store, document.key) != name.partition(".")[0]

    def _is_no_json(self, stored: StoredObject) -> bool:
        if self.fast:
            return False
        try:
            json.loads(self._store.get(stored.key))
        except ValueError:
            return True
        return False

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


def sha256_of(store: ObjectStore, key: str) -> str:
    """Read an object to its end, and return its digest in hexadecimal."""
    with store.open(key) as chunks:
        return digest_of(chunks)


def _orphaned(
    objects: StoredObjects, sources: dict[str, Submission | None]
) -> frozenset[str]:
    """
    Name the sources that nothing stands for: no record, no submission in the inbox.

    Between the two steps that take a submission over, it lies in both places.
    """
    if not objects.lacks_record:
        return frozenset()
    waiting = {stored.key for stored in objects.waiting}
    return frozenset(
        key
        for key, submission in sources.items()
        if (waiting.isdisjoint(keys_of(submission)) if submission else not waiting)
    )


def _documents(
    record: Application | None, sources: dict[str, Submission | None]
) -> frozenset[str]:
    """Name the documents of the views: those in conflict are in no record."""
    return frozenset(
        document.name
        for _, submission in _views(record, sources)
        for document in submission.documents
    )


def _kept_apart(
    record: Application | None, sources: dict[str, Submission | None]
) -> frozenset[str]:
    """Name the objects of demographic answers that the views told."""
    return frozenset(
        keys.demographics(submission.application_id, number).rpartition("/")[2]
        for number, submission in _views(record, sources)
        if submission.demographics_apart
    )


def _views(
    record: Application | None, sources: dict[str, Submission | None]
) -> Iterator[tuple[int, Submission]]:
    """Yield the views of a record with what was said in each, as far as it is read."""
    for view in record.views if record else ():
        source = sources.get(keys.source(record.id, view.number)) if record else None
        if source:
            yield view.number, source


def _application_id(named_by: Iterable[Application | Submission | None]) -> str | None:
    """Find an id that was too long for a key."""
    for named in named_by:
        if isinstance(named, Application):
            return named.id
        if named is not None:
            return named.application_id
    return None
