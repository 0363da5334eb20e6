"""Why a server could not be reached, by connections that fail for real."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
import urllib3

from letterbox.network_reasons import reason_of
from tests.support import free_port


def _by_httpx(url: str) -> None:
    httpx.get(url, timeout=0.5, trust_env=False)


def _by_urllib3(url: str) -> None:
    with urllib3.PoolManager(retries=urllib3.Retry(1), timeout=0.5) as pool:
        pool.request("GET", url)


@pytest.fixture(name="silent")
def _silent() -> Iterator[str]:
    """Listen and never answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture(name="plain")
def _plain() -> Iterator[str]:
    """Answer each connection with what is no TLS."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    connection.recv(65536)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("fetch", [_by_httpx, _by_urllib3])
def test_the_reason_is_the_systems(
    fetch: Callable[[str], None], silent: str, plain: str
) -> None:
    """The same words by either client; nothing of the address."""
    expected = {
        f"http://127.0.0.1:{free_port()}/secret": "Connection refused",
        f"http://{silent}/secret": "no answer in time",
        f"https://{plain}/secret": "TLS failed (",
    }
    for url, reason in expected.items():
        with pytest.raises((httpx.HTTPError, urllib3.exceptions.HTTPError)) as raised:
            fetch(url)
        assert reason_of(raised.value).startswith(reason)
        assert "secret" not in reason_of(raised.value)


def test_a_name_or_a_certificate_that_is_not_good_is_told() -> None:
    """As the system, or the library of TLS, puts it."""
    unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    expired = ssl.SSLCertVerificationError(1, "secret")
    expired.verify_message = "certificate has expired"

    assert reason_of(unknown) == "Name or service not known"
    assert (
        reason_of(expired) == "its certificate is not valid (certificate has expired)"
    )
    assert reason_of(ValueError("secret")) == "ValueError"
    assert reason_of(ExceptionGroup("", [ConnectionRefusedError(111, "")])) == (
        "Connection refused"
    )
