"""A zip is believed where each of its records agrees with the others."""

import struct
import zlib
from io import BytesIO

import pytest

from letterbox.domain.documents import (
    UNREADABLE,
    DocumentKind,
    DocumentProblem,
    kinds,
    recognise,
)
from letterbox.domain.documents.bounded import BoundedReader, NotBelievedError
from letterbox.domain.documents.zips import read_directory, read_part
from tests.hostile import central, end, end_64, local, zipped

_ODT = "application/vnd.oasis.opendocument.text"
_ONE = zipped((b"a.txt", b"content", 0))
_TYPES = b"<Types/>"


def changed(content: bytes, at: int, number: int, layout: str = "<H") -> bytes:
    """Write a number at a place, counted from the end if it is negative."""
    made = bytearray(content)
    struct.pack_into(layout, made, at % len(made), number)
    return bytes(made)


@pytest.mark.parametrize(("at", "number"), [(4, 1), (6, 1), (8, 2), (10, 2)])
def test_a_zip_of_several_disks_is_not_believed(at: int, number: int) -> None:
    """The number of a disk, or of the entries on this one, would say so."""
    assert recognise(BytesIO(changed(_ONE, at - 22, number))) == UNREADABLE


def large(**changes: int) -> bytes:
    """Make a zip with a larger end record, parts of which say otherwise."""
    body, directory = local(b"a.txt", b"content"), central(b"a.txt", 7)
    where = len(body) + len(directory)
    record = bytearray(end_64(1, len(directory), len(body), where))
    places = {
        "signature": (0, "<L"),
        "size": (4, "<Q"),
        "this_disk": (16, "<L"),
        "other_disk": (20, "<L"),
        "here": (24, "<Q"),
        "count": (32, "<Q"),
        "bytes": (40, "<Q"),
        "start": (48, "<Q"),
        "disk": (60, "<L"),
        "disks": (72, "<L"),
    }
    plain = {"plain_count": 1, "plain_bytes": len(directory), "plain_start": len(body)}
    for name, number in changes.items():
        if name in places:
            at, layout = places[name]
            struct.pack_into(layout, record, at, number)
        else:
            plain[name] = number
    count, size, start = plain.values()
    return body + directory + bytes(record) + end(count, size, start)


def test_a_larger_end_record_that_agrees_is_believed() -> None:
    """Also where the plain one says that it has no room."""
    no_room = {"plain_count": 0xFFFF, "plain_bytes": -1, "plain_start": -1}

    assert recognise(BytesIO(large())) == kinds.ZIP
    assert recognise(BytesIO(large(**no_room))) == kinds.ZIP
    assert recognise(BytesIO(large(disks=0))) == kinds.ZIP


@pytest.mark.parametrize(
    "name",
    [
        *("signature", "size", "this_disk", "other_disk", "here", "count", "bytes"),
        *("start", "disk", "disks", "plain_count", "plain_bytes", "plain_start"),
    ],
)
def test_a_larger_end_record_that_says_otherwise_is_not_believed(name: str) -> None:
    """A program that reads the other one would see another directory."""
    assert recognise(BytesIO(large(**{name: 2}))) == UNREADABLE


def test_the_directory_of_a_zip_has_no_room_for_more_than_its_entries() -> None:
    """Neither half an entry nor one that reaches behind its end."""
    body = local(b"a.txt", b"content")
    for directory in (
        central(b"a.txt", 7)[:-1],
        central(b"a.txt", 7) + b"P",
        changed(central(b"a.txt", 7), 32, 1),
        b"PK\1\3" + central(b"a.txt", 7)[4:],
    ):
        content = body + directory + end(1, len(directory), len(body))
        assert recognise(BytesIO(content)) == UNREADABLE

    commented = changed(central(b"a.txt", 7), 32, 3) + b"abc"
    content = body + commented + end(1, len(commented), len(body))
    assert recognise(BytesIO(content)) == kinds.ZIP


@pytest.mark.parametrize(("packed", "expected"), [(7, kinds.ZIP), (8, UNREADABLE)])
def test_a_file_ends_before_the_next_one_begins(
    packed: int, expected: DocumentKind
) -> None:
    """The last one ends before the directory."""
    body = local(b"a.txt", b"content")
    directory = central(b"a.txt", packed) + central(b"b.txt", 7, offset=len(body))
    content = 2 * body + directory + end(2, len(directory), 2 * len(body))
    assert recognise(BytesIO(content)) == expected

    directory = central(b"a.txt", packed)
    content = body + directory + end(1, len(directory), len(body))
    assert recognise(BytesIO(content)) == expected


