"""Text that is more than text: RTF, HTML, XML, mails."""

import re
from collections.abc import Mapping

from letterbox.domain.documents import kinds
from letterbox.domain.documents.kinds import DocumentKind, DocumentProblem

# What a browser takes for HTML: https://mimesniff.spec.whatwg.org, section 7.1.
_TAG = (
    "!doctype html|html|head|script|iframe|h1|h2|h3|div|font|table|a|style|title|b|"
    "body|br|p|meta|link|center|span|ul|ol"
)
_HTML = re.compile(rf"<(?:{_TAG})[\s>/]", re.IGNORECASE)
_BLANKS = " \t\r\n\f\v\0\ufeff"
_MAX_COMMENTS = 20
_BY_XML: Mapping[str, DocumentKind] = {
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": kinds.FODT,
    "http://schemas.microsoft.com/office/word/2003/wordml": kinds.WORD_XML,
    "http://schemas.microsoft.com/office/2006/xmlPackage": kinds.WORD_XML,
    "http://www.w3.org/1999/xhtml": kinds.HTML,
    "http://www.w3.org/2000/svg": kinds.SVG,
}
_FIELD = re.compile(r"([!-9;-~]{1,76}):")
_MAX_FIELDS = 200
# A letter may have From, To, Date and Subject; these are written by programs.
_OF_PROGRAMS = {
    "received",
    "message-id",
    "mime-version",
    "return-path",
    "delivered-to",
    "dkim-signature",
    "arc-seal",
    "x-mailer",
}
_OF_MAILS = _OF_PROGRAMS | {"from", "to", "subject", "date", "content-type", "sender"}
_ENOUGH = 2


def marked_up(text: str) -> DocumentKind | None:
    """Return the kind of a text with markup; None where it is plain."""
    begun = text.lstrip(_BLANKS)
    if begun.startswith("{\\rtf"):  # In two bytes a character.
        return kinds.RTF
    if begun.startswith("%!PS"):
        return kinds.POSTSCRIPT
    return _tagged(begun) if begun.startswith("<") else _mailed(begun)


def _tagged(text: str) -> DocumentKind | None:
    is_xml = text[:5].lower() == "<?xml"
    after = text.partition("?>")[2].lstrip(_BLANKS) if is_xml else text
    for _ in range(_MAX_COMMENTS):
        if not after.startswith("<!--") or "-->" not in after:
            break
        after = after.partition("-->")[2].lstrip(_BLANKS)
    # A comment that does not end here, and one more than we pass over, begin a page.
    is_page = after.startswith("<!--") and (not is_xml or "<html" in text.lower())
    if is_page or _HTML.match(after):
        return kinds.HTML
    for namespace, kind in _BY_XML.items():
        if namespace in text:
            return kind
    if after[:4].lower() == "<svg":
        return kinds.SVG
    return kinds.XML if is_xml else None


def _mailed(text: str) -> DocumentKind | None:
    """Return whether it is a mail, by its header: fields that programs write."""
    names: set[str] = set()
    related, fields = False, 0
    for line in text.splitlines():
        if not line.strip():
            break
        if line[0] in " \t" or (not names and line.startswith("From ")):
            continue
        field = _FIELD.match(line)
        if field is None:
            return None
        fields += 1
        if fields > _MAX_FIELDS:
            return kinds.EML.but(DocumentProblem.UNREADABLE)
        names.add(field[1].lower())
        value = line[field.end() :].strip().lower()
        related |= field[1].lower() == "content-type" and value.startswith(
            "multipart/related"
        )
    if not names & _OF_PROGRAMS or len(names & _OF_MAILS) < _ENOUGH:
        return None
    # A saved page is from nobody to nobody.
    is_page = related and not names & {"to", "received", "delivered-to"}
    return kinds.MHTML if is_page else kinds.EML
