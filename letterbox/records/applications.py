"""What the object store has of applications."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from typing import BinaryIO

import structlog
from pydantic import JsonValue, ValidationError

from letterbox.archive import endings
from letterbox.domain import keys
from letterbox.domain.application import Application, Stage, Tombstone
from letterbox.domain.drafts import Contents, InboxDocuments, SubmissionDraft
from letterbox.domain.errors import DamagedError, EndedError, StoreUnavailableError
from letterbox.domain.key_owners import Place, placed
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import Submission
from letterbox.records import inbox
from letterbox.records.compare_and_write import compare_and_write
from letterbox.records.inbox_objects import SubmissionWriter, opened_documents
from letterbox.records.late_writes import check_written, checking_once
from letterbox.records.looks import looking
from letterbox.storage.objects import exists, listed_keys
from letterbox.streams import chunks_of

_VIEW = re.compile(r"[1-9][0-9]{0,8}\.json")

log = structlog.get_logger()


class StoredApplications:
    """The ``Applications`` port over an object store."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def accept(self, submission: Submission, contents: Contents) -> None:
        """Write one object, in one go; of one that is begun, that is its end."""
        if not isinstance(contents, Mapping):
            contents.save(submission)
            return
        with self.draft() as draft:
            for sha256 in {document.sha256: None for document in submission.documents}:
                content = contents[sha256]
                content.seek(0)
                document = draft.begin()
                for chunk in chunks_of(content):
                    document.write(chunk)
                document.end()
            draft.save(submission)

    @contextmanager
    def draft(self) -> Iterator[SubmissionDraft]:
        """Begin with the documents of a submission that is still to be read."""
        with (
            self._store.draft() as target,
            closing(SubmissionWriter(target)) as draft,
        ):
            yield draft

    def inbox_documents(
        self, submission: Submission
    ) -> AbstractContextManager[InboxDocuments]:
        """Read the documents that lie in the inbox with a submission."""
        key = keys.inbox_record(submission.application_id, submission.fingerprint)
        return opened_documents(self._store, key)

    def with_stored_names(self, submission: Submission) -> Submission:
        """Name documents as they are in the store, where they are."""
        names = {}
        for key in listed_keys(
            self._store, keys.application(submission.application_id)
        ):
            found = placed(key)
            if found and found.place in {Place.DOCUMENT, Place.QUARANTINED}:
                names[found.name.partition(".")[0]] = found.name
        return submission.with_names(names)

    def submissions(self, application_id: str) -> Iterator[Submission]:
        """
        Read the inbox of one application, one submission at a time, the oldest first.

        One that cannot be read stays for a person, and must not hold up the others,
        nor an application that is recorded or has ended (ValueError where there is
        nothing else of it).
        """
        try:
            yield from inbox.submissions(self._store, application_id)
        except ValueError:
            if not self._is_taken_in(application_id):
                raise

    def has_submission(self, application_id: str, fingerprint: str) -> bool:
        """Look in the inbox first: what is recorded leaves it only afterwards."""
        is_waiting = any(
            exists(self._store, key)
            for key in inbox.keys_for(application_id, fingerprint)
        )
        return is_waiting or fingerprint in self._recorded(application_id)

    def find(self, application_id: str) -> Application | None:
        """Read the canonical record (DamagedError)."""
        try:
            body = self._store.get(keys.record(application_id))
        except FileNotFoundError:
            return None
        try:
            record = Application.model_validate_json(body)
        except ValidationError:
            # Its text quotes what it cannot read.
            raise DamagedError("the record cannot be read") from None
        if record.id != application_id:
            raise DamagedError("the record is of another application")
        return record

    def ended(self, application_id: str) -> Stage | None:
        """Return how it ended: erased, discarded, or archived without an open copy."""
        return endings.ended(self._store, application_id)

    def is_archive_damaged(self, application_id: str) -> bool:
        """Return whether anything in its archive cannot be read, to its last byte."""
        return endings.is_archive_damaged(self._store, application_id)

    def tombstone(self, application_id: str) -> Tombstone | None:
        """Read when and why it was removed; an unreadable tombstone counts too."""
        return endings.find_tombstone(self._store, application_id)

    @contextmanager
    def together(self, application_id: str) -> Iterator[None]:
        """Write sources and documents: durable at the end of the block (EndedError)."""
        with (
            self._store.together(keys.application(application_id)),
            checking_once(self._store, application_id),
        ):
            yield

    def view(self, application_id: str, number: int) -> Submission:
        """Read what the board said, as it was (FileNotFoundError, DamagedError)."""
        body = self._store.get(keys.source(application_id, number))
        try:
            submission = Submission.model_validate_json(body)
        except ValidationError:
            raise DamagedError("a source cannot be read") from None
        if submission.application_id != application_id:
            raise DamagedError("a source is of another application")
        return submission

    def save_view(self, submission: Submission, number: int) -> Submission:
        """
        Write what the board said under a number of its own (EndedError).

        Return it as it is read from now on.
        """
        application_id = submission.application_id
        # First: whoever finds the source takes all of the view to be kept.
        if submission.demographics is not None:
            apart = keys.demographics(application_id, number)
            self._put(apart, json.dumps(submission.demographics))
            check_written(self._store, application_id, apart)
        key = keys.source(application_id, number)
        has_told = submission.demographics is not None or submission.demographics_apart
        source = submission.model_copy(
            update={"demographics": None, "demographics_apart": has_told}
        )
        self._put(key, source.model_dump_json())
        check_written(self._store, application_id, key)
        return source

    def demographics(self, application_id: str, number: int) -> JsonValue:
        """Read what a view told of what its candidate is; None where it did not."""
        try:
            body = self._store.get(keys.demographics(application_id, number))
        except FileNotFoundError:
            return None
        try:
            answers: JsonValue = json.loads(body)
        except ValueError:
            raise DamagedError("demographic answers cannot be read") from None
        return answers

    def view_numbers(self, application_id: str) -> list[int]:
        """Read the numbers in the keys; what has another name is none of ours."""
        folder = keys.sources(application_id)
        names = (key.removeprefix(folder) for key in listed_keys(self._store, folder))
        return sorted(int(name[:-5]) for name in names if _VIEW.fullmatch(name))

    def update(
        self, application: Application, before: Application | None = None
    ) -> None:
        """Compare and write: who stood still meanwhile undoes nothing of others."""
        if not compare_and_write(self._store, application, before):
            if ended := self.ended(application.id):
                raise EndedError(ended)
            raise StoreUnavailableError("the record was changed meanwhile")

    def take_back_if_ended(self, application_id: str) -> None:
        """Remove a record that was written of what has ended meanwhile (EndedError)."""
        endings.take_back_record_if_ended(self._store, application_id)

    def clear(self, submission: Submission) -> None:
        """Take a submission out of the inbox, unless a later one has its place."""
        for key in inbox.keys_of(submission):
            try:
                current = inbox.read(self._store, key, submission.application_id)
            except ValueError:
                # Not what was taken over: ``submissions`` logs it.
                continue
            if current and current.received_at <= submission.received_at:
                # What comes back is a repeat, and is cleared as one.
                self._store.drop(key)

    def clear_repeat(self, submission: Submission) -> None:
        """
        Take a repeat out of the inbox, and what it brought that is of no use.

        That is what is infected, and what an earlier release called by another
        extension: the record goes by that name.
        """
        record = self.find(submission.application_id)
        attachments = record.all_attachments() if record else ()
        names = {attachment.sha256: attachment.name for attachment in attachments}
        for document in submission.documents:
            place = submission.application_id, document.name
            is_other = names.get(document.sha256, document.name) != document.name
            if is_other or exists(self._store, keys.quarantined(*place)):
                self._store.delete(keys.document(*place))
        self.clear(submission)

    def discard(self, submission: Submission) -> None:
        """Remove a submission and its documents."""
        for document in submission.documents:
            key = keys.document(submission.application_id, document.name)
            self._store.delete(key)
        for key in inbox.keys_of(submission):
            self._store.delete(key)

    def open_document(
        self, application_id: str, name: str
    ) -> AbstractContextManager[Iterator[bytes]]:
        """Read a document in chunks (FileNotFoundError)."""
        return self._store.open(keys.document(application_id, name))

    def put_document(
        self,
        application_id: str,
        name: str,
        body: bytes | BinaryIO,
        size: int | None = None,
    ) -> None:
        """Write a document named by its content (EndedError); ``size`` of a file."""
        key = keys.document(application_id, name)
        self._store.put(key, body, size)
        check_written(self._store, application_id, key)

    def looking(self, application_id: str, name: str) -> AbstractContextManager[bool]:
        """Mark a document for as long as it is looked into; True where it may be."""
        return looking(self._store, application_id, name)

    def known(self, application_id: str) -> bool:
        """Return whether there is anything of an application, or ever was."""
        return self._is_taken_in(application_id) or inbox.has_any(
            self._store, application_id
        )

    def _is_taken_in(self, application_id: str) -> bool:
        is_recorded = exists(self._store, keys.record(application_id))
        return is_recorded or self.ended(application_id) is not None

    def _recorded(self, application_id: str) -> set[str]:
        try:
            record = self.find(application_id)
        except DamagedError:
            log.error("unreadable record", application=application_id)  # noqa: TRY400
            return set()
        return {view.fingerprint for view in record.views} if record else set()

    def _put(self, key: str, text: str) -> None:
        self._store.put(key, text.encode())
