"""The contract of ``ObjectStore``, asked of every store there is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256, shake_256
from io import BytesIO
from pathlib import Path

import pytest

from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import ObjectStore
from letterbox.storage.s3.store import S3Store
from tests.letterbox.storage.verbs import EXPIRY, S3_STORES, VERBS

MIB = 1024 * 1024
READING = ["get", "get_start", "get_end", "open", "stat"]


def test_an_object_is_read_back_as_it_was_put(store: ObjectStore, area: str) -> None:
    """An object comes back byte for byte, whole or in chunks."""
    store.put(f"{area}a.bin", bytes(range(256)))

    with store.open(f"{area}a.bin") as chunks:
        read = b"".join(chunks)

    assert store.get(f"{area}a.bin") == read == bytes(range(256))


@pytest.mark.parametrize("size", [1, 4, 5, 1000])
def test_the_first_bytes_of_an_object_are_read_alone(
    store: ObjectStore, area: str, size: int
) -> None:
    """As many as are asked for, or as there are; an empty object has none."""
    store.put(f"{area}a", b"first")
    store.put(f"{area}empty", b"")

    assert store.get_start(f"{area}a", size) == b"first"[:size]
    assert store.get_start(f"{area}empty", size) == b""


def test_an_object_may_be_empty(store: ObjectStore, area: str) -> None:
    """Markers have no content and are there all the same."""
    store.put(f"{area}marker", b"")
    store.put(f"{area}file", BytesIO(), 0)

    assert store.get(f"{area}marker") == store.get(f"{area}file") == b""
    assert [found.size for found in store.list(area)] == [0, 0]


def test_a_later_put_replaces_an_earlier_one(store: ObjectStore, area: str) -> None:
    """The last one to put is believed."""
    store.put(f"{area}a", b"a longer first")
    store.put(f"{area}a", b"second")

    assert store.get(f"{area}a") == b"second"
    assert len(list(store.list(area))) == 1


def test_a_file_is_read_from_where_it_stands(store: ObjectStore, area: str) -> None:
    """Of a file, ``size`` bytes from its current position are the object."""
    body = BytesIO(b"head|the object|tail")
    body.seek(5)

    store.put(f"{area}a", body, 10)

    assert store.get(f"{area}a") == b"the object"


def test_a_body_shorter_than_its_size_makes_no_object(
    store: ObjectStore, area: str
) -> None:
    """A file that ends before its size is refused, and so is one without a size."""
    with pytest.raises(ValueError, match="shorter"):
        store.put(f"{area}short", BytesIO(b"half"), 8)
    with pytest.raises(ValueError, match="size"):
        store.put(f"{area}unknown", BytesIO(b"half"))

    assert list(store.list(area)) == []


def test_a_large_file_passes_in_chunks(
    store: ObjectStore, area: str, tmp_path: Path
) -> None:
    """Twenty MiB go in from a file and come out in pieces, unharmed."""
    path = tmp_path / "large"
    path.write_bytes(shake_256().digest(20 * MIB))

    with path.open("rb") as body:
        store.put(f"{area}large", body, 20 * MIB)
    read, longest = sha256(), 0
    with store.open(f"{area}large") as chunks:
        for chunk in chunks:
            read.update(chunk)
            longest = max(longest, len(chunk))

    assert read.digest() == sha256(path.read_bytes()).digest()
    assert longest <= MIB
    assert store.stat(f"{area}large").size == 20 * MIB


def test_a_reader_may_stop_early(store: ObjectStore, area: str) -> None:
    """An abandoned read takes nothing from the reads that follow."""
    store.put(f"{area}a", b"x" * 4 * MIB)

    for _ in range(5):
        with store.open(f"{area}a") as chunks:
            assert next(chunks).startswith(b"x")

    assert len(store.get(f"{area}a")) == 4 * MIB


def test_a_reader_keeps_his_own_errors(store: ObjectStore, area: str) -> None:
    """What fails while an object is open is not the store's failure."""
    store.put(f"{area}a", b"body")

    with pytest.raises(ConnectionResetError), store.open(f"{area}a"):
        raise ConnectionResetError


@pytest.mark.parametrize("verb", READING)
@pytest.mark.parametrize("name", ["nothing", "folder", "folder/a/below-a-file"])
def test_an_absent_object_is_a_file_not_found_error(
    store: ObjectStore, area: str, name: str, verb: str
) -> None:
    """A key that is a folder of others, or below an object, is simply absent."""
    store.put(f"{area}folder/a", b"body")

    with pytest.raises(FileNotFoundError) as caught:
        VERBS[verb](store, area + name)

    assert area not in str(caught.value)
    assert caught.value.__suppress_context__


