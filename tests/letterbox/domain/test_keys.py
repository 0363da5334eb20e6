"""Keys of the store: what is stored today lies where the next release looks for it."""

import pytest

from letterbox.domain import keys

ID = "careerjet:a/b"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (keys.inbox(ID), "inbox/careerjet:a%2Fb/"),
        (keys.inbox_record(ID, "f1"), "inbox/careerjet:a%2Fb/f1.json"),
        (keys.application(ID), "applications/careerjet:a%2Fb/"),
        (keys.record(ID), "applications/careerjet:a%2Fb/application.json"),
        (keys.sources(ID), "applications/careerjet:a%2Fb/source/"),
        (keys.source(ID, 2), "applications/careerjet:a%2Fb/source/2.json"),
        (keys.document(ID, "d.pdf"), "applications/careerjet:a%2Fb/documents/d.pdf"),
        (keys.quarantine(ID), "applications/careerjet:a%2Fb/quarantine/"),
        (
            keys.quarantined(ID, "d.pdf"),
            "applications/careerjet:a%2Fb/quarantine/d.pdf",
        ),
        (
            keys.released(ID, "d.pdf"),
            "applications/careerjet:a%2Fb/released/d.pdf.json",
        ),
        (keys.looking(ID, "d.pdf"), "applications/careerjet:a%2Fb/looking/d.pdf"),
        (keys.archive(ID), "archive/careerjet:a%2Fb.zip"),
        (keys.tombstone(ID), "erased/careerjet:a%2Fb.json"),
        (keys.hold(ID), "holds/careerjet:a%2Fb.json"),
        (keys.owed(ID), "delivery/owed/careerjet:a%2Fb.json"),
        (keys.candidate("abc"), "candidates/abc/"),
        (keys.marker("abc", ID), "candidates/abc/careerjet:a%2Fb"),
        (keys.positions("r-1"), "positions/references/r-1/"),
        (keys.positions(".."), "positions/references/%2E%2E/"),
        (keys.position("r-1", None), "positions/references/r-1/any.json"),
        (keys.position("r-1", "a b"), "positions/references/r-1/of-a%20b.json"),
        (
            keys.position("r-1", None, "0123456789abcdef"),
            "positions/references/r-1/any~0123456789abcdef.json",
        ),
        (keys.position_name("h"), "of-h.json"),
        (keys.without_variant("any~0123456789abcdef.json"), "any.json"),
        (keys.without_variant("any~012.json"), "any~012.json"),
        (keys.aliases("posting", "p/1"), "positions/aliases/posting/p%2F1/"),
        (
            keys.alias("posting", "p", "r-1", "h"),
            "positions/aliases/posting/p/of-h%2Fr-1.json",
        ),
        (
            keys.alias("posting", "p", "r-1", None, "0123456789abcdef"),
            "positions/aliases/posting/p/any%2Fr-1~0123456789abcdef.json",
        ),
        (keys.waiting_removals("h"), "positions/waiting/of-h.json"),
        (keys.waiting_removals(None), "positions/waiting/any.json"),
        (keys.refused_references("careerjet"), "positions/refused/careerjet.json"),
    ],
)
def test_a_key_is_spelled_as_it_always_was(key: str, expected: str) -> None:
    """Another spelling would lose what lies there."""
    assert key == expected
