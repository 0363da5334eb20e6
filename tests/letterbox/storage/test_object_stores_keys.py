"""The contract of ``ObjectStore``: what is a key, and what a listing gives."""

import pytest

from letterbox.domain.ports import ObjectStore
from letterbox.storage.s3.store import S3Store
from tests.letterbox.storage.verbs import EXPIRY, VERBS

HOSTILE = [
    "",
    "/",
    "/etc/passwd",
    "..",
    "../outside",
    "a/../../outside",
    "a/./b",
    "a//b",
    "a/",
    "a\0b",
    ".tmp",
    ".tmp/a",
    "a/" + "b" * 256,
    "a/\udc80",
]


def test_listing_goes_by_the_bytes_of_the_whole_key(
    store: ObjectStore, area: str
) -> None:
    """Folders do not count: ``a.json`` is before ``a/b``, which is before ``a0``."""
    names = [
        "a!",
        "a-b/c",
        "a.json",
        "a/b",
        "a/b.c",
        "a/b/..c",
        "a0",
        "aé/x",
        "b/.tmp/c",
    ]
    keys = [f"{area}{name}" for name in names if name != "a/b"]
    for key in reversed(keys):
        store.put(key, b"body")

    listed = [found.key for found in store.list(area)]

    assert listed == sorted(keys, key=str.encode)


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("inbox/", ["inbox/careerjet:1/x", "inbox/careerjet:10/x", "inbox/seek:1/x"]),
        ("inbox/careerjet", ["inbox/careerjet:1/x", "inbox/careerjet:10/x"]),
        ("inbox/careerjet:1/", ["inbox/careerjet:1/x"]),
        ("inbox/seek:1/x", ["inbox/seek:1/x"]),
        ("in", ["inbox/careerjet:1/x", "inbox/careerjet:10/x", "inbox/seek:1/x"]),
        ("inbox/seek:1/x/", []),
        ("nothing", []),
        ("nothing/", []),
    ],
)
def test_a_prefix_is_the_beginning_of_a_key(
    store: ObjectStore, area: str, prefix: str, names: list[str]
) -> None:
    """A prefix may end anywhere in a key, not only where a folder does."""
    for name in ["careerjet:1", "careerjet:10", "seek:1"]:
        store.put(f"{area}inbox/{name}/x", b"body")
    store.put(f"{area}outbox/x", b"body")

    listed = [found.key for found in store.list(area + prefix)]

    assert listed == [area + name for name in names]


def test_everything_is_below_the_empty_prefix(store: ObjectStore, area: str) -> None:
    """The empty prefix lists the whole store."""
    store.put(f"{area}a/b", b"body")

    assert f"{area}a/b" in [found.key for found in store.list("")]


def test_objects_may_vanish_under_a_walk(store: ObjectStore, area: str) -> None:
    """A walk goes on when what is ahead of it is deleted."""
    for name in ["a", "b", "c/d", "e/f/g"]:
        store.put(area + name, b"body")
    walk = store.list(area)

    first = next(walk)
    for name in ["b", "c/d", "e/f/g"]:
        store.delete(area + name)
    rest = [found.key for found in walk]

    assert first.key == f"{area}a"
    assert set(rest) <= {f"{area}{name}" for name in ["b", "c/d", "e/f/g"]}


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "list"])
@pytest.mark.parametrize("key", HOSTILE)
def test_a_hostile_key_is_refused(unprepared: ObjectStore, key: str, verb: str) -> None:
    """Nothing but plain parts is a key: no store is asked, and none need be there."""
    with pytest.raises(ValueError, match="not a key"):
        VERBS[verb](unprepared, key)


@pytest.mark.parametrize("unprepared", ["moto", "prefixed"], indirect=True)
@pytest.mark.parametrize("verb", EXPIRY)
@pytest.mark.parametrize("key", HOSTILE)
def test_the_expiry_of_a_hostile_key_is_refused(
    unprepared: S3Store, key: str, verb: str
) -> None:
    """What is no key has no tag that could be set."""
    with pytest.raises(ValueError, match="not a key"):
        EXPIRY[verb](unprepared, key)


@pytest.mark.parametrize("prefix", ["/", "../", "a/../b", "/etc/", "a//", ".tmp/"])
def test_a_hostile_prefix_is_refused(unprepared: ObjectStore, prefix: str) -> None:
    """A prefix does not lead out of the store either, and says so at once."""
    with pytest.raises(ValueError, match="not a key"):
        unprepared.list(prefix)


@pytest.mark.parametrize(
    "name",
    [
        "careerjet:550e8400-e29b-41d4-a716-446655440000",
        "50%25%2Foff",
        "a+b c&d=e?f#g",
        "~" + "x" * 199,
        "%C3%A9" * 33,
        "é" * 100,
        "...",
        ".hidden",
        "quote'\"<>&",
    ],
)
def test_a_key_of_unusual_characters_is_a_key(
    store: ObjectStore, area: str, name: str
) -> None:
    """A key comes back from a listing exactly as it was put."""
    key = f"{area}{name}/{name}.json"
    store.put(key, b"body")

    assert [found.key for found in store.list(area)] == [key]
    assert store.get(key) == b"body"
    assert store.stat(key).key == key
