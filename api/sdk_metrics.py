"""The metrics of Temporal's client, which it serves on a port of its own only."""

import socket
from http.client import HTTPConnection, HTTPException

_ANSWERED_WITHIN = 2


def free_loopback_address() -> str:
    """Find a port of this machine for them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host, port = probe.getsockname()
    return f"{host}:{port}"


def scrape(address: str) -> str:
    """
    Fetch them; nothing where nobody answers. Blocking: call it from a thread.

    Without httpx: the API asks for nothing else, and would start half a second later.
    """
    connection = HTTPConnection(address, timeout=_ANSWERED_WITHIN)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()
    except (OSError, HTTPException):
        return ""
    finally:
        connection.close()
