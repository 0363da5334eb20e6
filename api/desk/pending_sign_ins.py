"""
Sign-ins that are under way: somebody was led to the identity provider.

What is needed when they come back is in a cookie of its own: the session's is strict,
and does not come along from another site. It is for the callback, and for minutes.
"""

import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.desk.sessions import is_sealed, seal

LIFE = 600
"""Seconds: a second factor may have to be found first."""
_MAX_COOKIE = 2000
_MAX_NEXT = 1000
_FIELDS = 3


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """A sign-in that is under way; the first three are random, and of it alone."""

    state: str
    nonce: str
    verifier: str
    next: str
    """Where in the desk they wanted to go."""


class PendingSignIns:
    """
    Notes who was led away, and finds them when they come back.

    The cookie has one random number, from which the rest is derived by a key that all
    processes have: so a state is of one browser, and the verifier of the code never
    leaves the server but for the provider.
    """

    def __init__(
        self, keys: Callable[[], Sequence[bytes]], now: Callable[[], float] = time.time
    ) -> None:
        self._keys = keys
        self._now = now

    def begin(self, goes_on: str) -> tuple[PendingSignIn, str]:
        """Return a new one, and its cookie."""
        goes_on = goes_on if len(goes_on) <= _MAX_NEXT else "/desk"
        encoded = urlsafe_b64encode(goes_on.encode()).decode()
        body = f"{int(self._now()) + LIFE}.{secrets.token_urlsafe(32)}.{encoded}"
        key = self._keys()[0]
        return _pending(key, body), f"{body}.{seal(key, 'pending', body)}"

    def find(self, cookie: str) -> PendingSignIn | None:
        """Return who has come back; None if it took too long, or is not ours."""
        body, _, sealed = cookie[:_MAX_COOKIE].rpartition(".")
        for key in self._keys():
            if is_sealed(sealed, key, "pending", body):
                is_over = int(body.partition(".")[0]) <= self._now()
                return None if is_over else _pending(key, body)
        return None


def _pending(key: bytes, body: str) -> PendingSignIn:
    # What is sealed we have written: it has these fields.
    _, _, encoded = body.split(".", _FIELDS - 1)
    return PendingSignIn(
        state=seal(key, "state", body),
        nonce=seal(key, "nonce", body),
        verifier=seal(key, "verifier", body),
        next=urlsafe_b64decode(encoded).decode(),
    )
