"""Wrong tokens: counted and slowed; tokens that rotate: all of them open."""

import asyncio

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from api.operator.attempts import WrongTokens
from tests.api.operator.operator_server import OperatorServer
from tests.api.operator.serving import TOKEN, served
from tests.support import eventually, free_port

pytestmark = pytest.mark.xdist_group("operator")


def test_a_peer_may_fail_twenty_times_a_minute() -> None:
    """After that the time to wait is returned; a minute later it begins anew."""
    now = 100.0
    attempts = WrongTokens(lambda: now)
    first = [attempts.fail("192.0.2.1") for _ in range(20)]
    now += 45.5
    late, other = attempts.fail("192.0.2.1"), attempts.fail("192.0.2.2")
    now += 15

    assert first == [None] * 20
    assert (late, other) == (15, None)
    assert attempts.fail("192.0.2.1") is None


def test_the_number_of_remembered_peers_is_bounded() -> None:
    """The peer that was quiet longest is forgotten first."""
    attempts = WrongTokens(lambda: 0.0)
    for _ in range(20):
        attempts.fail("192.0.2.1")
    for number in range(5000):
        attempts.fail(f"2001:db8::{number:x}")
        attempts.fail("192.0.2.1")

    assert len(attempts._peers) == 1000  # noqa: SLF001 what is bounded
    assert attempts.fail("192.0.2.1") == 60


async def test_wrong_tokens_are_limited_and_right_ones_always_open(
    server: OperatorServer, temporal_address: str
) -> None:
    """A caller who shares an address with a guesser gets in; no token is logged."""
    port = free_port()
    rotating = SecretStr(f"a new one , {TOKEN},")
    settings = server.settings.model_copy(
        update={"operator_token": rotating, "api_port": port}
    )
    async with (
        served(settings, temporal_address),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
    ):

        async def ask(token: str) -> httpx.Response:
            headers = {"Authorization": f"Bearer {token}"}
            return await http.get("/applications/a:secret", headers=headers)

        with capture_logs() as logs:
            wrong = [await ask(f"guess {number}") for number in range(21)]
        right = [await ask(token) for token in ("a new one", TOKEN)]
        absent = await http.get("/applications")
        empty = await ask(",")
        page = await http.get(
            "/applications?limit=1", headers={"Authorization": f"Bearer {TOKEN}"}
        )
        metrics = (await http.get("/metrics")).text

    assert [one.status_code for one in wrong] == [401] * 20 + [429]
    assert 0 < int(wrong[-1].headers["Retry-After"]) <= 60
    assert [one.status_code for one in right] == [404, 404]
    assert (absent.status_code, empty.status_code, page.status_code) == (401, 429, 200)
    counted = 'letterbox_operator_requests_total{method="GET",status="%s"} %s'
    for status, count in (("401", "21.0"), ("429", "2.0"), ("404", "2.0")):
        assert counted % (status, count) in metrics
    lines = [one for one in logs if one["event"] == "operator token refused"]
    assert {(one["peer"], one["method"], one["path"]) for one in lines} == {
        ("127.0.0.1", "GET", "/applications/{application_id}")
    }
    assert "guess" not in str(logs)
    assert "secret" not in str(logs)


async def test_guesses_of_one_token_are_limited_before_they_are_computed(
    server: OperatorServer, temporal_address: str
) -> None:
    """
    Whoever knows a token's name cannot keep the processor busy.

    Others' tokens open meanwhile, and so does that one where it was seen before.
    """
    known, fresh = server.tokens["tara"], server.tokens["paul"]
    port = free_port()
    # With a file alone, which has what seals cursors, too.
    alone = {"api_port": port, "operator_token": SecretStr("")}
    settings = server.settings.model_copy(update=alone)
    async with (
        served(settings, temporal_address),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
    ):

        async def ask(token: str) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            path = "/applications/careerjet%3Ano-such"
            return (await http.get(path, headers=headers)).status_code

        # An ATS begins with many at once: none of them is taken for a guess.
        first = set(await asyncio.gather(*(ask(known) for _ in range(60))))
        spoilt = known[:-1] + ("A" if known[-1] != "A" else "B")
        guesses = [await ask(spoilt) for _ in range(25)]
        others = [await ask(token) for token in (known, fresh)]
        without = await ask(TOKEN)
        paul = {"Authorization": f"Bearer {fresh}"}
        for _ in range(2):
            tara = {"Authorization": f"Bearer {known}"}
            await http.put("/positions/ALONE-1", json={}, headers=tara)
        page = (await http.get("/journal?limit=1", headers=paul)).json()
        second = await http.get(
            "/journal", params={"limit": 1, "cursor": page["next"]}, headers=paul
        )
        ready = (await http.get("/readyz")).json()
        assert settings.operators
        whole = settings.operators.read_text()
        settings.operators.write_text("{")
        try:

            async def is_noticed() -> bool:
                await ask(known)
                answer = await http.get("/readyz")
                return "unreadable" in answer.text

            await eventually(is_noticed)
            kept = await ask(known)
        finally:
            settings.operators.write_text(whole)

    assert (first, kept) == ({404}, 404)
    assert set(guesses[:19]) == {401}
    assert set(guesses[21:]) == {429}
    assert others == [404, 404]
    assert without in {401, 429}
    assert second.status_code == 200
    assert ready["operators"] == "ok"
