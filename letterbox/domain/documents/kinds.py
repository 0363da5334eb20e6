"""The kinds of documents that are known, and what is unusual about them."""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Self


class DocumentProblem(StrEnum):
    """Why a person may want to look before opening a document."""

    UNKNOWN_TYPE = "unknown-type"
    UNUSUAL_TYPE = "unusual-type"
    """Known, and not a type that a CV comes in."""
    UNREADABLE = "unreadable"
    """It contradicts itself, or asks for more than is looked into."""
    NOT_LOOKED_INTO = "not-looked-into"
    """Looking at it has ended two workers: no type."""
    MACROS = "macros"
    PASSWORD = "password"  # noqa: S105
    """Encrypted, or protected by a password."""
    NOT_DECODED = "not-decoded"
    """It came as base64 that is none, and is kept as it came."""
    MARKUP = "markup"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A media type, the extension that goes with it, and what is unusual about it."""

    media_type: str | None
    extension: str
    problem: DocumentProblem | None = None

    def but(self, problem: DocumentProblem) -> Self:
        """Return this kind with a problem."""
        return replace(self, problem=problem)


_unusual = partial(DocumentKind, problem=DocumentProblem.UNUSUAL_TYPE)
_image = partial(DocumentKind, problem=DocumentProblem.IMAGE)
_markup = partial(DocumentKind, problem=DocumentProblem.MARKUP)


def _open_xml(
    name: str, extension: str, problem: DocumentProblem | None = None
) -> DocumentKind:
    prefix = "application/vnd.openxmlformats-officedocument."
    return DocumentKind(prefix + name, extension, problem)


def _open_document(
    name: str, extension: str, problem: DocumentProblem | None = None
) -> DocumentKind:
    prefix = "application/vnd.oasis.opendocument."
    return DocumentKind(prefix + name, extension, problem)


UNKNOWN = DocumentKind(None, "bin", DocumentProblem.UNKNOWN_TYPE)
UNREADABLE = DocumentKind(None, "bin", DocumentProblem.UNREADABLE)

PDF = DocumentKind("application/pdf", "pdf")
RTF = DocumentKind("application/rtf", "rtf")
TXT = DocumentKind("text/plain", "txt")
HTML = _markup("text/html", "html")
XML = _markup("application/xml", "xml")
SVG = _markup("image/svg+xml", "svg")
MHTML = _markup("multipart/related", "mhtml")
EML = _markup("message/rfc822", "eml")
POSTSCRIPT = _unusual("application/postscript", "ps")

DOC = DocumentKind("application/msword", "doc")
XLS = _unusual("application/vnd.ms-excel", "xls")
PPT = _unusual("application/vnd.ms-powerpoint", "ppt")
MSG = _unusual("application/vnd.ms-outlook", "msg")
PUB = _unusual("application/vnd.ms-publisher", "pub")
WPS = _unusual("application/vnd.ms-works", "wps")
# Word's, Excel's or PowerPoint's: which one is inside, and encrypted.
ENCRYPTED_OFFICE = DocumentKind(
    "application/encrypted", "ole", DocumentProblem.PASSWORD
)

DOCX = _open_xml("wordprocessingml.document", "docx")
DOTX = _open_xml("wordprocessingml.template", "dotx")
XLSX = _open_xml("spreadsheetml.sheet", "xlsx", DocumentProblem.UNUSUAL_TYPE)
XLTX = _open_xml("spreadsheetml.template", "xltx", DocumentProblem.UNUSUAL_TYPE)
PPTX = _open_xml("presentationml.presentation", "pptx", DocumentProblem.UNUSUAL_TYPE)
PPSX = _open_xml("presentationml.slideshow", "ppsx", DocumentProblem.UNUSUAL_TYPE)
POTX = _open_xml("presentationml.template", "potx", DocumentProblem.UNUSUAL_TYPE)
DOCM = DocumentKind(
    "application/vnd.ms-word.document.macroenabled.12", "docm", DocumentProblem.MACROS
)
DOTM = DocumentKind(
    "application/vnd.ms-word.template.macroenabled.12", "dotm", DocumentProblem.MACROS
)
XLSM = DocumentKind(
    "application/vnd.ms-excel.sheet.macroenabled.12", "xlsm", DocumentProblem.MACROS
)
XLTM = DocumentKind(
    "application/vnd.ms-excel.template.macroenabled.12", "xltm", DocumentProblem.MACROS
)
XLSB = _unusual("application/vnd.ms-excel.sheet.binary.macroenabled.12", "xlsb")
_POWERPOINT = "application/vnd.ms-powerpoint."
PPTM = DocumentKind(
    _POWERPOINT + "presentation.macroenabled.12", "pptm", DocumentProblem.MACROS
)
PPSM = DocumentKind(
    _POWERPOINT + "slideshow.macroenabled.12", "ppsm", DocumentProblem.MACROS
)
POTM = DocumentKind(
    _POWERPOINT + "template.macroenabled.12", "potm", DocumentProblem.MACROS
)

ODT = _open_document("text", "odt")
OTT = _open_document("text-template", "ott")
ODS = _open_document("spreadsheet", "ods", DocumentProblem.UNUSUAL_TYPE)
OTS = _open_document("spreadsheet-template", "ots", DocumentProblem.UNUSUAL_TYPE)
ODP = _open_document("presentation", "odp", DocumentProblem.UNUSUAL_TYPE)
OTP = _open_document("presentation-template", "otp", DocumentProblem.UNUSUAL_TYPE)
ODG = _open_document("graphics", "odg", DocumentProblem.UNUSUAL_TYPE)
SXW = _unusual("application/vnd.sun.xml.writer", "sxw")
EPUB = _unusual("application/epub+zip", "epub")
FODT = _open_document("text-flat-xml", "fodt", DocumentProblem.UNUSUAL_TYPE)
WORD_XML = _unusual("application/vnd.ms-word2006ml", "xml")
XPS = _unusual("application/vnd.ms-xpsdocument", "xps")
PAGES = _unusual("application/vnd.apple.pages", "pages")
KEYNOTE = _unusual("application/vnd.apple.keynote", "key")
ZIP = _unusual("application/zip", "zip")

JPEG = _image("image/jpeg", "jpg")
PNG = _image("image/png", "png")
GIF = _image("image/gif", "gif")
TIFF = _image("image/tiff", "tiff")
BMP = _image("image/bmp", "bmp")
WEBP = _image("image/webp", "webp")
HEIC = _image("image/heic", "heic")
HEIF = _image("image/heif", "heif")
AVIF = _image("image/avif", "avif")
JP2 = _image("image/jp2", "jp2")
JXL = _image("image/jxl", "jxl")
PSD = _image("image/vnd.adobe.photoshop", "psd")
DJVU = _image("image/vnd.djvu", "djvu")

SEVEN_ZIP = _unusual("application/x-7z-compressed", "7z")
RAR = _unusual("application/vnd.rar", "rar")
GZIP = _unusual("application/gzip", "gz")
BZIP2 = _unusual("application/x-bzip2", "bz2")
XZ = _unusual("application/x-xz", "xz")
ZSTD = _unusual("application/zstd", "zst")
TAR = _unusual("application/x-tar", "tar")
TNEF = _unusual("application/vnd.ms-tnef", "dat")
WORD_PERFECT = _unusual("application/vnd.wordperfect", "wpd")

TEXT_EXTENSIONS = frozenset(kind.extension for kind in (PDF, DOCX, ODT, RTF, TXT))
"""Of the documents whose text can be read."""
