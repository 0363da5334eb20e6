"""
An OpenID Connect provider in the test's own process, made of authlib's server parts.

It is a real one: it checks redirect URIs, secrets, code verifiers and nonces, uses a
code once, signs by RSA and publishes its keys. Tests make it hostile by its fields.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

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

from tests.api.desk.openid_server import CLIENT_ID, Server, Token
from tests.app_server import serving
from tests.support import free_port


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
        self.server = Server(self, f"{self.desk_url}/desk/sign-in/callback")

    def reset(self, person: dict[str, Any]) -> None:
        """Be as a provider should be, and have somebody sign in next."""
        self.person, self.forge = person, None
        for changes in (self.thin, self.instead, self.announced, self.asked):
            changes.clear()

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
        return self.server.let_in(request, self.person)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        return self.server.redeem(request, form)

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
    async with serving(provider.app(), provider.port):
        yield provider
