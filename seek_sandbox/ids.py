"""Ids that look like SEEK's, and chance that repeats itself."""

from dataclasses import dataclass
from hashlib import sha512
from random import Random

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LENGTHS = {
    "candidate:feed": 38,
    "positionProfile:jobAd": 9,
    "positionOpening:jobAd": 12,
    "organization:seek": 8,
}
_USUAL = 22


@dataclass(frozen=True, slots=True)
class Ids:
    """Makes ids and dice from the seed and what they are for."""

    scheme: str
    seed: str

    def make(self, kind: str, *what: object) -> str:
        """Name one thing of a kind: ``seekAnz:event:events:`` and opaque letters."""
        letters = opaque(_LENGTHS.get(kind, _USUAL), self.seed, kind, *what)
        return f"{self.scheme}:{kind}:{letters}"

    def dice(self, *what: object) -> Random:
        """Return chance that falls the same way for the same thing."""
        return Random(repr((self.seed, what)))  # noqa: S311 people are invented, not keys


def opaque(length: int, *what: object) -> str:
    """Turn anything into letters that tell nothing about it."""
    digest = sha512(repr(what).encode()).digest()
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:length])


def tail(identifier: str) -> str:
    """Return the opaque end of an id."""
    return identifier.rpartition(":")[2]
