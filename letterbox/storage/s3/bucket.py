"""How a bucket is set up: its rules, its versions, and the tag for expiry."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from minio.commonconfig import Tags
from minio.error import S3Error

from letterbox.domain.errors import StoreUnavailableError
from letterbox.storage.s3.client import Client, translated
from letterbox.storage.s3.lifecycle import (
    EXPIRES,
    KEEP_RULE,
    TAG,
    UPLOADS_RULE,
    rule_name,
    with_our_rules,
)

# A server that has no tags has no rule that asks for one either, and keeps it all.
_OURS_ALREADY = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}
_NOTHING_TO_DO = {"NoSuchKey", "NotImplemented", "MethodNotAllowed"}


class Bucket:
    """
    The settings of a bucket, and the expiry of its objects, named as they are there.

    Tags are read before they are written: other people's stay, and a server that
    takes no notice of ``?tagging`` must not put the tags in the object's place.
    StoreUnavailableError also where the rights are missing.
    """

    def __init__(self, client: Client, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def make(self) -> None:
        """Make the bucket, unless it is there."""
        with translated("prepare"):
            if self._client.bucket_exists(self._bucket):
                return
            try:
                self._client.make_bucket(self._bucket)
            except S3Error as error:
                if error.code not in _OURS_ALREADY:
                    raise

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

    def keeps_versions(self) -> bool:
        """Return whether what is removed may stay as an older version."""
        with translated("versioning"):
            try:
                answer = self._client.get_bucket_versioning(self._bucket)
            except ValueError:
                raise StoreUnavailableError("versioning: not understood") from None
        # None is never; suspended, it still has those of before.
        return answer.status is not None

    def differing_rules(self, keep: timedelta | None) -> list[str]:
        """List those of our rules that are missing, left over or different."""
        with translated("lifecycle"):
            document, _ = self._client.lifecycle(self._bucket)
            current = _rules(document)
        expected = _rules(with_our_rules(None, keep, self._prefix))
        return [
            rule
            for rule in (KEEP_RULE, UPLOADS_RULE)
            for name in [rule_name(rule, self._prefix)]
            if current.get(name) != expected.get(name)
        ]

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


def _rules(document: bytes | None) -> Mapping[str, tuple[str, ...]]:
    """Read the rules by name: whether they are enabled, of what, and their days."""
    if document is None:
        return {}
    try:
        root: Element = fromstring(document)
    except ValueError:
        raise StoreUnavailableError("lifecycle: not understood") from None
    return {
        rule.findtext("{*}ID", ""): (
            rule.findtext("{*}Status", ""),
            rule.findtext("{*}Filter/{*}And/{*}Prefix", ""),
            rule.findtext("{*}Filter/{*}Prefix", ""),
            rule.findtext("{*}Expiration/{*}Days", ""),
            rule.findtext(
                "{*}AbortIncompleteMultipartUpload/{*}DaysAfterInitiation", ""
            ),
        )
        for rule in root.iterfind("{*}Rule")
    }
