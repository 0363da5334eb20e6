"""PDF (ISO 32000): where it begins, and whether it wants a password."""

import re

from letterbox.domain.documents import kinds
from letterbox.domain.documents.bounded import BoundedReader
from letterbox.domain.documents.kinds import DocumentKind, DocumentProblem

MAX_PAGES = 200
"""Later pages are neither read nor drawn."""
_BEGINS = b"%PDF-"
# Adobe's readers accept the header anywhere in the first 1024 bytes.
_WITHIN = 1024
_TAIL = 32 * 1024
_TRAILER = 8 * 1024
_START = re.compile(rb"startxref\s{1,9}(\d{1,15})")
# Each revision has one; a document that was signed ten times has some twenty of them.
_OF_REVISIONS = (b"startxref", b"trailer", b"%%EOF", b"/Prev", b"/Root", b"/Encrypt")
_MAX_REVISIONS = 100
_ENCRYPTED = re.compile(rb"/Encrypt\s{0,9}(?:\d{1,10}\s{1,9}\d{1,5}\s{1,9}R|<<)")


def pdf_kind(file: BoundedReader) -> DocumentKind:
    """
    Return PDF, encrypted or not: by a trailer, at its end or where that says.

    More revisions than a program writes are there to cost whoever reads them.
    """
    tail = file.last(_TAIL)
    if any(tail.count(mark) > _MAX_REVISIONS for mark in _OF_REVISIONS):
        return kinds.PDF.but(DocumentProblem.UNREADABLE)
    begun = tail.rfind(b"trailer")
    pieces = [tail[begun:]] if begun >= 0 else []
    starts = _START.findall(tail)
    if starts:
        pieces.append(file.upto(int(starts[-1]), _TRAILER))
    is_encrypted = any(_ENCRYPTED.search(piece) for piece in pieces)
    return kinds.PDF.but(DocumentProblem.PASSWORD) if is_encrypted else kinds.PDF


def has_late_header(head: bytes) -> bool:
    """Return whether a header stands behind something else, as scanners do it."""
    return _BEGINS in head[:_WITHIN]


def has_end(file: BoundedReader) -> bool:
    """Return whether it ends as a PDF: a text may speak of PDF."""
    return b"startxref" in file.last(_WITHIN * 2)
