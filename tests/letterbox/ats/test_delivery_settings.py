"""How deliveries are set up: a setting that is wrong stops the start."""

from base64 import b64encode
from datetime import UTC, datetime

import pytest

from letterbox.ats.client import open_deliveries
from letterbox.domain.application import EventType, Stage
from letterbox.domain.errors import SettingsError
from letterbox.domain.events import ApplicationEvent, event_of
from tests.receiver import SECRET, Receiver

OTHER_SECRET = b64encode(b"another secret, long enough!").decode()
EVENT = event_of(
    ApplicationEvent(
        application_id="careerjet:1",
        type=EventType.ERASED,
        happened_at=datetime(2026, 3, 1, tzinfo=UTC),
        stage=Stage.ERASED,
    ),
    None,
)


@pytest.mark.parametrize(
    "secret",
    [SECRET, SECRET.removeprefix("whsec_"), OTHER_SECRET, OTHER_SECRET.rstrip("=")],
)
async def test_a_delivery_secret_is_base64_with_or_without_its_prefix(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have its prefix or not, and be padded or not."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Receiver(secret) as receiver:
        async with open_deliveries(receiver.url, [OTHER_SECRET, secret]) as deliveries:
            await deliveries.send("msg_1", EVENT, datetime.now(UTC))

    assert list(receiver.events) == ["msg_1"]


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_not base64 at all, though long enough",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwA",
        "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_" + b64encode(b"too short").decode(),
        "whsec_é" * 10,
    ],
)
async def test_an_invalid_delivery_secret_is_a_settings_error(secret: str) -> None:
    """The library would drop what is not base64, and sign with what is left."""
    with pytest.raises(SettingsError, match="LETTERBOX_DELIVERY_SECRET") as caught:
        async with open_deliveries("http://ats.example.com", [SECRET, secret]):
            pytest.fail("it started")

    assert len(secret) < 10 or secret not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://", "https:///events", "http://[::1", "http://a:b"]
)
async def test_an_invalid_delivery_address_is_a_settings_error(url: str) -> None:
    """In one line that names it."""
    with pytest.raises(SettingsError, match="LETTERBOX_DELIVERY_URL"):
        async with open_deliveries(url, [SECRET]):
            pytest.fail("it started")
