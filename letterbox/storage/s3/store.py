"""Objects in a bucket of any S3-compatible server, by the ``minio`` client."""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from io import SEEK_END, BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from minio.datatypes import Object
from minio.error import S3Error
from urllib3 import BaseHTTPResponse

from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import StoredObject
from letterbox.storage.drafts import SpooledDraft
from letterbox.storage.objects import (
    LimitedReader,
    check_folder,
    check_key,
    check_prefix,
    check_round_trip,
    is_key,
)
from letterbox.storage.s3.bucket import Bucket
from letterbox.storage.s3.client import ChunkedUploadPool, Client, translated
from letterbox.storage.s3.timeouts import HURRIED, WORKER, retries
from letterbox.streams import CHUNK, end_of

# More than the API lets in: what a board sends is a single PUT.
_PART = 16 * 1024 * 1024


class S3Store:
    """
    The ``ObjectStore`` and ``Expiry`` ports over a bucket, or a prefix in it.

    ``endpoint`` is a URL of scheme and host only (ValueError). With a region given,
    the client never asks the server for it. ``prefix`` is as in a URL, without slashes
    around it; ``hurried`` where somebody waits for an answer.
    """

    def __init__(  # noqa: PLR0913 it takes that many to find a bucket
        self,
        *,
        endpoint: str,
        access_key: str,
        secret_key: str,
        bucket: str,
        region: str,
        prefix: str = "",
        hurried: bool = False,
        connections: int = 64,
    ) -> None:
        scheme, _, host = endpoint.partition("://")
        if scheme not in {"http", "https"}:
            raise ValueError("the endpoint is not an http or https URL")
        if prefix:
            check_key(prefix)
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._client = Client(
            host,
            access_key,
            secret_key,
            secure=scheme == "https",
            region=region,
            http_client=ChunkedUploadPool(
                maxsize=connections,
                timeout=HURRIED if hurried else WORKER,
                retries=retries(),
            ),
        )
        self.bucket = Bucket(self._client, bucket, self._prefix)

    def put(self, key: str, body: bytes | BinaryIO, size: int | None = None) -> None:
        """Write an object; a file is read from its current position."""
        name = self._name(key)
        if isinstance(body, bytes):
            source, length = BytesIO(body), len(body)
        else:
            source, length = cast("BytesIO", LimitedReader(body, size)), size or 0
        with translated("put"):
            written = self._client.put_object(
                self._bucket,
                name,
                source,
                length,
                part_size=_PART,
                num_parallel_uploads=1,
            )
        # An upload in parts can fail under status 200; then it has no ETag.
        if length > _PART and not written.etag:
            raise StoreUnavailableError("put: not acknowledged")

    @contextmanager
    def draft(self) -> Iterator[SpooledDraft]:
        """Begin an object; what outgrows memory lies in a local file of no name."""

        def save(key: str, file: BinaryIO) -> None:
            size = file.seek(0, SEEK_END)
            file.seek(0)
            self.put(key, file, size)

        draft = SpooledDraft(make_file=_local_file, save_bytes=self.put, save_file=save)
        try:
            yield draft
        finally:
            draft.close()

    def get_start(self, key: str, size: int) -> bytes:
        """Read the beginning of an object by a request for that range."""
        name = self._name(key)
        with translated("get"):
            try:
                response = self._client.get_object(self._bucket, name, 0, size)
            except S3Error as error:
                if error.code == "InvalidRange":
                    return b""  # Where nothing is, nothing can be the first byte.
                raise
            with _released(response):
                # A server that does not know ranges sends the whole.
                return response.read(size)

    def get_end(self, key: str, size: int) -> tuple[bytes, int]:
        """Read the end of an object by a request for that range."""
        name = self._name(key)
        wanted: dict[str, str | list[str] | tuple[str]] = {"Range": f"bytes=-{size}"}
        with translated("get"):
            try:
                response = self._client.get_object(
                    self._bucket, name, request_headers=wanted
                )
            except S3Error as error:
                if error.code == "InvalidRange":
                    return b"", 0
                raise
            with _released(response):
                whole = response.headers.get("Content-Range", "").rpartition("/")[2]
                if whole.isdecimal():
                    return response.data, int(whole)
                # A server that does not know ranges sends the whole.
                return end_of(response.stream(CHUNK), size)

    def get_version(self, key: str) -> tuple[bytes, str]:
        """Read an object whole, with its ETag."""
        name = self._name(key)
        with translated("get"):
            response = self._client.get_object(self._bucket, name)
            with _released(response):
                return response.data, response.headers.get("ETag", "")

    def replace(self, key: str, body: bytes, version: str | None) -> bool:
        """Write an object by a conditional request."""
        name = self._name(key)
        with translated("replace"):
            return self._client.put_if(self._bucket, name, body, version)

    def get(self, key: str) -> bytes:
        """Read an object whole."""
        with self.open(key) as chunks:
            return b"".join(chunks)

    @contextmanager
    def open(self, key: str) -> Iterator[Iterator[bytes]]:
        """Read an object in chunks; what is not read to its end costs a connection."""
        name = self._name(key)
        with translated("open"):
            response = self._client.get_object(self._bucket, name)
        with _released(response):
            yield _chunks(response)

    def stat(self, key: str) -> StoredObject:
        """Describe an object; a missing bucket looks like a missing object."""
        name = self._name(key)
        with translated("stat"):
            return self._described(self._client.stat_object(self._bucket, name))

    def delete(self, key: str) -> None:
        """Remove an object."""
        name = self._name(key)
        try:
            with translated("delete"):
                self._client.remove_object(self._bucket, name)
        except FileNotFoundError:
            return  # S3 itself says 204; not every server does.

    drop = delete

    def together(self, folder: str) -> AbstractContextManager[None]:
        """Do nothing: each object is durable by itself."""
        check_folder(folder)
        return nullcontext()

    def list(self, prefix: str) -> Iterator[StoredObject]:
        """Walk by key, a page of a thousand at a time."""
        check_prefix(prefix)
        return self._listed(prefix)

    def strays(self) -> Counter[str]:
        """Count the objects whose names are no keys; folders of consoles are none."""
        names = (self._key(stored) for stored in self._found(""))
        strays = (name for name in names if not is_key(name.removesuffix("/")))
        return Counter(name.partition("/")[0] for name in strays)

    def remove_below(self, folder: str) -> None:
        """Remove what lies there, and the markers that consoles take for folders."""
        check_folder(folder)
        with translated("remove_below"):
            for stored in self._found(folder):
                self._client.remove_any(self._bucket, stored.object_name or "")

    def remove_unfinished(self, key: str) -> None:
        """Abort the uploads in parts that were cut short."""
        name = self._name(key)
        with translated("remove_unfinished"):
            self._client.abort_uploads(self._bucket, name)

    def let_expire(self, key: str) -> None:
        """Tag an object for the rule that ``set_lifecycle`` makes."""
        self.bucket.let_expire(self._name(key))

    def retain(self, key: str) -> None:
        """Remove the tag that ``let_expire`` sets."""
        self.bucket.retain(self._name(key))

    def set_lifecycle(self, archive_keep: timedelta | None) -> None:
        """Let the bucket expire archives, and abort stale uploads."""
        self.bucket.set_rules(archive_keep)

    def prepare(self) -> None:
        """Make the bucket, unless it is there."""
        self.bucket.make()

    def check(self) -> None:
        """Check that the store takes an object and gives it back."""
        check_round_trip(self)

    def _listed(self, prefix: str) -> Iterator[StoredObject]:
        with translated("list"):
            for stored in self._found(prefix):
                # Consoles leave markers where they show folders.
                if is_key(self._key(stored)):
                    yield self._described(stored)

    def _found(self, prefix: str) -> Iterator[Object]:
        yield from self._client.list_objects(
            self._bucket, prefix=self._prefix + prefix, recursive=True
        )

    def _key(self, stored: Object) -> str:
        return (stored.object_name or "").removeprefix(self._prefix)

    def _name(self, key: str) -> str:
        """Return an object's name in the bucket (ValueError for what is no key)."""
        check_key(key)
        return self._prefix + key

    def _described(self, stored: Object) -> StoredObject:
        name, size, modified = stored.object_name, stored.size, stored.last_modified
        if name is None or size is None or modified is None:
            raise StoreUnavailableError("an object was described in part")
        return StoredObject(name.removeprefix(self._prefix), size, modified)


def _local_file() -> BinaryIO:
    return cast("BinaryIO", TemporaryFile())


@contextmanager
def _released(response: BaseHTTPResponse) -> Iterator[None]:
    try:
        yield
    finally:
        response.close()
        response.release_conn()


def _chunks(response: BaseHTTPResponse) -> Iterator[bytes]:
    with translated("read"):
        yield from response.stream(CHUNK)
