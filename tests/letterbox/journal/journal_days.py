"""A journal of several days, written by several writers, and ways to spoil it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from letterbox.domain.journal import ChainHead, EntryName
from letterbox.domain.journal_actions import JournalAction
from letterbox.domain.ports import StoredObject
from letterbox.journal.proof import JournalProof, note
from letterbox.journal.writer import Journal
from letterbox.storage.directory import DirectoryStore
from letterbox.storage.objects import listed_keys

FIRST = datetime(2026, 3, 1, 9, tzinfo=UTC)
_DAY = re.compile(r"journal/\d{4}-\d\d-\d\d/")
ONE, OTHER = "careerjet:one", "seek:other"


class BusyStore(DirectoryStore):
    """A store whose next list of a day has not got an object that is there."""

    gone: str | None = None
    """Is listed, and removed before it is read."""
    hidden: str | None = None
    meanwhile: Callable[[], object] | None = None
    """What another does before a day is listed, once."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.read: set[str] = set()

    def get(self, key: str) -> bytes:
        """Read an object, and remember which."""
        self.read.add(key)
        if key == self.gone:
            raise FileNotFoundError(key)
        return super().get(key)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """List, but for what was put behind the place that the list had come to."""
        hidden = None
        if self.meanwhile and _DAY.fullmatch(prefix):
            meanwhile, self.meanwhile = self.meanwhile, None
            meanwhile()
        if self.hidden and self.hidden.startswith(prefix) and _DAY.fullmatch(prefix):
            hidden, self.hidden = self.hidden, None
        return (one for one in super().list(prefix) if one.key != hidden)


class JournalDays:
    """A store with a journal whose clock a test turns."""

    def __init__(self, folder: Path) -> None:
        self.store = BusyStore(folder / "store")
        self.store.prepare()
        self.now = FIRST
        self.writers = [self.writer(), self.writer()]

    def writer(self) -> Journal:
        """Begin another writer, as another process does."""
        return Journal(self.store, lambda: self.now)

    def write(self, writer: int = 0, application: str = ONE) -> str:
        """Have a writer write an entry, a second after the one before."""
        self.now += timedelta(seconds=1)
        return self.writers[writer].write(
            JournalAction.READ,
            operator="jane.doe",
            by="operator API: jane.doe",
            application=application,
            request_id="request-1",
        )

    def live(self, days: int) -> None:
        """Have two writers write for some days."""
        for _ in range(days):
            for number in range(6):
                self.write(number % 2, (ONE, OTHER)[number % 3 == 0])
            self.now += timedelta(days=1)

    def prove(self, *, fast: bool = False, known_note: str | None = None) -> list[str]:
        """Return what a proof finds."""
        proof = JournalProof(self.store, fast=fast, now=self.now, show=lambda *_: None)
        return proof.run(known_note).problems

    def heads(self) -> Mapping[date, Mapping[str, ChainHead]]:
        """Prove all, and return what is to be noted."""
        proof = JournalProof(self.store, fast=False, now=self.now, show=lambda *_: None)
        return proof.run().heads

    def audit(self) -> str:
        """Prove all, note where the chains end, and return what is to be known."""
        heads = self.heads()
        assert heads
        noted = note(self.store, heads, self.now)
        assert noted
        return noted

    def names(self, writer: int | None = None) -> Sequence[EntryName]:
        """List the entries in the order of their chains, of one writer, if one."""
        named = filter(None, map(EntryName.of, listed_keys(self.store, "journal/")))
        entries = sorted(
            (name for name in named if "/notes/" not in name.key),
            key=lambda name: (name.chain, name.number),
        )
        if writer is None:
            return entries
        chains = sorted({name.chain for name in entries})
        return [name for name in entries if name.chain == chains[writer]]

    def rewrite(self, name: EntryName, **fields: object) -> None:
        """Change fields of an entry in its place."""
        entry = json.loads(self.store.get(name.key))
        self.store.put(name.key, json.dumps(entry | fields).encode())
