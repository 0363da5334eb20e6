"""Objects of others under names that are no keys: in no list, and removed."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from moto.s3.models import s3_backends

from letterbox.domain import keys
from letterbox.domain.application import Stage, Tombstone
from letterbox.domain.ports import ObjectStore
from letterbox.resources import open_records
from letterbox.settings import Settings
from letterbox.storage.directory import DirectoryStore
from letterbox.storage.objects import TEMPORARY
from letterbox.storage.s3.store import S3Store
from tests.factories import careerjet
from tests.record_factory import record

ID, OTHER = "careerjet:1", "careerjet:10"
SETTINGS = Settings(digest_key=("a key for tests",))
TOMBSTONE = Tombstone(
    stage=Stage.ERASED, reason="a test", removed_at=datetime(2026, 1, 1, tzinfo=UTC)
)
# What S3 takes as a name, and no path of ours can spell.
ODD = [
    "/x",
    "//",
    "documents//x",
    "documents/",
    "source/../x",
    "./x",
    "../careerjet:10/application.json",
    "..",
    "x" * 300,
    "a\\b c+d%2F?e#f&g;\u00e9",
]
Put = Callable[[str], object]


def in_moto(bucket: str, prefix: str) -> Put:
    """Put by the server's own hand: clients resolve dots before they ask."""
    backend = s3_backends["123456789012"]["aws"]
    return lambda name: backend.put_object(bucket, prefix + name, b"Ada")


@pytest.fixture(name="odd", params=["", "shared/letterbox"])
def _odd(
    request: pytest.FixtureRequest,
    make_s3: Callable[..., S3Store],
    moto_endpoint: str,
    bucket: str,
) -> tuple[S3Store, Put]:
    store = make_s3(moto_endpoint, request.param)
    store.prepare()
    return store, in_moto(bucket, f"{request.param}/" if request.param else "")


def left(store: ObjectStore, bucket: str, prefix: str = "") -> list[str]:
    """Name all objects that the server has."""
    del store
    found = s3_backends["123456789012"]["aws"].buckets[bucket].keys
    return [name.removeprefix(prefix) for name in found]


def put_two(store: ObjectStore) -> None:
    """Have two open applications, of which one must stay."""
    records = open_records(SETTINGS, store)
    for name in (ID, OTHER):
        records.applications.update(records.candidates.mark(record(name)))
        delivery, contents = careerjet(name.partition(":")[2])
        records.applications.accept(delivery, contents)


def bury(store: ObjectStore) -> None:
    """Erase the one."""
    open_records(SETTINGS, store).removal.erase(ID, TOMBSTONE)


def test_an_erasure_takes_everything_below_whatever_s3_calls_it(
    odd: tuple[S3Store, Put], bucket: str
) -> None:
    """What is called like a way to another application is not that one."""
    store, put = odd
    put_two(store)
    for name in ODD:
        put(f"{keys.application(ID)}{name}")
        put(f"{keys.old_inbox_of(ID)}{name}")
    others = [one.key for one in store.list(keys.application(OTHER))]

    bury(store)

    names = left(store, bucket)
    assert not [
        one
        for one in names
        for folder in (keys.application(ID), keys.inbox(ID), keys.old_inbox_of(ID))
        if folder in one
    ]
    assert [one.key for one in store.list(keys.application(OTHER))] == others
    assert len(list(store.list(keys.inbox(OTHER)))) == 1


def test_deleting_an_open_copy_takes_everything_below_whatever_s3_calls_it(
    odd: tuple[S3Store, Put], bucket: str
) -> None:
    """Its archive stands for it, and has what the record knows."""
    store, put = odd
    records = open_records(SETTINGS, store)
    records.applications.update(record(ID))
    for name in ODD:
        put(f"{keys.application(ID)}{name}")

    records.archives.pack(record(ID))
    records.removal.delete_open_copy(ID)

    assert [one for one in left(store, bucket) if "applications/" in one] == []
    assert records.archives.record(ID) == record(ID)


def test_what_s3_calls_oddly_is_in_no_list_and_counted(
    odd: tuple[S3Store, Put],
) -> None:
    """Whoever walks a list can read and remove what it names."""
    store, put = odd
    put_two(store)
    for folder in (
        keys.application(ID),
        keys.old_inbox_of(ID),
        "candidates/",
        "erased/",
    ):
        for name in ODD:
            put(f"{folder}{name}")

    listed = [one.key for one in store.list("")]

    assert all(store.get(key) is not None for key in listed)
    # Consoles put an empty object where they show a folder: that is none.
    assert store.strays() == {
        "applications": len(ODD) - 2,
        "inbox": len(ODD) - 2,
        "candidates": len(ODD) - 2,
        "erased": len(ODD) - 2,
    }


def test_an_erasure_takes_links_pipes_and_odd_names_from_a_folder(
    tmp_path: Path,
) -> None:
    """A link goes, and what it leads to stays."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    put_two(store)
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    for folder in (keys.application(ID), keys.old_inbox_of(ID)):
        here = tmp_path / "store" / folder
        (here / "documents" / "deep").mkdir(parents=True, exist_ok=True)
        (here / "documents" / "link").symlink_to(kept)
        (here / "file").symlink_to(kept / "file")
        os.mkfifo(here / "pipe")
        (here / os.fsdecode(b"\xff")).touch()
        (here / "documents" / "deep" / ".DS_Store").touch()
        deep = here
        for _ in range(400):
            deep /= "d"
        deep.mkdir(parents=True)

    bury(store)

    folders = {path.name for path in (tmp_path / "store" / "applications").iterdir()}
    assert folders == {OTHER}
    assert not (tmp_path / "store" / keys.old_inbox_of(ID)).exists()
    assert not list(store.list(keys.inbox(ID)))
    assert (kept / "file").exists()


@pytest.mark.parametrize("folder", ["", "/", "a", "../", "a//", f"{TEMPORARY}/"])
def test_removing_below_what_is_no_folder_is_refused(
    store: ObjectStore, folder: str
) -> None:
    """It must not be all of the store, nor anything beside it."""
    with pytest.raises(ValueError, match="not a"):
        store.remove_below(folder)


def test_removing_below_an_absent_folder_is_harmless(
    store: ObjectStore, area: str
) -> None:
    """And whose name begins alike stays."""
    store.put(f"{area}a1/x", b"body")

    store.remove_below(f"{area}a/")

    assert [one.key for one in store.list(area)] == [f"{area}a1/x"]
