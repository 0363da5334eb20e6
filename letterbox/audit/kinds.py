"""The kinds of what an audit can find, what each means, and what to do about it."""

from enum import StrEnum
from typing import Self

_BACKUP = "restore it from a backup of the store"


class Kind(StrEnum):
    """One way in which the state can be wrong; the values are in metrics and JSON."""

    meaning: str
    remedy: str
    """What to do; ``--repair`` repairs those kinds whose remedy names it."""

    def __new__(cls, value: str, meaning: str, remedy: str) -> Self:
        """Make a kind of its value, as it is read from JSON."""
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.meaning, kind.remedy = meaning, remedy
        return kind

    ACCEPTED_WITHOUT_WORKFLOW = (
        "accepted-without-workflow",
        "accepted from a board, and no workflow looks after it",
        "--repair starts it; does the sweep run? `letterbox doctor`",
    )
    NOT_RECORDED = (
        "not-recorded",
        "accepted from a board more than two days ago, and still not recorded",
        "does a worker run? The Temporal UI shows which step of it fails, and why",
    )
    INBOX_UNREADABLE = (
        "inbox-unreadable",
        "what was accepted from a board cannot be read",
        _BACKUP,
    )
    RECORD_WITHOUT_WORKFLOW = (
        "record-without-workflow",
        "open in the store, and no workflow looks after it",
        "--repair starts it; find out who ended it",
    )
    RECORD_UNREADABLE = (
        "record-unreadable",
        "the record cannot be read, or is another application's",
        _BACKUP,
    )
    RECORD_LOST = (
        "record-lost",
        "its record is gone; what the board sent is still there",
        f"{_BACKUP}; else --repair takes it in again from what the board sent",
    )
    RECORD_MISSING = (
        "record-missing",
        "it was recorded, and neither its record nor what the board sent is there",
        _BACKUP,
    )
    WORKFLOW_WITHOUT_RECORD = (
        "workflow-without-record",
        "a workflow looks after an application that the store does not hold",
        "has the store lost it, or is it another store? See the Temporal UI",
    )
    DOCUMENT_MISSING = (
        "document-missing",
        "a document that belongs to an application is not there",
        f"{_BACKUP}; `letterbox refresh ID` where the board can be asked",
    )
    DOCUMENT_DAMAGED = (
        "document-damaged",
        "a document is not what was put there",
        f"{_BACKUP}; `letterbox refresh ID` where the board can be asked",
    )
    SOURCE_MISSING = ("source-missing", "what the board said is not there", _BACKUP)
    SOURCE_DAMAGED = ("source-damaged", "what the board said cannot be read", _BACKUP)
    ARCHIVE_OVERDUE = (
        "archive-overdue",
        "not archived yet, and the board forgets it soon",
        "does a worker run? See the Temporal UI for what fails",
    )
    ARCHIVE_MISSING = (
        "archive-missing",
        "not archived, and the board has forgotten it",
        "does a worker run? See the Temporal UI for what fails",
    )
    ARCHIVE_DAMAGED = ("archive-damaged", "the archive is not what was packed", _BACKUP)
    ARCHIVE_LOST = (
        "archive-lost",
        "Temporal knows that it was archived, and the archive is not there",
        _BACKUP,
    )
    ARCHIVED_AND_OPEN = (
        "archived-and-open",
        "archived, and the open copy was not removed",
        "--repair starts its workflow, which removes it, unless documents are missing",
    )
    UNTOLD = (
        "untold",
        "for more than four days the ATS has not taken what it is to be told",
        "does it answer? --repair tells it, as `letterbox deliver --enable` does",
    )
    OWED_UNREADABLE = (
        "owed-unreadable",
        "what the ATS is to be told of an application that is over cannot be read",
        f"{_BACKUP}; else remove it from delivery/owed/ and tell the ATS by hand",
    )
    LEFTOVERS = (
        "leftovers",
        "documents of a request that was cut short, or of what is archived",
        "--repair removes them; those of an archive only where it holds the same",
    )
    TOMBSTONE_WITH_LEFTOVERS = (
        "tombstone-with-leftovers",
        "erased, and not all of it is gone",
        "--repair ends the erasure",
    )
    MARKER_MISSING = (
        "marker-missing",
        "not found by its candidate's address",
        "--repair writes the marker",
    )
    MARKER_ORPHAN = (
        "marker-orphan",
        "a candidate's marker leads to an application that is not there",
        "--repair removes it",
    )
    HOLD_ORPHAN = (
        "hold-orphan",
        "a legal hold on an application that is not there",
        f"{_BACKUP}: a hold tells that there was one; remove it by hand if not",
    )
    TEMPORARY_FILES = (
        "temporary-files",
        "left half written by processes that were killed",
        "--repair removes them",
    )
    FOREIGN_OBJECTS = (
        "foreign-objects",
        "objects that Letterbox did not put there",
        "`letterbox audit --foreign` lists them: no erasure removes what they hold",
    )
