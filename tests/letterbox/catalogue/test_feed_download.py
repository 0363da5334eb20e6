"""Feeds come from the web whole, or not at all."""

import gzip
import io
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote

import pytest

from letterbox.catalogue.feeds.download import (
    DownloadLimits,
    download_feed,
    feed_name,
    is_public_host,
)
from letterbox.catalogue.feeds.read import read_feed
from letterbox.domain.errors import FeedCutOffError, FeedUnavailableError
from tests.support import free_port

FEED = b"<jobs/>" * 100_000


class _Feeds(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Serve a feed, one that moved, one cut short, and nothing else."""
        if self.path == "/moved":
            self._head(302, {"Location": "/feed", "Content-Length": "0"})
        elif self.path.startswith("/to/"):
            address = unquote(self.path.removeprefix("/to/"))
            self._head(302, {"Location": address, "Content-Length": "0"})
        elif self.path == "/round":
            self._head(302, {"Location": "/round", "Content-Length": "0"})
        elif self.path == "/drip":
            self._head(200, {"Content-Length": str(len(FEED))})
            self._drip(FEED)
        elif self.path == "/slow-head":
            self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000)
        elif self.path == "/packed":
            body = gzip.compress(FEED)
            coding = {"Content-Encoding": "gzip", "Content-Length": str(len(body))}
            self._head(200, coding)
            self.wfile.write(body)
        elif self.path == "/brotli":
            self._head(200, {"Content-Encoding": "br", "Content-Length": "0"})
        elif self.path.startswith("/feed"):
            self._head(200, {"Content-Length": str(len(FEED))})
            self.wfile.write(FEED)
        elif self.path == "/cut":
            self._head(200, {"Content-Length": str(len(FEED))})
            self.wfile.write(FEED[:1000])
        else:
            self._head(404, {"Content-Length": "0"})

    def _drip(self, body: bytes) -> None:
        with suppress(OSError):
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                if self.server.ended.wait(0.02):  # type: ignore[attr-defined]
                    return

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
        server.ended = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.ended.set()  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/feed", "/moved"])
def test_a_feed_is_downloaded_with_progress(site: str, path: str) -> None:
    """It is ready to be read from its start, and its size was told on the way."""
    file = io.BytesIO()
    heard: list[tuple[int, int | None]] = []

    download_feed(site + path, file, lambda *size: heard.append(size))

    assert file.read() == FEED
    assert heard[-1] == (len(FEED), len(FEED))


@pytest.mark.parametrize("path", ["/cut", "/absent?token=secret"])
def test_a_download_that_breaks_off_is_a_feed_cut_off(site: str, path: str) -> None:
    """The error names the feed, and nothing that may be secret."""
    with pytest.raises(FeedUnavailableError) as caught:
        download_feed(site + path, io.BytesIO(), lambda *_: None)

    assert str(caught.value).startswith(f"{site}{path.partition('?')[0]}")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://", "http://\0/"])
def test_an_unreachable_server_is_an_unavailable_feed(url: str) -> None:
    """Nobody there, or no address at all, is one kind of error."""
    with pytest.raises(FeedUnavailableError):
        download_feed(url, io.BytesIO(), lambda *_: None)


def test_the_name_of_a_feed_holds_no_secret_of_its_address() -> None:
    """The source of an import is kept and shown."""
    name = feed_name("https://me:secret@jobs.example:8443/a/feed.xml?token=secret#x")

    assert name == "https://jobs.example:8443/a/feed.xml"


def test_a_feed_that_is_cut_off_leaves_what_came(site: str) -> None:
    """Whoever wants can read its beginning."""
    file = io.BytesIO()

    with pytest.raises(FeedCutOffError):
        download_feed(f"{site}/cut", file, lambda *_: None)

    assert file.read() == FEED[:1000]


@pytest.mark.parametrize("path", ["/drip", "/slow-head"])
def test_a_server_that_drips_is_left_in_time(site: str, path: str) -> None:
    """No byte of it is late, and all of it is: in its head as in its body."""
    limits = DownloadLimits(within=timedelta(seconds=0.5))

    with pytest.raises(FeedUnavailableError, match=r"not within 0\.5 s"):
        download_feed(f"{site}{path}", io.BytesIO(), lambda *_: None, limits)


def test_a_feed_larger_than_the_limit_is_cut_off(site: str) -> None:
    """No more than that is written."""
    file = io.BytesIO()

    with pytest.raises(FeedCutOffError, match="larger than"):
        download_feed(
            f"{site}/feed", file, lambda *_: None, DownloadLimits(most=200_000)
        )

    assert 0 < len(file.getvalue()) <= 200_000


def test_what_a_server_packs_is_unpacked_when_it_is_read(site: str) -> None:
    """The file holds what came: it is bounded before and after."""
    file = io.BytesIO()

    download_feed(f"{site}/packed", file, lambda *_: None)

    assert len(file.getvalue()) < len(FEED) / 10
    assert list(read_feed(file).positions) == []


@pytest.mark.parametrize(
    "path",
    [
        "/round",
        "/brotli",
        "/to/file%3A%2F%2F%2Fetc%2Fpasswd",
        "/to/ftp%3A%2F%2F127.0.0.1%2Ffeed",
        "/to/gopher%3A%2F%2F127.0.0.1%3A9%2F",
        "/to/http%3A%2F%2F",
    ],
)
def test_a_feed_that_leads_to_what_is_no_web_page_is_refused(
    site: str, path: str
) -> None:
    """Nor does it lead on for ever, or come in what nobody asked for."""
    with pytest.raises(FeedUnavailableError):
        download_feed(site + path, io.BytesIO(), lambda *_: None)


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("127.0.0.1", False),
        ("localhost", False),
        ("10.1.2.3", False),
        ("192.168.0.1", False),
        ("172.16.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),  # noqa: S104 nobody listens there
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2130706433", False),
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
    ],
)
async def test_only_public_addresses_are_public(
    address: str, *, is_public: bool
) -> None:
    """However a private one is spelled."""
    assert await is_public_host(address) is is_public


def test_a_feed_within_the_house_may_move_within_it(site: str) -> None:
    """Who names an address inside is trusted with others inside."""
    file = io.BytesIO()

    address = quote(f"{site}/feed", safe="")
    download_feed(f"{site}/to/{address}", file, lambda *_: None)

    assert file.read() == FEED


def test_a_feed_that_nobody_serves_is_told_with_the_systems_reason() -> None:
    """A port that is wrong and a name that is wrong are mended in different places."""
    address = f"http://127.0.0.1:{free_port()}/jobs.xml"

    with pytest.raises(FeedUnavailableError) as raised:
        download_feed(address, io.BytesIO(), lambda *_: None)

    assert str(raised.value) == f"{address}: Connection refused"
