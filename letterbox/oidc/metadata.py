"""What a provider says of itself in its discovery document."""

from authlib.oidc.discovery import get_well_known_url
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from letterbox.domain.errors import ProviderFaultError
from letterbox.oidc.settings import is_safe

_S256 = "S256"
_BASIC, _POST = "client_secret_basic", "client_secret_post"
# By a key of the provider's own: by a shared secret anybody who has it could sign, and
# EdDSA without its curve is deprecated (RFC 9864).
_ASYMMETRIC = {
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519"),
}


class ProviderMetadata(BaseModel):
    """A discovery document (OpenID Connect Discovery 1.0, section 3)."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    token_endpoint_auth_methods_supported: tuple[str, ...] = (_BASIC,)
    code_challenge_methods_supported: tuple[str, ...] | None = None
    authorization_response_iss_parameter_supported: bool = Field(
        default=False, description="RFC 9207: its answers say whose they are."
    )

    @property
    def algorithms(self) -> list[str]:
        """The signatures that are believed: announced, and made by a key pair."""
        announced = self.id_token_signing_alg_values_supported
        return [name for name in announced if name in _ASYMMETRIC]

    @property
    def auth_method(self) -> str:
        """How the token endpoint is shown our secret."""
        announced = self.token_endpoint_auth_methods_supported
        return _POST if _POST in announced and _BASIC not in announced else _BASIC

    @property
    def announces_pkce(self) -> bool:
        """Whether it says that it checks code challenges; some do, and are silent."""
        return _S256 in (self.code_challenge_methods_supported or ())


def address_of(issuer: str) -> str:
    """Return where an issuer's discovery document is."""
    address: str = get_well_known_url(issuer, external=True)
    return address


def read_metadata(document: object, issuer: str) -> ProviderMetadata:
    """
    Read a discovery document (ProviderFaultError).

    It must be of the issuer that was asked, to the letter: whoever can answer in its
    place would else name keys and endpoints of their own.
    """
    try:
        metadata = ProviderMetadata.model_validate(document)
    except ValidationError as error:
        field = error.errors()[0]["loc"]
        name = field[0] if field else "object"
        raise ProviderFaultError(
            f"its discovery document has no valid {name}", code="discovery"
        ) from None
    if metadata.issuer != issuer:
        raise ProviderFaultError(
            "its discovery document is of another issuer than LETTERBOX_OIDC_ISSUER:"
            " they must be the same to the letter, a slash at the end too",
            code="discovery-issuer",
        )
    for mistake in _mistakes(metadata):
        raise ProviderFaultError(mistake, code="discovery")
    return metadata


def _mistakes(metadata: ProviderMetadata) -> list[str]:
    """Return what keeps a provider from being used."""
    endpoints = {
        "authorization_endpoint": metadata.authorization_endpoint,
        "token_endpoint": metadata.token_endpoint,
        "jwks_uri": metadata.jwks_uri,
        "userinfo_endpoint": metadata.userinfo_endpoint,
        "end_session_endpoint": metadata.end_session_endpoint,
    }
    is_here = metadata.issuer.startswith("http:")
    found = [
        f"its {name} is not a valid URL with https://"
        for name, address in endpoints.items()
        if address is not None and not _is_endpoint(address, is_here=is_here)
    ]
    if not metadata.algorithms:
        found.append("it offers no safe signature algorithm, such as RS256")
    if metadata.code_challenge_methods_supported and not metadata.announces_pkce:
        found.append("it does not support PKCE with S256")
    if not {_BASIC, _POST} & {*metadata.token_endpoint_auth_methods_supported}:
        found.append("it takes neither client_secret_basic nor client_secret_post")
    return found


def _is_endpoint(address: str, *, is_here: bool) -> bool:
    """
    Return whether people may be led there, or our secret sent.

    One elsewhere has no business with what listens on this machine alone.
    """
    is_plain = address.isascii() and address.isprintable() and not {*" #"} & {*address}
    is_safe_here = is_here or not address.lower().startswith("http:")
    return is_plain and is_safe_here and is_safe(address)
