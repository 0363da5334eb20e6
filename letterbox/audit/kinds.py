"""The kinds of what an audit can find, what each means, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """One way in which the state can be wrong; the values are in metrics and JSON."""

    ACCEPTED_WITHOUT_WORKFLOW = "accepted-without-workflow"
    NOT_RECORDED = "not-recorded"
    INBOX_UNREADABLE = "inbox-unreadable"
    RECORD_WITHOUT_WORKFLOW = "record-without-workflow"
    RECORD_UNREADABLE = "record-unreadable"
    RECORD_LOST = "record-lost"
    RECORD_MISSING = "record-missing"
    WORKFLOW_WITHOUT_RECORD = "workflow-without-record"
    DOCUMENT_MISSING = "document-missing"
    DOCUMENT_DAMAGED = "document-damaged"
    SOURCE_MISSING = "source-missing"
    SOURCE_DAMAGED = "source-damaged"
    ARCHIVE_OVERDUE = "archive-overdue"
    ARCHIVE_MISSING = "archive-missing"
    ARCHIVE_DAMAGED = "archive-damaged"
    ARCHIVE_LOST = "archive-lost"
    ARCHIVED_AND_OPEN = "archived-and-open"
    UNTOLD = "untold"
    OWED_UNREADABLE = "owed-unreadable"
    LEFTOVERS = "leftovers"
    TOMBSTONE_WITH_LEFTOVERS = "tombstone-with-leftovers"
    MARKER_MISSING = "marker-missing"
    MARKER_ORPHAN = "marker-orphan"
    HOLD_ORPHAN = "hold-orphan"
    TEMPORARY_FILES = "temporary-files"
    FOREIGN_OBJECTS = "foreign-objects"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a kind means, what to do, and whether ``--repair`` repairs it."""

    meaning: str
    remedy: str
    repairable: bool = False


_REPAIR = "--repair"
_BACKUP = "restore it from a backup of the store"

KINDS: dict[Kind, Explanation] = {
    Kind.ACCEPTED_WITHOUT_WORKFLOW: Explanation(
        "accepted from a board, and no workflow looks after it",
        f"{_REPAIR} starts it; does the sweep run? `letterbox doctor`",
        repairable=True,
    ),
    Kind.NOT_RECORDED: Explanation(
        "accepted from a board more than two days ago, and still not recorded",
        "does a worker run? The Temporal UI shows which step of it fails, and why",
    ),
    Kind.INBOX_UNREADABLE: Explanation(
        "what was accepted from a board cannot be read",
        _BACKUP,
    ),
    Kind.RECORD_WITHOUT_WORKFLOW: Explanation(
        "open in the store, and no workflow looks after it",
        f"{_REPAIR} starts it; find out who ended it",
        repairable=True,
    ),
    Kind.RECORD_UNREADABLE: Explanation(
        "the record cannot be read, or is another application's",
        _BACKUP,
    ),
    Kind.RECORD_LOST: Explanation(
        "its record is gone; what the board sent is still there",
        f"{_BACKUP}; else {_REPAIR} takes it in again from what the board sent",
        repairable=True,
    ),
    Kind.RECORD_MISSING: Explanation(
        "it was recorded, and neither its record nor what the board sent is there",
        _BACKUP,
    ),
    Kind.WORKFLOW_WITHOUT_RECORD: Explanation(
        "a workflow looks after an application that the store does not hold",
        "has the store lost it, or is it another store? See the Temporal UI",
    ),
    Kind.DOCUMENT_MISSING: Explanation(
        "a document that belongs to an application is not there",
        f"{_BACKUP}; `letterbox refresh ID` where the board can be asked",
    ),
    Kind.DOCUMENT_DAMAGED: Explanation(
        "a document is not what was put there",
        f"{_BACKUP}; `letterbox refresh ID` where the board can be asked",
    ),
    Kind.SOURCE_MISSING: Explanation(
        "what the board said is not there",
        _BACKUP,
    ),
    Kind.SOURCE_DAMAGED: Explanation(
        "what the board said cannot be read",
        _BACKUP,
    ),
    Kind.ARCHIVE_OVERDUE: Explanation(
        "not archived yet, and the board forgets it soon",
        "does a worker run? See the Temporal UI for what fails",
    ),
    Kind.ARCHIVE_MISSING: Explanation(
        "not archived, and the board has forgotten it",
        "does a worker run? See the Temporal UI for what fails",
    ),
    Kind.ARCHIVE_DAMAGED: Explanation(
        "the archive is not what was packed",
        _BACKUP,
    ),
    Kind.ARCHIVE_LOST: Explanation(
        "Temporal knows that it was archived, and the archive is not there",
        _BACKUP,
    ),
    Kind.ARCHIVED_AND_OPEN: Explanation(
        "archived, and the open copy was not removed",
        f"{_REPAIR} starts its workflow, which removes it; not where documents are "
        "missing, since the archive may be all that has them",
        repairable=True,
    ),
    Kind.UNTOLD: Explanation(
        "for more than four days the ATS has not taken what it is to be told",
        f"does it answer? {_REPAIR} tells it, as `letterbox deliver --enable` does",
        repairable=True,
    ),
    Kind.OWED_UNREADABLE: Explanation(
        "what the ATS is to be told of an application that is over cannot be read",
        f"{_BACKUP}; else remove it from delivery/owed/ and tell the ATS by hand",
    ),
    Kind.LEFTOVERS: Explanation(
        "documents of a request that was cut short, or of what is archived",
        f"{_REPAIR} removes them; those of an archive only where it holds the same",
        repairable=True,
    ),
    Kind.TOMBSTONE_WITH_LEFTOVERS: Explanation(
        "erased, and not all of it is gone",
        f"{_REPAIR} ends the erasure",
        repairable=True,
    ),
    Kind.MARKER_MISSING: Explanation(
        "not found by its candidate's address",
        f"{_REPAIR} writes the marker",
        repairable=True,
    ),
    Kind.MARKER_ORPHAN: Explanation(
        "a candidate's marker leads to an application that is not there",
        f"{_REPAIR} removes it",
        repairable=True,
    ),
    Kind.HOLD_ORPHAN: Explanation(
        "a legal hold on an application that is not there",
        f"{_BACKUP}: a hold tells that there was one; remove it by hand if not",
    ),
    Kind.TEMPORARY_FILES: Explanation(
        "left half written by processes that were killed",
        f"{_REPAIR} removes them",
        repairable=True,
    ),
    Kind.FOREIGN_OBJECTS: Explanation(
        "objects that Letterbox did not put there",
        "`letterbox audit --foreign` lists them: no erasure removes what they hold",
    ),
}
