"""Recognises what a document is."""

import struct
from typing import BinaryIO

from letterbox.domain.documents import kinds
from letterbox.domain.documents.bounded import BoundedReader, NotBelievedError
from letterbox.domain.documents.kinds import DocumentKind, DocumentProblem
from letterbox.domain.documents.markup import marked_up
from letterbox.domain.documents.ole import ole_kind
from letterbox.domain.documents.ole_directory import SIGNATURE
from letterbox.domain.documents.pdf import has_end, has_late_header, pdf_kind
from letterbox.domain.documents.rtf import rtf_kind
from letterbox.domain.documents.signatures import by_signature
from letterbox.domain.documents.text import as_text
from letterbox.domain.documents.zipped import zipped_kind
from letterbox.domain.documents.zips import ends_as_zip

_HEAD = 4096
_BLANKS = b" \t\r\n\f\0\xef\xbb\xbf"
# What code says that met what nobody had thought of; a disk that fails is none of it.
_NOT_THOUGHT_OF = (LookupError, ValueError, ArithmeticError, TypeError, RecursionError)


def recognise(document: BinaryIO) -> DocumentKind:
    """
    Return the kind of a document; what contradicts itself is unreadable.

    Reads a bounded amount whatever the document's size, decompresses a bounded amount,
    and leaves the position in the file anywhere.
    """
    file = BoundedReader(document)
    try:
        head = file.upto(0, min(_HEAD, file.size))
        if head.startswith(b"PK\3\4"):
            return zipped_kind(file)
        kind = _recognise(file, head)
        is_two = kind.problem is None and ends_as_zip(file)
        return kind.but(DocumentProblem.UNREADABLE) if is_two else kind
    except (NotBelievedError, struct.error, *_NOT_THOUGHT_OF):
        # A file has a problem at worst: nobody is refused for what we make of it.
        return kinds.UNREADABLE


def _recognise(file: BoundedReader, head: bytes) -> DocumentKind:
    """Go by what a file begins with first; what may stand anywhere comes last."""
    if head.startswith(SIGNATURE):
        return ole_kind(file)
    begins = head.lstrip(_BLANKS)
    if begins.startswith(b"%PDF-"):
        return pdf_kind(file)
    if begins.startswith(b"{\\rtf"):
        return rtf_kind(file)
    return by_signature(head) or _of_text(file, head)


def _of_text(file: BoundedReader, head: bytes) -> DocumentKind:
    text = as_text(head, is_whole=len(head) == file.size)
    # A text may speak of PDF; what is no text has no other reason to.
    if has_late_header(head) and (text is None or has_end(file)):
        return pdf_kind(file)
    if text is None:
        return kinds.UNKNOWN
    return marked_up(text) or kinds.TXT
