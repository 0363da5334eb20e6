"""One malformed job of a feed never takes its neighbours along."""

import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from letterbox.catalogue.feeds.findings import FeedFault, Findings
from letterbox.catalogue.feeds.read import read_feed
from letterbox.catalogue.imports.report import ImportOrder
from letterbox.catalogue.imports.run import CatalogueImport
from letterbox.domain.errors import MalformedError
from letterbox.domain.positions import Position
from letterbox.storage.directory import DirectoryStore
from tests.letterbox.catalogue.malformed import MALFORMED, MALFORMED_JSON, good


def read(body: bytes, limit: int = 10**8) -> tuple[list[Position], Findings]:
    """Read a feed to its end, with what it met."""
    feed = read_feed(io.BytesIO(body), limit=limit)
    return list(feed.positions), feed.findings


def references(found: list[Position]) -> list[str]:
    """Name them in order: a job without its end comes when the document ends."""
    return sorted(position.reference for position in found)


@pytest.mark.parametrize("name", MALFORMED)
@pytest.mark.parametrize("repeats", [1, 3])
def test_a_malformed_job_is_mended_or_skipped_and_named(
    name: str, repeats: int
) -> None:
    """Before it and behind it all is read, and nothing is said to be cut off."""
    job, is_mended = MALFORMED[name]
    malformed = [job.replace(b"REF", b"R%d" % n) for n in range(repeats)]
    body = b"<jobs>" + good(1) + b"\n".join([*malformed, good(2)]) + b"</jobs>"

    found, findings = read(body)

    mended = [f"R{n}" for n in range(repeats)] if is_mended else []
    assert references(found) == ["1", "2", *mended]
    assert (findings.mended, findings.skipped) == (
        (repeats, 0) if is_mended else (0, repeats)
    )
    assert not findings.cut_off
    assert [one.position for one in findings.faults if one.position] != []
    if is_mended:
        assert {one.reference for one in findings.faults} == set(mended)
    assert next(one.title for one in found if one.reference == "2") == "Title 2"


@settings(deadline=None, max_examples=150)
@given(
    malformed=st.lists(
        st.tuples(st.integers(0, 12), st.sampled_from(sorted(MALFORMED))), max_size=5
    ),
    cut=st.integers(1, 200),
)
@example(malformed=[(3, "open CDATA"), (4, "open comment")], cut=7)
@example(malformed=[(0, "open CDATA"), (1, "nothing at all")], cut=1)
@example(malformed=[(0, "only an end"), (0, "no end of the job")], cut=1)
def test_wherever_jobs_are_malformed_all_others_are_read(
    malformed: list[tuple[int, str]], cut: int
) -> None:
    """In any order and any number, and however few bytes are read at once."""
    jobs = [(good(number), "") for number in range(12)]
    for order, (place, name) in enumerate(malformed):
        job = MALFORMED[name][0].replace(b"REF", b"R%d" % order)
        jobs.insert(place, (job, name))
    body = b"<source>" + b"".join(job for job, _ in jobs) + b"</source>"

    found, findings = read_slowly(body, cut)

    others = {str(number) for number in range(12)}
    mended = {f"R{n}" for n, (_, name) in enumerate(malformed) if MALFORMED[name][1]}
    # A job without its end and one without its beginning make one of two names.
    names = {name for one in found for name in (one.reference, *one.aliases.other)}
    assert names == others | mended
    assert {one.reference for one in found} >= others
    # An end right behind a job that lacks its end makes that one whole.
    kinds = "|".join(name for _, name in jobs).replace(
        "no end of the job|only an end", ""
    )
    assert bool(findings.faults) == bool(kinds.strip("|"))


def read_slowly(body: bytes, cut: int) -> tuple[list[Position], Findings]:
    """Read a feed through a source that gives few bytes at once."""

    class Slow(io.BytesIO):
        def read(self, amount: int | None = -1, /) -> bytes:
            """Give few bytes."""
            return super().read(min(amount or cut, cut))

    feed = read_feed(Slow(body))
    return list(feed.positions), feed.findings


@pytest.mark.parametrize("name", MALFORMED_JSON)
@pytest.mark.parametrize("form", ["list", "lines"])
def test_a_malformed_entry_of_json_is_mended_or_skipped_and_named(
    name: str, form: str
) -> None:
    """Whatever a list or a line lacks, the next that is an entry is found."""
    malformed, is_mended = MALFORMED_JSON[name]
    entries = [b'{"reference": "a"}', malformed, b'{"reference": "b", "title": "B"}']
    body = b"[" + b",\n".join(entries) + b"]" if form == "list" else b"\n".join(entries)

    found, findings = read(body)

    assert references(found) == (["REF", "a", "b"] if is_mended else ["a", "b"])
    assert (findings.mended, findings.skipped) == ((1, 0) if is_mended else (0, 1))
    assert findings.faults[0].position == 2
    assert not findings.cut_off


@settings(deadline=None, max_examples=100)
@given(place=st.integers(0, 8), name=st.sampled_from(sorted(MALFORMED_JSON)))
def test_wherever_an_entry_is_malformed_all_others_are_read(
    place: int, name: str
) -> None:
    """At the beginning, at the end, and in the middle of a list."""
    entries = [
        b'{"reference": "%d", "aliases": {"other": ["x"]}}' % n for n in range(8)
    ]
    entries.insert(place, MALFORMED_JSON[name][0])

    found, findings = read(b"[" + b", ".join(entries) + b"]")

    assert {str(n) for n in range(8)} <= {one.reference for one in found}
    assert findings.faults


DECLARED = b"<?xml version='1.0' encoding='%s'?>"


@pytest.mark.parametrize(
    ("before", "after", "is_fine"),
    [
        (b"<!DOCTYPE source>", b"", True),
        (b'<!DOCTYPE source SYSTEM "http://127.0.0.1:9/feed.dtd">', b"", True),
        (b"<!DOCTYPE source [<!ENTITY nbsp '&#160;'>]>", b"", True),
        (b"\n \n" + DECLARED % b"UTF-8", b"\n", True),
        (b"\xef\xbb\xbf" + DECLARED % b"UTF-8", b"\n\n", True),
        (b"", b"<!-- made by a program -->", True),
        (b"", b"\n<br />\n<b>Warning</b>:  Undefined index in <b>x.php</b>", False),
        (b"<br />\n<b>Notice</b>: Undefined <b>3</b><br />\n", b"", False),
        (b"Warning: mysql in feed.php on line 3\n" + DECLARED % b"UTF-8", b"", False),
        (b"", b"\0\0\0", False),
    ],
    ids=range(10),
)
def test_what_is_around_the_jobs_costs_none(
    before: bytes, after: bytes, *, is_fine: bool
) -> None:
    """A document type is passed over; what a program has printed by mistake is told."""
    body = before + b"<source>" + good(1) + good(2) + b"</source>" + after

    found, findings = read(body)

    assert references(found) == ["1", "2"]
    assert (findings.mended == 0) is is_fine
    assert findings.skipped == 0
    assert not findings.cut_off


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<jobs>" + good(1) + good(2)[:-4], ["1"]),
        (b"<jobs>" + good(1) + b"<job><id>2</id><d><![CDATA[half", ["1"]),
        (b"<jobs>" + good(1) + good(2), ["1", "2"]),
        (b'[{"reference": "1"}, {"reference": "2', ["1"]),
        (b'[{"reference": "1"}', ["1"]),
        (b'{"reference": "1"}\n{"reference": "2", "ti', ["1"]),
        (gzip.compress(b"<jobs>" + good(1) * 50 + b"</jobs>")[:-9], ["1"]),
    ],
    ids=range(7),
)
def test_of_a_feed_that_is_cut_off_what_came_whole_is_read(
    body: bytes, expected: list[str]
) -> None:
    """It says so: what it does not name is unknown."""
    found, findings = read(body)

    assert sorted(set(references(found))) == expected
    assert findings.cut_off


@pytest.mark.parametrize(
    "encoding",
    [
        "Big5",
        "Shift_JIS",
        "EUC-JP",
        "ISO-2022-JP",
        "GB18030",
        "GB2312",
        "EUC-KR",
        "KOI8-R",
        "windows-1251",
        "ISO-8859-2",
        "utf-8",
        "UTF-16",
        "UTF-32",
        "utf-16-le",
        "utf-16-be",
        "utf-32-le",
        "utf-32-be",
    ],
)
def test_a_feed_comes_in_any_encoding(encoding: str) -> None:
    """The mark, the look of the first bytes and the declaration tell which."""
    titles = {
        "Big5": "\u8b77\u58eb",
        "GB18030": "\u62a4\u58eb",
        "GB2312": "\u62a4\u58eb",
    }
    title = titles.get(encoding, "\u30bf\u30af")
    if encoding == "EUC-KR":
        title = "\uac04\ud638\uc0ac"
    if encoding.startswith(("KOI", "windows")):
        title = "\u0432\u0440\u0430\u0447"
    if encoding.startswith("ISO-8859"):
        title = "\u0141\u00f3d\u017a"
    body = (
        f"<?xml version='1.0' encoding='{encoding}'?><jobs><job><id>1</id>"
        f"<title>{title}</title></job></jobs>"
    ).encode(encoding)

    found, findings = read(body)

    assert [(one.reference, one.title) for one in found] == [("1", title)]
    assert not findings.faults


def test_words_quotation_marks_in_a_feed_that_says_latin_1_are_no_fault() -> None:
    """Web browsers take it for Windows' too."""
    body = (
        DECLARED % b"ISO-8859-1" + b"<jobs><job><id>1</id><title>\x93\xe4</title></job>"
    )

    [found], findings = read(body + b"</jobs>")

    assert found.title == "\u201c\u00e4"
    assert not findings.faults


def test_a_feed_that_says_utf_16_and_is_not_is_read() -> None:
    """Who writes the first line does not write the bytes."""
    [found], _ = read(DECLARED % b"utf-16" + b"<jobs>" + good(1) + b"</jobs>")

    assert found.reference == "1"


@pytest.mark.parametrize("times", [1, 2])
def test_a_gzipped_feed_is_unpacked(times: int) -> None:
    """By its first bytes, in several members, and where a server packed it again."""
    body = gzip.compress(b"<jobs>" + good(1)) + gzip.compress(good(2) + b"</jobs>")
    for _ in range(times - 1):
        body = gzip.compress(body)

    found, findings = read(body)

    assert references(found) == ["1", "2"]
    assert not findings.cut_off


@pytest.mark.parametrize("depth", [200, 500, 900, 5000])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_entry_that_is_nested_too_deeply_costs_no_other(
    depth: int, place: int
) -> None:
    """Where its reference can be read, it is not lost either."""
    entries = [b'{"reference":"%d"}' % number for number in range(3)]
    deep = b"[" * depth + b"]" * depth
    entries[place] = b'{"reference":"%d","more":%b}' % (place, deep)

    found, findings = read(b"[" + b",".join(entries) + b"]")

    others = {str(number) for number in range(3)} - {str(place)}
    assert others <= set(references(found))
    assert findings.mended + findings.skipped == 1
    assert findings.faults[0].position == place + 1


@pytest.mark.parametrize("half", [rb"\ud800", rb"\udfff", rb"\ude00\ud83d"])
@pytest.mark.parametrize("field", ["title", "hirer", "reference"])
def test_half_an_emoji_in_an_entry_costs_no_other(
    half: bytes, field: str, tmp_path: Path
) -> None:
    """No UTF-8 can hold it: what holds it is left out, and the rest can be stored."""
    entries = [b'{"reference":"%d"}' % number for number in range(3)]
    told = {b"reference": b"1", field.encode(): b"A" + half}
    said = b",".join(b'"%b":"%b"' % one for one in told.items())
    entries[1] = b"{" + said + b"}"
    store = DirectoryStore(tmp_path)
    store.prepare()

    feed = read_feed(io.BytesIO(b"[" + b",".join(entries) + b"]"))
    report = CatalogueImport(store).run(feed, ImportOrder(source="test"))

    is_lost = field == "reference"
    assert (report.added, report.mended) == (3 - is_lost, 1 - is_lost)
    assert report.skipped == is_lost


def test_a_gzip_bomb_of_a_feed_is_cut_off_at_the_limit() -> None:
    """What is behind it is never unpacked; what came before is read."""
    body = gzip.compress(b"<jobs>" + good(1) + b" " * 50_000_000 + good(2) + b"</jobs>")

    found, findings = read(body, limit=1_000_000)

    assert references(found) == ["1"]
    assert findings.cut_off == "larger than the limit"


