"""Removes the days of the journal that were kept long enough, whole."""

from datetime import UTC, datetime, timedelta

from letterbox.domain import keys
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.ports import ObjectStore
from letterbox.journal.notes import days
from letterbox.journal.reader import JournalReader
from letterbox.journal.writer import Journal


def remove_old_days(store: ObjectStore, keep: timedelta, now: datetime) -> int:
    """
    Remove the days that are over for longer, and return how many. Blocking.

    That they were is noted first: else they would be missed.
    """
    horizon = (now - keep).astimezone(UTC).date()
    first = JournalReader(store, lambda: now).first_day()
    old = list(days(first, horizon - timedelta(days=1)))
    if not old:
        return 0
    Journal(store, lambda: now).write(
        JournalAction.REMOVED,
        operator="letterbox",
        by="letterbox",
        removed_before=horizon,
    )
    for day in old:
        store.remove_below(keys.journal(day))
    return len(old)
