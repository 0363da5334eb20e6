"""Lists of positions: what each form means, and that a broken one says where."""

import io
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from letterbox.catalogue.feeds.read import read_feed
from letterbox.domain.errors import MalformedError
from letterbox.domain.positions import Aliases, Position, PositionStatus
from tests.support import ROOT

SAMPLES = ROOT / "tests/samples" / "feeds"
MIB = 1024 * 1024


def read(body: bytes) -> list[Position]:
    """Read a feed to its end."""
    return list(read_feed(io.BytesIO(body)).positions)


@pytest.mark.parametrize("name", ["positions.json", "positions.jsonl"])
def test_a_feed_in_our_own_json_is_read(name: str) -> None:
    """A list and one object a line say the same."""
    dev, ops, old = read((SAMPLES / name).read_bytes())

    assert (dev.reference, dev.countries) == ("DEV-17", ("NZ", "AU"))
    assert dev.aliases.other == ("Developer (Wellington)",)
    assert (ops.hirer, ops.status) == ("acme", PositionStatus.CLOSED)
    assert ops.closed_at
    assert ops.closed_at.isoformat() == "2026-01-31T12:00:00+13:00"
    assert (old.title, old.status) == ("", PositionStatus.REMOVED)


def test_careerjets_feed_is_read() -> None:
    """Where there is an id alone, it is the reference; the country is not ours."""
    body = (SAMPLES / "careerjet.xml").read_bytes()

    assert read(body) == [
        Position(reference="4711", title="Letter carrier"),
        Position(reference="4712", title="Sorting clerk & driver"),
    ]


def test_careerjets_older_feed_is_read() -> None:
    """A job_reference is the reference, and an id that differs is an alias."""
    body = (SAMPLES / "careerjet-job-reference.xml").read_bytes()

    assert read(body) == [
        Position(
            reference="POSTI/1",
            title="Postinjakaja Jyv\u00e4skyl\u00e4",
            aliases=Aliases(other=("4711",)),
        ),
        Position(reference="POSTI/2", title="Lajittelija"),
    ]


def test_indeeds_feed_is_read() -> None:
    """Names of elements come in any case, and with a namespace."""
    body = (SAMPLES / "indeed.xml").read_bytes()

    assert read(body) == [
        Position(reference="unique123131", title="Sales Executive"),
        Position(
            reference="unique123132", title="Nurse", aliases=Aliases(other=("88",))
        ),
    ]


