"""The expiry of objects in S3, by a tag, and of unfinished uploads."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from minio.commonconfig import Tags
from minio.error import S3Error

from letterbox.domain.errors import StoreUnavailableError
from letterbox.storage.s3.client import Client, translated
from letterbox.storage.s3.lifecycle import EXPIRES, TAG, with_our_rules

# A server that has no tags has no rule that asks for one either, and keeps it all.
_NOTHING_TO_DO = {"NoSuchKey", "NotImplemented", "MethodNotAllowed"}


class S3Expiry:
    """
    The expiry of a bucket's objects, named as they are there.

    Tags are read before they are written: other people's stay, and a server that
    takes no notice of ``?tagging`` must not put the tags in the object's place.
    """

    def __init__(self, client: Client, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def let_expire(self, key: str) -> None:
        """Set the tag that our rule asks for."""
        with _tagging("let_expire"):
            tags = self._tags(key)
            if tags.get(TAG) != EXPIRES:
                tags[TAG] = EXPIRES
                self._client.set_object_tags(self._bucket, key, tags)

    def retain(self, key: str) -> None:
        """Remove the tag that our rule asks for."""
        with _tagging("retain"):
            tags = self._tags(key)
            if tags.pop(TAG, None) is None:
                return
            if tags:
                self._client.set_object_tags(self._bucket, key, tags)
            else:
                self._client.delete_object_tags(self._bucket, key)

    def set_rules(self, keep: timedelta | None) -> None:
        """Put our rules into the bucket's lifecycle."""
        with translated("lifecycle"):
            document, headers = self._client.lifecycle(self._bucket)
            try:
                ours = with_our_rules(document, keep, self._prefix)
            except ValueError:
                raise StoreUnavailableError("lifecycle: not understood") from None
            self._client.put_lifecycle(self._bucket, ours, headers)

    def _tags(self, key: str) -> Tags:
        try:
            tags = self._client.get_object_tags(self._bucket, key)
        except ValueError:
            raise StoreUnavailableError("tags: not understood") from None
        return tags or Tags.new_object_tags()


@contextmanager
def _tagging(operation: str) -> Iterator[None]:
    with translated(operation):
        try:
            yield
        except S3Error as error:
            if error.code not in _NOTHING_TO_DO:
                raise
