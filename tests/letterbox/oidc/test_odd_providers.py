"""What a provider publishes is not believed where it is odd, nor fails anything."""

from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from letterbox.domain.errors import ProviderFaultError
from letterbox.oidc.id_tokens import read_keys
from letterbox.oidc.metadata import ProviderMetadata, read_metadata

_KEY = RSAKey.generate_key(2048, auto_kid=True)
_ISSUER, _HERE = "https://login.example.com", "http://localhost:8080"
_ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "end_session_endpoint",
)


def _public(key: RSAKey | ECKey = _KEY, **changed: Any) -> dict[str, Any]:
    return {**key.as_dict(private=False), **changed}


@pytest.mark.parametrize(
    "odd",
    [
        _KEY.as_dict(private=True),
        ECKey.generate_key("P-256").as_dict(private=True),
        _public(kty=["RSA"]),
        _public(kty={}),
        _public(kty=None),
        _public(n="!"),
        _public(n="AQAB"),
        _public(e=1.5),
        _public(n="\ud800"),
        {"kty": "oct", "k": "AAAA"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        None,
        "RSA",
    ],
)
def test_a_key_by_which_anybody_may_sign_is_none(odd: object) -> None:
    """Nor is what cannot be read; those beside it are taken."""
    with pytest.raises(ProviderFaultError, match="no usable keys"):
        read_keys({"keys": [odd]})

    assert [key.kid for key in read_keys({"keys": [odd, _public()]}).keys] == [_KEY.kid]


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_short_key_is_none() -> None:
    """Half as long a one has been broken by others."""
    short = RSAKey.generate_key(1024)

    with pytest.raises(ProviderFaultError, match="no usable keys"):
        read_keys({"keys": [_public(short)]})


def _read(issuer: str, /, **changed: object) -> ProviderMetadata:
    named = {name: f"{issuer}/{name}" for name in _ENDPOINTS}
    return read_metadata({"issuer": issuer, **named, **changed}, issuer)


@pytest.mark.parametrize(
    ("announced", "method"),
    [
        (["client_secret_post"], "client_secret_post"),
        (["private_key_jwt", "client_secret_post"], "client_secret_post"),
        (["client_secret_post", "client_secret_basic"], "client_secret_basic"),
        (["client_secret_basic"], "client_secret_basic"),
    ],
)
def test_the_secret_is_shown_as_the_provider_takes_it(
    announced: list[str], method: str
) -> None:
    """It is in the header where it may be, and where nothing else is said."""
    metadata = _read(_ISSUER, token_endpoint_auth_methods_supported=announced)

    assert metadata.auth_method == method
    assert _read(_ISSUER).auth_method == "client_secret_basic"


def test_a_provider_that_is_silent_about_pkce_is_believed_and_asked_for_it() -> None:
    """One that names other methods alone would let a stolen code be used."""
    name = "code_challenge_methods_supported"

    assert _read(_ISSUER, **{name: ["plain", "S256"]}).announces_pkce
    assert not _read(_ISSUER, **{name: []}).announces_pkce
    assert not _read(_ISSUER).announces_pkce
    with pytest.raises(ProviderFaultError, match="PKCE"):
        _read(_ISSUER, **{name: ["plain"]})


@pytest.mark.parametrize(
    ("name", "announced", "what"),
    [
        ("token_endpoint_auth_methods_supported", ["private_key_jwt"], "neither"),
        ("id_token_signing_alg_values_supported", ["HS256", "none"], "algorithm"),
        ("issuer", "https://login.example.com/", "another issuer"),
        ("jwks_uri", None, "no valid jwks_uri"),
    ],
)
def test_a_provider_that_offers_nothing_safe_is_not_used(
    name: str, announced: object, what: str
) -> None:
    """It is said what is missing, in the provider's own word for it."""
    with pytest.raises(ProviderFaultError, match=what):
        _read(_ISSUER, **{name: announced})


def test_signatures_by_a_key_pair_alone_are_believed() -> None:
    """Of what is announced these are believed; where nothing is, RS256 is."""
    name = "id_token_signing_alg_values_supported"
    announced = ["HS256", "ES256", "none", "EdDSA", "RS256"]

    assert _read(_ISSUER, **{name: announced}).algorithms == ["ES256", "RS256"]
    assert _read(_ISSUER).algorithms == ["RS256"]


@pytest.mark.parametrize(
    "address",
    [
        *("http://127.0.0.1:8233/", "http://localhost/", "http://[::1]/"),
        *("http://169.254.169.254/", "file:///etc/passwd", "javascript:alert(1)"),
        *("https://login.example.com/#x", "https://login.example.com/a b"),
        *("https://login\n.example.com/", "https://login.example.com/\0"),
        *("https://\ud800/", "https://ö.example.com/", "https://u:p@example.com/"),
    ],
)
@pytest.mark.parametrize("name", _ENDPOINTS)
def test_an_endpoint_is_of_the_internet_and_can_be_asked(
    name: str, address: str
) -> None:
    """What listens on this machine alone is for a provider on this machine."""
    _read(_ISSUER)
    _read(_HERE, **{name: "http://127.0.0.1:8233/"})

    with pytest.raises(ProviderFaultError, match=f"its {name} is not a valid URL"):
        _read(_ISSUER, **{name: address})


@pytest.mark.parametrize("document", [None, [], "x", 7])
def test_a_discovery_document_that_is_no_object_is_told_so(document: object) -> None:
    """It has no field that could be named."""
    with pytest.raises(ProviderFaultError, match="has no valid object"):
        read_metadata(document, _ISSUER)
