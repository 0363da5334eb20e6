"""An Indeed that is told where candidates stand: it hears everything, and may hang."""

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

_TOKEN = {"access_token": "a-token", "expires_in": 3600, "token_type": "Bearer"}


class ToldIndeed:
    """Listens for as long as the block lasts; safe to read from any thread."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        """Indeed's id and its status, of each disposition, in the order they came."""
        self._answers = threading.Event()
        self._answers.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )

    @property
    def settings(self) -> Mapping[str, str]:
        """The settings that lead here."""
        origin = f"http://127.0.0.1:{self._server.server_port}"
        return {
            "LETTERBOX_INDEED_CLIENT_ID": "client",
            "LETTERBOX_INDEED_CLIENT_SECRET": "a secret of the partner's",
            "LETTERBOX_INDEED_TOKEN_URL": f"{origin}/token",
            "LETTERBOX_INDEED_GRAPHQL_URL": f"{origin}/graphql",
        }

    def hang(self) -> None:
        """Hear what is told, and answer nothing."""
        self._answers.clear()

    def answer(self) -> None:
        """Answer again, those who still wait as well."""
        self._answers.set()

    def hear(self, body: bytes) -> dict[str, Any]:
        """Take dispositions in; return the answer, in the end."""
        dispositions = json.loads(body)["variables"]["input"]["dispositions"]
        self.told += [
            (one["identifiedBy"]["indeedApplyID"], one["dispositionStatus"])
            for one in dispositions
        ]
        self._answers.wait()
        sent = {"numberGoodDispositions": len(dispositions), "failedDispositions": []}
        return {"data": {"partnerDisposition": {"send": sent}}}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.answer()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(indeed: ToldIndeed) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            is_call = self.path == "/graphql"
            answer = json.dumps(indeed.hear(body) if is_call else _TOKEN).encode()
            try:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                return  # Whoever asked is dead.

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler
