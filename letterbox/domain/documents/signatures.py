"""Kinds that the first bytes of a file name beyond doubt."""

from collections.abc import Mapping

from letterbox.domain.documents import kinds
from letterbox.domain.documents.kinds import DocumentKind

# Several of one kind stand side by side; no signature begins another one.
_AT_THE_BEGINNING: tuple[tuple[bytes, DocumentKind], ...] = (
    (b"\xff\xd8\xff", kinds.JPEG),
    (b"\x89PNG\r\n\x1a\n", kinds.PNG),
    (b"GIF87a", kinds.GIF),
    (b"GIF89a", kinds.GIF),
    (b"II*\0", kinds.TIFF),
    (b"MM\0*", kinds.TIFF),
    (b"II+\0", kinds.TIFF),  # BigTIFF.
    (b"MM\0+", kinds.TIFF),
    (b"\0\0\0\x0cjP  \r\n\x87\n", kinds.JP2),
    (b"\xff\x4f\xff\x51", kinds.JP2),
    (b"\0\0\0\x0cJXL \r\n\x87\n", kinds.JXL),
    (b"\xff\x0a", kinds.JXL),
    (b"8BPS\0\x01", kinds.PSD),
    (b"AT&TFORM", kinds.DJVU),
    (b"7z\xbc\xaf\x27\x1c", kinds.SEVEN_ZIP),
    (b"Rar!\x1a\x07", kinds.RAR),
    (b"\x1f\x8b\x08", kinds.GZIP),
    (b"BZh", kinds.BZIP2),
    (b"\xfd7zXZ\0", kinds.XZ),
    (b"\x28\xb5\x2f\xfd", kinds.ZSTD),
    (b"\x78\x9f\x3e\x22", kinds.TNEF),
    (b"\xffWPC", kinds.WORD_PERFECT),
    (b"\xdb\xa5\x2d\0", kinds.DOC),  # Word 2, before compound files.
    (b"\x01\xfe\x32\0", kinds.WPS),  # Works for DOS.
    (b"\xc5\xd0\xd3\xc6", kinds.POSTSCRIPT),  # With a preview in front.
)
# ISO 14496-12: the major brand, and what stands for it among the others.
_BRANDS: Mapping[bytes, DocumentKind] = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis"), kinds.HEIC),
    **dict.fromkeys((b"hevc", b"hevx", b"mif1", b"msf1"), kinds.HEIF),
    **dict.fromkeys((b"avif", b"avis"), kinds.AVIF),
}
_GENERAL = {b"mif1", b"msf1"}
_MAX_BRANDS = 32
_BMP_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}


def by_signature(head: bytes) -> DocumentKind | None:
    """Return the kind by a file's first bytes; None where they do not say."""
    for signature, kind in _AT_THE_BEGINNING:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return kinds.WEBP
    if head[257:262] == b"ustar":
        return kinds.TAR
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return kinds.BMP
    return _by_brand(head) if head[4:8] == b"ftyp" else None


def _by_brand(head: bytes) -> DocumentKind | None:
    size = min(int.from_bytes(head[:4], "big"), 16 + 4 * _MAX_BRANDS)
    major = head[8:12]
    others = [head[at : at + 4] for at in range(16, size, 4)]
    for brand in (major, *others) if major in _GENERAL else (major,):
        if brand in _BRANDS and brand not in _GENERAL:
            return _BRANDS[brand]
    return _BRANDS.get(major)
