"""What can happen to an application: the words of the logs and of its history."""

from enum import StrEnum


class Transition(StrEnum):
    """One word for each; docs/logs.md says what they mean and who logs them."""

    RECEIVED = "received"
    REPEATED = "repeated"
    REFUSED = "refused"
    FETCHED = "fetched"
    RECORDED = "recorded"
    MATCHED = "matched"
    TRIAGED = "triaged"
    REFRESHED = "refreshed"
    TOLD = "told"
    NOTED = "noted"
    SENT = "sent"
    DECLINED = "declined"
    UNSUPPORTED = "unsupported"
    UNSENT = "unsent"
    ASSIGNED = "assigned"
    HELD = "held"
    RELEASED = "released"
    CLEARED = "cleared"
    CLOSED = "closed"
    ARCHIVED = "archived"
    EXPIRED = "expired"
    ERASED = "erased"
    DISCARDED = "discarded"
