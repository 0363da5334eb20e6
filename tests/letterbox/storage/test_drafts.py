"""Objects that are written before their keys are known, in every store."""

import errno
import io
import os
import time
from pathlib import Path
from typing import BinaryIO, NoReturn, cast

import pytest

from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import ObjectStore
from letterbox.storage.directory import DirectoryStore
from letterbox.storage.drafts import SpooledDraft
from letterbox.streams import end_of

MIB = 1024 * 1024
SIZES = [0, 9, MIB // 2, MIB // 2 + 1, 3 * MIB]


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> DirectoryStore:
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    return store


def temporary(tmp_path: Path) -> list[Path]:
    """List what is half written."""
    return list((tmp_path / "store" / ".tmp").iterdir())


@pytest.mark.parametrize("size", SIZES)
def test_a_draft_becomes_the_object_that_was_written(
    store: ObjectStore, area: str, size: int
) -> None:
    """However large, and also where it was written over once more."""
    body = os.urandom(size)

    with store.draft() as draft:
        draft.write(b"x" * len(body[:7]))
        for start in range(7, size, 100_000):
            draft.write(body[start : start + 100_000])
        draft.seek(0)
        draft.write(body[:7])
        draft.seek(0, os.SEEK_END)
        assert draft.tell() == size
        assert draft.may_wait is (size > MIB // 4)
        draft.save(f"{area}a")

    assert store.get(f"{area}a") == body
    assert [found.key for found in store.list(area)] == [f"{area}a"]


@pytest.mark.parametrize("size", [9, 3 * MIB])
def test_of_a_draft_that_is_not_kept_nothing_stays(
    folder: DirectoryStore, tmp_path: Path, size: int
) -> None:
    """Its file goes, also where its writer fails."""
    with folder.draft() as draft:
        draft.write(bytes(size))
        assert len(temporary(tmp_path)) == (size > MIB)
    with pytest.raises(TypeError), folder.draft() as draft:
        draft.write(bytes(size) + cast("bytes", None))

    assert temporary(tmp_path) == []
    assert list(folder.list("")) == []
    assert draft.write(b"a late word of zipfile's") > 0


@pytest.mark.parametrize("size", [9, 3 * MIB])
def test_who_was_given_up_writes_nothing_over_what_was_sent_again(
    size: int, store: ObjectStore, area: str
) -> None:
    """A thread that hung goes on when its request is over, and its draft closed."""
    with store.draft() as late:
        late.write(bytes(size))
    store.put(f"{area}a", b"sent again")

    with pytest.raises(StoreUnavailableError, match="given up"):
        late.save(f"{area}a")

    assert store.get(f"{area}a") == b"sent again"


def test_a_large_draft_is_moved_and_not_copied(
    folder: DirectoryStore, tmp_path: Path
) -> None:
    """What lies under its key is the very file that was written."""
    with folder.draft() as draft:
        draft.write(bytes(3 * MIB))
        [written] = temporary(tmp_path)
        number = written.stat().st_ino
        draft.save("inbox/00/a")

    assert (tmp_path / "store" / "inbox" / "00" / "a").stat().st_ino == number
    assert temporary(tmp_path) == []


def test_what_a_killed_process_left_of_a_draft_is_stale_after_an_hour(
    folder: DirectoryStore, tmp_path: Path
) -> None:
    """It has no key by which it would be found sooner."""
    left = tmp_path / "store" / ".tmp" / "draft-of-nobody"
    left.write_bytes(b"half")
    an_hour_ago = time.time() - 3660
    os.utime(left, (an_hour_ago, an_hour_ago))

    folder.check()

    assert temporary(tmp_path) == []


class Full(io.RawIOBase):
    """A file on a disk that is full, or read-only."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self._code = code

    def write(self, data: object) -> NoReturn:
        """Refuse what no disk takes."""
        del data
        raise OSError(self._code, "not here", "/where/a/candidate/lies")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_disk_that_takes_no_more_is_an_unavailable_store(code: int) -> None:
    """The error is named, and not the path."""

    def nowhere(*_: object) -> NoReturn:
        raise AssertionError

    draft = SpooledDraft(
        make_file=lambda: cast("BinaryIO", Full(code)),
        save_bytes=nowhere,
        save_file=nowhere,
    )

    with pytest.raises(StoreUnavailableError) as caught:
        draft.write(bytes(MIB))

    assert str(caught.value) == f"put: {errno.errorcode[code]}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes where nobody may")
def test_a_store_that_may_not_be_written_is_unavailable(
    folder: DirectoryStore, tmp_path: Path
) -> None:
    """As one that was mounted read-only."""
    (tmp_path / "store" / ".tmp").chmod(0o500)

    with pytest.raises(StoreUnavailableError), folder.draft() as draft:
        draft.write(bytes(MIB))


@pytest.mark.parametrize("size", [1, 4, 5, 1000])
def test_a_server_that_sends_the_whole_instead_of_its_end_does_no_harm(
    size: int,
) -> None:
    """No more than the end is held."""
    assert end_of([b"f", b"irs", b"t"], size) == (b"first"[-size:], 5)


@pytest.mark.parametrize("size", [1, 4, 5, 1000])
def test_the_last_bytes_of_an_object_are_read_alone(
    store: ObjectStore, area: str, size: int
) -> None:
    """As many as are asked for, or as there are, and how many there are in all."""
    store.put(f"{area}a", b"first")
    store.put(f"{area}empty", b"")

    assert store.get_end(f"{area}a", size) == (b"first"[-size:], 5)
    assert store.get_end(f"{area}empty", size) == (b"", 0)


def test_the_folders_of_the_inbox_are_made_once_and_stay(
    folder: DirectoryStore, tmp_path: Path
) -> None:
    """An emptied one too; one that somebody has removed is made again."""
    inbox = tmp_path / "store" / "inbox"
    assert len(list(inbox.iterdir())) == 256

    folder.put("inbox/ab/x", b"body")
    folder.delete("inbox/ab/x")
    assert len(list(inbox.iterdir())) == 256
    (inbox / "ab").rmdir()
    folder.put("inbox/ab/x", b"body")

    assert folder.get("inbox/ab/x") == b"body"
    assert len(list(inbox.iterdir())) == 256


def test_an_inbox_folder_that_was_made_anew_is_synced_again(
    folder: DirectoryStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has made it may not have got to that."""
    root = tmp_path / "store"
    folder.put("inbox/ab/x", b"body")
    folder.delete("inbox/ab/x")
    (root / "inbox" / "ab").rename(root / "inbox-ab")
    (root / "inbox" / "ab").mkdir()
    synced: list[Path] = []
    real = os.fsync

    def recording(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", recording)
    folder.put("inbox/ab/x", b"body")
    anew = set(synced[1:])
    synced.clear()
    folder.put("inbox/ab/y", b"body")

    assert anew == {root / "inbox" / "ab", root / "inbox", root}
    assert synced[1:] == [root / "inbox" / "ab"]
