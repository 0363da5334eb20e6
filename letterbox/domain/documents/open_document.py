"""OpenDocument (ISO 26300, part 3) and its like: a zip that names its own type."""

from collections.abc import Mapping

from letterbox.domain.documents import kinds
from letterbox.domain.documents.bounded import BoundedReader, NotBelievedError
from letterbox.domain.documents.kinds import DocumentKind, DocumentProblem
from letterbox.domain.documents.zips import Entry, read_part

_NAME = b"mimetype"
_NAME_AT = 30
_MAX = 100
_MANIFEST = "meta-inf/manifest.xml"
_KINDS: Mapping[str, DocumentKind] = {
    kind.media_type or "": kind
    for kind in (
        kinds.ODT,
        kinds.OTT,
        kinds.ODS,
        kinds.OTS,
        kinds.ODP,
        kinds.OTP,
        kinds.ODG,
        kinds.SXW,
        kinds.EPUB,
    )
} | {"application/vnd.oasis.opendocument.text-master": kinds.ODT}


def open_document_kind(
    file: BoundedReader, entries: Mapping[str, Entry]
) -> DocumentKind | None:
    """
    Read the type where the format puts it: first in the file, and not compressed.

    None where it is not there, or none that we know.
    """
    declared = _declared(file, entries)
    kind = _KINDS.get(declared) if declared else None
    if kind is None or kind is kinds.EPUB:
        return kind
    if "encrypted-package" in entries or _is_encrypted(file, entries):
        return kind.but(DocumentProblem.PASSWORD)
    if any(name.startswith(("basic/", "scripts/")) for name in entries):
        return kind.but(DocumentProblem.MACROS)
    return kind


def _declared(file: BoundedReader, entries: Mapping[str, Entry]) -> str | None:
    entry = entries.get(_NAME.decode())
    if entry is None or entry.offset or entry.method or entry.packed > _MAX:
        return None
    header = file.exactly(0, _NAME_AT + len(_NAME))
    extra = int.from_bytes(header[28:30], "little")
    if header[8:10] != bytes(2) or header[_NAME_AT:] != _NAME:
        raise NotBelievedError
    media_type = file.exactly(len(header) + extra, entry.packed)
    return media_type.decode("ascii", "replace").strip()


def _is_encrypted(file: BoundedReader, entries: Mapping[str, Entry]) -> bool:
    """Look into the list of the files, which is never encrypted itself."""
    if _MANIFEST not in entries:
        return False
    return b"encryption-data" in read_part(file, entries[_MANIFEST])
