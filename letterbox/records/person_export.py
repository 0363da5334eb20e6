"""All that is held of a person, as one zip that needs nothing of ours to be read."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from letterbox.archive.bagit import folder_name
from letterbox.domain import keys
from letterbox.domain.history import History
from letterbox.domain.ids import key_part
from letterbox.domain.key_owners import Place, placed
from letterbox.domain.ports import ObjectStore
from letterbox.journal.reader import JournalReader
from letterbox.records import inbox
from letterbox.records.export_readme import export_readme
from letterbox.records.streamed_zip import StreamedZip, ZippedFile
from letterbox.storage.objects import exists, listed_keys


@dataclass(slots=True)
class _Application:
    id: str
    folder: str
    files: list[ZippedFile] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """What was listed, and was gone when it was to be read."""


class PersonExport:
    """Reads everything of some applications, object by object. Blocking."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._journal = JournalReader(store)

    def chunks(
        self, histories: Mapping[str, History | None], unreadable: int = 0
    ) -> Iterator[bytes]:
        """
        Yield the zip; memory does not depend on how much there is.

        A zip that was cut short has no end, and cannot be opened. ``histories`` are
        those of the person's applications, by the id: None where nothing is known.
        ``unreadable``: how many applications may be the person's besides.
        """
        made_at = datetime.now(UTC)
        zipped = StreamedZip(made_at)
        applications = []
        for application_id in sorted(histories):
            folder = f"{folder_name(key_part(application_id))}/"
            application = _Application(application_id, folder)
            applications.append(application)
            yield from self._application(zipped, application, histories[application_id])
        index = {
            "made_at": made_at.isoformat(),
            "unreadable": unreadable,
            "applications": [asdict(one) for one in applications],
        }
        yield from zipped.text("index.json", _pretty(index))
        readme = export_readme(
            made_at,
            {one.id: one.folder for one in applications},
            unreadable=unreadable,
            partly=partly_known(histories),
        )
        yield from zipped.text("README.txt", readme)
        yield zipped.end()

    def _application(
        self, zipped: StreamedZip, application: _Application, history: History | None
    ) -> Iterator[bytes]:
        files, folder = application.files, application.folder
        # In this order: what goes from one place to the next meanwhile is met there.
        for key, name in self._objects(application.id):
            try:
                yield from zipped.file(files, f"{folder}{name}", self._store.open(key))
            except FileNotFoundError:
                application.missing.append(name)
        happened = history.model_dump_json(indent=1) if history else "null"
        yield from zipped.listed(files, f"{folder}history.json", happened)
        seen = []
        for key in self._journal_keys(application.id):
            if entry := self._journal.read(key):
                seen.append(entry.seen.model_dump(mode="json"))
            # Whoever waits for a piece waits for one entry, and not for thousands.
            yield b""
        yield from zipped.listed(files, f"{folder}journal.json", _pretty(seen))

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

    def _journal_keys(self, application_id: str) -> list[str]:
        return [name.key for name in self._journal.names_of(application_id)]


def partly_known(histories: Mapping[str, History | None]) -> list[str]:
    """List the applications of whose history something could not be read."""
    return [
        one
        for one, history in sorted(histories.items())
        if history is None or history.notes
    ]


def _pretty(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)
