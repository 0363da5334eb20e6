"""What only a folder can get wrong: half files, power, rights and vanishing folders."""

import errno
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Event

import pytest

from letterbox.domain.errors import StoreUnavailableError
from letterbox.storage.directory import DirectoryStore
from letterbox.storage.durable_files import make_folder, remove_emptied


class BreakingBody(BytesIO):
    """Gives a little, then fails as it was told to."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(b"half")
        self._error = error

    def read(self, size: int | None = -1, /) -> bytes:
        """Read what there is, and break where a file would end."""
        data = super().read(size)
        if data:
            return data
        raise self._error


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    return tmp_path / "var" / "store"


@pytest.fixture(name="store")
def _store(root: Path) -> DirectoryStore:
    store = DirectoryStore(root)
    store.prepare()
    return store


@pytest.fixture(name="synced")
def _synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record what is synced, in order, by the name that it has at that moment."""
    synced: list[str] = []
    real = os.fsync

    def recording(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", recording)
    return synced


def files(root: Path) -> list[Path]:
    """Find every file below a folder, temporary ones too."""
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError()])
def test_a_put_that_fails_half_way_leaves_nothing(
    store: DirectoryStore, root: Path, error: BaseException
) -> None:
    """Between the temporary file and its place nothing is visible, nor left over."""
    with pytest.raises(type(error)):
        store.put("inbox/a/x", BreakingBody(error), 8)

    assert list(store.list("")) == []
    assert files(root) == []


def test_a_put_that_fails_half_way_leaves_the_earlier_object(
    store: DirectoryStore,
) -> None:
    """A put that fails is no put: what was there before is there still."""
    store.put("a", b"first")

    with pytest.raises(RuntimeError):
        store.put("a", BreakingBody(RuntimeError()), 8)

    assert store.get("a") == b"first"


def test_a_full_disk_is_an_unavailable_store(store: DirectoryStore, root: Path) -> None:
    """The message names the operation and the error, not the path or the content."""
    full = OSError(errno.ENOSPC, "No space left on device", "inbox/candidate")

    with pytest.raises(StoreUnavailableError, match=r"^put: ENOSPC$") as caught:
        store.put("inbox/candidate", BreakingBody(full), 8)

    assert caught.value.__suppress_context__
    assert files(root) == []


def test_a_put_is_synced_before_and_after_it_is_visible(
    store: DirectoryStore, root: Path, synced: list[str]
) -> None:
    """In a known folder that takes two syncs: of the whole file, then of its entry."""
    store.put("inbox/a/x", b"first")
    synced.clear()

    store.put("inbox/a/y", b"second")

    file, folder = synced
    assert Path(file).parent == root / ".tmp"
    assert Path(folder) == root / "inbox" / "a"


def test_new_folders_are_synced_into_their_parents(
    store: DirectoryStore, root: Path, synced: list[str]
) -> None:
    """A folder whose own entry is lost takes its files with it."""
    store.put("folder/a/x", b"body")

    assert set(synced[1:]) == {str(root / "folder/a"), str(root / "folder"), str(root)}


def test_a_folder_that_another_process_has_just_made_is_synced_by_who_uses_it(
    store: DirectoryStore, root: Path, synced: list[str]
) -> None:
    """He may not have got to it yet, and what we put is in it."""
    (root / "folder" / "a").mkdir(parents=True)

    store.put("folder/a/x", b"body")

    assert set(synced[1:]) == {str(root / "folder/a"), str(root / "folder"), str(root)}


def test_a_folder_that_was_made_anew_by_another_is_synced_again(
    store: DirectoryStore, root: Path, synced: list[str]
) -> None:
    """It goes by the name of one that we knew, and may have its number."""
    store.put("folder/a/x", b"body")
    store.delete("folder/a/x")
    (root / "folder" / "a").mkdir(parents=True)
    synced.clear()

    store.put("folder/a/x", b"body")

    assert set(synced[1:]) == {str(root / "folder/a"), str(root / "folder"), str(root)}


@pytest.mark.parametrize(
    ("kept", "folder"),
    [("folder/a/y", "folder/a"), ("folder/b/y", "folder"), ("c", "")],
)
def test_a_deleted_object_is_synced_away(
    kept: str, folder: str, store: DirectoryStore, root: Path, synced: list[str]
) -> None:
    """No loss of power brings an erased person back; an emptied folder goes too."""
    store.put("folder/a/x", b"body")
    store.put(kept, b"body")
    synced.clear()

    store.delete("folder/a/x")

    assert synced == [str(root / folder) if folder else str(root)]


def test_whether_a_file_system_folds_case_is_looked_at(
    store: DirectoryStore, root: Path
) -> None:
    """By a file that is removed again."""
    (root / "a").touch()
    is_folding = (root / "A").exists()
    (root / "a").unlink()

    assert store.folds_case() is is_folding
    assert files(root) == []


def test_preparing_syncs_what_it_makes(root: Path, synced: list[str]) -> None:
    """The store's own folders, and their parents, outlast a loss of power as well."""
    DirectoryStore(root).prepare()

    assert set(synced) == {
        str(root / "inbox"),
        str(root),
        str(root.parent),
        str(root.parent.parent),
    }


