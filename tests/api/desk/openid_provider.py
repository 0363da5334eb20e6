"""
An OpenID Connect provider in the test's own process, made of authlib's server parts.

It is a real one: it checks redirect URIs, secrets, code verifiers and nonces, uses a
code once, signs by RSA and publishes its keys. Tests make it hostile by its fields.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from authlib.oauth2 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from tests.support import eventually, free_port

CLIENT_ID = "letterbox desk"
CLIENT_SECRET = "a secret of the client's: +%/&="
Token = Callable[[dict[str, Any], dict[str, Any], RSAKey], str]
"""Makes an ID token of a header, claims and the provider's key."""


class _Request(OAuth2Request):
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
class _Client(ClientMixin):
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


class _Tokens(OpenIDCode):  # type: ignore[misc]
    def __init__(self, provider: "OpenIdProvider") -> None:
        super().__init__(require_nonce=True)
        self._provider = provider

    def exists_nonce(self, nonce: str, request: _Request) -> bool:
        del request
        return nonce in self._provider.server.nonces

    def resolve_client_private_key(self, client: _Client) -> RSAKey:
        del client
        return self._provider.key

    def get_client_claims(self, client: _Client) -> dict[str, Any]:
        return {"iss": self._provider.issuer, "aud": [client.get_client_id()]}

    def get_encode_header(self, client: _Client) -> dict[str, Any]:
        header: dict[str, Any] = super().get_encode_header(client)
        return {**header, "kid": self._provider.key.kid}

    def generate_user_info(self, user: dict[str, Any], scope: str) -> dict[str, Any]:
        del scope
        return {name: user[name] for name in user if name not in self._provider.thin}

    def encode_id_token(self, token: dict[str, Any], request: _Request) -> str:
        whole: str = super().encode_id_token(token, request)
        if self._provider.forge is None:
            return whole
        honest = jwt.decode(whole, self._provider.key)
        return self._provider.forge(honest.header, honest.claims, self._provider.key)


class _Server(AuthorizationServer):  # type: ignore[misc]
    def __init__(self, client: _Client) -> None:
        super().__init__()
        self.client = client
        self.codes: dict[str, _Code] = {}
        self.nonces: set[str] = set()
        self.users: dict[str, dict[str, Any]] = {}
        self.register_token_generator(
            "default", BearerTokenGenerator(lambda **_: secrets.token_urlsafe(32))
        )

    def query_client(self, client_id: str) -> _Client | None:
        return self.client if client_id == CLIENT_ID else None

    def save_token(self, token: dict[str, Any], request: _Request) -> None:
        self.users[token["access_token"]] = request.user

    def create_oauth2_request(self, request: _Request) -> _Request:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        if isinstance(body, dict):
            return JSONResponse(body, status, dict(headers))
        return Response(body, status, dict(headers))

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Tell nobody."""


def key() -> RSAKey:
    """Return a new key of the provider's."""
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)


@dataclass
class OpenIdProvider:
    """One provider; who signs in is whoever ``person`` says."""

    port: int
    desk_url: str
    person: dict[str, Any] = field(default_factory=dict)
    """The claims of whoever signs in next."""
    thin: set[str] = field(default_factory=set)
    """Claims that are not in the ID token, but at the userinfo endpoint."""
    forge: Token | None = None
    """Makes the ID token in the place of the honest one."""
    instead: dict[str, Callable[[], Response]] = field(default_factory=dict)
    """What is answered at a path, instead of what should be."""
    announced: dict[str, Any] = field(default_factory=dict)
    """Changes of the discovery document; None leaves a name out."""
    key: RSAKey = field(default_factory=key)
    asked: list[str] = field(default_factory=list)
    """The paths that were asked for."""

    def __post_init__(self) -> None:
        self.server = _Server(_Client(f"{self.desk_url}/desk/sign-in/callback"))
        self.server.register_grant(
            _CodeGrant, [_Tokens(self), CodeChallenge(required=True)]
        )

    @property
    def issuer(self) -> str:
        """Another site than the desk's, for a browser: a name and no address."""
        return f"http://localhost:{self.port}/realms/jobs"

    def app(self) -> Starlette:
        """Return it as an application."""
        base = "/realms/jobs"
        handlers = {
            "/.well-known/openid-configuration": self._discover,
            "/certs": self._certs,
            "/authorize": self._authorize,
            "/token": self._token,
            "/userinfo": self._userinfo,
            "/logout": self._logout,
        }
        routes = [
            Route(
                base + path,
                self._or_instead(path, handler),
                methods=["GET", "POST"],
            )
            for path, handler in handlers.items()
        ]
        return Starlette(
            routes=[*routes, Route("/", self._or_instead("/", self._discover))]
        )

    def _or_instead(self, path: str, handler: Any) -> Any:
        async def handle(request: Request) -> Response:
            self.asked.append(path)
            if instead := self.instead.get(path):
                return instead()
            answer: Response = await handler(request)
            return answer

        return handle

    async def _discover(self, request: Request) -> Response:
        del request
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/certs",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "code_challenge_methods_supported": ["plain", "S256"],
            **self.announced,
        }
        return JSONResponse(
            {name: value for name, value in document.items() if value is not None}
        )

    async def _certs(self, request: Request) -> Response:
        del request
        odd = {"kty": "AKP", "alg": "ML-DSA-44", "pub": "x", "kid": "of-tomorrow"}
        keys = KeySet([self.key]).as_dict(private=False)["keys"]
        return JSONResponse({"keys": [odd, *keys]})

    async def _authorize(self, request: Request) -> Response:
        if request.query_params.get("code_challenge_method") != "S256":
            return Response("no PKCE", 400)
        if request.method == "GET":
            return HTMLResponse(
                "<h1>The provider</h1><form method=post><button>Log in</button></form>"
            )
        asked = _Request(request, {})
        grant = self.server.get_consent_grant(asked, self.person)
        answer: Response = self.server.create_authorization_response(
            asked, self.person, grant
        )
        return answer

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        answer: Response = self.server.create_token_response(_Request(request, form))
        return answer

    async def _userinfo(self, request: Request) -> Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        user = self.server.users.get(token)
        return JSONResponse(user) if user else Response("no", 401)

    async def _logout(self, request: Request) -> Response:
        after = request.query_params["post_logout_redirect_uri"]
        assert after == f"{self.desk_url}/desk/sign-in"
        assert request.query_params["client_id"] == CLIENT_ID
        return RedirectResponse(after)


def answering(body: bytes | str, status: int = 200, **headers: str) -> Any:
    """Return what a provider answers that answers something else."""
    return lambda: Response(body, status, headers)


def answering_json(content: object, status: int = 200) -> Any:
    """Return the same, as JSON."""
    return answering(json.dumps(content), status)


@asynccontextmanager
async def running_provider(desk_url: str) -> AsyncIterator[OpenIdProvider]:
    """Serve a provider on this machine, for as long as the block lasts."""
    provider = OpenIdProvider(free_port(), desk_url)
    config = uvicorn.Config(
        provider.app(),
        port=provider.port,
        access_log=False,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())

    async def is_up() -> bool:
        return server.started or serving.done()

    await eventually(is_up)
    try:
        yield provider
    finally:
        server.should_exit = True
        await serving
