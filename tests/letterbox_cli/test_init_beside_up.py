"""``letterbox init`` beside a ``letterbox up``: what that one needs is kept."""

import os
from pathlib import Path
from uuid import uuid4

import pytest

from letterbox.settings import Settings
from letterbox.temporal import schedules
from letterbox_cli.up.dev_secrets import development_secrets
from letterbox_cli.up.state import announced
from tests.letterbox_cli.conftest import Letterbox
from tests.support import free_port

pytestmark = pytest.mark.xdist_group("bare-temporal")


@pytest.fixture(name="reconcile")
def _reconcile(environment: pytest.MonkeyPatch, bare_temporal: str) -> str:
    """Name the schedule of a task queue of the test's own, in a Temporal."""
    queue = f"queue-{uuid4()}"
    environment.setenv("COLUMNS", "1000")
    environment.setenv("LETTERBOX_TASK_QUEUE", queue)
    environment.setenv("TEMPORAL_ADDRESS", bare_temporal)
    Path("var").mkdir()
    return schedules.schedule_id(queue, "seek-reconcile")


def test_what_an_up_needs_is_not_called_off(
    environment: pytest.MonkeyPatch,
    letterbox: Letterbox,
    bare_temporal: str,
    reconcile: str,
) -> None:
    """Its sandbox is SEEK, though no setting of ours names one."""
    environment.setenv("LETTERBOX_TEMPORAL_PORT", bare_temporal.rpartition(":")[2])
    settings = Settings()
    development_secrets(settings)
    before = dict(os.environ)

    with announced(settings):
        beside = letterbox("init", "--prune")
    alone = letterbox("init")

    assert (beside.exit_code, alone.exit_code) == (0, 0)
    assert f"ok      schedule: {reconcile}, as the settings say" in beside.stdout
    assert f"{reconcile} is no longer needed" in alone.stdout
    assert dict(os.environ) == before


def test_another_temporal_gets_nothing_of_an_up(
    environment: pytest.MonkeyPatch, letterbox: Letterbox, reconcile: str
) -> None:
    """Who names one means it, and not the one that is embedded."""
    environment.setenv("LETTERBOX_TEMPORAL_PORT", str(free_port()))
    settings = Settings()
    development_secrets(settings)

    with announced(settings):
        made = letterbox("init")

    assert made.exit_code == 0
    assert "inbox-sweep, as the settings say" in made.stdout
    assert reconcile not in made.stdout
