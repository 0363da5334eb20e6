"""Compound files: the older formats of Office, and what else keeps to that form."""

from collections.abc import Mapping

from letterbox.domain.documents import kinds
from letterbox.domain.documents.bounded import BoundedReader
from letterbox.domain.documents.kinds import DocumentKind, DocumentProblem
from letterbox.domain.documents.ole_directory import OleFile, Stream

# In this order: a mail may hold a document, a document no mail.
_BY_STREAM: tuple[tuple[str, DocumentKind], ...] = (
    ("EncryptedPackage", kinds.ENCRYPTED_OFFICE),
    ("__properties_version1.0", kinds.MSG),
    ("WordDocument", kinds.DOC),
    ("Workbook", kinds.XLS),
    ("Book", kinds.XLS),
    ("PowerPoint Document", kinds.PPT),
    ("Quill", kinds.PUB),
    ("MatOST", kinds.WPS),
)
_MACROS = {"Macros", "_VBA_PROJECT_CUR", "VBA"}
_WORD_MAGIC = (b"\xec\xa5", b"\xdc\xa5")
_WORD_FLAGS = 11
_WORD_ENCRYPTED = 0x01
_FILEPASS = 0x2F
_MAX_RECORDS = 10


def ole_kind(file: BoundedReader) -> DocumentKind:
    """Return the kind, by the streams at its root (NotBelievedError)."""
    ole = OleFile(file)
    root = ole.root()
    for name, kind in _BY_STREAM:
        if name not in root:
            continue
        if _is_encrypted(ole, root, kind):
            return kind.but(DocumentProblem.PASSWORD)
        if _MACROS & root.keys():
            return kind.but(DocumentProblem.MACROS)
        return kind
    return kinds.UNKNOWN


def _is_encrypted(ole: OleFile, root: Mapping[str, Stream], kind: DocumentKind) -> bool:
    if kind is kinds.DOC:
        begins = ole.beginning(root["WordDocument"])
        # Of a file that is cut off, the beginning may be all there is, or less.
        flags = begins[_WORD_FLAGS : _WORD_FLAGS + 1] or b"\0"
        return begins[:2] in _WORD_MAGIC and bool(flags[0] & _WORD_ENCRYPTED)
    if kind is kinds.XLS:
        stream = root.get("Workbook") or root["Book"]
        return _has_password(ole.beginning(stream))
    return kind is kinds.PPT and "EncryptedSummary" in root


def _has_password(workbook: bytes) -> bool:
    """Look for FILEPASS among the first records ([MS-XLS] 2.4.117)."""
    at = 0
    for _ in range(_MAX_RECORDS):
        kind = int.from_bytes(workbook[at : at + 2], "little")
        if kind == _FILEPASS:
            return True
        at += 4 + int.from_bytes(workbook[at + 2 : at + 4], "little")
    return False
