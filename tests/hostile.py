"""Files that were made to cost whoever looks into them: small to send, large inside."""

import bz2
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from itertools import product

from letterbox.domain.documents import kinds
from letterbox.domain.documents.kinds import DocumentKind

_MIB = 1024 * 1024
_ZSTD = 93
_LARGE = 45 * _MIB
_MAIN = b"word/document.xml"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ODT = b"application/vnd.oasis.opendocument.text"

METHODS = {
    "deflate": zipfile.ZIP_DEFLATED,
    "bzip2": zipfile.ZIP_BZIP2,
    "lzma": zipfile.ZIP_LZMA,
    "zstd": _ZSTD,
}
"""By name, the ways in which a zip may be compressed."""


@cache
def packed(method: str, size: int = _LARGE) -> bytes:
    """Compress so many zeros as a zip does, without ever having them in memory."""
    if method == "bzip2":
        # Blocks of their own: decompressors take several streams for one.
        return bz2.compress(bytes(_MIB)) * (size // _MIB)
    if method == "lzma":
        properties = {
            "id": lzma.FILTER_LZMA1,
            "dict_size": 1 << 16,
            # A third of the time, and for zeros the same bytes.
            "mode": lzma.MODE_FAST,
            "mf": lzma.MF_HC3,
            "nice_len": 273,
        }
        made = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=[properties])
        head = struct.pack("<BBH", 9, 4, 5) + b"\x5d" + struct.pack("<L", 1 << 16)
        body = b"".join(made.compress(bytes(_MIB)) for _ in range(size // _MIB))
        return head + body + made.flush()
    if method == "zstd":
        return b"\x28\xb5\x2f\xfd\x00\x58" + b"\x02\x00\x10\x00" * 64
    deflating = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = b"".join(deflating.compress(bytes(_MIB)) for _ in range(size // _MIB))
    return body + deflating.flush()


def local(name: bytes, body: bytes, method: int = 0) -> bytes:
    """Write a file of a zip, with its local header."""
    sizes = struct.pack("<3L", 0, len(body), _LARGE)
    head = b"PK\3\4" + struct.pack("<5H", 20, 0, method, 0, 0) + sizes
    return head + struct.pack("<2H", len(name), 0) + name + body


def central(name: bytes, packed_bytes: int, method: int = 0, offset: int = 0) -> bytes:
    """Write a file's entry in the directory."""
    head = b"PK\1\2" + struct.pack("<6H", 20, 20, 0, method, 0, 0)
    sizes = struct.pack("<3L", 0, packed_bytes, _LARGE)
    rest = struct.pack("<5H2L", len(name), 0, 0, 0, 0, 0, offset)
    return head + sizes + rest + name


def end(count: int, size: int, start: int, comment: bytes = b"") -> bytes:
    """Write the end record."""
    counts = struct.pack("<4H", 0, 0, count & 0xFFFF, count & 0xFFFF)
    return (
        b"PK\5\6"
        + counts
        + struct.pack("<2LH", size & 0xFFFFFFFF, start & 0xFFFFFFFF, len(comment))
        + comment
    )


def end_64(count: int, size: int, start: int, at: int) -> bytes:
    """Write the larger end record, and what points to it."""
    record = b"PK\6\6" + struct.pack(
        "<Q2H2L4Q", 44, 45, 45, 0, 0, count, count, size, start
    )
    return record + b"PK\6\7" + struct.pack("<LQL", 0, at, 1)


def zipped(*files: tuple[bytes, bytes, int]) -> bytes:
    """Zip (name, body as it lies there, method), whatever is in it."""
    body, directory = b"", b""
    for name, content, method in files:
        directory += central(name, len(content), method, len(body))
        body += local(name, content, method)
    return body + directory + end(len(files), len(directory), len(body))


def bombs() -> Iterator[tuple[str, bytes]]:
    """Give compressed files that are enormous inside, in what is looked into."""
    for (label, method), size in product(METHODS.items(), (1, 12, 45)):
        bomb = packed(label, size * _MIB)
        yield f"odf-{label}-{size}", zipped((b"mimetype", bomb, method))
        yield (
            f"ooxml-{label}-{size}",
            zipped(
                (b"[Content_Types].xml", bomb, method),
                (b"_rels/.rels", bomb, method),
                (_MAIN, bomb, method),
            ),
        )
        yield f"zip-{label}-{size}", zipped((b"cv.pdf", bomb, method))
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    xml = f'<!DOCTYPE t [<!ENTITY e0 "ha">{laughs}]><t a="&e11;">&e11;</t>'.encode()
    deflated = zlib.compress(xml)[2:-4]
    yield (
        "ooxml-entities",
        zipped(
            (b"[Content_Types].xml", deflated, 8),
            (b"_rels/.rels", deflated, 8),
            (_MAIN, b"", 0),
        ),
    )


def directories(count: int = 200_000) -> Iterator[tuple[str, bytes]]:
    """Give zips with a directory of so many entries, plain, hidden and by ZIP64."""
    body = local(_MAIN, b"")
    entry = central(_MAIN, 0)
    directory = entry + central(b"a", 0) * (count - 1)
    start = len(body)
    whole = body + directory
    yield "entries-plain", whole + end(count, len(directory), start)
    yield (
        "entries-zip64",
        whole
        + end_64(count, len(directory), start, len(whole))
        + end(1, len(entry), start),
    )
    # Its offset reads as an end record of its own, which promises no entries.
    yield (
        "entries-hidden",
        whole + end(count, len(directory), int.from_bytes(b"PK\5\6", "little")),
    )
    comment = end(1, len(entry), start)
    yield "entries-two-ends", whole + end(count, len(directory), start, comment)


def compound() -> Iterator[tuple[str, bytes]]:
    """Give compound files whose tables lead in circles, or nowhere."""
    header = bytearray(_OLE + bytes(504))
    header[30:32] = struct.pack("<H", 9)
    header[56:60] = struct.pack("<L", 4096)
    header[68:72] = struct.pack("<L", 0xFFFFFFFE)
    circle = bytearray(header)
    circle[48:52] = struct.pack("<L", 1)
    circle[76:80] = struct.pack("<L", 0)
    yield (
        "ole-circle",
        bytes(circle) + struct.pack("<128L", 0, 1, *[0] * 126) + bytes(512),
    )
    long = bytearray(header)
    long[48:52] = struct.pack("<L", 1)
    table = [*range(1, 129)]
    sectors = b"".join(
        struct.pack("<128L", *(base + one for one in table))
        for base in range(0, 12_800, 128)
    )
    long[76 : 76 + 4 * 100] = struct.pack("<100L", *range(100))
    yield "ole-long", bytes(long) + sectors + bytes(6 * _MIB)
    lists = bytearray(header)
    lists[68:72] = struct.pack("<L", 0)
    yield "ole-lists", bytes(lists) + struct.pack("<128L", *[0] * 128)
    away = bytearray(header)
    away[48:52] = struct.pack("<L", 0x7FFFFFF0)
    yield "ole-away", bytes(away)
    yield "ole-short", _OLE


def texts() -> Iterator[tuple[str, bytes]]:
    """Give texts that would cost a careless pattern its time."""
    yield "rtf-deep", b"{\\rtf1" + b"{" * 4 * _MIB
    yield "rtf-deep-later", b"{\\rtf1 \\{ a CV" + b"{\\b{\\i " * 100_000
    yield "pdf-ends", b"%PDF-1.7\n" + b"%%EOF\n" * 400_000
    yield "pdf-roots", b"\0\n%PDF-1.7\n" + b"/Root 1 0 R " * _MIB
    yield "html-comment", b"<!--" + b" no end" * 500_000
    yield "mail-names", b"".join(b"x-%d:\n" % n for n in range(100_000))
    yield "pdf-starts", b"%PDF-1.7\n" + b"startxref " * 400_000
    yield "pdf-trailers", b"%PDF-1.7\n" + b"trailer /Encrypt " * 200_000
    yield "html-comments", b"<!--" + b"-->\n<!--" * 500_000
    yield "mail-fields", b"a:\n" * _MIB
    yield "xml-nested", b"<?xml version='1.0'?>" + b"<a>" * _MIB


def far_away() -> Iterator[tuple[bytes, DocumentKind]]:
    """Give files that point behind their end, further than file systems reach."""
    for place in (10**14, 10**15 - 1):
        body = b"%PDF-1.7\nstartxref\n" + str(place).encode() + b"\n%%EOF"
        yield body, kinds.PDF
    for place in (2**62, 2**63, 2**64 - 1):
        record = end_64(0, 0, 0, place)
        yield b"PK\3\4" + bytes(60) + record + end(0, 0, 0), kinds.UNREADABLE


def cut_word_document(document: bytes, kept: int) -> bytes:
    """Move a document's text behind the file's end, where so many bytes are left."""
    made = bytearray(document)
    entry = made.find("WordDocument".encode("utf-16-le"))
    made[entry + 116 : entry + 124] = struct.pack("<2L", len(made) // 512 - 1, 4096)
    return bytes(made) + (b"\xec\xa5" + bytes(10))[:kept]