@pytest.mark.parametrize(
    ("body", "repeats"),
    [(b"<jobs/>", True), (b" <source></source>", True), (b"[]", False)],
)
def test_a_feed_without_positions_is_read(body: bytes, *, repeats: bool) -> None:
    """Whether it may empty the catalogue is judged elsewhere."""
    feed = read_feed(io.BytesIO(body))

    assert (list(feed.positions), feed.repeats) == ([], repeats)


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf[{"reference": "\xc3\xa4"}]',
        b'\n\n {"reference":\n"\xc3\xa4"}\n\n',
        b'[ {"reference": "\\u00e4"} ] \n',
        b"\xef\xbb\xbf<jobs><job><id>\xc3\xa4</id></job></jobs>",
        "<jobs><job><id>\u00e4</id></job></jobs>".encode("utf-16"),
        b"<jobs><id>no job</id><job><id>&#228;</id></job></jobs>",
        b"<jobs><job><id>&#228;</id><job_reference/></job></jobs>",
    ],
)
def test_a_feed_is_read_whatever_its_blanks_and_line_ends(body: bytes) -> None:
    """Byte order marks, encodings, lines and blanks are decoration."""
    assert read(body) == [Position(reference="\u00e4")]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "neither JSON"),
        (b"reference,title\n1,a\n", "neither JSON"),
        (b'[{"reference": ""}]', "entry 1: reference is "),
        (b'{"title": "b"}\n', "entry 1: reference is "),
        (b'{"jobs": [{"id": 1}]}', "it has: jobs"),
        (b"[17]", "entry 1 is not an object"),
        (b'[{"reference"', "entry 1 is not JSON"),
        (b"[" * 100_000, "entry 1 is not JSON"),
        (b"[" + b"9" * 5000 + b"]", "entry 1 is not JSON"),
        (b'[{"reference": "\\ud800"}]', "entry 1: reference is "),
        (b"<html><body><job/></body></html>", "<jobs> or <source>"),
        (b"<rss><channel><item/></channel></rss>", "<rss> (1), <channel> (1)"),
        (b"<source><jobs><job><id>1</id></job></jobs></source>", "<jobs> (1)"),
        (b"<jobs><jobs><job><id>1</id></job></jobs></jobs>", "<jobs> (1)"),
        (b"<source><publisher>A</publisher></source>", "<publisher> (1)"),
        (b"<jobs><position><id>1</id></position></jobs>", "<position> (1)"),
        (b"<jobs><job><title>a</title><id> </id></job></jobs>", "job 1 has none of"),
        (b"<jobs><job><id>" + b"1" * 1001 + b"</id></job></jobs>", "job 1: reference"),
        (b"<jobs>", "in the middle, before its first job"),
        (b"<?xml version='1.0' encoding='odd'?><jobs/>", "encoding"),
        (b"<?xml version='1.0' encoding='base64'?><jobs/>", "encoding"),
        (b"PK\x03\x04 and more", "a zip archive"),
    ],
    ids=range(22),
)
def test_a_feed_without_a_job_that_can_be_read_says_what_was_found(
    body: bytes, told: str
) -> None:
    """The error names the entry and the field, for whoever makes the feed."""
    with pytest.raises(MalformedError) as caught:
        read(body)

    assert told in str(caught.value)


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "declared",
    [
        f'<!DOCTYPE jobs [<!ENTITY e0 "lol">{BOMB}]>',
        '<!DOCTYPE jobs [<!ENTITY e9 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE jobs SYSTEM "http://127.0.0.1:9/feed.dtd">',
        '<!DOCTYPE jobs [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    ],
    ids=["bomb", "file", "dtd", "parameter"],
)
def test_a_feed_that_declares_entities_is_refused(declared: str) -> None:
    """Nothing is expanded, read or fetched that a feed declares."""
    body = f"{declared}<jobs><job><id>&e9;</id></job></jobs>"

    with pytest.raises(MalformedError, match="DTD"):
        read(body.encode())


@settings(deadline=None)
@given(st.binary(max_size=200) | st.binary(max_size=50).map(lambda tail: b"<" + tail))
@example(b"<jobs>\x00</jobs>")
@example(b"[\xef\xbb\xbf]")
def test_any_bytes_are_a_feed_or_malformed(body: bytes) -> None:
    """No file crashes the import."""
    try:
        positions = read(body)
    except MalformedError:
        return

    assert all(position.reference for position in positions)


@settings(deadline=None)
@given(
    titles=st.lists(
        st.builds(
            lambda text, times: text * times,
            st.text(min_size=1, max_size=4),
            st.integers(1, 15_000),
        ),
        min_size=1,
        max_size=6,
    ),
    indent=st.sampled_from([None, 1]),
    ascii_only=st.booleans(),
)
def test_a_json_feed_is_read_wherever_its_chunks_end(
    titles: list[str], indent: int | None, *, ascii_only: bool
) -> None:
    """Entries larger than what is read at once come out as they went in."""
    told = [{"reference": str(n), "title": title} for n, title in enumerate(titles)]
    body = json.dumps(told, indent=indent, ensure_ascii=ascii_only)
    lines = "\n".join(json.dumps(one, ensure_ascii=ascii_only) for one in told)

    assert [one.title for one in read(body.encode())] == titles
    assert [one.title for one in read(lines.encode())] == titles


@pytest.mark.parametrize(
    ("head", "each", "tail"),
    [
        (b"<jobs>", b"<job><id>1</id><description>%s</description></job>", b"</jobs>"),
        (b"[", b'{"reference": "1", "title": "%s"},\n', b'{"reference": "2"}]'),
    ],
    ids=["xml", "json"],
)
def test_reading_a_larger_feed_takes_no_more_memory(
    head: bytes, each: bytes, tail: bytes, tmp_path: Path
) -> None:
    """Twenty megabytes of feed pass through a small part of that."""
    path = tmp_path / "feed"
    path.write_bytes(head + each % (b"text " * 1000) * 4000 + tail)

    with path.open("rb") as file:
        tracemalloc.start()
        count = sum(1 for _ in read_feed(file).positions)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert count >= 4000
    assert peak < 2 * MIB
