"""A bucket of S3: its rights, its rules, its versions."""

from contextlib import suppress
from uuid import uuid4

from letterbox.checks import Finding, ok, warning, wrong
from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.ports import Expiry, ObjectStore
from letterbox.resources import bucket_and_prefix
from letterbox.settings import Settings
from letterbox.storage.s3.bucket import Bucket
from letterbox.storage.s3.lifecycle import KEEP_RULE, UPLOADS_RULE
from letterbox_cli.doctor.findings import TIMEOUT, all_of, in_thread, safely


async def look(settings: Settings, store: ObjectStore) -> list[Finding]:
    """Look at what a folder does not have."""
    name, prefix = bucket_and_prefix(settings)
    bucket = Bucket(
        endpoint=settings.s3_endpoint,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        bucket=name,
        prefix=prefix,
        region=settings.s3_region,
        timeout=TIMEOUT,
    )
    return await all_of(
        safely("bucket tags", in_thread(_tags, store)),
        safely("bucket lifecycle", in_thread(_lifecycle, bucket, settings)),
        safely("bucket versions", in_thread(_versions, bucket)),
    )


def _tags(store: ObjectStore) -> list[Finding]:
    """Set a tag and take it away, on an object of our own."""
    if not isinstance(store, Expiry):
        raise TypeError("no bucket")
    key = f"health/{uuid4().hex}"
    try:
        store.put(key, b"letterbox")
        store.let_expire(key)
        store.retain(key)
    except (StoreUnavailableError, FileNotFoundError) as error:
        words = (
            f"cannot be set ({error}): archives need GetObjectTagging, "
            "PutObjectTagging and DeleteObjectTagging"
        )
        return [wrong("bucket tags", words)]
    finally:
        with suppress(StoreUnavailableError):
            store.delete(key)
    return [ok("bucket tags", "can be set and taken away")]


def _lifecycle(bucket: Bucket, settings: Settings) -> list[Finding]:
    try:
        odd = bucket.differing_rules(settings.archive_keep)
    except StoreUnavailableError as error:
        words = f"cannot be read ({error}): are archives and cut uploads ended?"
        grave = settings.archive_keep is not None
        return [(wrong if grave else warning)("bucket lifecycle", words)]
    found = []
    if KEEP_RULE in odd:
        words = "archives are not kept as LETTERBOX_ARCHIVE_KEEP says: `letterbox init`"
        found.append(wrong("bucket lifecycle", words))
    if UPLOADS_RULE in odd:
        words = "uploads that were cut short are kept for ever: `letterbox init`"
        found.append(warning("bucket lifecycle", words))
    return found or [ok("bucket lifecycle", "as the settings say")]


def _versions(bucket: Bucket) -> list[Finding]:
    try:
        versioned = bucket.keeps_versions()
    except StoreUnavailableError as error:
        words = f"cannot be looked up ({error}): with versions, nothing is erased"
        return [warning("bucket versions", words)]
    if not versioned:
        return [ok("bucket versions", "off: what is erased is gone")]
    words = (
        "the bucket keeps old versions: what is erased stays until a rule of its "
        "lifecycle ends them (NoncurrentVersionExpiration, and expired delete markers)"
    )
    return [warning("bucket versions", words)]
