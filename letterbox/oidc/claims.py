"""What a provider's claims make of somebody: a name, a role, and perhaps hirers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from letterbox.domain.errors import SignInRefusedError
from letterbox.domain.journal import OWN_PART
from letterbox.domain.operators import MAX_HIRER_BYTES, Operator, OperatorRole
from letterbox.oidc.settings import OidcSettings

Claims = Mapping[str, Any]

ALL_HIRERS = "*"
_STRONGEST_FIRST = (
    OperatorRole.ADMIN,
    OperatorRole.PRIVACY,
    OperatorRole.TRIAGE,
    OperatorRole.VIEWER,
)
_NAMES = ("preferred_username", "email", "upn", "name", "sub")
_YES = (True, "true")  # Some write it as text.
_MAX_NAME = 48
_DIGEST = 12
_UNUSUAL = re.compile(r"[^\w.@+-]")
_HALF_A_LETTER = re.compile("[\ud800-\udfff]")


def claim_at(claims: Claims, path: str) -> Any:
    """
    Return a claim by its name, or by the way into an object; None if there is none.

    Names have dots themselves (``https://example.com/roles``, the clients below
    Keycloak's ``resource_access``): the longest that is there counts.
    """
    if path in claims:
        return claims[path]
    ends = [at for at, letter in enumerate(path) if letter == "."]
    for end in reversed(ends):
        inner = claims.get(path[:end])
        if isinstance(inner, Mapping):
            found = claim_at(inner, path[end + 1 :])
            if found is not None:
                return found
    return None


def is_text(text: str) -> bool:
    """Return whether a text can be written down: JSON may have half a letter in it."""
    return text.isascii() or not _HALF_A_LETTER.search(text)


def missing(claims: Claims, settings: OidcSettings) -> bool:
    """Return whether what decides about somebody must be asked for elsewhere."""
    paths = filter(None, (settings.oidc_roles_claim, settings.oidc_hirers_claim))
    return any(claim_at(claims, path) is None for path in paths)


def operator_of(sources: Sequence[Claims], settings: OidcSettings) -> Operator:
    """
    Return who has signed in; the first source that has a claim counts.

    Raises SignInRefusedError where no role is theirs, or none of the hirers.
    """
    role = _role(_words(_first(sources, settings.oidc_roles_claim)), settings)
    hirers = None
    if settings.oidc_hirers_claim:
        hirers = _hirers(_words(_first(sources, settings.oidc_hirers_claim)))
    return Operator(name_of(sources, settings.oidc_issuer), role, hirers)


def name_of(sources: Sequence[Claims], issuer: str) -> str:
    """
    Return the name that the journal has: what people know, and what is theirs alone.

    The provider's ``sub`` never changes and is nobody else's, so its digest is part of
    the name: a user name can be changed, and given to the next. No operator with a
    token can have such a name, for its tilde.
    """
    subject = sources[0]["sub"]
    digest = sha256(f"{issuer}\0{subject}".encode()).hexdigest()[:_DIGEST]
    return f"{_UNUSUAL.sub('_', _shown(sources))[:_MAX_NAME]}{OWN_PART}{digest}"


def _shown(sources: Sequence[Claims]) -> str:
    for claim in _NAMES:
        for source in sources:
            # An address that nobody has verified may be anybody's.
            if claim == "email" and source.get("email_verified", True) not in _YES:
                continue
            shown = source.get(claim)
            if isinstance(shown, str) and shown.strip():
                return shown.strip()
    return ""


def _role(values: Iterable[str], settings: OidcSettings) -> OperatorRole:
    """Return the strongest: a group for all must not take away what another gives."""
    roles = {
        settings.oidc_roles[value] for value in values if value in settings.oidc_roles
    }
    for role in _STRONGEST_FIRST:
        if role in roles:
            return role
    raise SignInRefusedError(
        "none of your roles there opens the desk: ask whoever runs Letterbox for one",
        code="no-role",
    )


def _hirers(values: Sequence[str]) -> frozenset[str] | None:
    if ALL_HIRERS in values:
        return None
    # Of others, lists could not tell one from another: what they look for is cut.
    values = [
        one
        for one in values
        if len(one.encode()) <= MAX_HIRER_BYTES and "\0" not in one
    ]
    if not values:
        raise SignInRefusedError(
            "no hirer is named for you there: ask whoever runs Letterbox for one",
            code="no-hirer",
        )
    return frozenset(values)


def _first(sources: Sequence[Claims], path: str) -> Any:
    found = (claim_at(source, path) for source in sources)
    return next((claim for claim in found if claim is not None), None)


def _words(claim: Any) -> list[str]:
    """Read a list, or a single word; whatever else it may be says nothing."""
    listed = claim if isinstance(claim, list) else [claim]
    return [one for one in listed if isinstance(one, str) and one and is_text(one)]
