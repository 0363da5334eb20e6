"""Keys of the store: what is stored today lies where the next release looks for it."""

from collections.abc import Callable

import pytest

from letterbox.domain import keys

ID = "careerjet:a/b"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (lambda: keys.inbox(ID), "inbox/a1/careerjet:a%2Fb~"),
        (lambda: keys.inbox_record(ID, "f1"), "inbox/a1/careerjet:a%2Fb~f1.zip"),
        (lambda: keys.old_inbox_of("careerjet:a"), "inbox/careerjet:a/"),
        (lambda: keys.old_inbox_record(ID, "f1"), "inbox/careerjet:a%2Fb/f1.json"),
        (
            lambda: keys.inbox_record(f"a:{'b' * 198}", "0" * 64),
            f"inbox/82/a:{'b' * 198}~{'0' * 50}.zip",
        ),
        (
            lambda: keys.inbox_record(f"a:{'b' * 199}", "0" * 64),
            f"inbox/2e/a:{'b' * 118}~2e6d9f51ed85d1b01b2f4f83f138613b~{'0' * 64}.zip",
        ),
        (lambda: keys.application(ID), "applications/careerjet:a%2Fb/"),
        (lambda: keys.record(ID), "applications/careerjet:a%2Fb/application.json"),
        (lambda: keys.sources(ID), "applications/careerjet:a%2Fb/source/"),
        (lambda: keys.source(ID, 2), "applications/careerjet:a%2Fb/source/2.json"),
        (
            lambda: keys.document(ID, "d.pdf"),
            "applications/careerjet:a%2Fb/documents/d.pdf",
        ),
        (lambda: keys.quarantine(ID), "applications/careerjet:a%2Fb/quarantine/"),
        (
            lambda: keys.quarantined(ID, "d.pdf"),
            "applications/careerjet:a%2Fb/quarantine/d.pdf",
        ),
        (
            lambda: keys.released(ID, "d.pdf"),
            "applications/careerjet:a%2Fb/released/d.pdf.json",
        ),
        (
            lambda: keys.looking(ID, "d.pdf"),
            "applications/careerjet:a%2Fb/looking/d.pdf",
        ),
        (lambda: keys.archive(ID), "archive/careerjet:a%2Fb.zip"),
        (lambda: keys.tombstone(ID), "erased/careerjet:a%2Fb.json"),
        (lambda: keys.hold(ID), "holds/careerjet:a%2Fb.json"),
        (lambda: keys.owed(ID), "delivery/owed/careerjet:a%2Fb.json"),
        (lambda: keys.candidate("abc"), "candidates/abc/"),
        (lambda: keys.marker("abc", ID), "candidates/abc/careerjet:a%2Fb"),
        (lambda: keys.positions("r-1"), "positions/references/r-1/"),
        (lambda: keys.positions(".."), "positions/references/%2E%2E/"),
        (lambda: keys.position("r-1", None), "positions/references/r-1/any.json"),
        (lambda: keys.position("r-1", "a b"), "positions/references/r-1/of-a%20b.json"),
        (
            lambda: keys.position("r-1", None, "0123456789abcdef"),
            "positions/references/r-1/any~0123456789abcdef.json",
        ),
        (lambda: keys.position_name("h"), "of-h.json"),
        (lambda: keys.without_variant("any~0123456789abcdef.json"), "any.json"),
        (lambda: keys.without_variant("any~012.json"), "any~012.json"),
        (lambda: keys.aliases("posting", "p/1"), "positions/aliases/posting/p%2F1/"),
        (
            lambda: keys.alias("posting", "p", "r-1", "h"),
            "positions/aliases/posting/p/of-h%2Fr-1.json",
        ),
        (
            lambda: keys.alias("posting", "p", "r-1", None, "0123456789abcdef"),
            "positions/aliases/posting/p/any%2Fr-1~0123456789abcdef.json",
        ),
        (lambda: keys.waiting_removals("h"), "positions/waiting/of-h.json"),
        (lambda: keys.waiting_removals(None), "positions/waiting/any.json"),
        (
            lambda: keys.refused_references("careerjet"),
            "positions/refused/careerjet.json",
        ),
    ],
)
def test_a_key_is_spelled_as_it_always_was(
    key: Callable[[], str], expected: str
) -> None:
    """Another spelling would lose what lies there."""
    assert key() == expected
