"""Checks a bucket of S3: its rights, its rules and its versions."""

from contextlib import suppress
from uuid import uuid4

from letterbox.checks import CheckResult, ok, warning, wrong
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import ObjectStore
from letterbox.settings import Settings
from letterbox.storage.s3.bucket import Bucket
from letterbox.storage.s3.lifecycle import KEEP_RULE, UPLOADS_RULE
from letterbox.storage.s3.store import S3Store
from letterbox_cli.doctor.checking import all_of, in_thread, safely


async def look(settings: Settings, store: ObjectStore) -> list[CheckResult]:
    """Check what only a bucket has."""
    if not isinstance(store, S3Store):
        raise TypeError("no bucket")
    return await all_of(
        safely("bucket tags", in_thread(_tags, store)),
        safely("bucket lifecycle", in_thread(_lifecycle, store.bucket, settings)),
        safely("bucket versions", in_thread(_versions, store.bucket)),
    )


def _tags(store: S3Store) -> list[CheckResult]:
    """Set a tag on an object of our own, and remove it."""
    key = f"health/{uuid4().hex}"
    try:
        store.put(key, b"letterbox")
        store.let_expire(key)
        store.retain(key)
    except (StoreUnavailableError, FileNotFoundError) as error:
        message = (
            f"cannot be set ({error}): archives need GetObjectTagging, "
            "PutObjectTagging and DeleteObjectTagging"
        )
        return [wrong("bucket tags", message)]
    finally:
        with suppress(StoreUnavailableError):
            store.delete(key)
    return [ok("bucket tags", "can be set and removed")]


def _lifecycle(bucket: Bucket, settings: Settings) -> list[CheckResult]:
    try:
        differing = bucket.differing_rules(settings.archive_keep)
    except StoreUnavailableError as error:
        message = (
            f"cannot be read ({error}): are old archives and "
            "incomplete uploads removed?"
        )
        is_wrong = settings.archive_keep is not None
        return [(wrong if is_wrong else warning)("bucket lifecycle", message)]
    results = []
    if KEEP_RULE in differing:
        message = (
            "archives are not kept as LETTERBOX_ARCHIVE_KEEP says: run `letterbox init`"
        )
        results.append(wrong("bucket lifecycle", message))
    if UPLOADS_RULE in differing:
        message = "incomplete uploads are kept forever: run `letterbox init`"
        results.append(warning("bucket lifecycle", message))
    return results or [ok("bucket lifecycle", "as the settings say")]


def _versions(bucket: Bucket) -> list[CheckResult]:
    try:
        versioned = bucket.keeps_versions()
    except StoreUnavailableError as error:
        message = f"cannot be read ({error}): with versioning, nothing is really erased"
        return [warning("bucket versions", message)]
    if not versioned:
        return [ok("bucket versions", "off: erased objects are gone")]
    message = (
        "the bucket keeps old versions: erased objects stay until a lifecycle rule "
        "removes them (NoncurrentVersionExpiration, and expired delete markers)"
    )
    return [warning("bucket versions", message)]
