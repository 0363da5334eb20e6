"""Sessions of the desk: sealed into a cookie, which every API process can read."""

import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from letterbox.domain.operators import Caller

_MAX_COOKIE = 2400
_FIELDS = 4


class Recognised(Protocol):
    """Those who were recognised before, by whatever it was."""

    def current(self, name: str, credential: str) -> Caller | None:
        """Return one of them, if what they were recognised by still opens."""


class KnownCallers(Recognised, Protocol):
    """Who may sign in, and what seals their sessions in all processes."""

    @property
    def sealing_keys(self) -> Sequence[bytes]:
        """Return the keys: the first seals, all of them unseal."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has signed in, and the token that their forms must carry."""

    caller: Caller
    csrf: str

    def has_made(self, csrf: str) -> bool:
        """Return whether a form was made for this session."""
        return hmac.compare_digest(csrf.encode(), self.csrf.encode())


class Sessions:
    """
    Opens sessions and finds them again, for as long as ``life``.

    Nothing is kept on the server. At each request ``callers`` says whether the token
    that a session was opened with still opens, and ``granted`` whether what somebody
    was granted by the identity provider still counts, where there is one.
    """

    def __init__(
        self,
        callers: KnownCallers,
        life: timedelta,
        now: Callable[[], float] = time.time,
        granted: Recognised | None = None,
    ) -> None:
        self._callers = callers
        self._granted = granted
        self.life = life
        self._now = now

    def open(self, caller: Caller, life: timedelta | None = None) -> str:
        """Return the cookie of a new session."""
        ends = int(self._now() + (life or self.life).total_seconds())
        name = caller.operator.name.encode().hex()
        body = f"{ends}.{name}.{caller.credential}.{secrets.token_urlsafe(12)}"
        return f"{body}.{seal(self._callers.sealing_keys[0], 'session', body)}"

    def find(self, cookie: str) -> Session | None:
        """Return the session of a cookie; None if it has ended, or is not ours."""
        body, _, sealed = cookie[:_MAX_COOKIE].rpartition(".")
        for key in self._callers.sealing_keys:
            if is_sealed(sealed, key, "session", body):
                return self._opened(body, key)
        return None

    def _opened(self, body: str, key: bytes) -> Session | None:
        # What is sealed we have written: it has these fields.
        ends, name, credential, _ = body.split(".", _FIELDS - 1)
        if int(ends) <= self._now():
            return None
        caller = self._current(bytes.fromhex(name).decode(), credential)
        return Session(caller, seal(key, "form", body)) if caller else None

    def _current(self, name: str, credential: str) -> Caller | None:
        if caller := self._callers.current(name, credential):
            return caller
        return self._granted.current(name, credential) if self._granted else None


def is_sealed(sealed: str, key: bytes, purpose: str, body: str) -> bool:
    """Return whether that is the seal of a text."""
    return hmac.compare_digest(sealed.encode(), seal(key, purpose, body).encode())


def seal(key: bytes, purpose: str, body: str) -> str:
    """Return what nobody can compute without the key: 43 letters, URL-safe."""
    digest = hmac.digest(key, f"desk {purpose} {body}".encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")
