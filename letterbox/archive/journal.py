"""Who saw an application, and did something about it, goes into its archive."""

from letterbox.archive.merge import NewFile, opener
from letterbox.domain.application import Application
from letterbox.domain.journal import day_of
from letterbox.domain.ports import ObjectStore
from letterbox.journal.reader import JournalReader

_FOLDER = "journal/"


def journal_files(store: ObjectStore, record: Application) -> dict[str, NewFile]:
    """
    Name the entries of the journal about an application, by their paths in a bag.

    As they are stored: each has its place in a chain. Those that were removed since an
    earlier archive are taken over from it.
    """
    since = day_of(record.received_at)
    names = JournalReader(store).names_of(record.id, since)
    return {
        f"{_FOLDER}{name.day}~{name.time}~{name.chain}~{name.number:08}.json": NewFile(
            0, opener(store, name.key)
        )
        for name in names
    }
