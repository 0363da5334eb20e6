"""Deliveries: signed, once over all retries, and given up only for a 410."""

import asyncio
import logging
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.metadata import version

import pytest
import pytest_asyncio
from standardwebhooks import Webhook, WebhookVerificationError

from letterbox.ats.client import Deliveries, open_deliveries
from letterbox.domain.application import EventType, Stage
from letterbox.domain.errors import ReceiverGoneError, ReceiverUnavailableError
from letterbox.domain.events import ApplicationEvent, Event, event_of
from tests.letterbox.boards.seek.client.server import raw_server
from tests.receiver import SECRET, Answer, Fault, Receiver

OLD_SECRET = b64encode(b"the secret that was in use before").decode()
EVENT: Event = event_of(
    ApplicationEvent(
        application_id="careerjet:1",
        type=EventType.ARCHIVED,
        happened_at=datetime(2026, 3, 1, tzinfo=UTC),
        stage=Stage.ARCHIVED,
    ),
    None,
)


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(name="receiver")
def _receiver(server: Receiver) -> Receiver:
    server.attempts.clear()
    server.events.clear()
    server.answers.clear()
    return server


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest_asyncio.fixture(name="deliveries", scope="module")
async def _deliveries(server: Receiver) -> AsyncIterator[Deliveries]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        opened = open_deliveries(server.url, [SECRET, OLD_SECRET])
        async with opened as deliveries:
            yield deliveries


async def test_an_event_is_delivered_signed_and_word_for_word(
    receiver: Receiver, deliveries: Deliveries
) -> None:
    """The receiver verifies it with the library, and has it word for word."""
    await deliveries.send("msg_1", EVENT, datetime.now(UTC))

    (attempt,) = receiver.attempts
    assert receiver.events == {"msg_1": attempt.event}
    assert attempt.body.decode() == EVENT.model_dump_json()
    assert attempt.headers["content-type"] == "application/json"
    assert attempt.headers["user-agent"] == f"letterbox/{version('letterbox')}"


async def test_an_event_is_signed_with_every_secret(
    receiver: Receiver, deliveries: Deliveries
) -> None:
    """While they are rotated an ATS may know either; a third one fits nothing."""
    await deliveries.send("msg_1", EVENT, datetime.now(UTC))

    (attempt,) = receiver.attempts
    headers = dict(attempt.headers)
    assert headers["webhook-signature"].count("v1,") == 2
    assert Webhook(SECRET).verify(attempt.body, headers) == attempt.event
    assert Webhook(OLD_SECRET).verify(attempt.body, headers) == attempt.event
    with pytest.raises(WebhookVerificationError):
        Webhook(b64encode(b"another").decode()).verify(attempt.body, headers)


async def test_a_retry_has_the_same_id_and_a_time_of_its_own(
    receiver: Receiver, deliveries: Deliveries
) -> None:
    """Under the time of the first attempt it would be refused as a replay."""
    now = datetime.now(UTC)
    receiver.answers.append(Fault.LOST)

    with pytest.raises(ReceiverUnavailableError):
        await deliveries.send("msg_1", EVENT, now - timedelta(seconds=100))
    await deliveries.send("msg_1", EVENT, now)

    first, second = (int(one.headers["webhook-timestamp"]) for one in receiver.attempts)
    assert (first, second) == (int(now.timestamp()) - 100, int(now.timestamp()))
    assert list(receiver.events) == ["msg_1"]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_2xx_of_the_ats_is_a_delivery(
    receiver: Receiver, deliveries: Deliveries, status: int
) -> None:
    """The status alone counts, whatever the body says."""
    receiver.answers.append(Answer(status))

    await deliveries.send("msg_1", EVENT, datetime.now(UTC))

    assert len(receiver.attempts) == 1


@pytest.mark.parametrize(
    "status",
    [300, 304, 400, 401, 403, 404, 405, 408, 409, 413, 422, 429, 500, 502, 503, 504],
)
async def test_any_status_but_2xx_and_410_is_tried_again(
    receiver: Receiver, deliveries: Deliveries, status: int
) -> None:
    """An ATS that is deployed wrongly loses no event, if it is put right in time."""
    receiver.answers.append(
        Answer(status, body=b"" if status == 304 else b"Ada Example")
    )

    with pytest.raises(ReceiverUnavailableError, match=f"answers {status}") as caught:
        await deliveries.send("msg_1", EVENT, datetime.now(UTC))

    assert caught.value.retryable
    assert caught.value.retry_after is None
    assert "Ada" not in repr(caught.value)


async def test_a_410_of_the_ats_is_a_receiver_gone_error(
    receiver: Receiver, deliveries: Deliveries
) -> None:
    """410 is how an ATS says that it wants nothing more."""
    receiver.answers.append(Answer(410, {"Retry-After": "1"}))

    with pytest.raises(ReceiverGoneError) as caught:
        await deliveries.send("msg_1", EVENT, datetime.now(UTC))

    assert not caught.value.retryable


@pytest.mark.parametrize(
    "location", ["/elsewhere", "http://127.0.0.1:9/", "http://[", "gopher://", ""]
)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_delivery_follows_no_redirect(
    receiver: Receiver, deliveries: Deliveries, status: int, location: str
) -> None:
    """The signed event goes to the address that was set, and to no other."""
    receiver.answers.append(Answer(status, {"Location": location}))

    with pytest.raises(ReceiverUnavailableError):
        await deliveries.send("msg_1", EVENT, datetime.now(UTC))

    assert len(receiver.attempts) == 1


