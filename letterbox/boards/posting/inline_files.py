"""Documents that come inside of a body, as base64 or as they are."""

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from pydantic import JsonValue

from letterbox.boards.node import Node
from letterbox.domain.documents import DocumentProblem
from letterbox.domain.submission import ReceivedDocument, Role
from letterbox.streams import copy, open_spool

# Of one application together; what is more goes to disk.
_MAX_IN_MEMORY = 512 * 1024
_MAX_DOCUMENTS = 100
# A multiple of four: each piece is decoded by itself.
_PIECE = 256 * 1024
_DATA_URL = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_OTHER_ALPHABET = str.maketrans("-_", "+/")
_STANDS_FOR_DATA = "document"


class InlineFiles:
    """
    Takes documents out of what a board said; each is decoded into a file.

    What is no base64 is kept as it came, as a document that says so.
    """

    def __init__(self) -> None:
        self.documents: list[ReceivedDocument] = []
        self.contents: dict[str, BinaryIO] = {}
        """By SHA-256; whoever answers the board closes them."""
        self._held = 0

    def take(
        self,
        data: JsonValue,
        *,
        role: Role,
        filename: str | None = None,
        declared_type: str | None = None,
        question_id: str | None = None,
    ) -> JsonValue:
        """Decode a document; return what is to stand in its place."""
        is_document = isinstance(data, str) and data.strip()
        if not is_document or len(self.documents) == _MAX_DOCUMENTS:
            return data
        digest, size, problem = self._decode(str(data))
        self._add(
            digest,
            size,
            role=role,
            filename=filename,
            declared_type=declared_type,
            question_id=question_id,
            problem=problem,
        )
        return {_STANDS_FOR_DATA: digest}

    def take_bytes(
        self,
        chunks: Iterable[bytes],
        *,
        role: Role,
        filename: str | None = None,
        declared_type: str | None = None,
        question_id: str | None = None,
    ) -> str | None:
        """Take a document as it is; return its SHA-256, or None beyond the limit."""
        if len(self.documents) == _MAX_DOCUMENTS:
            return None
        digest, size = self._spool(chunks)
        self._add(
            digest,
            size,
            role=role,
            filename=filename,
            declared_type=declared_type,
            question_id=question_id,
        )
        return digest

    def take_text(self, text: str, *, role: Role, declared_type: str) -> None:
        """Make a document of what came as text, and is more than plain text."""
        spool = self._spool([text.encode()])
        self._add(*spool, role=role, declared_type=declared_type)

    def _add(self, digest: str, size: int, **known: Any) -> None:
        document = ReceivedDocument(
            # Its kind is recognised when it is stored: it is not looked into here.
            name=f"{digest}.bin",
            sha256=digest,
            size=size,
            **known,
        )
        self.documents.append(document)

    def _decode(self, data: str) -> tuple[str, int, DocumentProblem | None]:
        for spelled in (_as_it_is, _normalised):
            try:
                return *self._spool(_pieces(spelled(data))), None
            except ValueError:
                continue
        return *self._spool([data.encode()]), DocumentProblem.NOT_DECODED

    def _spool(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        # Zero would mean no limit.
        limit = max(1, _MAX_IN_MEMORY - self._held)
        file = open_spool(limit)
        try:
            digest, size = copy(chunks, file)
        except ValueError:
            file.close()
            raise
        if digest in self.contents:
            file.close()
        else:
            self.contents[digest] = file
            self._held += min(size, limit)
        return digest, size


def document_of(node: Node) -> str | None:
    """Return the SHA-256 of the document that was taken out of a node's data."""
    return node.text(_STANDS_FOR_DATA)


def _pieces(data: str) -> Iterator[bytes]:
    for start in range(0, len(data), _PIECE):
        piece = data[start : start + _PIECE]
        if "=" in piece and start + _PIECE < len(data):
            raise ValueError("padding in the middle")
        yield b64decode(piece, validate=True)


def _as_it_is(data: str) -> str:
    return data


def _normalised(data: str) -> str:
    """Bring other spellings of base64 into its own: lines, a data URL, no padding."""
    prefix = _DATA_URL.match(data.lstrip()[:300])
    text = data.lstrip()[prefix.end() :] if prefix else data
    text = _SPACE.sub("", text).translate(_OTHER_ALPHABET).rstrip("=")
    return text + "=" * (-len(text) % 4)


def digest_of_files(documents: list[ReceivedDocument]) -> list[str]:
    """List what the documents are, whatever order they came in."""
    return sorted(f"{one.role} {one.question_id} {one.sha256}" for one in documents)
