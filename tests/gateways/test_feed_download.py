"""Feeds come from the web whole, or not at all."""

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from domain.errors import FeedUnavailableError
from gateways.feed_download import download_feed, feed_name

FEED = b"<jobs/>" * 100_000


class _Feeds(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Serve a feed, one that moved, one cut short, and nothing else."""
        if self.path == "/moved":
            self._head(302, {"Location": "/feed", "Content-Length": "0"})
        elif self.path.startswith("/feed"):
            self._head(200, {"Content-Length": str(len(FEED))})
            self.wfile.write(FEED)
        elif self.path == "/cut":
            self._head(200, {"Content-Length": str(len(FEED))})
            self.wfile.write(FEED[:1000])
        else:
            self._head(404, {"Content-Length": "0"})

    def _head(self, code: int, headers: dict[str, str]) -> None:
        self.send_response(code)
        for name, text in headers.items():
            self.send_header(name, text)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Be quiet."""


@pytest.fixture(name="site")
def _site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Feeds) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/feed", "/moved"])
def test_a_feed_is_fetched(site: str, path: str) -> None:
    """It is ready to be read from its start, and its size was told on the way."""
    file = io.BytesIO()
    heard: list[tuple[int, int | None]] = []

    download_feed(site + path, file, lambda *size: heard.append(size))

    assert file.read() == FEED
    assert heard[-1] == (len(FEED), len(FEED))


@pytest.mark.parametrize("path", ["/cut", "/absent?token=secret"])
def test_half_a_feed_is_none(site: str, path: str) -> None:
    """The error names the feed, and nothing that may be secret."""
    with pytest.raises(FeedUnavailableError) as caught:
        download_feed(site + path, io.BytesIO(), lambda *_: None)

    assert str(caught.value).startswith(f"{site}{path.partition('?')[0]}")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://", "http://\0/"])
def test_no_server_is_no_feed(url: str) -> None:
    """Nobody there, or no address at all, is one kind of error."""
    with pytest.raises(FeedUnavailableError):
        download_feed(url, io.BytesIO(), lambda *_: None)


def test_a_name_holds_no_secrets() -> None:
    """The source of an import is kept and shown."""
    name = feed_name("https://me:secret@jobs.example:8443/a/feed.xml?token=secret#x")

    assert name == "https://jobs.example:8443/a/feed.xml"
