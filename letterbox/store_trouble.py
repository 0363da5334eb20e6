"""What is wrong with the store, with the settings that lead there and what to do."""

import errno
import getpass
import os

from letterbox.domain.errors import StoreUnavailableError
from letterbox.resources import bucket_and_prefix
from letterbox.settings import Settings
from letterbox.settings.sources import settings_read_from

_SERVER = "the S3 server at {endpoint} (LETTERBOX_S3_ENDPOINT)"
_REGION = f"{_SERVER} is in another region: check LETTERBOX_S3_REGION"
_CLOCK = f"{_SERVER} says that this machine's clock is wrong: synchronise it with NTP"
_OF_BUCKET = {
    StoreUnavailableError.UNREACHABLE: f"{_SERVER} cannot be reached: {{reason}}",
    StoreUnavailableError.NOT_S3: (
        f"{_SERVER} does not answer like S3: is it another port, or another service?"
    ),
    "NoSuchBucket": (
        "there is no bucket {bucket} at {endpoint}: create it with `letterbox init`, "
        "or check LETTERBOX_STORE"
    ),
    "AccessDenied": (
        f"{_SERVER} denies access to the bucket {{bucket}}: the credentials need to "
        "put, get, list and delete objects there"
    ),
    "InvalidAccessKeyId": f"{_SERVER} does not know LETTERBOX_S3_ACCESS_KEY",
    "SignatureDoesNotMatch": (
        f"{_SERVER} refuses LETTERBOX_S3_SECRET_KEY: does it belong to "
        "LETTERBOX_S3_ACCESS_KEY?"
    ),
    "RequestTimeTooSkewed": _CLOCK,
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "InvalidRegion": _REGION,
    "PermanentRedirect": _REGION,
}
_OF_FOLDER = {
    "ENOENT": (
        "there is no store at {folder} ({variable}) yet: create "
        "it with `letterbox init`; "
        "if it is on a volume, mount that first (settings: {read_from})"
    ),
    "ENOTDIR": "{folder} ({variable}) is a file, or below one: choose a folder",
    "EACCES": "the user {user} may not use {folder} ({variable}): chown it to them",
    "EROFS": "{folder} ({variable}) is on a file system that is read-only",
    "ENOSPC": "there is no space left at {folder} ({variable}): make room",
}
_SAME = {"EPERM": "EACCES", "EDQUOT": "ENOSPC", "EEXIST": "ENOTDIR"}
_UNMADE = "nothing can be created at {folder} ({variable}): its path leads nowhere"


def trouble(settings: Settings, error: StoreUnavailableError) -> str:
    """Return a sentence for whoever has to mend it; it quotes no object's name."""
    if not error.code:
        return f"the store {settings.store_url}: {error}: see `letterbox doctor`"
    if settings.store_url.startswith("s3://"):
        return _of_bucket(settings, error)
    return _of_folder(settings, error)


def is_all_there_is(error: StoreUnavailableError) -> bool:
    """Return whether no other look at the store can find anything else."""
    return bool(error.code) and error.code != "AccessDenied"


def store_variable(settings: Settings) -> str:
    """Return the setting that says where the store is."""
    return "LETTERBOX_STORE" if settings.store else "LETTERBOX_DATA"


def _of_bucket(settings: Settings, error: StoreUnavailableError) -> str:
    bucket, _ = bucket_and_prefix(settings)
    sentence = _OF_BUCKET.get(
        error.code, f"{_SERVER} answers {{code}} for the bucket {{bucket}}"
    )
    # Whichever operation came first could not be done: it is left out.
    reason = str(error).partition(": ")[2]
    endpoint = settings.s3_endpoint
    return sentence.format(
        endpoint=endpoint, bucket=bucket, reason=reason, code=error.code
    )


def _of_folder(settings: Settings, error: StoreUnavailableError) -> str:
    code = _SAME.get(error.code, error.code)
    words = os.strerror(getattr(errno, code, 0))
    sentence = _OF_FOLDER.get(
        code, f"{{folder}} ({{variable}}) cannot be used: {words}"
    )
    if code == "ENOENT" and str(error).startswith("prepare"):
        sentence = _UNMADE
    folder = settings.store_url.removeprefix("file:")
    return sentence.format(
        folder=folder,
        variable=store_variable(settings),
        user=_user(),
        read_from=settings_read_from(),
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())  # A container may run as a user without a name.
