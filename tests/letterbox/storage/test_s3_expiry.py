"""What a bucket does of itself: which rules are ours, and what is left to others."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit
from xml.etree.ElementTree import canonicalize

import pytest
from minio import Minio
from minio.commonconfig import ENABLED, Filter, Tags
from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule

from letterbox.domain.errors import StoreUnavailableError
from letterbox.storage.s3.lifecycle import with_our_rules
from letterbox.storage.s3.store import S3Store

MIB = 1024 * 1024
NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
# Sizes, several transitions: the client's own model of a rule knows neither.
THEIRS = (
    "<Rule><ID>theirs</ID><Status>Disabled</Status><Filter><And><Prefix>logs/</Prefix>"
    "<ObjectSizeGreaterThan>500</ObjectSizeGreaterThan></And></Filter>"
    "<Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition>"
    "<Transition><Days>90</Days><StorageClass>GLACIER</StorageClass></Transition></Rule>"
)
UPLOADS = (
    "<Rule><ID>letterbox-incomplete-uploads</ID><Status>Enabled</Status>"
    "<Filter><Prefix></Prefix></Filter><AbortIncompleteMultipartUpload>"
    "<DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>"
)


def kept_for(days: int) -> str:
    """Write the rule that ends the keeping of archives."""
    return (
        "<Rule><ID>letterbox-archive-keep</ID><Status>Enabled</Status><Filter><And>"
        "<Prefix>archive/</Prefix><Tag><Key>letterbox</Key><Value>expires</Value></Tag>"
        f"</And></Filter><Expiration><Days>{days}</Days></Expiration></Rule>"
    )


def rules(*given: str, attributes: str = NAMESPACE) -> bytes:
    """Write a lifecycle."""
    text = "".join(given)
    return (
        f"<LifecycleConfiguration {attributes}>{text}</LifecycleConfiguration>".encode()
    )


@pytest.mark.parametrize("attributes", [NAMESPACE, ""])
@pytest.mark.parametrize(
    ("before", "keep", "after"),
    [
        ([THEIRS], None, [THEIRS, UPLOADS]),
        ([THEIRS], timedelta(days=30), [THEIRS, kept_for(30), UPLOADS]),
        ([kept_for(9), THEIRS, UPLOADS], None, [THEIRS, UPLOADS]),
        ([kept_for(9), THEIRS], timedelta(hours=1), [THEIRS, kept_for(1), UPLOADS]),
        ([UPLOADS, kept_for(9)], timedelta(hours=25), [kept_for(2), UPLOADS]),
    ],
)
def test_only_our_rules_are_replaced(
    before: list[str], keep: timedelta | None, after: list[str], attributes: str
) -> None:
    """Whatever others have written stays to the letter."""
    written = with_our_rules(rules(*before, attributes=attributes), keep)

    expected = rules(*after, attributes=attributes)
    assert canonicalize(written, rewrite_prefixes=True) == canonicalize(
        expected, rewrite_prefixes=True
    )


@pytest.fixture(name="store")
def _store(moto_endpoint: str, make_s3: Callable[[str], S3Store]) -> S3Store:
    store = make_s3(moto_endpoint)
    store.prepare()
    return store


@pytest.fixture(name="client")
def _client(moto_endpoint: str) -> Minio:
    """Ask the same server as anybody else would."""
    return Minio(urlsplit(moto_endpoint).netloc, "access", "secret", secure=False)


def test_a_bucket_gets_our_rules_and_keeps_its_own(
    store: S3Store, client: Minio, bucket: str
) -> None:
    """A real server takes them, however often they are set."""
    theirs = Rule(
        ENABLED, Filter(prefix="logs/"), "theirs", expiration=Expiration(days=7)
    )
    client.set_bucket_lifecycle(bucket, LifecycleConfig([theirs]))

    def found() -> dict[str | None, Rule]:
        config = client.get_bucket_lifecycle(bucket)
        assert config is not None
        return {rule.rule_id: rule for rule in config.rules}

    store.set_lifecycle(timedelta(days=400))
    store.set_lifecycle(timedelta(days=365))
    with_keep = found()
    store.set_lifecycle(None)

    ours = with_keep["letterbox-archive-keep"]
    assert ours.expiration == Expiration(days=365)
    assert ours.rule_filter is not None
    assert ours.rule_filter.and_operator is not None
    assert ours.rule_filter.and_operator.prefix == "archive/"
    assert ours.rule_filter.and_operator.tags == {"letterbox": "expires"}
    assert set(with_keep) == {
        "theirs",
        "letterbox-archive-keep",
        "letterbox-incomplete-uploads",
    }
    assert set(found()) == {"theirs", "letterbox-incomplete-uploads"}
    assert found()["theirs"] == with_keep["theirs"] == theirs


def test_a_bucket_without_rules_gets_ours(
    store: S3Store, client: Minio, bucket: str
) -> None:
    """The first to come makes them."""
    store.set_lifecycle(None)

    config = client.get_bucket_lifecycle(bucket)
    assert config is not None
    assert [rule.rule_id for rule in config.rules] == ["letterbox-incomplete-uploads"]


def test_tags_of_others_stay_when_ours_is_set_or_removed(
    store: S3Store, client: Minio, bucket: str
) -> None:
    """A scanner or an accountant may tag what is ours."""
    store.put("archive/a.zip", b"body")
    theirs = Tags.new_object_tags()
    theirs["scanned"] = "clean"
    client.set_object_tags(bucket, "archive/a.zip", theirs)

    store.let_expire("archive/a.zip")
    expiring = client.get_object_tags(bucket, "archive/a.zip")
    store.retain("archive/a.zip")

    assert expiring == {"scanned": "clean", "letterbox": "expires"}
    assert client.get_object_tags(bucket, "archive/a.zip") == theirs


def test_an_archive_put_again_is_kept_until_it_is_let_go(
    store: S3Store, client: Minio, bucket: str
) -> None:
    """A put leaves no tag: what was not verified yet does not expire."""
    store.put("archive/a.zip", b"body")
    store.let_expire("archive/a.zip")

    store.put("archive/a.zip", b"body")

    assert not client.get_object_tags(bucket, "archive/a.zip")


@pytest.fixture(name="upload")
def _upload(store: S3Store, client: Minio, bucket: str) -> Callable[[str], None]:
    """Begin uploads as a process does that is killed."""
    assert store is not None

    def upload(key: str) -> None:
        client._create_multipart_upload(bucket, key, {})  # noqa: SLF001 there is no other

    return upload


def test_uploads_that_were_cut_short_are_aborted(
    store: S3Store, client: Minio, bucket: str, upload: Callable[[str], None]
) -> None:
    """Those of an application or an archive, and of no other whose id begins alike."""
    mine = ["applications/a:1/documents/x.pdf", "applications/a:1/source/1.json"]
    others = ["applications/a:10/documents/x.pdf", "archive/a:1.zip.old"]
    for key in [*mine, *others, "archive/a:1.zip"]:
        upload(key)

    store.remove_unfinished("applications/a:1")
    store.remove_unfinished("archive/a:1.zip")

    left = client._list_multipart_uploads(bucket).uploads  # noqa: SLF001 same
    assert sorted(found.object_name for found in left) == sorted(others)


def test_a_server_that_minds_no_tags_keeps_its_objects(
    store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that answers ``?tagging`` with the object must not get tags for an object."""
    store.put("archive/a.zip", b"<no><tags/></no>")
    asked = Minio._execute  # noqa: SLF001 the line to the server

    def heedless(*given: object, **named: object) -> object:
        named["query_params"] = {}
        return asked(*given, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Minio, "_execute", heedless)
        with pytest.raises(StoreUnavailableError, match="tags"):
            store.let_expire("archive/a.zip")

    assert store.get("archive/a.zip") == b"<no><tags/></no>"
