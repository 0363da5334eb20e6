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
        "accepted from a board, but no workflow looks after it",
        "--repair starts it; is the sweep running? See `letterbox doctor`",
    )
    NOT_RECORDED = (
        "not-recorded",
        "accepted from a board more than two days ago, but still not recorded",
        "is a worker running? The Temporal UI shows which step fails, and why",
    )
    INBOX_UNREADABLE = (
        "inbox-unreadable",
        "what was accepted from a board cannot be read",
        _BACKUP,
    )
    RECORD_WITHOUT_WORKFLOW = (
        "record-without-workflow",
        "open in the store, but no workflow looks after it",
        "--repair starts it; find out who ended it",
    )
    RECORD_UNREADABLE = (
        "record-unreadable",
        "the record cannot be read, or is another application's",
        _BACKUP,
    )
    RECORD_LOST = (
        "record-lost",
        "its record is gone, but what the board sent is still there",
        f"{_BACKUP}; otherwise --repair rebuilds it from what the board sent",
    )
    RECORD_MISSING = (
        "record-missing",
        "it was recorded, but its record and what the board sent are both missing",
        _BACKUP,
    )
    WORKFLOW_WITHOUT_RECORD = (
        "workflow-without-record",
        "a workflow looks after an application that the store does not hold",
        "did the store lose it, or is this another store? See the Temporal UI",
    )
    DOCUMENT_MISSING = (
        "document-missing",
        "a document of an application is missing",
        f"{_BACKUP}; or `letterbox refresh ID`, if the board can be asked",
    )
    DOCUMENT_DAMAGED = (
        "document-damaged",
        "a document has changed since it was stored",
        f"{_BACKUP}; or `letterbox refresh ID`, if the board can be asked",
    )
    SOURCE_MISSING = ("source-missing", "what the board sent is missing", _BACKUP)
    SOURCE_DAMAGED = ("source-damaged", "what the board sent cannot be read", _BACKUP)
    ARCHIVE_OVERDUE = (
        "archive-overdue",
        "not archived yet, and the board will soon delete it",
        "is a worker running? The Temporal UI shows what fails",
    )
    ARCHIVE_MISSING = (
        "archive-missing",
        "not archived, and the board has deleted it",
        "is a worker running? The Temporal UI shows what fails",
    )
    ARCHIVE_DAMAGED = ("archive-damaged", "the archive is not what was packed", _BACKUP)
    ARCHIVE_LOST = (
        "archive-lost",
        "archived according to Temporal, but the archive is missing",
        _BACKUP,
    )
    ARCHIVED_AND_OPEN = (
        "archived-and-open",
        "archived, but the open copy was not removed",
        "--repair starts its workflow, which removes it, unless documents are missing",
    )
    UNTOLD = (
        "untold",
        "the ATS has not accepted an event for more than four days",
        "is it up? --repair sends the event again, like `letterbox deliver --enable`",
    )
    OWED_UNREADABLE = (
        "owed-unreadable",
        "an event that the ATS is owed, of an ended application, cannot be read",
        f"{_BACKUP}; otherwise remove it from delivery/owed/ and tell the ATS by hand",
    )
    LEFTOVERS = (
        "leftovers",
        "documents of an interrupted request, or of an archived application",
        "--repair removes them, unless they may be the last copy",
    )
    TOMBSTONE_WITH_LEFTOVERS = (
        "tombstone-with-leftovers",
        "erased, but something is left",
        "--repair completes the erasure",
    )
    MARKER_MISSING = (
        "marker-missing",
        "cannot be found by its candidate's address",
        "--repair writes the marker",
    )
    MARKER_ORPHAN = (
        "marker-orphan",
        "a candidate's marker leads to an application that is missing",
        "--repair removes it",
    )
    HOLD_ORPHAN = (
        "hold-orphan",
        "a legal hold on an application that is missing",
        f"{_BACKUP}: there must have been one; if not, remove the hold by hand",
    )
    JOURNAL_BROKEN = (
        "journal-broken",
        "entries of the journal are missing, changed, moved or added",
        f"{_BACKUP}; once you know who did it, `letterbox audit --accept-journal`",
    )
    TEMPORARY_FILES = (
        "temporary-files",
        "files left half-written by killed processes",
        "--repair removes them",
    )
    FOREIGN_OBJECTS = (
        "foreign-objects",
        "objects that Letterbox did not put there",
        "`letterbox audit --foreign` lists them: no erasure removes what they hold",
    )