def test_a_folder_that_another_has_just_made_is_synced_too(root: Path) -> None:
    """He may not have got to it yet, and our object is in it."""
    root.mkdir(parents=True)

    assert make_folder(root) == [root.parent]


@pytest.mark.parametrize("below", ["", "a/b"])
def test_a_link_to_nowhere_is_no_folder(tmp_path: Path, below: str) -> None:
    """It is there and nothing can be made in it: nobody tries without end."""
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "absent")

    with pytest.raises(StoreUnavailableError, match="prepare: ENOENT"):
        DirectoryStore(link / below).prepare()


@pytest.mark.parametrize("verb", ["prepare", "check"])
def test_stale_temporary_files_are_removed(
    store: DirectoryStore, root: Path, verb: str
) -> None:
    """What a killed process left goes after an hour; what is being written stays."""
    stale, fresh = root / ".tmp" / "stale", root / ".tmp" / "fresh"
    for path, age in [(stale, 3660), (fresh, 3540)]:
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age,) * 2)

    getattr(store, verb)()

    assert files(root) == [fresh]


class Killed(Exception):  # noqa: N818 not an error
    """Stands for SIGKILL: nobody cleans up."""


@pytest.mark.parametrize(
    ("key", "goes"),
    [
        ("applications/careerjet:1", True),
        ("applications/careerjet:10", False),
        ("applications/careerjet:", False),
        ("inbox/careerjet:1", False),
    ],
)
def test_unfinished_puts_are_found_by_the_folder(
    store: DirectoryStore,
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    *,
    goes: bool,
) -> None:
    """Half a document of a killed process goes at once, and nobody else's does."""
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(Killed):
            store.put(
                "applications/careerjet:1/documents/a.pdf", BreakingBody(Killed()), 8
            )
    [half] = files(root)

    store.remove_unfinished(key)

    assert half.exists() is not goes
    assert "careerjet" not in half.name


def test_temporary_files_are_not_listed(store: DirectoryStore, root: Path) -> None:
    """Under no prefix does a half written file look like an object."""
    (root / ".tmp" / "half").write_bytes(b"half")

    for prefix in ["", ".", ".t", ".tmp"]:
        assert list(store.list(prefix)) == []


def test_stored_files_are_readable_by_their_owner_alone(
    store: DirectoryStore, root: Path
) -> None:
    """Applications are for the account that Letterbox runs under."""
    store.put("inbox/a/x", b"body")

    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in root.rglob("*")}

    assert {modes[path] for path in files(root)} == {0o600}
    assert {modes[path] for path in modes if path.is_dir()} == {0o700}
    assert stat.S_IMODE(root.stat().st_mode) == 0o700


def test_deleting_an_object_removes_emptied_folders(
    store: DirectoryStore, root: Path
) -> None:
    """Deleting leaves no empty folders, and no more than those goes."""
    before = set(root.iterdir())
    for key in ["folder/a/b/x", "folder/c/x"]:
        store.put(key, b"body")

    store.delete("folder/a/b/x")
    left = sorted(path.name for path in (root / "folder").rglob("*"))
    store.delete("folder/c/x")

    assert left == ["c", "x"]
    assert set(root.iterdir()) == before


def test_folders_may_vanish_from_under_a_put(store: DirectoryStore, root: Path) -> None:
    """A put makes its folders again for as long as deletes elsewhere remove them."""
    done = Event()

    def vandalise() -> None:
        # Not in a spin, which no number of tries outlasts: deletes do other work, too.
        while not done.wait(0.0002):
            remove_emptied(root / "a" / "b", root)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(vandalise)
        try:
            for turn in range(200):
                store.put("a/b/x", b"%d" % turn)
                assert store.get("a/b/x") == b"%d" % turn
                store.delete("a/b/x")
        finally:
            done.set()


def test_writers_of_one_key_never_mix(store: DirectoryStore) -> None:
    """A reader sees one writer's object whole, whoever writes meanwhile."""
    bodies = [bytes([worker]) * 100_000 for worker in range(8)]
    store.put("a", bodies[0])

    def work(body: bytes) -> bytes:
        store.put("a", body)
        return store.get("a")

    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(work, bodies * 4))

    assert set(read) <= set(bodies)


def test_an_object_in_a_folders_place_is_an_error(store: DirectoryStore) -> None:
    """No key may be a folder of another; neither is lost over it."""
    store.put("a", b"first")
    store.put("b/c", b"second")

    with pytest.raises(StoreUnavailableError, match="put: ENOTDIR"):
        store.put("a/b", b"third")
    with pytest.raises(StoreUnavailableError, match="put: EISDIR"):
        store.put("b", b"third")

    assert [found.key for found in store.list("")] == ["a", "b/c"]


def test_links_in_the_store_are_no_objects(
    store: DirectoryStore, root: Path, tmp_path: Path
) -> None:
    """A walk follows no link out of the store."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x").touch()
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "file").symlink_to(tmp_path / "outside" / "x")

    assert list(store.list("")) == []


def test_a_relative_root_stays_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that changes its folder later keeps its store."""
    monkeypatch.chdir(tmp_path)
    store = DirectoryStore(Path("store"))
    store.prepare()

    monkeypatch.chdir("/")
    store.put("a", b"body")

    assert (tmp_path / "store" / "a").read_bytes() == b"body"
