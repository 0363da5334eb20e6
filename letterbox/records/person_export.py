"""All that is held of a person, as one zip that needs nothing of ours to be read."""

import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from letterbox.archive.bagit import folder_name
from letterbox.domain import keys
from letterbox.domain.errors import DamagedError, NotFoundError
from letterbox.domain.ids import key_part
from letterbox.domain.key_owners import Place, placed
from letterbox.domain.ports import ObjectStore
from letterbox.journal.reader import JournalReader
from letterbox.records import inbox
from letterbox.records.history import StoredHistory
from letterbox.storage.objects import exists, listed_keys

_README = """\
What is held of a person who applied for positions
==================================================

Made at {made_at} by Letterbox, which receives applications from job boards.
index.json lists every file, with its size and its SHA-256.

There is a folder for each application. In it:

application.json   the record: the candidate, the questions and answers, the
                   position, when it was received, holds, and where the candidate
                   stood with the hirer (status_changes)
source/            what the job board sent, as it sent it
documents/         what the candidate sent: CV, cover letter and so on
texts/             the text of documents, where somebody has read it
demographics.json  answers about what the candidate is, kept apart from the rest
quarantine/        documents that a virus scanner objects to: DO NOT OPEN them
archive.zip        the same of an archived application, in its folder data/
inbox/             what was received and is not looked at yet
hold.json          why nothing may be deleted for now
history.json       what has happened to the application
journal.json       who saw it, and who did something about it

Before you hand this out: a job board may have sent what somebody else wrote under
the same application (the flag "conflict"), and the journal names your colleagues.

Applications: {count}
{applications}
{unreadable}"""
_UNREADABLE = """
{count} applications that wait in the inbox cannot be read, and may be the person's:
see `letterbox audit`.
"""


@dataclass(slots=True)
class _File:
    path: str
    size: int
    sha256: str


@dataclass(slots=True)
class _Application:
    id: str
    folder: str
    files: list[_File] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """What was listed, and was gone when it was to be read."""


class _Sink:
    """What a zip is written into, and taken out of again piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        """Take a piece."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Do nothing: zipfile wants it."""

    def take(self) -> bytes:
        """Give away what was written."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


class PersonExport:
    """Reads everything of some applications, object by object. Blocking."""

    def __init__(self, store: ObjectStore, history: StoredHistory) -> None:
        self._store = store
        self._history = history
        self._journal = JournalReader(store)

    def chunks(
        self, application_ids: Iterable[str], unreadable: int = 0
    ) -> Iterator[bytes]:
        """
        Yield the zip; memory does not depend on how much there is.

        A zip that was cut short has no end, and cannot be opened. ``unreadable``: how
        many applications may be the person's besides.
        """
        made_at, sink = datetime.now(UTC), _Sink()
        applications = []
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packing:  # type: ignore[call-overload]
            zipped = _Zip(packing, sink, made_at)
            for application_id in sorted(application_ids):
                folder = f"{folder_name(key_part(application_id))}/"
                application = _Application(application_id, folder)
                applications.append(application)
                yield from self._application(zipped, application)
            index = {
                "made_at": made_at.isoformat(),
                "unreadable": unreadable,
                "applications": [asdict(one) for one in applications],
            }
            yield from zipped.text("index.json", _pretty(index))
            yield from zipped.text(
                "README.txt", _readme(made_at, applications, unreadable)
            )
        yield sink.take()

    def _application(
        self, zipped: "_Zip", application: _Application
    ) -> Iterator[bytes]:
        # In this order: what goes from one place to the next meanwhile is met there.
        for key, name in self._objects(application.id):
            path = f"{application.folder}{name}"
            try:
                yield from zipped.file(application, path, self._store.open(key))
            except FileNotFoundError:
                application.missing.append(name)
        history = self._history_of(application.id)
        yield from zipped.listed(application, "history.json", history)
        entries = map(self._journal.read, self._journal_keys(application.id))
        seen = [entry.seen.model_dump(mode="json") for entry in entries if entry]
        yield from zipped.listed(application, "journal.json", _pretty(seen))

    def _objects(self, application_id: str) -> Iterator[tuple[str, str]]:
        """Yield the keys of an application, and what each is called in its folder."""
        waiting = inbox.waiting(self._store, key_part(application_id))
        for number, stored in enumerate(waiting, 1):
            yield stored.key, f"inbox/{number}.{stored.key.rpartition('.')[2]}"
        folder = keys.application(application_id)
        for key in listed_keys(self._store, folder):
            found = placed(key)
            # What has a name of nobody's may be of the candidate all the same.
            if found is None or found.place is not Place.LOOKING:
                yield key, key.removeprefix(folder)
        for key, name in (
            (keys.archive(application_id), "archive.zip"),
            (keys.hold(application_id), "hold.json"),
        ):
            if exists(self._store, key):
                yield key, name

    def _history_of(self, application_id: str) -> str:
        try:
            history = self._history.find(application_id)
        except (DamagedError, NotFoundError):
            history = None
        return history.model_dump_json(indent=1) if history else "null"

    def _journal_keys(self, application_id: str) -> Iterator[str]:
        return (name.key for name in self._journal.names_of(application_id))


class _Zip:
    """Writes files into a zip, and yields what of it can be sent."""

    def __init__(
        self, packing: zipfile.ZipFile, sink: _Sink, made_at: datetime
    ) -> None:
        self._packing = packing
        self._sink = sink
        self._date = made_at.timetuple()[:6]

    def file(
        self,
        application: _Application,
        path: str,
        content: AbstractContextManager[Iterator[bytes]],
    ) -> Iterator[bytes]:
        """Write an object (FileNotFoundError before anything is written)."""
        with content as chunks:
            digest, size = sha256(), 0
            info = zipfile.ZipInfo(path, self._date)
            info.compress_type = zipfile.ZIP_DEFLATED
            with self._packing.open(info, "w", force_zip64=True) as member:
                for chunk in chunks:
                    digest.update(chunk)
                    size += member.write(chunk)
                    yield self._sink.take()
        application.files.append(_File(path, size, digest.hexdigest()))

    def listed(
        self, application: _Application, name: str, text: str
    ) -> Iterator[bytes]:
        """Write a text that we made of an application."""
        path, body = f"{application.folder}{name}", text.encode()
        application.files.append(_File(path, len(body), sha256(body).hexdigest()))
        yield from self.text(path, text)

    def text(self, path: str, text: str) -> Iterator[bytes]:
        """Write a text that we made."""
        self._packing.writestr(
            zipfile.ZipInfo(path, self._date), text.encode(), zipfile.ZIP_DEFLATED
        )
        yield self._sink.take()


def _pretty(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)


def _readme(
    made_at: datetime, applications: list[_Application], unreadable: int
) -> str:
    return _README.format(
        made_at=f"{made_at:%Y-%m-%d %H:%M:%S} UTC",
        count=len(applications),
        applications="\n".join(f"  {one.id}: {one.folder}" for one in applications),
        unreadable=_UNREADABLE.format(count=unreadable) if unreadable else "",
    )
