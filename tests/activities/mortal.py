"""Processes that die by SIGKILL at a chosen write to a store, and what comes after."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, cast

from letterbox.domain import keys
from letterbox.domain.ports import ObjectStore
from letterbox.storage.directory import DirectoryStore
from letterbox.storage.drafts import SpooledDraft

# What survives a kill is told apart there as well, and at once.
_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 so it is

Work = Callable[[ObjectStore], None]
Check = Callable[[ObjectStore, Path], None]


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

    @contextmanager
    def draft(self) -> Iterator[SpooledDraft]:
        """Die before its end, or not."""
        with super().draft() as draft:
            yield draft
            self._survive()

    def _move(self, temporary: Path, target: Path) -> None:
        """Die before it, or behind it, or not."""
        self._survive()
        super()._move(temporary, target)
        self._survive()

    def delete(self, key: str) -> None:
        """Die before it, or not."""
        self._survive()
        super().delete(key)

    def drop(self, key: str) -> None:
        """Die before it, or not."""
        self._survive()
        super().drop(key)

    def remove_unfinished(self, key: str) -> None:
        """Die before it, or not."""
        self._survive()
        super().remove_unfinished(key)

    def remove_below(self, folder: str) -> None:
        """Die before each of what is there, or not."""
        for found in self.list(folder):
            self.delete(found.key)
        self._survive()
        super().remove_below(folder)

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


def put_through_every_death(
    begin: Work,
    work: Work,
    check: Check,
    ids: Sequence[str],
    afterwards: Work | None = None,
) -> int:
    """
    Kill the work at its first write, its second, …; what comes next must end it.

    That is the same work again, or what comes ``afterwards`` in any case. ``ids`` are
    of the applications that the work may accept.
    """
    with TemporaryDirectory(dir=_MEMORY) as name:
        begun = DirectoryStore(Path(name) / "begun")
        begun.prepare()
        begin(begun)
        _remove_idle_folders(Path(name) / "begun", ids)
        dies_at = 0
        while _put_through(Path(name), dies_at, work, check, afterwards):
            dies_at += 1
    return dies_at


def _remove_idle_folders(root: Path, ids: Sequence[str]) -> None:
    """Leave of the inbox's folders those in use: all 256 cost most of each copy."""
    used = {keys.inbox(one).rpartition("/")[0] for one in ids}
    for name in keys.INBOX_FOLDERS:
        if name not in used:
            (root / name).rmdir()


def _put_through(
    folder: Path, dies_at: int, work: Work, check: Check, afterwards: Work | None
) -> bool:
    """Put a copy of what was begun through one death; return whether there was one."""
    root = folder / "store"
    shutil.copytree(folder / "begun", root)
    store = DirectoryStore(root)
    has_died = _dies(work, Mortal(root, dies_at))
    if afterwards:
        afterwards(store)
    elif has_died:
        work(store)
    check(store, root)
    shutil.rmtree(root)
    return has_died


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
