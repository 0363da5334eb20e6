"""Which part of a document is asked for (RFC 9110, section 14). Pure."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

# As many digits as no size has; the library that reads numbers stops at 4300.
_SINGLE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,999})-([0-9]{0,999})\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of a document from ``start`` to before ``end``."""

    start: int
    end: int

    async def of(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Cut the part out; what is before it is read too, for stores cannot seek."""
        at = 0
        async for chunk in chunks:
            cut = chunk[max(self.start - at, 0) : max(self.end - at, 0)]
            at += len(chunk)
            if cut:
                yield cut
            if at >= self.end:
                return


class OutOfRangeError(ValueError):
    """Nothing of the document is in the range."""


def part_of(size: int, header: str | None) -> Part | None:
    """
    Read a ``Range``; None is the whole, as for all that is not understood.

    Several ranges are answered by the whole too, which is allowed and simple.
    """
    asked = _SINGLE.fullmatch(header or "")
    first, last = asked.groups() if asked else ("", "")
    if not first and not last:
        return None
    if not first:
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last or size) + 1, size)
        if last and int(last) < start:
            return None
    if start >= size or start >= end:
        raise OutOfRangeError
    return Part(start, end)
