"""RTF: groups in groups, which cost whoever follows them a stack."""

import re
from array import array
from itertools import accumulate

from letterbox.domain.documents import kinds
from letterbox.domain.documents.bounded import BoundedReader
from letterbox.domain.documents.kinds import DocumentKind, DocumentProblem

_MAX_BYTES = 1024 * 1024
# Programs write some ten; pictures in raw bytes have braces by chance.
_MAX_DEPTH = 1000
_ESCAPED = re.compile(rb"\\[\\{}]")
_STEPS = bytes.maketrans(b"{}", b"\x01\xff")
_OTHERS = bytes(set(range(256)) - set(b"{}"))


def rtf_kind(file: BoundedReader) -> DocumentKind:
    """Return RTF, with a problem where it is nested deeper than any program does."""
    begins = _ESCAPED.sub(b"", file.upto(0, min(_MAX_BYTES, file.size)))
    steps = array("b", begins.translate(_STEPS, _OTHERS))
    is_deep = max(accumulate(steps), default=0) > _MAX_DEPTH
    return kinds.RTF.but(DocumentProblem.UNREADABLE) if is_deep else kinds.RTF
