"""Office Open XML (ECMA-376, part 2): the main part says what a package is."""

from collections.abc import Mapping
from urllib.parse import unquote

from letterbox.domain.documents import kinds
from letterbox.domain.documents.bounded import BoundedReader, NotBelievedError
from letterbox.domain.documents.kinds import DocumentKind, DocumentProblem
from letterbox.domain.documents.xml_elements import elements
from letterbox.domain.documents.zips import Entry, read_part

_TYPES = "[content_types].xml"
_RELATIONSHIPS = "_rels/.rels"
_XML = "application/vnd.openxmlformats-officedocument."
_MACROS = "application/vnd.ms-office.vbaproject"
# Lower case, as they are compared.
_KINDS: Mapping[str, DocumentKind] = {
    f"{_XML}wordprocessingml.document.main+xml": kinds.DOCX,
    f"{_XML}wordprocessingml.template.main+xml": kinds.DOTX,
    f"{_XML}spreadsheetml.sheet.main+xml": kinds.XLSX,
    f"{_XML}spreadsheetml.template.main+xml": kinds.XLTX,
    f"{_XML}presentationml.presentation.main+xml": kinds.PPTX,
    f"{_XML}presentationml.slideshow.main+xml": kinds.PPSX,
    f"{_XML}presentationml.template.main+xml": kinds.POTX,
    "application/vnd.ms-word.document.macroenabled.main+xml": kinds.DOCM,
    "application/vnd.ms-word.template.macroenabledtemplate.main+xml": kinds.DOTM,
    "application/vnd.ms-excel.sheet.macroenabled.main+xml": kinds.XLSM,
    "application/vnd.ms-excel.template.macroenabled.main+xml": kinds.XLTM,
    "application/vnd.ms-excel.sheet.binary.macroenabled.main": kinds.XLSB,
    "application/vnd.ms-powerpoint.presentation.macroenabled.main+xml": kinds.PPTM,
    "application/vnd.ms-powerpoint.slideshow.macroenabled.main+xml": kinds.PPSM,
    "application/vnd.ms-powerpoint.template.macroenabled.main+xml": kinds.POTM,
    "application/vnd.ms-package.xps-fixeddocumentsequence+xml": kinds.XPS,
}
# What programs call their main part that say no more than that.
_BY_NAME: Mapping[str, DocumentKind] = {
    "word/document.xml": kinds.DOCX,
    "xl/workbook.xml": kinds.XLSX,
    "ppt/presentation.xml": kinds.PPTX,
}


def is_package(entries: Mapping[str, Entry]) -> bool:
    """Return whether it is a package, by the part that each must have."""
    return _TYPES in entries


def package_kind(file: BoundedReader, entries: Mapping[str, Entry]) -> DocumentKind:
    """Return what a package is; a zip where it does not say so (NotBelievedError)."""
    types = elements(read_part(file, entries[_TYPES]))
    named = _main_part(file, entries)
    if named is not None and named not in entries:
        raise NotBelievedError
    kind = _kind_of(named, types) if named else _only_kind(types)
    kind = kind or next(
        (kind for part, kind in _BY_NAME.items() if part in entries), kinds.ZIP
    )
    has_macros = any(name.endswith("vbaproject.bin") for name in entries) or any(
        attributes.get("ContentType", "").lower() == _MACROS for _, attributes in types
    )
    return kind.but(DocumentProblem.MACROS) if has_macros else kind


def _main_part(file: BoundedReader, entries: Mapping[str, Entry]) -> str | None:
    if _RELATIONSHIPS not in entries:
        return None
    for name, attributes in elements(read_part(file, entries[_RELATIONSHIPS])):
        relation = attributes.get("Type", "").rpartition("/")[2].lower()
        if name == "Relationship" and relation in {
            "officedocument",
            "fixedrepresentation",
        }:
            return _part_name(attributes.get("Target", ""))
    return None


def _kind_of(part: str, types: list[tuple[str, dict[str, str]]]) -> DocumentKind | None:
    ending = part.rpartition(".")[2]
    by_default = None
    for name, attributes in types:
        kind = _KINDS.get(attributes.get("ContentType", "").lower())
        if name == "Override" and _part_name(attributes.get("PartName", "")) == part:
            return kind
        if name == "Default" and attributes.get("Extension", "").casefold() == ending:
            by_default = kind
    return by_default


def _only_kind(types: list[tuple[str, dict[str, str]]]) -> DocumentKind | None:
    """Return the kind where nothing names the main part, and only one could be it."""
    names = {attributes.get("ContentType", "").lower() for _, attributes in types}
    known = {_KINDS[name] for name in names & _KINDS.keys()}
    return known.pop() if len(known) == 1 else None


def _part_name(reference: str) -> str:
    name = unquote(reference).replace("\\", "/")
    return name.removeprefix("./").lstrip("/").casefold()
