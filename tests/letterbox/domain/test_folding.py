"""No text that a stranger chose costs more time than its length."""

import time

import pytest

from letterbox.domain.addresses import addresses_in
from letterbox.domain.folding import MAX_LENGTH, folded
from letterbox.domain.positions import normalise, spelled
from letterbox.domain.privacy import digests, names_address, searched_digests

# Seconds of the processor, of which a slow machine has as many; each took minutes.
_SOON = 3
_MARKS = "\u0301\u0323"
_MAX = 1_000_000
COSTLY = {
    "marks out of order": "a" + _MARKS * 250_000 + "@example.com",
    "half-width marks among others": "a" + "\uff9e\u0301" * 250_000 + "@example.com",
    "a label without end": "ada@xn--" + "a9z" * 300_000,
    "a label of one letter": "ada@xn--" + "a" * _MAX,
    "what becomes longer": "\ufdfa" * 300_000 + "@example.com",
    "addresses without end": ",".join(f"a{n}@b.example" for n in range(60_000)),
    "nothing but brackets": "(" * _MAX,
}


@pytest.mark.parametrize("name", COSTLY)
def test_a_costly_text_is_folded_soon(name: str) -> None:
    """Python does nothing else meanwhile: a whole process would stand still."""
    text = COSTLY[name]
    began = time.process_time()

    digests(text, b"key")
    searched_digests(text, b"key")
    names_address(text)
    normalise(text)
    spelled(text)

    assert time.process_time() - began < _SOON


def test_one_field_has_so_many_addresses_at_most() -> None:
    """A marker is written for each."""
    assert len(addresses_in(COSTLY["addresses without end"])) == 100
    assert len(addresses_in("a@b.example, c@d.example; <e@f.example>")) == 3


@pytest.mark.parametrize(
    "text", ["Ada <ADA@example.com> " + "x" * 9000, "x" * 9000 + " ada@example.com"]
)
def test_an_address_is_found_at_either_end_of_a_long_text(text: str) -> None:
    """Whoever pasted a letter into the field is found all the same."""
    assert "ada@example.com" in addresses_in(text)


def test_what_is_as_long_as_a_name_is_folded() -> None:
    """No reference, name or address is longer."""
    assert folded("\uff21" * MAX_LENGTH) == "A" * MAX_LENGTH
    assert normalise("  \uff32\u00a0 1 ") == "r 1"