def test_deleting_is_final_and_may_be_repeated(store: ObjectStore, area: str) -> None:
    """A deleted object is gone; deleting it again does no harm, nor to others."""
    store.put(f"{area}folder/a", b"body")
    store.put(f"{area}folder/b", b"body")

    store.delete(f"{area}folder/a")
    store.delete(f"{area}folder/a")
    store.delete(f"{area}folder")

    assert [found.key for found in store.list(area)] == [f"{area}folder/b"]


def test_an_object_can_be_described(store: ObjectStore, area: str) -> None:
    """Listing and describing agree on key and size, and on a time, aware, just now."""
    store.put(f"{area}a", b"four")

    described = store.stat(f"{area}a")
    [listed] = store.list(area)

    for found in (described, listed):
        assert (found.key, found.size) == (f"{area}a", 4)
        assert found.modified.utcoffset() == timedelta(0)
        assert abs(datetime.now(UTC) - found.modified) < timedelta(minutes=1)


@pytest.mark.parametrize("key", ["folder/a", "folder"])
def test_removing_what_is_unfinished_takes_no_object(
    store: ObjectStore, area: str, key: str
) -> None:
    """What was put whole stays, and where nothing is unfinished nothing happens."""
    store.put(f"{area}folder/a", b"body")

    store.remove_unfinished(f"{area}{key}")

    assert store.get(f"{area}folder/a") == b"body"


@pytest.mark.parametrize("store", S3_STORES, indirect=True)
def test_an_objects_expiry_may_be_set_again_and_again(
    store: S3Store, area: str
) -> None:
    """Neither verb touches the object, nor minds whether there is one."""
    store.put(f"{area}a", b"body")

    for name in ["a", "nothing"]:
        for verb in ["retain", "let_expire", "let_expire", "retain", "retain"]:
            EXPIRY[verb](store, f"{area}{name}")

    assert store.get(f"{area}a") == b"body"
    assert [found.key for found in store.list(area)] == [f"{area}a"]


def test_many_may_work_in_one_folder(store: ObjectStore, area: str) -> None:
    """Puts and deletes that make and empty the same folders lose nothing."""

    def work(worker: int) -> None:
        for turn in range(5):
            key = f"{area}shared/{turn % 2}/{worker}"
            store.put(key, b"%d" % turn)
            assert store.get(key) == b"%d" % turn
            store.delete(key)
        store.put(f"{area}shared/left/{worker:02}", b"last")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))

    listed = [found.key for found in store.list(area)]
    assert listed == [f"{area}shared/left/{worker:02}" for worker in range(16)]


def test_preparing_a_store_again_keeps_its_objects(
    store: ObjectStore, area: str
) -> None:
    """A prepared store may be prepared at every start."""
    store.put(f"{area}a", b"body")

    store.prepare()

    assert store.get(f"{area}a") == b"body"


def test_the_check_of_a_store_leaves_no_object(store: ObjectStore) -> None:
    """A working store passes its check, which cleans up after itself."""
    before = {found.key for found in store.list("health/")}

    store.check()

    assert {found.key for found in store.list("health/")} <= before


@pytest.mark.parametrize("verb", VERBS)
def test_a_store_out_of_reach_is_unavailable(
    unreachable: ObjectStore, verb: str
) -> None:
    """An outage is never taken for an absence, and the message holds no key."""
    with pytest.raises(StoreUnavailableError) as caught:
        VERBS[verb](unreachable, "candidates/digest")

    assert "digest" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("verb", ["prepare", "check"])
def test_the_check_of_an_unreachable_store_raises(
    unreachable: ObjectStore, verb: str
) -> None:
    """Neither preparing nor checking passes without a store."""
    with pytest.raises(StoreUnavailableError):
        getattr(unreachable, verb)()


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "stat"])
def test_an_unprepared_store_is_unavailable(unprepared: ObjectStore, verb: str) -> None:
    """A missing bucket or volume is not an empty one."""
    with pytest.raises(StoreUnavailableError):
        VERBS[verb](unprepared, "a")


def test_what_is_put_together_can_be_read_at_once_and_is_dropped_like_any_other(
    store: ObjectStore, area: str
) -> None:
    """Within the block too; what is not there is dropped already."""
    with store.together(area):
        store.put(f"{area}a", b"first")
        assert store.get(f"{area}a") == b"first"
        store.drop(f"{area}a")
        store.put(f"{area}b", b"second")

    store.drop(f"{area}a")

    assert [found.key for found in store.list(area)] == [f"{area}b"]
