"""What the journal knows of: commands name it without building what is stored."""

from enum import StrEnum


class JournalAction(StrEnum):
    """What was seen, or asked for: what came of it is in the history."""

    READ = "application read"
    HISTORY = "history read"
    DOCUMENT = "document read"
    DEMOGRAPHICS = "demographics read"
    SEARCHED = "candidate's applications listed"
    EXPORTED = "candidate exported"
    RESTORED = "archive unpacked"
    ASSIGN = "assign"
    HOLD = "hold"
    RELEASE_HOLD = "release hold"
    REFRESH = "refresh"
    DELIVER = "deliver"
    STATUS = "status"
    RELEASE = "release document"
    ERASE = "erase"
    POSITION_PUT = "position put"
    POSITION_REMOVED = "position removed"
    POSITIONS_IMPORTED = "positions imported"
    CHECKED = "journal checked"
    """By an audit: where all chains ended then."""
    REMOVED = "journal removed"
    """What was kept long enough, up to a day."""
    ACCEPTED = "journal accepted"
    """By a person, what an audit has found broken: it is not told again."""
