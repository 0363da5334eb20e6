"""
A SEEK that answers at once: what the sandbox says of one application, again and again.

The sandbox resolves each profile anew, some 250 a second on a core of its own; here it
is asked once, so that SEEK's side takes next to nothing of the cores that are measured.
"""

import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import uvicorn

from bench.forms import CLIENT_ID, SECRET, make_cv
from bench.load import CV_BYTES
from letterbox.boards.seek.queries import CANDIDATE_PROFILE, by_id
from seek_sandbox.options import SandboxOptions
from seek_sandbox.orders import ApplicationOrder
from seek_sandbox.serving import HOST, served

_ROLES = ("Resume", "CoverLetter")
_PDF = "application/pdf"

Message = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, ready to be sent."""

    headers: Iterable[tuple[bytes, bytes]]
    body: bytes


class PreparedSeek:
    """The ASGI application: to each path its answer, whoever asks for what."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self._answers = answers

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Take the request to its end, and answer."""
        while (await receive()).get("more_body"):
            pass
        answer = self._answers[scope["path"]]
        start = {"type": "http.response.start", "status": 200}
        await send({**start, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})


def prepare(origin: str) -> dict[str, Answer]:
    """Ask the sandbox for all there is of one application, a CV of 200 KB in it."""
    options = SandboxOptions(
        client_id=CLIENT_ID, client_secret=SECRET, public_url=origin
    )
    with served(options) as url, httpx.Client(base_url=url, trust_env=False) as http:
        order = ApplicationOrder(attachments=list(_ROLES), deliver=False)
        told = http.post("/sandbox/applications", json=order.model_dump())
        [emitted] = told.raise_for_status().json()
        token = http.post("/oauth/token", json=_credentials(options))
        http.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
        variables = by_id(emitted["application_profile_id"])
        asked = {"query": CANDIDATE_PROFILE, "variables": variables}
        profile = http.post("/graphql", json=asked)
        attachments = profile.json()["data"]["candidateProfile"]["attachments"]
        paths = [urlsplit(one["url"]).path for one in attachments]
        return {
            "/oauth/token": _answer(token),
            "/graphql": _answer(profile),
            **{path: _document(http.get(path)) for path in paths},
        }


def _credentials(options: SandboxOptions) -> dict[str, str]:
    return {
        "audience": options.audience,
        "client_id": options.client_id,
        "client_secret": options.client_secret,
        "grant_type": "client_credentials",
    }


def _document(response: httpx.Response) -> Answer:
    """Have a PDF be as large as those that Careerjet's boards post."""
    is_cv = response.headers["Content-Type"] == _PDF
    return _answer(response, make_cv(CV_BYTES) if is_cv else None)


def _answer(response: httpx.Response, body: bytes | None = None) -> Answer:
    content = response.raise_for_status().content if body is None else body
    kept = {b"content-type", b"content-disposition"}
    raw = [(name.lower(), value) for name, value in response.headers.raw]
    headers = [pair for pair in raw if pair[0] in kept]
    return Answer([*headers, (b"content-length", b"%d" % len(content))], content)


def main() -> None:
    """Serve on the port that the command line names."""
    port = int(sys.argv[1])
    app = PreparedSeek(prepare(f"http://{HOST}:{port}"))
    uvicorn.run(app, host=HOST, port=port, lifespan="off", log_level="warning")


if __name__ == "__main__":
    main()
