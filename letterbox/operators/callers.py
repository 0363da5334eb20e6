"""Recognises callers by their tokens."""

import hmac
from collections.abc import Sequence
from hashlib import sha256

from letterbox.domain.operators import UNNAMED, Caller


class Callers:
    """
    The operators who may call, by their tokens.

    ``known`` and ``current`` look into memory; ``verify`` may take a while, and is
    for a thread.
    """

    def __init__(self, tokens: Sequence[bytes]) -> None:
        self._tokens = tokens

    @property
    def sealing_keys(self) -> list[bytes]:
        """The same in all processes: the first seals cursors, all of them unseal."""
        return list(self._tokens)

    def known(self, token: bytes) -> Caller | None:
        """Return whose token it is, if that costs nothing to say."""
        fits = [valid for valid in self._tokens if hmac.compare_digest(token, valid)]
        return Caller(UNNAMED, _credential(fits[0])) if fits else None

    def verify(self, token: bytes) -> Caller | None:
        """Return whose token it is. Blocking."""
        return self.known(token)

    def current(self, name: str, credential: str) -> Caller | None:
        """Return an operator who was recognised before, if that token still opens."""
        if name != UNNAMED.name:
            return None
        fits = [one for one in self._tokens if _credential(one) == credential]
        return Caller(UNNAMED, credential) if fits else None


def _credential(token: bytes) -> str:
    return sha256(b"credential " + token).hexdigest()[:16]
