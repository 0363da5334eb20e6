"""Who writes what another has changed meanwhile is told so, in every store."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import ObjectStore
from letterbox.storage.directory import DirectoryStore
from letterbox.storage.file_lock import locked


def test_an_object_is_replaced_only_as_it_was_read(
    store: ObjectStore, area: str
) -> None:
    """Made where there is none, changed as it was, and left where it is otherwise."""
    key = f"{area}one"

    made = store.replace(key, b"1", None)
    again = store.replace(key, b"2", None)
    body, version = store.get_version(key)
    changed = store.replace(key, b"3", version)
    late = store.replace(key, b"4", version)

    assert (made, again, body, changed, late) == (True, False, b"1", True, False)
    assert store.get(key) == b"3"


def test_an_object_that_is_gone_is_not_replaced(store: ObjectStore, area: str) -> None:
    """Nor read as if it were empty."""
    key = f"{area}one"
    store.put(key, b"1")
    _, version = store.get_version(key)
    store.delete(key)

    assert not store.replace(key, b"2", version)
    with pytest.raises(FileNotFoundError):
        store.get_version(key)


def test_concurrent_conditional_writes_lose_no_update(
    store: ObjectStore, area: str
) -> None:
    """Each reads and writes again until it was the only one."""
    key = f"{area}count"
    store.put(key, b"0")

    def count(_: int) -> None:
        while True:
            body, version = store.get_version(key)
            if store.replace(key, str(int(body) + 1).encode(), version):
                return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(20)))

    assert store.get(key) == b"20"


def test_a_conditional_write_to_an_unavailable_store_raises(
    unreachable: ObjectStore,
) -> None:
    """An outage is not taken for a conflict."""
    with pytest.raises(StoreUnavailableError):
        unreachable.replace("a/b", b"1", None)
    with pytest.raises(StoreUnavailableError):
        unreachable.get_version("a/b")


def test_a_lock_that_another_process_holds_is_not_waited_for_for_ever(
    tmp_path: Path,
) -> None:
    """A process may be stopped in the middle."""
    with locked(tmp_path / "lock"), pytest.raises(TimeoutError):
        locked(tmp_path / "lock", timeout=0.05).__enter__()
    with locked(tmp_path / "lock"):
        pass


def test_a_lock_that_was_removed_as_stale_is_made_anew(tmp_path: Path) -> None:
    """And one in use is not stale: it is younger than it was."""
    store = DirectoryStore(tmp_path)
    store.prepare()
    store.replace("a/b", b"1", None)
    assert list((tmp_path / ".tmp").iterdir()) == []
    # A process that was killed in between has left it.
    lock = tmp_path / ".tmp" / f"lock-{sha256(b'a/b').hexdigest()[:2]}"
    lock.touch()
    os.utime(lock, (time.time() - 7200,) * 2)

    removed = store.remove_stale()
    _, version = store.get_version("a/b")

    assert removed == 1
    assert store.replace("a/b", b"2", version)
    assert store.remove_stale() == 0
