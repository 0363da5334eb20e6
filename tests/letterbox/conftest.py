"""Stores to test: a folder, moto's S3 server, and a real S3 server if there is one."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from letterbox.domain.ports import ObjectStore
from letterbox.storage.directory import DirectoryStore
from letterbox.storage.s3.store import S3Store
from tests.letterbox.storage.verbs import REAL_ENDPOINT, S3_STORES
from tests.moto_server import served_by_moto


@pytest.fixture(name="moto_endpoint", scope="session")
def _moto_endpoint() -> Iterator[str]:
    with served_by_moto() as endpoint:
        yield endpoint


@pytest.fixture(name="free_endpoint")
def _free_endpoint() -> Iterator[str]:
    """Reserve a port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture(name="bucket")
def _bucket() -> str:
    return f"letterbox-{uuid4().hex}"


@pytest.fixture(name="make_s3")
def _make_s3(bucket: str) -> Callable[..., S3Store]:
    def make(endpoint: str, prefix: str = "") -> S3Store:
        return S3Store(
            endpoint=endpoint,
            access_key="access",
            secret_key="secret",
            bucket=bucket,
            region="us-east-1",
            prefix=prefix,
        )

    return make


@pytest.fixture(name="unprepared", params=["directory", "moto", "prefixed"])
def _unprepared(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "directory":
        return DirectoryStore(tmp_path / "store")
    make_s3: Callable[..., S3Store] = request.getfixturevalue("make_s3")
    prefix = _PREFIX if request.param == "prefixed" else ""
    return make_s3(request.getfixturevalue("moto_endpoint"), prefix)


@pytest.fixture(name="unreachable", params=["directory", "s3"])
def _unreachable(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "directory":
        (tmp_path / "file").touch()
        return DirectoryStore(tmp_path / "file" / "store")
    make_s3: Callable[[str], S3Store] = request.getfixturevalue("make_s3")
    return make_s3(request.getfixturevalue("free_endpoint"))


_PREFIX = "shared/letterbox/p r\u00f6d"


@pytest.fixture(name="store", params=["directory", *S3_STORES])
def _store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    store: ObjectStore
    if request.param == "directory":
        store = DirectoryStore(tmp_path / "store")
    elif request.param in {"moto", "prefixed"}:
        make_s3: Callable[..., S3Store] = request.getfixturevalue("make_s3")
        prefix = _PREFIX if request.param == "prefixed" else ""
        store = make_s3(request.getfixturevalue("moto_endpoint"), prefix)
    elif REAL_ENDPOINT in os.environ:
        store = _real_store()
    else:
        pytest.skip(f"{REAL_ENDPOINT} names no S3 server")
    store.prepare()
    return store


@pytest.fixture(name="area")
def _area(store: ObjectStore) -> Iterator[str]:
    """Give a test a prefix of its own: a real bucket may hold other things."""
    area = f"contract-{uuid4().hex}/"
    yield area
    tidy(store, area)


def tidy(store: ObjectStore, prefix: str) -> None:
    """Leave nothing in a real bucket; the others go as a whole."""
    if REAL_ENDPOINT in os.environ:
        for left in list(store.list(prefix)):
            store.delete(left.key)


def _real_store() -> S3Store:
    return S3Store(
        endpoint=os.environ[REAL_ENDPOINT],
        access_key=os.environ["LETTERBOX_S3_ACCESS_KEY"],
        secret_key=os.environ["LETTERBOX_S3_SECRET_KEY"],
        bucket=urlsplit(os.environ["LETTERBOX_STORE"]).netloc,
        region=os.environ.get("LETTERBOX_S3_REGION", "us-east-1"),
    )
