"""
Kills a process with SIGKILL at every write of an archive and of an erasure.

A program of its own, since it forks. Prints how many deaths each was put through.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, cast

from temporalio.testing import ActivityEnvironment

from activities.archiving import ArchiveActivities
from activities.intake import ApplicationActivities, IntakeOptions
from activities.removing import EraseActivities
from letterbox.boards import discover
from letterbox.catalogue.lookup import StoredCatalogue
from letterbox.domain import keys
from letterbox.domain.commands import Erasing, Erasure
from letterbox.domain.messages import Collecting, Recording, Step
from letterbox.domain.ports import ObjectStore
from letterbox.domain.recording import Recorder
from letterbox.resources import open_records
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from tests.factories import careerjet

ID = "careerjet:12345678"
SETTINGS = Settings(digest_key=("a key for tests",))
MARK = b"Ada Example"


class Mortal(DirectoryStore):
    """A store whose process dies at the n-th death that its writes offer."""

    def __init__(self, root: Path, dies_at: int) -> None:
        super().__init__(root)
        self._left = dies_at

    def put(self, key: str, body: bytes | BinaryIO, size: int | None = None) -> None:
        """Die before it, in the middle of it, or not."""
        self._survive()
        if isinstance(body, bytes):
            size, body = len(body), BytesIO(body)
        super().put(key, cast("BinaryIO", Deadly(body, self._survive)), size)

    def delete(self, key: str) -> None:
        """Die before it, or not."""
        self._survive()
        super().delete(key)

    def remove_unfinished(self, key: str) -> None:
        """Die before it, or not."""
        self._survive()
        super().remove_unfinished(key)

    def _survive(self) -> None:
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


class Deadly:
    """A body at whose end its reader may die: the object is half written then."""

    def __init__(self, body: BinaryIO, survive: Callable[[], None]) -> None:
        self._body = body
        self._survive = survive

    def read(self, amount: int = -1) -> bytes:
        """Read on; at the end, die or not."""
        data = self._body.read(amount)
        if not data:
            self._survive()
        return data


def archive(store: ObjectStore) -> None:
    """Do what the workflow does when archiving is due."""
    records = open_records(SETTINGS, store)
    activities = ArchiveActivities(
        applications=records.applications,
        archives=records.archives,
        removal=records.removal,
    )
    asyncio.run(ActivityEnvironment().run(activities.pack, ID))
    asyncio.run(ActivityEnvironment().run(activities.retire, ID))


def erase(store: ObjectStore) -> None:
    """Do what the workflow does when erasure is asked for."""
    records = open_records(SETTINGS, store)
    activities = EraseActivities(removal=records.removal)
    order = Erasing(application_id=ID, given=Erasure(reason="request 17"))
    asyncio.run(ActivityEnvironment().run(activities.erase, order))


def make_application(store: ObjectStore) -> None:
    """Have one application recorded, with its markers, source and documents."""
    records = open_records(SETTINGS, store)
    activities = ApplicationActivities(
        applications=records.applications,
        catalogue=StoredCatalogue(store),
        boards=discover(),
        recorder=Recorder(retention=timedelta(days=180), margin=timedelta(days=14)),
        candidates=records.candidates,
        removal=records.removal,
        ways=IntakeOptions(),
    )
    delivery, contents = careerjet("12345678", cv=b"%PDF-1.4 " + MARK)
    records.applications.accept(delivery, contents)
    step = Step(
        application_id=ID, view=activities.collect(Collecting(application_id=ID)).view
    )
    activities.record(
        Recording(
            step=step,
            stored=activities.store_documents(step),
            matched=activities.match_position(step),
        )
    )


def make_archived(store: ObjectStore) -> None:
    """Have one that was archived."""
    make_application(store)
    archive(store)


def check_archived(store: ObjectStore, folder: Path) -> None:
    """Find a whole archive, the markers, and nothing else."""
    del folder
    records = open_records(SETTINGS, store)
    with TemporaryDirectory() as unpacked:
        assert records.archives.unpack(ID, Path(unpacked)).files == 4
    found = {one.key.partition("/")[0] for one in store.list("")}
    assert found == {"archive", "candidates"}, found


def check_erased(store: ObjectStore, folder: Path) -> None:
    """Find the tombstone, and no byte of the candidate in any file."""
    found = [one.key for one in store.list("")]
    assert found == [keys.tombstone(ID)], found
    for path in folder.rglob("*"):
        assert not path.is_file() or MARK not in path.read_bytes(), path


def put_through_every_death(
    begin: Callable[[ObjectStore], None],
    work: Callable[[ObjectStore], None],
    check: Callable[[ObjectStore, Path], None],
) -> int:
    """Kill the work at its first write, its second, …; the next run must end it."""
    dies_at, has_died = -1, True
    while has_died:
        dies_at += 1
        with TemporaryDirectory() as name:
            store = DirectoryStore(Path(name))
            store.prepare()
            begin(store)
            has_died = _dies(work, Mortal(Path(name), dies_at))
            if has_died:
                work(store)
            check(store, Path(name))
    return dies_at


def _dies(work: Callable[[ObjectStore], None], store: ObjectStore) -> bool:
    child = os.fork()
    if child == 0:
        try:
            work(store)
        except BaseException:  # noqa: BLE001 a child must not go on as its parent
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def main() -> None:
    """Print the number of deaths of each."""
    for name, begin, work, check in (
        ("archive", make_application, archive, check_archived),
        ("erase", make_application, erase, check_erased),
        ("erase an archived one", make_archived, erase, check_erased),
    ):
        sys.stdout.write(f"{name}: {put_through_every_death(begin, work, check)}\n")


if __name__ == "__main__":
    main()
