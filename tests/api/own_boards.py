"""An API that takes applications of a board of one's own and by e-mail."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from standardwebhooks import Webhook

from letterbox.boards.generic.settings import key_of
from letterbox.boards.posting.verifiers import sign
from tests.end_to_end.processes.installation import Api, Installation
from tests.end_to_end.processes.posted import OPEN
from tests.support import http

OLD_SECRET = f"whsec_{'T2xk' * 10}"
SECRET = f"whsec_{'QUJD' * 10}"
TOKEN = "a bearer token of a mail server"
OPERATOR = "a token of an operator"
SETTINGS = {
    "LETTERBOX_GENERIC_SECRETS": f"{OLD_SECRET},{SECRET}",
    "LETTERBOX_MAIL_SECRETS": f"another token,{TOKEN}",
    "LETTERBOX_OPERATOR_TOKEN": OPERATOR,
}


@contextmanager
def own_api(house: Installation, name: str, **settings: str) -> Iterator[Api]:
    """Run such an API for as long as the block lasts."""
    api = house.add_api(name, **SETTINGS | settings)
    api.start()
    try:
        yield api
    finally:
        api.end()


def post_json(api: Api, said: Any, secret: str = SECRET) -> httpx.Response:
    """Post JSON, signed by the library that others sign with."""
    body = said if isinstance(said, str) else json.dumps(said)
    headers = signed(body, secret) | {"Content-Type": "application/json"}
    return http().post(f"{api.url}/apply/generic", content=body, headers=headers)


def post_bytes(api: Api, body: bytes, content_type: str) -> httpx.Response:
    """Post what is no text, which the library does not sign."""
    message, timestamp = uuid4().hex, str(int(time.time()))
    key = key_of(SECRET).decode()
    signature = sign(body, key, "sha256", prefix=f"{message}.{timestamp}.".encode())
    headers = {
        "webhook-id": message,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
        "Content-Type": content_type,
    }
    return http().post(f"{api.url}/apply/generic", content=body, headers=headers)


def signed(body: str, secret: str = SECRET) -> dict[str, str]:
    """Return the headers that sign a body now."""
    webhook = Webhook(secret)
    message, now = uuid4().hex, int(time.time())
    return {
        "webhook-id": message,
        "webhook-timestamp": str(now),
        "webhook-signature": webhook.sign(
            message, datetime.fromtimestamp(now, UTC), body
        ),
    }


def post_mail(
    api: Api, raw: bytes, token: str = TOKEN, **headers: str
) -> httpx.Response:
    """Post a raw message."""
    known = {"Authorization": f"Bearer {token}", "Content-Type": "message/rfc822"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return http().post(
        f"{api.url}/apply/mail", content=raw, headers=_sent(known | named)
    )


def _sent(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def application(job_id: str = OPEN, **changes: Any) -> dict[str, Any]:
    """Write down an application of an invented person, now."""
    said = {
        "id": f"web-{uuid4()}",
        "position": {"reference": job_id},
        "candidate": {
            "person": {"name": {"given": "Ada", "family": "Example"}},
            "emails": [{"address": f"ada-{uuid4()}@example.com"}],
        },
        "documents": [{"role": "RESUME", "content": "JVBERi0xLjQKJSVFT0YK"}],
    }
    return said | changes


def get(api: Api, path: str) -> httpx.Response:
    """Ask as an operator."""
    headers = {"Authorization": f"Bearer {OPERATOR}"}
    return http().get(f"{api.url}{path}", headers=headers)
