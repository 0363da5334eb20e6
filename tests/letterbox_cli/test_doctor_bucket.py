"""``letterbox doctor`` on a bucket: its rights, its rules and its versions."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from minio import Minio
from minio.commonconfig import ENABLED
from minio.versioningconfig import VersioningConfig

from letterbox.storage.s3.store import S3Store
from tests.letterbox_cli.conftest import Doctor, Letterbox, levels


@pytest.fixture(name="bucket")
def _bucket(environment: pytest.MonkeyPatch, s3_endpoint: str) -> str:
    """Name a bucket that is not there yet as the store."""
    bucket = f"letterbox-{uuid4().hex}"
    environment.setenv("LETTERBOX_STORE", f"s3://{bucket}")
    environment.setenv("LETTERBOX_S3_ENDPOINT", s3_endpoint)
    environment.setenv("LETTERBOX_S3_ACCESS_KEY", "access")
    environment.setenv("LETTERBOX_S3_SECRET_KEY", "secret")
    return bucket


@pytest.fixture(name="store")
def _store(bucket: str, s3_endpoint: str) -> S3Store:
    """Make the bucket, without any rule."""
    store = S3Store(
        endpoint=s3_endpoint,
        access_key="access",
        secret_key="secret",
        bucket=bucket,
        region="us-east-1",
    )
    store.prepare()
    return store


@pytest.mark.usefixtures("bucket")
def test_a_bucket_that_is_not_there_is_not_made(doctor: Doctor) -> None:
    """The bucket is named, and what makes it."""
    for found in (doctor(), doctor()):
        [line] = found["store"]
        assert line.startswith("wrong: there is no bucket letterbox-")
        assert "create it with `letterbox init`" in line
        assert not {"positions", "inbox", "bucket tags"} & found.keys()


@pytest.mark.usefixtures("store")
def test_what_init_has_made_is_fine(letterbox: Letterbox, doctor: Doctor) -> None:
    """Its rules for archives and for uploads."""
    before = doctor()["bucket lifecycle"]
    letterbox("init")
    found = doctor()

    [uploads] = before
    assert uploads.startswith("warning: incomplete uploads are kept forever")
    assert levels(found["store"]) == ["ok"]
    assert levels(found["clock (S3 server)"]) == ["ok"]
    assert found["bucket tags"] == ["ok: can be set and removed"]
    assert found["bucket lifecycle"] == ["ok: as the settings say"]
    assert found["bucket versions"] == ["ok: off: erased objects are gone"]


def test_archives_that_are_kept_otherwise_are_wrong(
    environment: pytest.MonkeyPatch,
    store: S3Store,
    letterbox: Letterbox,
    doctor: Doctor,
) -> None:
    """The rule is missing, of another time, or left over: `init` repairs it."""
    letterbox("init")
    for keep in ("30d", "60d", ""):
        environment.setenv("LETTERBOX_ARCHIVE_KEEP", keep)
        [line] = doctor()["bucket lifecycle"]
        letterbox("init")

        assert line.startswith("wrong: archives are not kept as LETTERBOX_ARCHIVE_KEEP")
        assert levels(doctor()["bucket lifecycle"]) == ["ok"]
    assert not list(store.list(""))


@pytest.mark.usefixtures("store")
def test_a_bucket_with_versions_erases_nothing(
    bucket: str, doctor: Doctor, s3_endpoint: str
) -> None:
    """Not wrong, if a rule ends the old versions; whoever runs it has to know."""
    minio = Minio(urlsplit(s3_endpoint).netloc, "access", "secret", secure=False)
    minio.set_bucket_versioning(bucket, VersioningConfig(ENABLED))

    [line] = doctor()["bucket versions"]

    assert line.startswith("warning: the bucket keeps old versions")


@pytest.mark.usefixtures("bucket")
def test_rights_that_are_missing_are_named(
    environment: pytest.MonkeyPatch, doctor: Doctor, refusing_s3: str
) -> None:
    """Each by itself; without the lifecycle nothing is lost, unless it is to end."""
    environment.setenv("LETTERBOX_S3_ENDPOINT", refusing_s3)
    found = doctor()
    environment.setenv("LETTERBOX_ARCHIVE_KEEP", "30d")
    keeping = doctor()

    assert "denies access to the bucket letterbox-" in found["store"][0]
    assert (
        "(put: AccessDenied): archives need GetObjectTagging" in found["bucket tags"][0]
    )
    assert ": cannot be read (lifecycle: Acc" in found["bucket lifecycle"][0]
    assert levels(found["bucket lifecycle"]) == ["warning"]
    assert levels(keeping["bucket lifecycle"]) == ["wrong"]
    assert found["bucket versions"][0].startswith("warning: cannot be read")
