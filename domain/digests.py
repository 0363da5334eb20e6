"""Digests of candidates' addresses: they find a person and name nobody."""

import hmac
from collections.abc import Iterable

from domain.addresses import (
    addresses_in,
    as_marked_before,
    folded_before,
    normalise_address,
)


def digest(address: str, key: bytes) -> str:
    """
    Give the HMAC-SHA256, in hex, of an e-mail address however it was typed.

    Without the key nobody can try out addresses against the store's keys.
    """
    return _hmac(normalise_address(address), key)


def digests(text: str, key: bytes) -> set[str]:
    """Give the digest of every address in a text; none for blanks."""
    return {_hmac(address, key) for address in addresses_in(text)}


def earlier_digests(text: str, key: bytes) -> set[str]:
    """Give the digest that earlier versions gave a text; none for blanks."""
    folded = folded_before(text)
    return {_hmac(folded, key)} if folded else set()


def searched_digests(text: str, key: bytes) -> set[str]:
    """Give all digests under which the owner of an address may have been marked."""
    spelt: Iterable[str] = (
        form for address in addresses_in(text) for form in as_marked_before(address)
    )
    earlier = {_hmac(folded_before(form), key) for form in spelt}
    return digests(text, key) | earlier_digests(text, key) | earlier


def _hmac(text: str, key: bytes) -> str:
    # Half a surrogate pair may come from a command line.
    return hmac.new(key, text.encode(errors="surrogatepass"), "sha256").hexdigest()
