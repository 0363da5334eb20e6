"""Objects in memory, and what S3 answers who asks for them."""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import md5
from http import HTTPStatus
from urllib.parse import quote
from xml.sax.saxutils import escape


@dataclass(frozen=True, slots=True)
class Stored:
    """One object."""

    body: bytes
    etag: str
    modified: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered; HEAD is answered without the body."""

    status: HTTPStatus
    body: bytes = b""
    stored: Stored | None = None

    def head(self) -> bytes:
        """Spell all that goes before the body."""
        lines = [f"HTTP/1.1 {self.status.value} {self.status.phrase}"]
        if self.stored:
            modified = format_datetime(self.stored.modified, usegmt=True)
            lines += [f'ETag: "{self.stored.etag}"', f"Last-Modified: {modified}"]
        elif self.body:
            lines.append("Content-Type: application/xml")
        if self.status is not HTTPStatus.NO_CONTENT:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode()


class Bucket:
    """Objects, in the order of their keys."""

    def __init__(self) -> None:
        self._objects: dict[str, Stored] = {}
        self._keys: list[str] = []

    def put(self, key: str, body: bytes) -> Answer:
        """Take an object in the place of what there was."""
        if key not in self._objects:
            insort(self._keys, key)
        stored = Stored(body, md5(body).hexdigest(), datetime.now(UTC))
        self._objects[key] = stored
        return Answer(HTTPStatus.OK, stored=stored)

    def get(self, key: str) -> Answer:
        """Give an object."""
        if stored := self._objects.get(key):
            return Answer(HTTPStatus.OK, stored.body, stored)
        return refused(HTTPStatus.NOT_FOUND, "NoSuchKey")

    def delete(self, key: str) -> Answer:
        """Remove an object, if there is one."""
        if self._objects.pop(key, None):
            del self._keys[bisect_left(self._keys, key)]
        return Answer(HTTPStatus.NO_CONTENT)

    def list(self, query: dict[str, str]) -> Answer:
        """List a page; its last key leads to the next one."""
        prefix, most = query.get("prefix", ""), int(query.get("max-keys", 1000))
        first = bisect_left(self._keys, prefix)
        if after := query.get("continuation-token"):
            first = bisect_right(self._keys, after)
        page = self._keys[first : first + most + 1]
        found = [key for key in page if key.startswith(prefix)]
        shown, is_cut = found[:most], len(found) > most
        return _xml(
            "ListBucketResult",
            "<Name>bucket</Name><EncodingType>url</EncodingType>",
            f"<IsTruncated>{str(is_cut).lower()}</IsTruncated>",
            f"<NextContinuationToken>{escape(shown[-1])}</NextContinuationToken>"
            if is_cut
            else "",
            *(_entry(key, self._objects[key]) for key in shown),
        )


def _entry(key: str, stored: Stored) -> str:
    milliseconds = stored.modified.isoformat(timespec="milliseconds")
    return (
        f"<Contents><Key>{quote(key)}</Key><Size>{len(stored.body)}</Size>"
        f"<LastModified>{milliseconds.replace('+00:00', 'Z')}</LastModified>"
        f"<ETag>&quot;{stored.etag}&quot;</ETag></Contents>"
    )


def refused(status: HTTPStatus, code: str) -> Answer:
    """Say why not."""
    return Answer(status, _xml("Error", f"<Code>{code}</Code>").body)


def _xml(name: str, *parts: str) -> Answer:
    return Answer(HTTPStatus.OK, f"<{name}>{''.join(parts)}</{name}>".encode())
