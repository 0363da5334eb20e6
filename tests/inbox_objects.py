"""Changes what waits in an inbox, for tests in which it is damaged or old."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

_SUBMISSION = "delivery.json"


def said_otherwise(body: bytes, change: Callable[[dict[str, Any]], str]) -> bytes:
    """Put another text into the place of a delivery's submission."""
    return _rewritten(body, lambda text: change(json.loads(text)).encode(), bool)


def without_documents(body: bytes) -> bytes:
    """Leave the submission alone."""
    return _rewritten(body, bytes, lambda _: False)


def with_other_documents(body: bytes, content: bytes) -> bytes:
    """Overwrite the beginning of each document, as a bad disk does."""
    spoilt = bytearray(body)
    with ZipFile(BytesIO(body)) as archive:
        for member in archive.infolist():
            if member.filename != _SUBMISSION:
                start = member.header_offset + 30 + len(member.filename)
                part = content[: member.file_size]
                spoilt[start : start + len(part)] = part
    return bytes(spoilt)


def _rewritten(
    body: bytes, change: Callable[[bytes], bytes], keeps: Callable[[str], bool]
) -> bytes:
    written = BytesIO()
    with ZipFile(BytesIO(body)) as before, ZipFile(written, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == _SUBMISSION:
                after.writestr(name, change(content))
            elif keeps(name):
                after.writestr(name, content)
    return written.getvalue()
