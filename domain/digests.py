"""Digests of candidates' addresses: they find a person and name nobody."""

import hmac
import unicodedata


def digest(address: str, key: bytes) -> str:
    """
    Give the HMAC-SHA256, in hex, of an e-mail address however it was typed.

    Without the key nobody can try out addresses against the store's keys.
    """
    # Half a surrogate pair may come from a command line.
    text = normalise_address(address).encode(errors="surrogatepass")
    return hmac.new(key, text, "sha256").hexdigest()


def normalise_address(address: str) -> str:
    """Fold width, case and surrounding blanks."""
    folded = unicodedata.normalize("NFKC", address).casefold()
    # Folding the case can undo the normal form.
    return unicodedata.normalize("NFKC", folded).strip()
