"""Collects the parts of a form: fields in memory, documents in what is kept of it."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from api.multipart.headers import PartHeaders
from api.multipart.shapes import FormShape
from letterbox.boards.base import FieldKind, FormField, FormFile, MultipartForm
from letterbox.domain.drafts import DocumentDraft, SubmissionDraft
from letterbox.domain.errors import MalformedError, TooLargeError
from letterbox.multipart.parser import MultipartReader
from letterbox.multipart.transfer_encodings import Sink, decoding

_MIB = 1024 * 1024
# curl turns a field into a container; what nests deeper than this is no board's.
_MAX_DEPTH = 2
_TEXT_TYPES = ("text/", "message/")
_DOCUMENTS_OF_TEXT = ("text/rtf", "text/richtext")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLimits:
    """What one form may hold; a document may be as large as the body."""

    body_bytes: int = 15 * _MIB
    parts: int = 200
    """Containers and what is nested in them included."""
    header_bytes: int = _MIB // 4
    """Over all parts."""
    documents: int = 20
    field_bytes: int = _MIB
    text_bytes: int = 4 * _MIB
    """Over all text fields."""


class FormCollector:
    """
    Collects the parts of one form, and stops at the first limit.

    Documents are written into ``draft``; ``closing`` gets whatever has to be closed,
    on success too.
    """

    def __init__(
        self,
        limits: FormLimits,
        closing: ExitStack,
        shape: FormShape,
        draft: SubmissionDraft,
    ) -> None:
        self.limits = limits
        self.shape = shape
        self.draft = draft
        self.is_decoding = False
        """Whether a part that is transferred encoded has begun; it may have ended."""
        self._closing = closing
        self._fields: list[FormField] = []
        self._files: list[FormFile] = []
        self._opened = 0
        self._header_bytes = 0
        self._text_bytes = 0

    def open(
        self, raw_headers: Mapping[bytes, bytes], container: str = "", depth: int = 0
    ) -> Sink:
        """
        Return the sink for a part, chosen by its headers.

        ``container`` is the name of the part that it lies in.
        """
        headers = PartHeaders.read(raw_headers, container)
        measured = self.shape.add(headers)
        self._opened += 1
        if self._opened > self.limits.parts:
            raise TooLargeError("the form has too many parts")
        self._header_bytes += headers.size
        if self._header_bytes > self.limits.header_bytes:
            raise TooLargeError("the headers of the form's parts are too large")
        if headers.boundary is not None:
            if depth == _MAX_DEPTH:
                raise MalformedError("the form is nested too deeply")
            inside = partial(self.open, container=headers.name, depth=depth + 1)
            return measured(MultipartReader(headers.boundary, inside))
        return measured(self._sink(headers))

    def _sink(self, headers: PartHeaders) -> Sink:
        self.is_decoding = self.is_decoding or bool(headers.encoding)
        if _is_document(headers, self.kind_of(headers.name)):
            return decoding(self.document(headers), headers.encoding, self._closing)
        return decoding(
            _TextSink(headers, self),
            headers.encoding,
            self._closing,
            must_be_utf_8=headers.charset is None,
        )

    def kind_of(self, name: str) -> FieldKind | None:
        """Return what a field is known to hold; None for one of another name."""
        field = self.shape.fields.get(name)
        return field.kind if field else None

    def document(self, headers: PartHeaders) -> Sink:
        """Return a sink for a document."""
        return _Document(headers, self)

    def count_text(self, size: int) -> None:
        """Count towards the limit of all text fields together."""
        self._text_bytes += size
        if self._text_bytes > self.limits.text_bytes:
            raise TooLargeError("the form has too much text")

    def add_field(self, field: FormField) -> None:
        """Add a whole text field."""
        self._fields.append(field)

    def begin_file(self) -> DocumentDraft:
        """Begin to write a document; the one before it has ended."""
        if len(self._files) == self.limits.documents:
            raise TooLargeError("the form has too many documents")
        return self.draft.begin()

    def add_file(self, file: FormFile) -> None:
        """Add a document that was written whole."""
        self._files.append(file)

    def form(self) -> MultipartForm:
        """Return the collected form, in the order in which it came."""
        return MultipartForm(fields=tuple(self._fields), files=tuple(self._files))


class _TextSink:
    """The sink of a text field; a letter that grows too long becomes a document."""

    def __init__(self, headers: PartHeaders, collector: FormCollector) -> None:
        self._headers = headers
        self._collector = collector
        self._value = bytearray()
        self._document: Sink | None = None

    def write(self, data: bytes) -> None:
        if self._document is not None:
            self._document.write(data)
            return
        self._collector.count_text(len(data))
        self._value += data
        if len(self._value) > self._collector.limits.field_bytes:
            self._become_document()

    def finalize(self) -> None:
        if self._document is not None:
            self._document.finalize()
            return
        self._collector.add_field(
            FormField(
                name=self._headers.name,
                value=bytes(self._value),
                charset=self._headers.charset,
            )
        )

    def _become_document(self) -> None:
        is_either = self._collector.kind_of(self._headers.name) is FieldKind.EITHER
        if not is_either and self._headers.filename is None:
            raise TooLargeError("a text field is too large")
        self._document = self._collector.document(self._headers)
        self._document.write(bytes(self._value))
        self._collector.count_text(-len(self._value))
        self._value.clear()


class _Document:
    """The sink of a document, which is begun with its first byte."""

    def __init__(self, headers: PartHeaders, collector: FormCollector) -> None:
        self._headers = headers
        self._collector = collector
        self._document: DocumentDraft | None = None

    def write(self, data: bytes) -> None:
        if self._document is None and data:
            self._document = self._collector.begin_file()
        if self._document is not None:
            self._document.write(data)

    def finalize(self) -> None:
        # This is how a browser says that no file was chosen.
        if not self._headers.filename and self._document is None:
            return
        document = self._document or self._collector.begin_file()
        sha256, size = document.end()
        self._collector.add_file(
            FormFile(
                name=self._headers.name,
                filename=self._headers.filename,
                declared_type=self._headers.declared_type,
                sha256=sha256,
                size=size,
            )
        )


def _is_document(headers: PartHeaders, kind: FieldKind | None) -> bool:
    """Return whether a part is a file: by its filename, else by what it is."""
    # Some clients declare a type and a filename for each field of text.
    if kind is FieldKind.TEXT:
        return False
    # A CV that came as text is a CV all the same.
    if headers.filename is not None or kind is FieldKind.DOCUMENT:
        return True
    declared = (headers.declared_type or "text/plain").lower()
    if "/" not in declared:
        return False
    return declared.startswith(_DOCUMENTS_OF_TEXT) or not declared.startswith(
        _TEXT_TYPES
    )
