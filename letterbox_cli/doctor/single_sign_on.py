"""Checks that people could sign in at the identity provider; nobody does."""

from typing import TYPE_CHECKING

from letterbox.checks import CheckResult, ok, warning, wrong
from letterbox.domain.errors import SignInError
from letterbox.domain.plurals import plural
from letterbox.resources import open_identity_provider
from letterbox.settings import Settings
from letterbox.settings.unread import not_set

if TYPE_CHECKING:
    from letterbox.oidc.provider import Provider

_WHAT = "single sign-on"


async def look(settings: Settings) -> list[CheckResult]:
    """Fetch the discovery document and the keys, as the desk does."""
    provider = open_identity_provider(settings)
    if provider is None:
        return [ok(_WHAT, f"off: {not_set('LETTERBOX_OIDC_ISSUER')}")]
    try:
        async with provider.running():
            found = await _answers(provider, settings)
    except SignInError as error:
        message = f"LETTERBOX_OIDC_ISSUER, {settings.oidc_issuer}: {error}"
        found = [wrong(_WHAT, message)]
    if not (settings.operator_tokens or settings.operators):
        message = (
            "nobody has a token: while the provider is away, nobody can sign in; make "
            "one for an admin (LETTERBOX_OPERATOR_TOKEN)"
        )
        found.append(warning(_WHAT, message))
    return found


async def _answers(provider: "Provider", settings: Settings) -> list[CheckResult]:
    metadata = await provider.metadata()
    number = len((await provider.keys()).keys)
    message = (
        f"the provider answers, with {plural(number, 'key')}; it must know the "
        f"redirect URI {settings.oidc_callback}"
    )
    found = [ok(_WHAT, message)]
    if not metadata.announces_pkce:
        message = (
            "the provider does not say that it checks PKCE (S256), which it is sent "
            "all the same: some do and are silent, such as Entra ID"
        )
        found.append(warning(_WHAT, message))
    return found
