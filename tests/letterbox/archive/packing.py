"""Applications to pack, and archives that another hand has made."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from letterbox.archive import bagit
from letterbox.domain import keys
from letterbox.domain.application import (
    Application,
    PositionOpening,
    Source,
    Stage,
    View,
)
from letterbox.domain.candidate import Candidate, Email, Person, PersonName
from letterbox.domain.ports import ObjectStore
from letterbox.storage.directory import DirectoryStore

APPLIED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ADDRESS = "ada@example.com"


def invented(application_id: str, addresses: Sequence[str] = (ADDRESS,)) -> Application:
    """Invent the final record of an application."""
    board, _, board_id = application_id.partition(":")
    return Application(
        id=application_id,
        stage=Stage.ARCHIVED,
        applied_at=APPLIED,
        received_at=APPLIED,
        archive_by=APPLIED.replace(month=8, day=14),
        window_end=APPLIED.replace(month=8, day=28),
        source=Source(board=board, board_id=board_id),
        candidate=Candidate(
            person=Person(name=PersonName(formatted="Ada Example")),
            emails=tuple(Email(address=address) for address in addresses),
        ),
        position=PositionOpening(),
        views=(View(number=1, fingerprint="f" * 64, received_at=APPLIED),),
    )


def keep_open(
    store: ObjectStore, record: Application, files: Mapping[str, bytes]
) -> None:
    """Put the hot copy of an application where the workflow has it."""
    store.put(keys.record(record.id), record.model_dump_json().encode())
    for path, body in files.items():
        store.put(f"{keys.application(record.id)}{path}", body)


def directory(folder: Path) -> DirectoryStore:
    """Prepare a store in a folder."""
    store = DirectoryStore(folder / "store")
    store.prepare()
    return store


def described(payload: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give the files of a bag whose manifests are right, whatever is in it."""
    tags = {
        bagit.BAGIT: bagit.DECLARATION.encode(),
        bagit.BAG_INFO: b"External-Identifier: someone's\n",
        bagit.MANIFEST: _manifest(payload),
    }
    return {**payload, **tags, bagit.TAG_MANIFEST: _manifest(tags)}


def zipped(files: Sequence[tuple[str, bytes]]) -> bytes:
    """Zip files under any names, however often."""
    archive = BytesIO()
    with ZipFile(archive, "w") as target:
        for name, body in files:
            target.writestr(name, body)
    return archive.getvalue()


def archive_of(files: dict[str, bytes], folder: str = "careerjet:1") -> bytes:
    """Zip files as an archive of the application."""
    return zipped([(f"{folder}/{path}", body) for path, body in files.items()])


def _manifest(files: Mapping[str, bytes]) -> bytes:
    digests = {path: sha256(body).hexdigest() for path, body in files.items()}
    return bagit.manifest(digests).encode()
