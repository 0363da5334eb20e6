"""Whatever begins as a zip does."""

from letterbox.domain.documents import kinds
from letterbox.domain.documents.bounded import BoundedReader
from letterbox.domain.documents.kinds import DocumentKind, DocumentProblem
from letterbox.domain.documents.office_open import is_package, package_kind
from letterbox.domain.documents.open_document import open_document_kind
from letterbox.domain.documents.zips import Entry, read_directory


def zipped_kind(file: BoundedReader) -> DocumentKind:
    """Return the kind, by what lies inside (NotBelievedError)."""
    entries = read_directory(file)
    if is_package(entries):
        return package_kind(file, entries)
    if kind := open_document_kind(file, entries):
        return kind
    if kind := _apple_kind(entries):
        return kind
    if any(entry.is_encrypted for entry in entries.values()):
        return kinds.ZIP.but(DocumentProblem.PASSWORD)
    return kinds.ZIP


def _apple_kind(entries: dict[str, Entry]) -> DocumentKind | None:
    """Return Pages or Keynote; Numbers is taken for Pages."""
    if "index.apxl" in entries:
        return kinds.KEYNOTE
    if "index.xml" in entries and "buildversionhistory.plist" in entries:
        return kinds.PAGES
    is_current = "index/document.iwa" in entries or (
        "index.zip" in entries and "metadata/properties.plist" in entries
    )
    if not is_current:
        return None
    if any(name.startswith("index/slide") for name in entries):
        return kinds.KEYNOTE
    return kinds.PAGES
