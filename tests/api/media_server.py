"""Documents at addresses of this machine, for applications that name them."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


@contextmanager
def media(port: int, files: Mapping[str, bytes]) -> Iterator[list[str]]:
    """Serve by path while the block lasts; yield what was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        shown: ClassVar = files

        def do_GET(self) -> None:
            """Serve what there is."""
            asked.append(self.path)
            body = self.shown.get(self.path.partition("?")[0])
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.send_header("Content-Disposition", 'attachment; filename="cv.pdf"')
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *args: object) -> None:
            """Keep silent."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