@pytest.mark.parametrize(("skipped", "listed"), [(99, 100), (500, 500), (1500, 1000)])
def test_what_was_skipped_is_listed_to_the_thousandth(
    skipped: int, listed: int
) -> None:
    """Wherever the mended ones are between them; in the order of the feed."""
    job = b"<job><title>a</title></job><job><id>m%d</id>&</job>"
    body = b"".join(job % number for number in range(skipped))

    _, findings = read(b"<jobs>" + body + b"</jobs>")

    assert (findings.mended, findings.skipped) == (skipped, skipped)
    assert len(findings.faults) == listed
    assert sum(one.skipped for one in findings.faults) == min(skipped, listed)
    unlisted = [one.reason for one in findings.unlisted()]
    all_of = f"in total {skipped} mended, {skipped} skipped"
    lacks = f"{2 * skipped - listed} more faults are not listed; {all_of}"
    assert unlisted == [lacks]
    places = [one.position or 0 for one in findings.faults]
    assert places == sorted(places)


def test_the_list_of_faults_is_bounded_and_names_what_was_skipped() -> None:
    """What was lost is in it before what was mended; both are counted."""
    mended = b"".join(b"<job><id>m%d</id>&</job>" % n for n in range(300))
    skipped = b"<job><title>a</title></job>" * 5

    _, findings = read(b"<jobs>" + mended + skipped + b"</jobs>")

    assert (findings.mended, findings.skipped, len(findings.faults)) == (300, 5, 100)
    assert sum(fault.skipped for fault in findings.faults) == 5
    assert all(isinstance(fault, FeedFault) for fault in findings.faults)


@pytest.mark.parametrize(
    ("written", "status", "told"),
    [
        (" Closed ", "closed", []),
        ("opn", "open", ["'open', 'closed' or 'removed'; it was read as open", "date"]),
    ],
)
def test_a_status_that_is_no_word_of_ours_is_said_to_be_read_as_open(
    written: str, status: str, told: list[str]
) -> None:
    """And so is each other field that cannot be read, not the first alone."""
    entry = {"reference": "a", "status": written, "closed_at": "x" if told else None}

    [found], findings = read(json.dumps([entry]).encode())

    assert found.status == status
    reasons = [one.reason for one in findings.faults]
    assert all(part in said for part, said in zip(told, reasons, strict=True))


@pytest.mark.parametrize(
    ("named", "kept", "told"),
    [
        (["UK"], ("GB",), "countries: UK is GB"),
        (["el", "DE"], ("GR", "DE"), "countries: EL is GR"),
        (["EU"], None, "EU: not an ISO 3166-1 code"),
        (["ZZ", "DE"], None, "ZZ: not an ISO 3166-1 code"),
        (["Germany"], None, "GERMANY: not an ISO 3166-1 code"),
        (["GB", "fr"], ("GB", "FR"), ""),
    ],
)
def test_countries_are_those_of_iso_3166(
    named: list[str], kept: tuple[str, ...] | None, told: str
) -> None:
    """Where one means nothing to us, a candidate may be anywhere: it is said."""
    [found], findings = read(
        json.dumps([{"reference": "a", "countries": named}]).encode()
    )

    said = " ".join(one.reason for one in [*findings.faults, *findings.notes])
    assert found.countries == kept
    assert told in said
    assert bool(said) is bool(told)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                b"<job>",
                b"</job>",
                b"<id>",
                b"</id>",
                b"1",
                b"<![CDATA[",
                b"]]>",
                b"<!--",
                b"-->",
                b"<?",
                b"?>",
                b"<",
                b">",
                b"&",
                b"</jobs>",
                b"<jobs>",
                b"'",
                b'"',
                b"<!DOCTYPE",
                b"[",
                b"]",
                b"<title>",
                b"</title>",
                b"\xff",
                b" a=",
                b"/>",
            ]
        ),
        max_size=40,
    )
)
def test_no_mixture_of_marks_crashes_the_reading(pieces: list[bytes]) -> None:
    """It is a feed, or malformed."""
    try:
        found, _ = read(b"<jobs>" + b"".join(pieces))
    except MalformedError:
        return

    assert all(position.reference for position in found)
