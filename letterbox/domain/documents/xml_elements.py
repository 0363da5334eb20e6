"""The elements of a small piece of XML that a stranger wrote."""

from xml.parsers import expat

from letterbox.domain.documents.bounded import NotBelievedError

_MAX_ELEMENTS = 8192

Element = tuple[str, dict[str, str]]


def elements(xml: bytes) -> list[Element]:
    """
    Return local names and attributes, in order, up to the end or the first error.

    A document type could define entities without end, and office programs write none:
    NotBelievedError.
    """
    items: list[Element] = []

    def begin(name: str, attributes: dict[str, str]) -> None:
        if len(items) == _MAX_ELEMENTS:
            raise NotBelievedError
        items.append((name.rpartition(" ")[2], attributes))

    def refuse(*_: object) -> None:
        raise NotBelievedError

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(xml, True)  # noqa: FBT003 it takes no keyword
    except NotBelievedError:
        raise
    except (expat.ExpatError, ValueError, LookupError):
        # Programs have been lenient with what follows; not with what is no XML at all.
        if xml and not items:
            raise NotBelievedError from None
    return items
