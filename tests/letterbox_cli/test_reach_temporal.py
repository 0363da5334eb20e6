"""A Temporal that hangs: commands say that they wait, and give up."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from letterbox.domain.errors import TemporalUnavailableError
from letterbox.settings import Settings
from letterbox_cli.reach_temporal import announced_wait, reach_temporal
from letterbox_cli.up.state import announced
from tests.support import free_port


@pytest.fixture(name="hung")
def _hung() -> Iterator[int]:
    """Listen at a port, and answer nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        yield port


async def test_a_temporal_that_hangs_is_given_up(
    environment: pytest.MonkeyPatch, hung: int, tmp_path: Path
) -> None:
    """The `letterbox up` whose part it is, and its log, are named."""
    environment.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{hung}")
    settings = Settings(data=tmp_path, temporal_port=hung)

    with announced(settings) as announcement:
        announcement.started("temporal", 4711)
        with pytest.raises(TemporalUnavailableError) as raised:
            await reach_temporal(settings, timeout=0.2)

    message = str(raised.value)
    assert "nothing was changed: Temporal has not answered within 0.2 s" in message
    assert f"runs as process {os.getpid()}, and its Temporal as process 4711" in message
    assert f"{tmp_path}/temporal.log" in message


async def test_an_address_that_leads_past_up_is_named(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What to unset, not to start a second one."""
    environment.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    settings = Settings(data=tmp_path)

    with announced(settings) as announcement:
        announcement.started("temporal", 4711)
        with pytest.raises(TemporalUnavailableError) as raised:
            await reach_temporal(settings)

    assert "(TEMPORAL_ADDRESS): `letterbox up`, process" in str(raised.value)
    assert "start one" not in str(raised.value)


async def test_a_wait_is_announced_once_it_takes_a_while(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On standard error, whether or not that is a terminal."""
    quick = await announced_wait(asyncio.sleep(0, "quick"))
    before = capsys.readouterr()
    slow = await announced_wait(asyncio.sleep(0.1, "slow"), silence=0.01)
    after = capsys.readouterr()

    assert (quick, slow) == ("quick", "slow")
    assert (before.out, before.err) == ("", "")
    assert (after.out, after.err) == ("", "waiting for Temporal…\n")
