"""Signing in at a provider as a browser without script does, step by step."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from api.desk.route import COOKIE
from letterbox.resources import open_records, open_store
from letterbox.settings import Settings
from tests.api.desk.openid_provider import OpenIdProvider, running_provider
from tests.api.desk.openid_server import CLIENT_ID, CLIENT_SECRET
from tests.api.operator.serving import TOKEN, served
from tests.factories import careerjet
from tests.record_factory import record
from tests.support import free_port

APPLICATION = "careerjet:one"
TARA: dict[str, Any] = {
    "sub": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    "preferred_username": "tara",
    "realm_access": {"roles": ["offline_access", "recruiting triage"]},
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser of somebody's; each has its own cookies."""

    http: httpx.AsyncClient
    provider: OpenIdProvider

    async def begin(self, goes_on: str = "/desk/holds") -> str:
        """Follow the link of the page; return the address at the provider."""
        page = await self.http.get("/desk/sign-in", params={"next": goes_on})
        [link] = re.findall(r'href="([^"]+)">Sign in with ', page.text)
        leaving = await self.http.get(unescape(link))
        assert leaving.status_code == 303, leaving.text
        return leaving.headers["Location"]

    async def log_in(self, address: str) -> str:
        """Log in there; return the address to come back to."""
        assert "<h1>The provider</h1>" in (await self.http.get(address)).text
        answer = await self.http.post(address)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    async def sign_in(self, goes_on: str = "/desk/holds") -> httpx.Response:
        """Do all of it; return what the desk answers who comes back."""
        return await self.http.get(await self.log_in(await self.begin(goes_on)))

    @property
    def is_signed_in(self) -> bool:
        """Whether it has a session's cookie."""
        return COOKIE in self.http.cookies


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """A desk, and the provider that people sign in at."""

    settings: Settings
    provider: OpenIdProvider

    @asynccontextmanager
    async def visitor(self) -> AsyncIterator[Visitor]:
        """Have a browser that knows nothing yet."""
        async with httpx.AsyncClient(
            base_url=self.settings.desk_url, timeout=60
        ) as http:
            yield Visitor(http, self.provider)


@asynccontextmanager
async def running_desk(folder: Path, **more: Any) -> AsyncIterator[SingleSignOn]:
    """Run a provider, and an API that has a store and no Temporal."""
    port = free_port()
    desk_url = f"http://127.0.0.1:{port}"
    async with running_provider(desk_url) as provider:
        known: dict[str, Any] = {
            "store": f"file:{folder / 'store'}",
            "api_port": port,
            "operator_token": TOKEN,
            "desk_url": desk_url,
            "oidc_issuer": provider.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
            "oidc_name": "Example SSO",
            "oidc_roles_claim": "realm_access.roles",
            "oidc_roles": "recruiting triage=triage,recruiting admins=admin",
            **more,
        }
        settings = Settings(**known)
        store = open_store(settings)
        store.prepare()
        applications = open_records(settings, store).applications
        applications.update(record(APPLICATION))
        applications.save_view(careerjet("one")[0], 1)
        async with served(settings, f"127.0.0.1:{free_port()}"):
            yield SingleSignOn(settings, provider)