@pytest.mark.parametrize("status", [302, 404, 429, 503])
@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("0", 0), ("999999", 86400), ("soon", None)],
)
async def test_retry_after_seconds_of_the_ats_are_read(
    receiver: Receiver,
    deliveries: Deliveries,
    status: int,
    header: str,
    seconds: int | None,
) -> None:
    """The wait of the error is a day at most."""
    receiver.answers.append(Answer(status, {"Retry-After": header}))

    with pytest.raises(ReceiverUnavailableError) as caught:
        await deliveries.send("msg_1", EVENT, datetime.now(UTC))

    expected = None if seconds is None else timedelta(seconds=seconds)
    assert caught.value.retry_after == expected


async def test_retry_after_date_of_the_ats_is_read(
    receiver: Receiver, deliveries: Deliveries
) -> None:
    """The date is in the form of HTTP."""
    moment = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    receiver.answers.append(Answer(503, {"Retry-After": moment}))

    with pytest.raises(ReceiverUnavailableError) as caught:
        await deliveries.send("msg_1", EVENT, datetime.now(UTC))

    assert caught.value.retry_after
    assert timedelta(minutes=4) < caught.value.retry_after <= timedelta(minutes=5)


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.LOST])
async def test_a_delivery_whose_connection_is_cut_is_tried_again(
    receiver: Receiver, deliveries: Deliveries, fault: Fault
) -> None:
    """Whether or not the ATS has taken the event: it knows it by its id."""
    receiver.answers.append(fault)

    with pytest.raises(ReceiverUnavailableError, match="the ATS: "):
        await deliveries.send("msg_1", EVENT, datetime.now(UTC))


async def test_an_unreachable_ats_is_unavailable_and_its_address_not_named(
    free_endpoint: str,
) -> None:
    """The address is not in the error: there may be a secret in it."""
    url = f"{free_endpoint}/events?key=hidden"
    async with open_deliveries(url, [SECRET]) as deliveries:
        with pytest.raises(
            ReceiverUnavailableError, match="the ATS: Connection refused"
        ) as caught:
            await deliveries.send("msg_1", EVENT, datetime.now(UTC))

    assert "hidden" not in repr(caught.value)


async def test_an_ats_that_is_silent_is_not_waited_for(receiver: Receiver) -> None:
    """The time is for a whole delivery."""
    receiver.answers.append(Fault.SILENT)

    async with open_deliveries(receiver.url, [SECRET], max_seconds=0.1) as deliveries:
        with pytest.raises(ReceiverUnavailableError, match="no answer in time"):
            await deliveries.send("msg_1", EVENT, datetime.now(UTC))


@pytest.mark.parametrize(
    ("cut", "expectation"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthree", nullcontext()),
        (b"HTTP/1.1 200 OK\r\nCont", pytest.raises(ReceiverUnavailableError)),
        (b"HTTP/1.1 2", pytest.raises(ReceiverUnavailableError)),
    ],
    ids=["body", "headers", "status"],
)
async def test_a_2xx_whose_body_is_cut_short_is_a_delivery(
    cut: bytes, expectation: AbstractContextManager[object]
) -> None:
    """The status has said that the ATS has it; what is cut before that says nothing."""
    async with (
        raw_server(cut) as origin,
        open_deliveries(origin, [SECRET]) as deliveries,
    ):
        with expectation:
            await deliveries.send("msg_1", EVENT, datetime.now(UTC))


async def test_an_endless_body_of_a_2xx_is_not_read() -> None:
    """What is beyond the first bytes is left with the ATS."""
    sent = 0
    hung_up = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                writer.write(bytes(10_000))
                sent += 10_000
                await writer.drain()
        except ConnectionError:
            writer.close()
            hung_up.set()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with open_deliveries(url, [SECRET]) as deliveries:
            await deliveries.send("msg_1", EVENT, datetime.now(UTC))
            await asyncio.wait_for(hung_up.wait(), 5)

    # Most of it lies in the buffers of the two sockets.
    assert sent < 16_000_000


async def test_the_connection_to_the_ats_is_used_again(
    receiver: Receiver, deliveries: Deliveries
) -> None:
    """An answer is read to its end for it: each TLS handshake costs the ATS."""
    receiver.answers.append(Answer(200, body=b'{"ok": true}'))

    await deliveries.send("msg_1", EVENT, datetime.now(UTC))
    await deliveries.send("msg_2", EVENT, datetime.now(UTC))

    first, second = receiver.attempts
    assert first.port == second.port


async def test_what_an_ats_says_is_not_logged(
    receiver: Receiver, deliveries: Deliveries, caplog: pytest.LogCaptureFixture
) -> None:
    """It may quote what it read of a candidate."""
    caplog.set_level(logging.INFO)
    receiver.answers.append(Answer(500, {"X-Said": "Ada"}, b"Ada Example"))

    with pytest.raises(ReceiverUnavailableError):
        await deliveries.send("msg_1", EVENT, datetime.now(UTC))

    assert "Ada" not in caplog.text
