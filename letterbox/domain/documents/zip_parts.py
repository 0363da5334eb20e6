"""One small file inside a zip, as far as it is looked into."""

import struct
import zlib

from letterbox.domain.documents.bounded import BoundedReader, NotBelievedError
from letterbox.domain.documents.zip_directory import Entry

_HEADER = struct.Struct("<4s2BHH2H3L2H")
_STORED, _DEFLATED = 0, 8
_MAX_PACKED = 64 * 1024
_MAX_BYTES = 256 * 1024


def read_part(file: BoundedReader, entry: Entry) -> bytes:
    """
    Read a small file whole; what would be larger is not believed (NotBelievedError).

    Office programs store or deflate. Of the other methods Python's decompressors have
    no limit of their output, so they are not even tried.
    """
    header = file.exactly(entry.offset, _HEADER.size)
    signature, _, _, flags, method, *_, name_bytes, extra_bytes = _HEADER.unpack(header)
    name_at = entry.offset + _HEADER.size
    name = file.exactly(name_at, name_bytes)
    agrees = (signature, method, name) == (b"PK\3\4", entry.method, entry.raw_name)
    if not agrees or flags & 1 or entry.is_encrypted:
        raise NotBelievedError
    start = name_at + name_bytes + extra_bytes
    if entry.packed > _MAX_PACKED:
        raise NotBelievedError
    packed = file.exactly(start, entry.packed)
    if method == _STORED:
        return packed
    if method != _DEFLATED:
        raise NotBelievedError
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = inflating.decompress(packed, _MAX_BYTES)
    except zlib.error:
        raise NotBelievedError from None
    if not inflating.eof:
        raise NotBelievedError
    return content
