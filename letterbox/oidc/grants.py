"""
What somebody may who has signed in at the provider, as their session keeps it.

There is no file with them in it: role and hirers go along in the session's cookie,
which is sealed. With other settings, another client secret for one, no session that
was opened before counts any more.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

from letterbox.domain.errors import SignInRefusedError
from letterbox.domain.operators import Caller, Operator, OperatorRole
from letterbox.oidc.settings import OidcSettings

_PREFIX = "oidc-"
# A proxy reads an answer's head into 4 KB, and this is part of a cookie in it.
_MAX_BYTES = 1200


class Grants:
    """Turns an operator into what a session keeps, and back."""

    def __init__(self, settings: OidcSettings) -> None:
        decides = (
            settings.oidc_issuer,
            settings.oidc_client_id,
            settings.oidc_client_secret.get_secret_value(),
            settings.oidc_roles_claim,
            sorted(settings.oidc_roles.items()),
            settings.oidc_hirers_claim,
        )
        digest = sha256(json.dumps(decides).encode()).hexdigest()
        self._prefix = f"{_PREFIX}{digest[:16]}-"

    def caller(self, operator: Operator) -> Caller:
        """Return somebody as a caller (SignInRefusedError: too many hirers)."""
        hirers = None if operator.hirers is None else sorted(operator.hirers)
        grant = json.dumps([operator.role, hirers], separators=(",", ":"))
        if len(grant) > _MAX_BYTES:
            raise SignInRefusedError(
                "so many hirers are named for you there that a session cannot keep"
                " them: ask whoever runs Letterbox for a token",
                code="too-many-hirers",
            )
        encoded = urlsafe_b64encode(grant.encode()).decode().rstrip("=")
        return Caller(operator, f"{self._prefix}{encoded}")

    def current(self, name: str, credential: str) -> Caller | None:
        """Return who was signed in with these settings; None if with others."""
        if not credential.startswith(self._prefix):
            return None
        # What a session has sealed, we have written.
        encoded = credential.removeprefix(self._prefix)
        padding = "=" * (-len(encoded) % 4)
        role, hirers = json.loads(urlsafe_b64decode(encoded + padding))
        limits = None if hirers is None else frozenset(hirers)
        return Caller(Operator(name, OperatorRole(role), limits), credential)

    @staticmethod
    def has_granted(caller: Caller) -> bool:
        """Return whether somebody has signed in at a provider, and not by a token."""
        return caller.credential.startswith(_PREFIX)
