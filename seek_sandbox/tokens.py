"""Partner tokens, which really expire."""

import secrets
import time


class Tokens:
    """Issues tokens and knows which are good."""

    def __init__(self, lifetime: float) -> None:
        self.lifetime = lifetime
        self._expiries: dict[str, float] = {}

    def issue(self) -> str:
        """Issue a token for ``lifetime`` seconds from now."""
        token = secrets.token_urlsafe(24)
        self._expiries[token] = time.monotonic() + self.lifetime
        return token

    def good(self, authorization: str | None) -> bool:
        """Return whether an Authorization header bears a token that is good now."""
        scheme, _, token = (authorization or "").partition(" ")
        expiry = self._expiries.get(token.strip())
        return (
            scheme.lower() == "bearer"
            and expiry is not None
            and time.monotonic() < expiry
        )

    def expire_all(self) -> None:
        """Make every token issued so far useless."""
        self._expiries.clear()
