"""Elements of XML that a stranger wrote: as far as it goes, or not at all."""

import pytest

from letterbox.domain.documents.bounded import NotBelievedError
from letterbox.domain.documents.xml_elements import elements


@pytest.mark.parametrize("xml", [b" ", b"<", b"<?xml version='1.0'?>", b"PK", b"<!--"])
def test_what_has_no_element_is_no_xml(xml: bytes) -> None:
    """What ends before its first element does has none either."""
    with pytest.raises(NotBelievedError):
        elements(xml)


def test_elements_are_read_up_to_the_first_error() -> None:
    """Programs are lenient with what follows; an empty part has none."""
    assert elements(b"") == []
    assert elements(b"<a x='1'><n:b xmlns:n='urn:n'/></c>") == [
        ("a", {"x": "1"}),
        ("b", {}),
    ]
