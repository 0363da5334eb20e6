"""The metrics of Temporal's client, which it serves on a port of its own only."""

import socket

import httpx


def free_loopback_address() -> str:
    """Find a port of this machine for them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host, port = probe.getsockname()
    return f"{host}:{port}"


async def scrape(http: httpx.AsyncClient, address: str) -> str:
    """Fetch them; nothing where nobody answers."""
    try:
        return (await http.get(f"http://{address}/metrics")).text
    except httpx.HTTPError:
        return ""
