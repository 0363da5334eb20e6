"""``letterbox doctor`` at SEEK, which the sandbox plays."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from seek_sandbox.control import SandboxControl
from seek_sandbox.faults import ServerError
from seek_sandbox.options import SandboxOptions
from seek_sandbox.orders import ApplicationOrder
from seek_sandbox.serving import served
from tests.letterbox_cli.conftest import Doctor
from tests.seek_sandbox.partner import OPTIONS
from tests.seek_sandbox.receiver import Receiver
from tests.support import free_port

SECRET = "a webhook secret of sixteen"
MINE = "seekAnz:webhookSubscription:events:mine"
REACHED = f"ok: subscription {MINE} is signed, and leads to /webhooks/seek"


class Seek:
    """Sandboxes, and the environment that names one of them."""

    def __init__(self, environment: pytest.MonkeyPatch, running: ExitStack) -> None:
        self._environment = environment
        self._running = running
        self._options = replace(
            OPTIONS,
            webhook_url=f"http://127.0.0.1:{free_port()}/letterbox/webhooks/seek",
            webhook_secret=SECRET,
            subscription_id=MINE,
            webhook_attempts=1,
        )

    def serve(self, **changes: Any) -> str:
        """Serve a SEEK that differs, and name it, our webhook and its secret."""
        options: SandboxOptions = replace(self._options, **changes)
        url = self._running.enter_context(served(options))
        self.set(
            CLIENT_ID=OPTIONS.client_id,
            CLIENT_SECRET=OPTIONS.client_secret,
            TOKEN_URL=f"{url}/oauth/token",
            GRAPHQL_URL=f"{url}/graphql",
            WEBHOOK_SECRETS=SECRET,
            SUBSCRIPTION_ID=MINE,
        )
        return url

    def set(self, **settings: str) -> None:
        """Configure otherwise."""
        for name, text in settings.items():
            self._environment.setenv(f"LETTERBOX_SEEK_{name}", text)


@pytest.fixture(name="seek")
def _seek(environment: pytest.MonkeyPatch) -> Iterator[Seek]:
    with ExitStack() as running:
        yield Seek(environment, running)


def test_a_seek_that_knows_us_is_fine(seek: Seek, doctor: Doctor) -> None:
    """Token, queries, webhook and clock; it is asked five times, and for no person."""
    url = seek.serve()

    found = doctor()

    assert found["board seek"] == ["ok: issues a token and answers queries"]
    assert found["SEEK's webhook"] == [REACHED]
    assert found["clock (SEEK)"] == ["ok: agrees with that of SEEK"]
    assert asyncio.run(asked(url)) == {
        "/": 1,
        "token": 1,
        "events": 1,
        "webhookSubscription": 1,
        "webhookSubscriptions": 1,
    }


async def asked(url: str) -> dict[str, int]:
    """Tell what a sandbox was asked for."""
    async with SandboxControl(url) as control:
        return dict((await control.calls()).counts)


def test_credentials_that_are_refused_are_named(seek: Seek, doctor: Doctor) -> None:
    """Every variable that may be wrong, and no secret."""
    seek.serve()
    seek.set(CLIENT_SECRET="another")

    found = doctor()

    for what in ("board seek", "SEEK's webhook"):
        [words] = found[what]
        assert words.startswith("wrong: SEEK's token endpoint refuses us with 401")
        assert "LETTERBOX_SEEK_CLIENT_SECRET" in words
        assert "another" not in words


def test_half_of_the_settings_is_none(seek: Seek, doctor: Doctor) -> None:
    """Each half by its name."""
    seek.set(WEBHOOK_SECRETS=SECRET)
    unfetched = doctor()["board seek"]
    seek.set(CLIENT_ID="partner")
    without_secret = doctor()["board seek"]

    assert "the applications cannot be fetched" in unfetched[0]
    assert "LETTERBOX_SEEK_CLIENT_SECRET is not" in without_secret[0]


def test_queries_that_are_refused_are_told_by_their_code(
    seek: Seek, doctor: Doctor
) -> None:
    """With the id of the request, which SEEK can look up."""
    url = seek.serve()

    async def order() -> None:
        async with SandboxControl(url) as control:
            await control.fault(ServerError(target="graphql", code="TROUBLE"))

    asyncio.run(order())
    found = doctor()

    said = str(found["board seek"] + found["SEEK's webhook"])
    assert "TROUBLE (X-Request-Id " in said


def test_without_a_webhook_seek_is_polled(seek: Seek, doctor: Doctor) -> None:
    """Fine, unless SEEK has an address for us, or nobody asks either."""
    seek.serve()
    seek.set(WEBHOOK_SECRETS="", RECONCILE_EVERY="0s")
    answered_404 = doctor()
    seek.set(SUBSCRIPTION_ID="")
    polled = doctor()

    assert answered_404["SEEK's webhook"][0].startswith("warning: LETTERBOX_SEEK_SUBS")
    assert polled["SEEK's webhook"][0].startswith("ok: off: ")
    assert "events that no webhook delivers are lost" in polled["board seek"][1]


def test_a_subscription_that_is_not_named_is_found(seek: Seek, doctor: Doctor) -> None:
    """Then it can be named."""
    seek.serve()
    seek.set(SUBSCRIPTION_ID="")

    [hint, reached] = doctor()["SEEK's webhook"]

    assert hint.startswith("ok: LETTERBOX_SEEK_SUBSCRIPTION_ID is not set")
    assert hint.endswith(MINE)
    assert reached == REACHED


def test_an_address_elsewhere_is_none_of_ours(seek: Seek, doctor: Doctor) -> None:
    """It is not ours, whether the settings name it or not."""
    seek.serve(webhook_url="http://127.0.0.1:9/elsewhere")
    named = doctor()["SEEK's webhook"]
    seek.set(SUBSCRIPTION_ID="")
    unnamed = doctor()["SEEK's webhook"]

    assert "its address does not end in /webhooks/seek" in named[0]
    assert unnamed[0].startswith("wrong: no subscription to CandidateApplicationCreat")


def test_a_subscription_that_seek_does_not_know_is_wrong(
    seek: Seek, doctor: Doctor
) -> None:
    """Reconciling would ask for what an unknown subscription failed to deliver."""
    seek.serve()
    seek.set(SUBSCRIPTION_ID="gone")

    assert doctor()["SEEK's webhook"] == [
        "wrong: SEEK knows no subscription gone: set LETTERBOX_SEEK_SUBSCRIPTION_ID"
    ]


def test_what_seek_could_not_deliver_is_told(seek: Seek, doctor: Doctor) -> None:
    """By how our side has answered."""
    with Receiver() as receiver:
        receiver.statuses = [401]
        url = seek.serve(webhook_url=receiver.url)

        async def apply() -> None:
            async with SandboxControl(url) as control:
                await control.apply(ApplicationOrder(wait=20))

        asyncio.run(apply())
        [words] = doctor()["SEEK's webhook"]

    assert words.startswith(f"warning: 1 requests of subscription {MINE} were not")
    assert "(BadResponse 401)" in words
