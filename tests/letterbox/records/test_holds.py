"""Holds: in either store, and what they do to an archive that would expire."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from minio import Minio

from letterbox.archive.archives import BagArchives
from letterbox.domain import keys
from letterbox.domain.application import Hold
from letterbox.domain.ports import ObjectStore
from letterbox.records.holds import StoredHolds
from letterbox.storage.s3.store import S3Store
from tests.letterbox.archive.packing import invented, keep_open

NOW = datetime.now(UTC)
FOR_EVER = Hold(reason="a dispute", placed_at=NOW)
FOR_NOW = Hold(reason="a dispute", placed_at=NOW, until=NOW + timedelta(days=1))
ENDED = Hold(reason="a dispute", placed_at=NOW, until=NOW - timedelta(days=1))


@pytest.fixture(name="held")
def _held(store: ObjectStore) -> Iterator[str]:
    name = f"careerjet:{uuid4()}"
    yield name
    store.delete(keys.hold(name))


@pytest.fixture(name="bucket_store")
def _bucket_store(moto_endpoint: str, make_s3: Callable[[str], S3Store]) -> S3Store:
    store = make_s3(moto_endpoint)
    store.prepare()
    return store


@pytest.fixture(name="expires")
def _expires(moto_endpoint: str, bucket: str) -> Callable[[str], bool]:
    """Ask the server, by another client, whether the rule's tag is on an object."""
    client = Minio(urlsplit(moto_endpoint).netloc, "access", "secret", secure=False)

    def expires(key: str) -> bool:
        tags = client.get_object_tags(bucket, key)
        return tags is not None and tags.get("letterbox") == "expires"

    return expires


def test_a_hold_is_placed_changed_and_released(store: ObjectStore, held: str) -> None:
    """The last one counts; releasing may be repeated."""
    holds = StoredHolds(store)
    assert holds.find(held) is None

    for hold in (FOR_EVER, FOR_NOW):
        holds.place(held, hold)
        assert holds.find(held) == hold

    for _ in range(2):
        holds.release(held)
        assert holds.find(held) is None


def test_a_hold_that_cannot_be_read_holds(store: ObjectStore, held: str) -> None:
    """Nothing is deleted because a byte of its hold was flipped."""
    store.put(keys.hold(held), b"{")

    found = StoredHolds(store).find(held)

    assert found is not None
    assert found.is_active(NOW + timedelta(days=36500))


@pytest.mark.parametrize(
    ("hold", "expected"),
    [(None, True), (ENDED, True), (FOR_EVER, False), (FOR_NOW, False)],
)
def test_an_archive_expires_unless_it_is_held(
    bucket_store: S3Store,
    expires: Callable[[str], bool],
    hold: Hold | None,
    *,
    expected: bool,
) -> None:
    """A hold that is placed before the archiving prevents its end as well."""
    record, holds = invented("careerjet:1"), StoredHolds(bucket_store, bucket_store)
    keep_open(bucket_store, record, {})
    if hold:
        holds.place(record.id, hold)

    BagArchives(bucket_store, holds, bucket_store).pack(record)

    assert expires(keys.archive(record.id)) is expected


def test_a_hold_on_an_archive_keeps_it_and_its_release_lets_it_go(
    bucket_store: S3Store, expires: Callable[[str], bool]
) -> None:
    """Placing or releasing a hold twice is harmless."""
    record, holds = invented("careerjet:1"), StoredHolds(bucket_store, bucket_store)
    keep_open(bucket_store, record, {})
    BagArchives(bucket_store, holds, bucket_store).pack(record)
    archive = keys.archive(record.id)

    for _ in range(2):
        holds.place(record.id, FOR_EVER)
        assert not expires(archive)
    for _ in range(2):
        holds.release(record.id)
        assert expires(archive)
