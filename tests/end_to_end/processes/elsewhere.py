"""The servers of boards that do not post all of an application: SEEK's, and media."""

import json
import threading
from functools import cached_property
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from tests.end_to_end.processes import notice


class Elsewhere:
    """
    Shows what was put there; begins once somebody wants to know where it is.

    A thread of the test's process serves it for as long as that lives: installations
    come and go meanwhile.
    """

    def __init__(self) -> None:
        self._documents: dict[str, tuple[str, bytes]] = {}
        self._profiles: dict[str, Any] = {}

    @property
    def settings(self) -> dict[str, str]:
        """Return what leads a Letterbox here."""
        return {
            "LETTERBOX_LINKEDIN_SANDBOX": self.url,
            "LETTERBOX_SEEK_CLIENT_ID": "partner",
            "LETTERBOX_SEEK_CLIENT_SECRET": "a secret of the partner",
            "LETTERBOX_SEEK_TOKEN_URL": f"{self.url}/token",
            "LETTERBOX_SEEK_GRAPHQL_URL": f"{self.url}/graphql",
            "LETTERBOX_SEEK_WEBHOOK_SECRETS": notice.SECRET,
            "LETTERBOX_SEEK_RECONCILE_EVERY": "0",
        }

    @cached_property
    def url(self) -> str:
        """Serve on a port of one's own."""

        class Handler(_Handler):
            shown = self

        server = _Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    def lay_out(self, filename: str, content: bytes) -> str:
        """Lay a document out, and return its address."""
        digest = sha256(content + filename.encode()).hexdigest()
        self._documents[f"/{digest}"] = filename, content
        return f"{self.url}/{digest}"

    def show(self, profile_id: str, profile: Any) -> None:
        """Show what a candidate has said to SEEK, from now on."""
        self._profiles[profile_id] = profile

    def document(self, path: str) -> tuple[str, bytes] | None:
        """Find a document; None where there is none."""
        return self._documents.get(path)

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Answer the one query that asks for an application."""
        profile_id = asked["variables"]["id"]
        return {"data": {"candidateProfile": self._profiles.get(profile_id)}}


class _Server(ThreadingHTTPServer):
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep silent of clients that were killed."""


class _Handler(BaseHTTPRequestHandler):
    shown: ClassVar[Elsewhere]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Serve a document."""
        found = self.shown.document(self.path)
        if found is None:
            self.send_error(404)
            return
        filename, content = found
        disposition = f'attachment; filename="{filename}"'
        self._send(content, **{"Content-Disposition": disposition})

    def do_POST(self) -> None:
        """Hand out a token, or an application."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/graphql":
            answer = self.shown.answer(json.loads(body))
        else:
            answer = {"access_token": "a-token", "expires_in": 3600}
        self._send(json.dumps(answer).encode(), **{"Content-Type": "application/json"})

    def _send(self, body: bytes, **headers: str) -> None:
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Keep silent."""


ELSEWHERE = Elsewhere()
"""Of this process of tests."""
