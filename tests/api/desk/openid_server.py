"""The parts of an OpenID Connect provider that are authlib's, for its own storage."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from authlib.oauth2 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

CLIENT_ID = "letterbox desk"
CLIENT_SECRET = "a secret of the client's: +%/&="
Token = Callable[[dict[str, Any], dict[str, Any], RSAKey], str]
"""Makes an ID token of a header, claims and the provider's key."""


class Signer(Protocol):
    """Whose ID tokens are made."""

    server: Any
    key: RSAKey
    thin: set[str]
    forge: Token | None

    @property
    def issuer(self) -> str:
        """Who says so."""


class _Request(OAuth2Request):  # type: ignore[misc]
    def __init__(self, request: Request, form: dict[str, str]) -> None:
        super().__init__(request.method, str(request.url), headers=request.headers)
        self._query, self._sent = dict(request.query_params), form
        self.payload = BasicOAuth2Payload(self._query | form)

    @property
    def args(self) -> dict[str, str]:
        return self._query

    @property
    def form(self) -> dict[str, str]:
        return self._sent


@dataclass
class _Client(ClientMixin):  # type: ignore[misc]
    redirect_uri: str

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method, endpoint) in {
            ("client_secret_basic", "token"),
            ("client_secret_post", "token"),
        }

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class _Code:
    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    claims: dict[str, Any]

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    get_acr = get_amr = get_auth_time


class _CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    def save_authorization_code(self, code: str, request: _Request) -> None:
        sent = request.payload.data
        self.server.nonces.add(sent["nonce"])
        self.server.codes[code] = _Code(
            code,
            sent["redirect_uri"],
            request.scope,
            sent["nonce"],
            sent["code_challenge"],
            sent["code_challenge_method"],
            request.user,
        )

    def query_authorization_code(self, code: str, client: _Client) -> _Code | None:
        del client  # There is one.
        found: _Code | None = self.server.codes.get(code)
        return found

    def delete_authorization_code(self, authorization_code: _Code) -> None:
        del self.server.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: _Code) -> dict[str, Any]:
        return authorization_code.claims


class _IdTokens(OpenIDCode):  # type: ignore[misc]
    def __init__(self, signer: Signer) -> None:
        super().__init__(require_nonce=True)
        self._signer = signer

    def exists_nonce(self, nonce: str, request: _Request) -> bool:
        del request
        return nonce in self._signer.server.nonces

    def resolve_client_private_key(self, client: _Client) -> RSAKey:
        del client
        return self._signer.key

    def get_client_claims(self, client: _Client) -> dict[str, Any]:
        return {"iss": self._signer.issuer, "aud": [client.get_client_id()]}

    def get_encode_header(self, client: _Client) -> dict[str, Any]:
        header: dict[str, Any] = super().get_encode_header(client)
        return {**header, "kid": self._signer.key.kid}

    def generate_user_info(self, user: dict[str, Any], scope: str) -> dict[str, Any]:
        del scope
        return {name: user[name] for name in user if name not in self._signer.thin}

    def encode_id_token(self, token: dict[str, Any], request: _Request) -> str:
        whole: str = super().encode_id_token(token, request)
        if self._signer.forge is None:
            return whole
        honest = jwt.decode(whole, self._signer.key)
        return self._signer.forge(honest.header, honest.claims, self._signer.key)


class Server(AuthorizationServer):  # type: ignore[misc]
    """What checks clients, codes and verifiers, and makes ID tokens; all in memory."""

    def __init__(self, signer: Signer, redirect_uri: str) -> None:
        super().__init__()
        self.client = _Client(redirect_uri)
        self.codes: dict[str, _Code] = {}
        self.nonces: set[str] = set()
        self.users: dict[str, dict[str, Any]] = {}
        self.register_token_generator(
            "default", BearerTokenGenerator(lambda **_: secrets.token_urlsafe(32))
        )
        self.register_grant(
            _CodeGrant, [_IdTokens(signer), CodeChallenge(required=True)]
        )

    def let_in(self, request: Request, person: dict[str, Any]) -> Response:
        """Lead somebody back, who has logged in."""
        asked = _Request(request, {})
        grant = self.get_consent_grant(asked, person)
        answer: Response = self.create_authorization_response(asked, person, grant)
        return answer

    def redeem(self, request: Request, form: dict[str, str]) -> Response:
        """Answer at the token endpoint."""
        answer: Response = self.create_token_response(_Request(request, form))
        return answer

    def query_client(self, client_id: str) -> _Client | None:
        """Return the one client that there is."""
        return self.client if client_id == CLIENT_ID else None

    def save_token(self, token: dict[str, Any], request: _Request) -> None:
        """Note whose it is."""
        self.users[token["access_token"]] = request.user

    def create_oauth2_request(self, request: _Request) -> _Request:
        """Return what is one already."""
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        """Answer by HTTP."""
        if isinstance(body, dict):
            return JSONResponse(body, status, dict(headers))
        return Response(body, status, dict(headers))

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Tell nobody."""
