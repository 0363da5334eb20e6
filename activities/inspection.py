"""The inspection of a document: whether it is there and whole, and what it is."""

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from typing import BinaryIO

import structlog
from temporalio import activity

from letterbox.domain.documents import (
    TXT,
    UNREADABLE,
    DocumentKind,
    DocumentProblem,
    recognise,
)
from letterbox.domain.drafts import InboxDocuments
from letterbox.domain.messages import InspectedDocument, StepInput
from letterbox.domain.ports import Applications
from letterbox.domain.reading import Reading, Text
from letterbox.domain.submission import ReceivedDocument, Role, Submission
from letterbox.logs import log_failure
from letterbox.streams import copy, spooled

Recognise = Callable[[BinaryIO], DocumentKind]

log = structlog.get_logger()


class Inspector:
    """Reads documents to their last byte; ``recognise`` says of which kind one is."""

    def __init__(
        self, applications: Applications, recognise: Recognise = recognise
    ) -> None:
        self._applications = applications
        self._recognise = recognise

    def inspect_all(
        self, step: StepInput, submission: Submission, reading: Reading
    ) -> tuple[tuple[InspectedDocument, ...], Submission]:
        """
        Store and inspect the documents of a submission, and save what came as text.

        Return the submission with the names by which its documents are stored.
        """
        documents = submission.documents
        with self._applications.inbox_documents(submission) as waiting:
            stored = [
                self.inspect(
                    step.application_id,
                    document,
                    guarded=step.repeated,
                    waiting=waiting,
                )
                for document in documents
            ]
        texts = [self.save_text(step, text) for text in reading.texts]
        once: dict[tuple[Role, str | None], InspectedDocument] = {}
        for document in (*stored, *texts):
            once.setdefault((document.role, document.name), document)
        names = {
            received.sha256: document.name or received.name
            for received, document in zip(documents, stored, strict=True)
        }
        return tuple(once.values()), submission.with_names(names)

    def inspect(
        self,
        application_id: str,
        document: ReceivedDocument,
        *,
        guarded: bool,
        waiting: InboxDocuments | None = None,
    ) -> InspectedDocument:
        """
        Read a document where it is stored, else from the inbox, and store it then.

        ``guarded`` as in ``look_into``.

        One that is missing or damaged is recorded as such: the application is worth
        more than its file, and ``audit`` finds it.
        """
        name = document.name
        kind, problem = None, None
        with spooled() as spool:
            digest, size, is_stored = self._read(
                application_id, document, waiting, spool
            )
            if digest is None:
                problem = "missing"
            elif (digest, size) != (document.sha256, document.size):
                problem = "damaged"
            else:
                kind = self.look_into(application_id, name, spool, guarded=guarded)
            if digest and not is_stored:
                if kind:
                    name = f"{document.sha256}.{kind.extension}"
                spool.seek(0)
                self._applications.put_document(application_id, name, spool, size)
        return InspectedDocument(
            role=document.role,
            name=name,
            size=document.size,
            media_type=kind.media_type if kind else None,
            problem=(document.problem or kind.problem) if kind else problem,
        )

    def _read(
        self,
        application_id: str,
        document: ReceivedDocument,
        waiting: InboxDocuments | None,
        spool: BinaryIO,
    ) -> tuple[str | None, int, bool]:
        """Return digest and size of what was read, and whether it is in its place."""
        with (
            suppress(FileNotFoundError),
            self._applications.open_document(application_id, document.name) as chunks,
        ):
            return *copy(chunks, spool), True
        with suppress(FileNotFoundError):
            if waiting:
                return *copy(waiting.chunks(document.sha256), spool), False
        return None, 0, False

    def save_text(self, step: StepInput, text: Text) -> InspectedDocument:
        """Save a document that came as text as the file it would have been."""
        body = text.text.encode()
        name = f"{sha256(body).hexdigest()}.{TXT.extension}"
        self._applications.put_document(step.application_id, name, body)
        return InspectedDocument(
            role=text.role, name=name, size=len(body), media_type=TXT.media_type
        )

    def look_into(
        self, application_id: str, name: str, content: BinaryIO, *, guarded: bool
    ) -> DocumentKind:
        """
        Return what a document is. Blocking.

        ``guarded`` is for a step that was begun before and not ended: what has ended
        two workers is not looked into. The first look costs no write.
        """
        if not guarded:
            return self._kind_of(application_id, name, content)
        with self._applications.looking(application_id, name) as may_look:
            if may_look:
                return self._kind_of(application_id, name, content)
        log.error(
            "document not looked into: it has ended workers",
            application=application_id,
            document=name,
        )
        activity.metric_meter().create_counter(
            "letterbox_documents_unlooked",
            "Documents not looked into, since looking at them has ended workers.",
        ).add(1)
        return UNREADABLE.but(DocumentProblem.NOT_LOOKED_INTO)

    def _kind_of(
        self, application_id: str, name: str, content: BinaryIO
    ) -> DocumentKind:
        """Recognise; a fault of ours in that would fail the step for ever."""
        try:
            return self._recognise(content)
        except OSError:
            raise  # This machine's disk: another try may do.
        except Exception as error:  # noqa: BLE001 a stranger chose these bytes
            about = {"application": application_id, "document": name}
            log_failure("document not understood", error, **about)
            return UNREADABLE
