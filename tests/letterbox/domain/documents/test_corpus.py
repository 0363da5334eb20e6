"""Documents as real programs write them are called what the table says."""

import re

import pytest

from letterbox.domain.documents import recognise
from tests.support import ROOT

SAMPLES = ROOT / "tests/samples/documents"
PAGE = ROOT / "docs/documents.md"
_ROW = re.compile(r"\| `(\S+)` \| `(\w+)` \| (?:`([\w-]+)`)? ?\| (.+) \|")


def told() -> dict[str, tuple[str, str, str | None]]:
    """Read the table: media type, extension and problem by sample."""
    rows = [
        found.groups()
        for found in map(_ROW.fullmatch, PAGE.read_text().splitlines())
        if found
    ]
    return {
        name: (media_type, extension, problem)
        for media_type, extension, problem, names in rows
        for name in re.findall(r"`([^`]+)`", names)
    }


def test_the_table_names_every_sample() -> None:
    """At least sixty files of twenty-five kinds, and small ones."""
    samples = {path.name for path in SAMPLES.iterdir()}

    assert told().keys() == samples
    assert len(samples) >= 60
    assert len(set(told().values())) >= 25
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) < 1_500_000


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir()))
def test_a_sample_is_called_what_the_table_says(name: str) -> None:
    """Whatever its name says: several lie."""
    with (SAMPLES / name).open("rb") as document:
        kind = recognise(document)

    assert (kind.media_type, kind.extension, kind.problem) == told().get(name)
