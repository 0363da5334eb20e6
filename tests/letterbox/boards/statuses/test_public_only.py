"""Addresses that a stranger has chosen lead to the public internet, or nowhere."""

import httpx
import pytest

from letterbox.boards.posting.client.public_only import (
    PinnedTransport,
    public_addresses,
)
from letterbox.domain.errors import BoardUnavailableError

PUBLIC = ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946")


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.7"],
        ["172.16.0.1"],
        ["192.168.1.1"],
        ["169.254.169.254"],
        ["100.64.0.1"],
        ["0.0.0.0"],  # noqa: S104 nobody listens here
        ["224.0.0.1"],
        ["::1"],
        ["fe80::1%eth0"],
        ["fd00::1"],
        ["::ffff:10.0.0.1"],
        [PUBLIC[0], "10.0.0.7"],
        [],
    ],
)
async def test_a_name_that_leads_inside_leads_nowhere(addresses: list[str]) -> None:
    """One address of several is enough: which is taken is not ours to say."""

    async def look_up(host: str) -> list[str]:
        del host
        return addresses

    with pytest.raises(BoardUnavailableError, match="not public"):
        await public_addresses("board.example", look_up)


async def test_public_addresses_are_all_returned_in_their_order() -> None:
    """The first is preferred."""

    async def look_up(host: str) -> tuple[str, ...]:
        return PUBLIC if host == "board.example" else ()

    assert await public_addresses("board.example", look_up) == PUBLIC


async def test_what_the_system_says_of_this_machine_is_not_public() -> None:
    """By name and by number."""
    for host in ("localhost", "127.0.0.1", "::1"):
        with pytest.raises(BoardUnavailableError):
            await public_addresses(host)


class Recorder(httpx.AsyncBaseTransport):
    """Notes where it is sent; what is in ``away`` cannot be connected to."""

    def __init__(self, away: str = "") -> None:
        self.away = away
        self.sent: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer 204."""
        self.sent.append(request)
        if request.url.host == self.away:
            raise httpx.ConnectError("away")
        return httpx.Response(204)


async def test_what_was_looked_at_is_what_is_connected_to() -> None:
    """A name server that answers otherwise the second time is not asked again."""
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    inner = Recorder()

    async def addresses(host: str) -> list[str]:
        del host
        return answers.pop(0)

    transport = PinnedTransport(inner, addresses)
    async with httpx.AsyncClient(transport=transport) as http:
        await http.post("https://board.example:8443/x?y=1", json={})

    [request] = inner.sent
    assert str(request.url) == "https://93.184.216.34:8443/x?y=1"
    assert request.headers["Host"] == "board.example:8443"
    assert request.extensions["sni_hostname"] == "board.example"
    assert len(answers) == 1


async def test_the_next_address_is_tried_where_one_is_away() -> None:
    """A machine without IPv6 reaches the board all the same."""
    inner = Recorder(away=PUBLIC[1])

    async def addresses(host: str) -> tuple[str, ...]:
        del host
        return PUBLIC[::-1]

    transport = PinnedTransport(inner, addresses)
    async with httpx.AsyncClient(transport=transport) as http:
        response = await http.post("https://board.example/x", json={})

    assert response.status_code == 204
    assert [request.url.host for request in inner.sent] == [PUBLIC[1], PUBLIC[0]]


async def test_a_name_that_nobody_knows_cannot_be_connected_to() -> None:
    """It is the network's trouble, as any other."""

    async def addresses(host: str) -> list[str]:
        raise OSError(host)

    transport = PinnedTransport(Recorder(), addresses)
    async with httpx.AsyncClient(transport=transport) as http:
        with pytest.raises(httpx.ConnectError):
            await http.post("https://board.example/x", json={})