def test_a_zip_of_nothing_is_a_zip() -> None:
    """It has no first file that could begin elsewhere."""
    assert read_directory(BoundedReader(BytesIO(end(0, 0, 0)))) == {}


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        (b"Word\\Document.xml", 0, "word/document.xml"),
        (b"./a", 0, "a"),
        (b"//a", 0, "a"),
        (b"a./", 0, "a./"),
        ("ä".encode("cp437"), 0, "ä"),
        ("Ä".encode(), 0x800, "ä"),
        (b"\xff\xfe", 0x800, "\ufffd\ufffd"),
    ],
)
def test_a_name_in_a_zip_is_read_as_other_parts_refer_to_it(
    raw: bytes, flags: int, name: str
) -> None:
    """In the encoding that its flags say."""
    directory = changed(central(raw, 0), 8, flags)
    content = local(raw, b"") + directory
    content += end(1, len(directory), len(content) - len(directory))

    assert list(read_directory(BoundedReader(BytesIO(content)))) == [name]


def part(
    content: bytes, method: int = 8, flags: int = 0, extra: bytes = b""
) -> tuple[BoundedReader, bytes]:
    """Zip one file, whose local header has flags and an extra field."""
    head = changed(changed(local(b"a", b"", method), 6, flags), 28, len(extra))
    body = head + extra + content
    directory = changed(central(b"a", len(content), method), 8, flags)
    whole = body + directory + end(1, len(directory), len(body))
    return BoundedReader(BytesIO(whole)), whole


def deflated(content: bytes) -> bytes:
    """Compress as office programs do."""
    return zlib.compress(content)[2:-4]


@pytest.mark.parametrize(
    ("method", "flags", "extra"),
    [(0, 0, b""), (8, 0, b""), (8, 6, b""), (8, 0x800, b""), (8, 8, b"12345678")],
)
def test_a_part_is_read_whatever_harmless_flags_it_has(
    method: int, flags: int, extra: bytes
) -> None:
    """They say how hard a program tried, or how names are encoded."""
    content = _TYPES if method == 0 else deflated(_TYPES)
    file, _ = part(content, method, flags, extra)

    assert read_part(file, read_directory(file)["a"]) == _TYPES


@pytest.mark.parametrize(
    ("content", "method", "flags"),
    [
        (deflated(_TYPES), 8, 1),
        (deflated(_TYPES)[:-1], 8, 0),
        (_TYPES, 8, 0),
        (_TYPES, 12, 0),
        (bytes(64 * 1024 + 1), 0, 0),
        (deflated(bytes(256 * 1024 + 1)), 8, 0),
    ],
)
def test_a_part_that_is_encrypted_cut_or_too_large_is_not_read(
    content: bytes, method: int, flags: int
) -> None:
    """Nobody needs as much to say what a document is."""
    file, _ = part(content, method, flags)

    with pytest.raises(NotBelievedError):
        read_part(file, read_directory(file)["a"])


@pytest.mark.parametrize("content", [bytes(64 * 1024), deflated(bytes(250 * 1024))])
def test_a_part_may_be_as_large_as_the_limits_say(content: bytes) -> None:
    """Real programs stay far below them."""
    file, _ = part(content, 8 if len(content) < 64 * 1024 else 0)

    assert set(read_part(file, read_directory(file)["a"])) == {0}


@pytest.mark.parametrize(
    ("at", "number"), [(0, 1), (6, 1), (8, 8), (26, 2), (30, ord("b"))]
)
def test_a_local_header_that_says_otherwise_is_not_believed(
    at: int, number: int
) -> None:
    """Programs that go by the one and by the other would see two documents."""
    file, whole = part(_TYPES, 0)
    entry = read_directory(file)["a"]
    lying = BoundedReader(BytesIO(changed(whole, at, number, "<B")))

    with pytest.raises(NotBelievedError):
        read_part(lying, entry)


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        (b"<manifest/>", kinds.ODT),
        (b"<file><encryption-data/></file>", kinds.ODT.but(DocumentProblem.PASSWORD)),
    ],
)
def test_an_open_document_says_in_its_manifest_that_it_is_encrypted(
    manifest: bytes, expected: DocumentKind
) -> None:
    """Each of its files is, and the list of them never."""
    content = zipped(
        (b"mimetype", _ODT.encode(), 0), (b"META-INF/manifest.xml", manifest, 0)
    )

    assert recognise(BytesIO(content)) == expected


def test_entities_in_a_package_are_not_expanded() -> None:
    """No office program defines any."""
    types = b"<!DOCTYPE t [<!ENTITY a 'a'>]><Types/>"
    content = zipped((b"[Content_Types].xml", types, 0), (b"a", b"", 0))

    assert recognise(BytesIO(content)) == UNREADABLE


def test_a_second_end_record_is_found_between_others() -> None:
    """A program that goes by it would see an empty zip, or another one."""
    body, directory = local(b"a.txt", b"content"), central(b"a.txt", 7)
    hidden = end(0, 0, 0, b"PK\5\6--")
    content = body + directory + end(1, len(directory), len(body), hidden)

    assert recognise(BytesIO(content)) == UNREADABLE
