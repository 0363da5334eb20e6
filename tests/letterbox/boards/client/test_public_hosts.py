"""Addresses that others chose lead to allowed hosts, and never into our network."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
import pytest

from letterbox.boards.client.addresses import address_of, refuse_other_hosts
from letterbox.boards.client.http import open_http
from letterbox.boards.client.public_hosts import PublicHosts, resolve
from letterbox.domain.errors import BoardRefusedError, BoardUnavailableError
from letterbox.public_addresses import is_public_address

PUBLIC = "93.184.215.14"
LISTED = ["www.example.com", "*.example.org", "b.example:8443", "xn--nxasmq6b.example"]


@dataclass
class Wire(httpx.AsyncBaseTransport):
    """Takes requests where a connection would begin; some addresses take none."""

    deaf: Sequence[str] = ()
    sent: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Note where it would go."""
        self.sent.append(request)
        if request.url.host in self.deaf:
            raise httpx.ConnectError("nobody answers")
        return httpx.Response(200)


@dataclass
class Names:
    """A name server that may say something else each time."""

    answers: list[Sequence[str]]
    asked: list[tuple[str, int]] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Answer; the last answer stays."""
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def get(wire: Wire, names: Names, url: str = "https://www.example.com/cv") -> int:
    """Ask through the guard."""
    async with open_http(transport=PublicHosts(wire, resolve=names)) as http:
        return (await http.get(url)).status_code


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "0.0.0.0",  # noqa: S104 nothing is bound
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "2002:7f00:1::",
        "2001:0:53aa:64c::",
        "",
        "localhost",
        "1.2.3",
        "0x7f.1",
        "2130706433",
    ],
)
async def test_an_address_of_no_public_host_is_not_connected_to(address: str) -> None:
    """Whatever a name leads to, and whichever of several addresses it is."""
    assert not is_public_address(address)
    for answer in ([address], [PUBLIC, address]):
        wire = Wire()
        with pytest.raises(BoardUnavailableError, match="not public"):
            await get(wire, Names([answer]))
        assert wire.sent == []


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "2606:2800:21f:cb07::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"],
)
async def test_a_public_address_is_connected_to_as_it_was_checked(address: str) -> None:
    """The host is in the header and in TLS; its name is not looked up again."""
    wire, names = Wire(), Names([[address], ["127.0.0.1"]])

    assert await get(wire, names) == 200

    [request] = wire.sent
    assert request.url.host == address
    assert request.url.path == "/cv"
    assert request.headers["Host"] == "www.example.com"
    assert request.extensions["sni_hostname"] == "www.example.com"
    assert names.asked == [("www.example.com", 443)]


async def test_a_name_that_leads_elsewhere_a_moment_later_gains_nothing() -> None:
    """Rebinding: every request is checked, and goes to what was checked."""
    wire, names = Wire(), Names([[PUBLIC], ["127.0.0.1"]])
    async with open_http(transport=PublicHosts(wire, resolve=names)) as http:
        await http.get("https://www.example.com/1")
        with pytest.raises(BoardUnavailableError, match="not public"):
            await http.get("https://www.example.com/2")

    assert [request.url.host for request in wire.sent] == [PUBLIC]


async def test_an_address_that_does_not_answer_costs_the_others_nothing() -> None:
    """A host may have an IPv6 address where this machine has none."""
    deaf = "2606:2800:21f:cb07::1"
    wire = Wire(deaf=[deaf])

    assert await get(wire, Names([[deaf, deaf, PUBLIC]])) == 200

    assert [request.url.host for request in wire.sent] == [deaf, PUBLIC]
    with pytest.raises(httpx.ConnectError):
        await get(Wire(deaf=[deaf]), Names([[deaf]]))


async def test_the_port_of_an_address_is_kept() -> None:
    """A listed host may be listed with one; the header has it, too."""
    wire, names = Wire(), Names([[PUBLIC]])

    await get(wire, names, "https://b.example:8443/x?y=1")

    [request] = wire.sent
    assert str(request.url) == f"https://{PUBLIC}:8443/x?y=1"
    assert request.headers["Host"] == "b.example:8443"
    assert names.asked == [("b.example", 8443)]


async def test_a_proxy_of_the_environment_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It would look the name up again, elsewhere."""
    for name in ("HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    wire = Wire()

    assert await get(wire, Names([[PUBLIC]])) == 200

    assert [request.url.host for request in wire.sent] == [PUBLIC]


async def test_what_the_system_says_of_this_machine_is_not_public() -> None:
    """By name and by number."""
    async with open_http(transport=PublicHosts()) as http:
        for host in ("localhost", "127.0.0.1", "[::1]"):
            with pytest.raises(BoardUnavailableError, match="not public"):
                await http.get(f"https://{host}/")


async def test_a_name_without_an_address_is_an_outage() -> None:
    """Nobody is refused for a name server that is away, slow or strange."""

    async def hanging(host: str, port: int) -> Sequence[str]:
        del host, port
        raise TimeoutError

    for resolver in (Names([[]]), hanging, resolve):
        transport = PublicHosts(Wire(), resolve=resolver)
        async with open_http(transport=transport) as http:
            with pytest.raises(httpx.ConnectError):
                await http.get("https://no-such-host.invalid/")


async def test_the_sandbox_is_one_origin() -> None:
    """It is let through as it is; its neighbours are this machine like any other."""
    wire = Wire()
    sandbox = httpx.URL("http://127.0.0.1:8001")
    transport = PublicHosts(wire, sandbox=sandbox)
    async with open_http(transport=transport) as http:
        await http.get("http://127.0.0.1:8001/files/1")
        for other in (
            "http://127.0.0.1:8002/",
            "https://127.0.0.1:8001/",
            "http://localhost:8001/",
            "http://user@127.0.0.1:8001/",
        ):
            with pytest.raises(BoardUnavailableError):
                await http.get(other)

    assert [str(request.url) for request in wire.sent] == [
        "http://127.0.0.1:8001/files/1"
    ]


async def test_a_server_is_greeted_by_its_name_at_the_address_that_was_checked() -> (
    None
):
    """What the guard passes on makes TLS ask for the host, and check its name."""
    greeting = asyncio.get_running_loop().create_future()

    async def listen(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        greeting.set_result(await reader.read(4096))
        writer.close()

    wire = Wire()
    await get(wire, Names([[PUBLIC]]))
    [request] = wire.sent
    async with (
        await asyncio.start_server(listen, "127.0.0.1", 0) as server,
        httpx.AsyncHTTPTransport() as transport,
    ):
        port = server.sockets[0].getsockname()[1]
        request.url = request.url.copy_with(host="127.0.0.1", port=port)
        with pytest.raises(httpx.ConnectError):
            await transport.handle_async_request(request)

    assert b"www.example.com" in await greeting


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.com/cv?x=1",
        "https://a.example.org/",
        "https://a.b.example.org/",
        "https://WWW.example.com/",
        "https://www.example.com:443/",
        "https://b.example:8443/",
        "https://xn--nxasmq6b.example/",
    ],
)
def test_listed_hosts_are_let_through(url: str) -> None:
    """By name, or by a name above; where nothing is listed, nothing is."""
    refuse_other_hosts(address_of(url), LISTED, "LISTED")

    with pytest.raises(BoardRefusedError, match="LISTED"):
        refuse_other_hosts(address_of(url), [], "LISTED")


@pytest.mark.parametrize(
    "url",
    [
        "http://www.example.com/",
        "https://www.example.com:8443/",
        "https://b.example/",
        "https://b.example:8444/",
        "https://example.com/",
        "https://evil.com\\@www.example.com/",
        "https://www.example.com\r\nX: y/",
        "https://xn--\u2603.example/",
        "https://xn--a.example/",
        "https://",
        "https://é☃\ud83d/",
        "x" * 100_000,
        "https://example.org/",
        "https://evilexample.org/",
        "https://www.example.com.evil.com/",
        "https://www.example.com@evil.com/",
        "https://user:password@www.example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://www.example.com./",
        "https://evil.com/?https://www.example.com/",
        "https://evil.com#.example.org",
        "ftp://www.example.com/",
        "file:///etc/passwd",
        "//www.example.com/",
        "/cv",
        "",
    ],
)
def test_no_other_host_is(url: str) -> None:
    """And the message does not quote what was asked for."""
    with pytest.raises(BoardRefusedError) as caught:
        refuse_other_hosts(address_of(url), LISTED, "LISTED")

    assert "evil" not in str(caught.value)
