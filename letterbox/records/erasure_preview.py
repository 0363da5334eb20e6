"""What an erasure would remove, for whoever is asked before it is done."""

from contextlib import suppress
from datetime import UTC, datetime

from pydantic import BaseModel

from letterbox.domain import keys
from letterbox.domain.application import Application, Stage
from letterbox.domain.ending_ports import Archives, Holds
from letterbox.domain.errors import DamagedError
from letterbox.domain.key_owners import Place, placed
from letterbox.domain.ports import Applications, ObjectStore
from letterbox.storage.objects import exists, listed_keys

_DOCUMENTS = {Place.DOCUMENT, Place.QUARANTINED}


class ErasurePreview(BaseModel):
    """One application that would be erased; nothing of the candidate."""

    id: str
    board: str
    stage: str
    """``unreadable`` where neither a record nor an archive tells."""
    position: str | None = None
    received_at: datetime | None = None
    held: bool = False
    """Then it would be refused."""
    documents: int = 0
    archives: int = 0


class ErasurePreviewer:
    """Looks at applications without changing anything. Blocking."""

    def __init__(
        self,
        store: ObjectStore,
        *,
        applications: Applications,
        archives: Archives,
        holds: Holds,
    ) -> None:
        self._store = store
        self._applications = applications
        self._archives = archives
        self._holds = holds

    def of(self, application_id: str) -> ErasurePreview | None:
        """Return what there is of an application; None where there never was any."""
        if not self._applications.known(application_id):
            return None
        record, stage = self._record(application_id)
        hold = self._holds.find(application_id)
        has_archive = exists(self._store, keys.archive(application_id))
        return ErasurePreview(
            id=application_id,
            board=application_id.partition(":")[0],
            stage=stage,
            position=record.position.reference if record else None,
            received_at=record.received_at if record else None,
            held=bool(hold and hold.is_active(datetime.now(UTC))),
            documents=self._documents(application_id, record),
            archives=int(has_archive),
        )

    def _record(self, application_id: str) -> tuple[Application | None, str]:
        try:
            record = self._applications.find(application_id)
            if record:
                return record, record.stage
            ended = self._applications.ended(application_id)
            if ended is Stage.ARCHIVED:
                return self._archives.record(application_id), ended
        except (DamagedError, FileNotFoundError):
            return None, "unreadable"
        return None, ended or Stage.RECEIVED

    def _documents(self, application_id: str, record: Application | None) -> int:
        places = map(placed, listed_keys(self._store, keys.application(application_id)))
        # By their content: a document may wait in the inbox and be stored already.
        digests = {
            place.name.partition(".")[0]
            for place in places
            if place and place.place in _DOCUMENTS
        }
        with suppress(ValueError):
            for submission in self._applications.submissions(application_id):
                digests |= {document.sha256 for document in submission.documents}
        if digests or record is None:
            return len(digests)
        return len({one.name for one in record.all_attachments() if one.name})
