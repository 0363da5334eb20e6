"""The ``minio`` client, with requests that it does not offer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import ParseError

from minio import Minio
from minio.deleteobjects import DeleteObject
from minio.error import MinioException, S3Error
from minio.helpers import md5sum_hash
from urllib3 import BaseHTTPResponse, PoolManager
from urllib3.exceptions import HTTPError

from letterbox.domain.errors import StoreUnavailableError
from letterbox.network_reasons import reason_of

_LIFECYCLE = {"lifecycle": ""}
# Put without it, the header takes its default and changes other people's rules:
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
_SIZES = "x-amz-transition-default-minimum-object-size"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
_CHANGED = {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"}


class Client(Minio):
    """
    Adds uploads that were cut short, and a bucket's lifecycle as it was written.

    The client's own model of a lifecycle loses what it does not know of a rule.
    """

    def put_if(self, bucket: str, key: str, body: bytes, etag: str | None) -> bool:
        """
        Put an object where it is as it was; False where it is not.

        A server that knows no conditions says so (501): there the last writer wins.
        """
        condition: dict[str, str | list[str] | tuple[str]] = (
            {"If-Match": etag} if etag else {"If-None-Match": "*"}
        )
        try:
            self._execute("PUT", bucket, key, body=body, headers=condition)
        except S3Error as error:
            if error.code == "NotImplemented":
                self._execute("PUT", bucket, key, body=body)
                return True
            if error.code in _CHANGED:
                return False
            raise
        return True

    def remove_any(self, bucket: str, name: str) -> None:
        """
        Remove an object of any name.

        In an address ``.`` and ``..`` are resolved, which leads to another object:
        such names go in the body of a request.
        """
        if {".", ".."}.isdisjoint(name.split("/")):
            self.remove_object(bucket, name)
            return
        for failure in self.remove_objects(bucket, [DeleteObject(name)]):
            raise StoreUnavailableError(f"remove: {failure.code}")

    def abort_uploads(self, bucket: str, key: str) -> None:
        """
        Abort the uploads of a key, and of all below it.

        MinIO's server names an upload only to who asks for its very key: what it
        keeps of the others goes by its own clock, or by the lifecycle.
        """
        below = f"{key}/"
        for prefix in (key, below):
            for upload in self._list_multipart_uploads(bucket, prefix=prefix).uploads:
                if upload.object_name == key or upload.object_name.startswith(below):
                    self._abort_multipart_upload(
                        bucket, upload.object_name, upload.upload_id or ""
                    )

    def lifecycle(self, bucket: str) -> tuple[bytes | None, dict[str, str]]:
        """Read a bucket's rules, and the headers with which to put them again."""
        try:
            answer = self._execute("GET", bucket, query_params={**_LIFECYCLE})
        except S3Error as error:
            if error.code != "NoSuchLifecycleConfiguration":
                raise
            return None, {}
        sizes = answer.headers.get(_SIZES)
        return answer.data, {_SIZES: sizes} if sizes else {}

    def put_lifecycle(
        self, bucket: str, document: bytes, headers: dict[str, str]
    ) -> None:
        """Replace all rules of a bucket."""
        md5 = str(md5sum_hash(document))
        self._execute(
            "PUT",
            bucket,
            body=document,
            headers={**headers, "Content-MD5": md5},
            query_params={**_LIFECYCLE},
        )


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """Raise FileNotFoundError or StoreUnavailableError for the client's errors."""
    # None of their texts: they quote keys, and whatever a server says.
    try:
        yield
    except S3Error as error:
        if error.code == "NoSuchKey":
            raise FileNotFoundError("no such object") from None
        code = error.code or "no code"
        raise StoreUnavailableError(f"{operation}: {code}", code=code) from None
    except (HTTPError, OSError) as error:
        raise StoreUnavailableError(
            f"{operation}: {reason_of(error)}", code=StoreUnavailableError.UNREACHABLE
        ) from None
    except (MinioException, ParseError, UnicodeError) as error:
        raise StoreUnavailableError(
            f"{operation}: {type(error).__name__}", code=StoreUnavailableError.NOT_S3
        ) from None


_PIECE = 256 * 1024


class ChunkedUploadPool(PoolManager):
    """
    Send a large body in pieces.

    urllib3 wants a block of bytes sent within the time for *connecting*, however
    large it is: 16 MiB in five seconds. In pieces, that time is each piece's own.
    """

    def urlopen(self, method: str, url: str, *args: Any, **kw: Any) -> BaseHTTPResponse:
        """Cut ``body``, if it is bytes; its length must be in the headers already."""
        body = kw.get("body")
        if isinstance(body, bytes) and len(body) > _PIECE:
            view = memoryview(body)
            kw["body"] = [view[at : at + _PIECE] for at in range(0, len(body), _PIECE)]
        return super().urlopen(method, url, *args, **kw)
