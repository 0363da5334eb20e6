"""Two installations in one bucket, each below a prefix of its own."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from minio import Minio
from pydantic import SecretStr

from letterbox.domain import keys
from letterbox.resources import bucket_and_prefix
from letterbox.settings import Settings
from letterbox.storage.s3.lifecycle import KEEP_RULE, UPLOADS_RULE
from letterbox.storage.s3.store import S3Store

PREFIXES = ["letterbox/prod", "letterbox/prod2", ""]
KEY = "inbox/careerjet:1/a.json"


@pytest.fixture(name="stores")
def _stores(moto_endpoint: str, make_s3: Callable[..., S3Store]) -> Sequence[S3Store]:
    stores = [make_s3(moto_endpoint, prefix) for prefix in PREFIXES]
    stores[0].prepare()
    return stores


@pytest.fixture(name="client")
def _client(moto_endpoint: str) -> Minio:
    return Minio(urlsplit(moto_endpoint).netloc, "access", "secret", secure=False)


def test_no_installation_sees_what_another_keeps(stores: Sequence[S3Store]) -> None:
    """Neither by key nor in a list, also where one prefix begins like another."""
    for number, store in enumerate(stores):
        store.put(KEY, b"%d" % number)

    for number, store in enumerate(stores):
        assert store.get(KEY) == b"%d" % number
        assert [found.key for found in store.list(keys.INBOX)] == [KEY]
        assert store.stat(KEY).key == KEY
    stores[0].delete(KEY)
    assert [list(store.list(keys.INBOX)) != [] for store in stores] == [
        False,
        True,
        True,
    ]


def test_each_object_lies_below_the_prefix(
    stores: Sequence[S3Store], client: Minio, bucket: str
) -> None:
    """Tags, checks and large objects too."""
    archive = "archive/careerjet:1.zip"
    stores[0].put(archive, b"bag")
    stores[0].let_expire(archive)
    stores[0].check()

    [found] = client.list_objects(bucket, recursive=True)
    assert found.object_name == f"letterbox/prod/{archive}"
    assert client.get_object_tags(bucket, found.object_name)
    stores[0].retain(archive)
    assert not client.get_object_tags(bucket, found.object_name)


def test_each_installation_has_rules_of_its_own(
    stores: Sequence[S3Store],
    client: Minio,
    bucket: str,
    moto_endpoint: str,
    make_s3: Callable[..., S3Store],
) -> None:
    """To end one's keeping ends nobody else's."""
    for days, store in enumerate(stores, 10):
        store.set_lifecycle(timedelta(days=days))
    stores[1].set_lifecycle(None)

    lifecycle = client.get_bucket_lifecycle(bucket)
    assert lifecycle is not None
    kept = {
        rule.rule_filter.and_operator.prefix: rule.expiration.days
        for rule in lifecycle.rules
        if rule.rule_filter
        and rule.rule_filter.and_operator
        and rule.expiration is not None
    }
    assert kept == {"letterbox/prod/archive/": 10, "archive/": 12}
    looked_at = [
        make_s3(moto_endpoint, prefix).bucket.differing_rules(timedelta(days=10))
        for prefix in ["letterbox/prod", "letterbox/prod2", "letterbox/never"]
    ]
    assert looked_at == [[], [KEEP_RULE], [KEEP_RULE, UPLOADS_RULE]]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("s3://bucket", ("bucket", "")),
        ("s3://bucket/", ("bucket", "")),
        ("s3://bucket/a/b/", ("bucket", "a/b")),
        ("s3://bucket/a?b#c%20d", ("bucket", "a?b#c%20d")),
    ],
)
def test_nothing_of_the_address_is_dropped(url: str, found: tuple[str, str]) -> None:
    """What stands behind the bucket is a prefix, whatever it is made of."""
    settings = Settings(
        store=url,
        s3_endpoint="http://127.0.0.1:1",
        s3_access_key=SecretStr("access"),
        s3_secret_key=SecretStr("secret"),
    )

    assert bucket_and_prefix(settings) == found


@pytest.mark.parametrize("url", ["s3://bucket/a//b", "s3://bucket/../a", "s3://b/."])
def test_a_prefix_that_can_be_no_key_is_refused(url: str) -> None:
    """At the start, by the name of the setting."""
    with pytest.raises(ValueError, match="empty or dotted part"):
        Settings(store=url, s3_endpoint="http://127.0.0.1:1")
