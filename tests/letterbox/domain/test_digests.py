"""Digests of addresses: one person is one digest, however the address was typed."""

import hmac
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterbox.domain.addresses import normalise_address
from letterbox.domain.privacy import digest, digests, searched_digests

KEY = b"a key for tests"
LOCAL = st.text(
    st.characters(
        min_codepoint=33, max_codepoint=126, exclude_characters="()<>[]{},;:@\"\\'`"
    ),
    min_size=1,
    max_size=40,
)
ADDRESSES = LOCAL.map("{}@example.com".format)


def test_a_digest_is_an_hmac_of_the_folded_address() -> None:
    """Anybody with the key can work it out, with any tool."""
    expected = hmac.new(KEY, b"ada@example.com", sha256).hexdigest()

    assert digest("  Ada@Example.COM\n", KEY) == expected


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("\uff41\uff44\uff41@example.com", "ada@example.com"),
        ("\u00a0ada@example.com\u3000", "ada@example.com"),
        ("jo\u0308rg@example.com", "j\u00f6rg@example.com"),
        ("J\u00d6RG@example.com", "j\u00f6rg@example.com"),
        ("STRASSE@example.com", "stra\u00dfe@example.com"),
    ],
)
def test_addresses_that_look_the_same_have_one_digest(typed: str, meant: str) -> None:
    """Width, composition, case and surrounding blanks do not count."""
    assert digest(typed, KEY) == digest(meant, KEY)


@given(ADDRESSES, st.sampled_from(["", " ", "\t", "\u00a0"]))
def test_case_and_blanks_of_an_address_do_not_change_its_digest(
    address: str, blank: str
) -> None:
    """However an address is written, its digest is the same."""
    assert digest(f"{blank}{address.upper()}{blank}", KEY) == digest(
        address.lower(), KEY
    )


@given(st.text(max_size=40))
def test_a_normalised_address_is_normal(text: str) -> None:
    """An address that was kept in its normal form is found by it."""
    assert normalise_address(normalise_address(text)) == normalise_address(text)


@given(ADDRESSES, ADDRESSES)
def test_different_addresses_have_different_digests(one: str, other: str) -> None:
    """Nothing else is folded: neither dots nor what follows a plus."""
    is_same = one.lower() == other.lower()

    assert (digest(one, KEY) == digest(other, KEY)) is is_same


def test_a_digest_tells_nothing_without_its_key() -> None:
    """Another key is another digest, and the address is not in it."""
    assert digest("ada@example.com", KEY) != digest("ada@example.com", b"another")
    assert len(digest("ada@example.com", KEY)) == 64


def test_half_a_surrogate_has_a_digest() -> None:
    """A command line may hold bytes that are no text."""
    assert digest("ada\udcff@example.com", KEY) != digest("ada@example.com", KEY)


def marked_by_an_earlier_version(typed: str) -> str:
    """Return the digest of a text as it was typed: no more was folded once."""
    return hmac.new(KEY, typed.encode(), sha256).hexdigest()


@pytest.mark.parametrize(
    "typed",
    [
        "ada@münchen.example",
        "ada@xn--mnchen-3ya.example",
        "<ada@münchen.example>",
        "ada <ada@münchen.example>",
        "<ada@xn--mnchen-3ya.example>",
        "mailto:ada@münchen.example",
        "ada@münchen.example.",
        "ada@münchen.example,",
        "ada@münchen.example;",
        '"ada@münchen.example"',
        "'ada@münchen.example'",
        "\u200bada@münchen.example",
        "ada@xn--mnchen-3ya.example\ufeff",
    ],
)
def test_who_was_marked_by_an_earlier_version_is_found(typed: str) -> None:
    """Its markers are in the store, under the address as it had been pasted."""
    found = searched_digests("Ada <ADA@MÜNCHEN.example>", KEY)

    assert marked_by_an_earlier_version(typed) in found


def test_every_address_in_a_field_has_a_digest_and_a_blank_field_none() -> None:
    """Whoever leaves it empty is nobody, and not all the others who did."""
    both = digests("ada@example.com, bo@example.com", KEY)

    assert both == {digest("ada@example.com", KEY), digest("bo@example.com", KEY)}
    assert digests(" ", KEY) == set()
    assert searched_digests(" ", KEY) == set()
