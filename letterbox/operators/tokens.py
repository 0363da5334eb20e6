"""
Tokens of named operators: made, hashed and verified.

A token is ``lbx_``, a name of its own that is no secret, and 256 random bits. By the
name one hash is found, so that a token costs one computation, and one that nobody has
costs none.
"""

import re
import secrets
import string
from threading import Semaphore

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHashError

_FORM = re.compile(r"lbx_([a-z0-9]{12})_[A-Za-z0-9_-]{43}")
_ID_LETTERS = string.ascii_lowercase + string.digits
_ID_LENGTH = 12
_SECRET_BYTES = 32
# Of OWASP's choices the cheapest in memory: nobody guesses 256 bits by any.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE = Semaphore(4)
_MAX_MEMORY_KIB = 256 * 1024
_MAX_TIME = 20


def new_token() -> tuple[str, str]:
    """Return the name of a new token, and the token."""
    name = "".join(secrets.choice(_ID_LETTERS) for _ in range(_ID_LENGTH))
    return name, f"lbx_{name}_{secrets.token_urlsafe(_SECRET_BYTES)}"


def name_of(token: bytes) -> str | None:
    """Return the name in a token; None where it has not the form of one."""
    match = _FORM.fullmatch(token.decode("latin-1"))
    return match[1] if match else None


def hash_of(token: str) -> str:
    """Return the hash under which a token is kept."""
    return _HASHER.hash(token)


def is_hash(text: str) -> bool:
    """Return whether it is a hash that can be computed at a bearable cost."""
    try:
        costs = extract_parameters(text)
    except InvalidHashError:
        return False
    return costs.memory_cost <= _MAX_MEMORY_KIB and costs.time_cost <= _MAX_TIME


def is_token_of(token: bytes, known_hash: str) -> bool:
    """Return whether a token has this hash: some 20 ms of a processor."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(known_hash, token)
        except (Argon2Error, InvalidHashError):
            return False
