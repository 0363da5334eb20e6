"""The texts of a bag, as RFC 8493 has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.archive.bagit import manifest, read_manifest

SHA256 = st.text("0123456789abcdef", min_size=64, max_size=64)
PATHS = st.text(st.characters(codec="utf-8"), min_size=1)


def test_a_manifest_escapes_paths_that_would_break_a_line() -> None:
    """Line breaks and the percent sign, and nothing else: section 2.1.3."""
    text = manifest({"data/a\r\nb%0A é.pdf": "0" * 64})

    assert text == f"{'0' * 64}  data/a%0D%0Ab%250A é.pdf\n"


@given(st.dictionaries(PATHS, SHA256))
def test_a_manifest_is_read_as_it_was_written(digests: dict[str, str]) -> None:
    """What is read equals what was written, whatever the paths."""
    text = manifest(digests)

    assert read_manifest(text) == digests
    assert text.count("\n") == len(digests)
    assert "\r" not in text


@given(st.text())
def test_any_text_is_a_manifest_or_a_value_error(text: str) -> None:
    """Reading a text raises ValueError, or gives what writes that text again."""
    try:
        digests = read_manifest(text)
    except ValueError:
        return

    assert sorted(manifest(digests)) == sorted(text)


@pytest.mark.parametrize(
    "text",
    [
        "0" * 64,
        "0" * 64 + "  data/a",
        "0" * 64 + " data/a\n",
        "0" * 63 + "  data/a\n",
        "A" * 64 + "  data/a\n",
        "0" * 64 + "  \n",
        "0" * 64 + "  data/a\n\n",
        2 * ("0" * 64 + "  data/a\n"),
    ],
)
def test_a_broken_manifest_is_refused(text: str) -> None:
    """Cut short, or of another hand, or naming a file twice."""
    with pytest.raises(ValueError, match=r"manifest|short"):
        read_manifest(text)
