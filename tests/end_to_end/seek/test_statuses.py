"""Where the candidate stands: noted, told to SEEK in order, and never lost."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from letterbox.domain.standing import Reporting
from seek_sandbox.faults import RefusedProfile, Slow
from seek_sandbox.orders import Emitted, SignalSeen
from tests.end_to_end.seek.opening import open_desk
from tests.end_to_end.seek.seek_stack import Desk, of
from tests.end_to_end.seek.telling import (
    AT,
    report,
    until_noted,
    until_told,
)
from tests.support import THOROUGH
from tests.workflows.trouble import Trouble

TOKEN = "the token of the ATS"


@pytest_asyncio.fixture
async def office(tmp_path: Path, temporal_client: Client) -> AsyncIterator[Desk]:
    """Open with an operator API, and without a worker."""
    async with open_desk(
        tmp_path, temporal_client, operator_token=SecretStr(TOKEN)
    ) as desk:
        yield desk


async def say(desk: Desk, emitted: Emitted, **body: Any) -> httpx.Response:
    """Say where a candidate stands, as an ATS does."""
    return await desk.api.post(
        f"/applications/{of(emitted)}/status",
        json=body,
        headers={"Authorization": f"Bearer {TOKEN}"},
    )


async def test_a_status_is_noted_and_told_to_seek_in_its_own_words(
    office: Desk,
) -> None:
    """The answer says that it is owed; the record says in the end that it was sent."""
    async with office.working():
        emitted = await office.apply()
        await office.recorded(emitted)
        answer = await say(
            office,
            emitted,
            status="hired",
            id="4711",
            changed_at="2026-03-01T12:00:00Z",
        )
        [signal] = await until_told(office, 1)
        await until_noted(office, emitted, Reporting.SENT)

    lines = [
        (one["event"], one["status"])
        for one in office.logs.ours
        if one["event"] in {"noted", "sent"} and "change" in one
    ]
    assert lines == [("noted", "hired"), ("sent", "hired")]
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "id": of(emitted),
        "change": "4711",
        "status": "hired",
        "reporting": "owed",
    }
    assert signal == SignalSeen(
        type="ApplicationStatusUpdate",
        application_profile_id=emitted.application_profile_id,
        label="Hired",
        index=6,
        total=6,
        success=True,
        previous=None,
        timestamp=AT,
    )


async def test_statuses_are_told_once_for_each_id_and_in_order(desk: Desk) -> None:
    """Each says what SEEK was told before; a repeat says what has become of it."""
    emitted = await desk.apply()
    await desk.recorded(emitted)
    for minute, word in enumerate(("viewed", "interviewed", "rejected")):
        assert await report(desk, emitted, word, minute) is Reporting.OWED
    await until_noted(desk, emitted, *[Reporting.SENT] * 3)

    again = await report(desk, emitted, "viewed", 0)

    told = await until_told(desk, 3)
    assert again is Reporting.SENT
    assert [(one.label, one.previous, one.success) for one in told] == [
        ("Viewed", None, None),
        ("Interviewed", "Viewed", None),
        ("Rejected", "Interviewed", False),
    ]


async def test_an_older_status_after_a_newer_one_is_history(desk: Desk) -> None:
    """The record keeps it in its place; SEEK is not sent back in time."""
    emitted = await desk.apply()
    await desk.recorded(emitted)
    await report(desk, emitted, "offered", 10)

    late = await report(desk, emitted, "contacted", 5)

    await until_noted(desk, emitted, Reporting.SUPERSEDED, Reporting.SENT)
    assert late is Reporting.SUPERSEDED
    assert [one.label for one in await desk.control.signals()] == ["Offered"]


async def test_what_is_noted_survives_a_worker_that_dies_before_seek_is_told(
    office: Desk,
) -> None:
    """SEEK hangs, the worker goes, and another one tells it: in order, all of it."""
    emitted = await office.apply()
    # Its patience is over, and it goes in the middle of the call.
    async with office.working(drain=timedelta(seconds=0.5)):
        await office.recorded(emitted)
        await office.control.fault(Slow(seconds=60))
        await report(office, emitted, "contacted", 1)
        await report(office, emitted, "interviewed", 2)
    await office.control.lift()
    record = office.applications.find(of(emitted))

    async with office.working():
        told = await until_told(office, 2)
        await until_noted(office, emitted, Reporting.SENT, Reporting.SENT)

    assert record
    assert [one.reporting for one in record.status_changes] == [Reporting.OWED] * 2
    labels = [one.label for one in told]
    assert sorted(set(labels), key=labels.index) == ["Contacted", "Interviewed"]


async def test_a_status_that_seek_refuses_for_a_month_is_told_in_the_end(
    tmp_path: Path, skipping: WorkflowEnvironment
) -> None:
    """
    The hirer has not allowed it yet; the history does not grow meanwhile.

    SEEK is asked each hour for as long as that: here, from the hundredth time on, each
    six hours.
    """
    client = Trouble(10_000 if THOROUGH else 100).upon(skipping.client)
    async with open_desk(tmp_path, client) as desk, desk.working():
        emitted = await desk.apply()
        await desk.recorded(emitted)
        await desk.control.fault(RefusedProfile(code="FORBIDDEN"))
        with skipping.auto_time_skipping_disabled():
            await report(desk, emitted, "interviewed")
        await skipping.sleep(timedelta(days=30))
        asked = await desk.asked("sendSignal")
        length = (await desk.handle(emitted).describe()).history_length
        await desk.control.lift()

        await skipping.sleep(timedelta(hours=8))

        await until_noted(desk, emitted, Reporting.SENT)
        assert asked > (600 if THOROUGH else 180)
        assert length < 60
        assert len(await desk.control.signals()) == 1


async def test_a_status_that_seek_cannot_read_does_not_hold_up_the_next(
    desk: Desk,
) -> None:
    """BAD_USER_INPUT will not pass: it is noted as refused, and the next is told."""
    emitted = await desk.apply()
    await desk.recorded(emitted)
    await desk.control.fault(RefusedProfile(code="BAD_USER_INPUT", times=1))

    await report(desk, emitted, "viewed", 1)
    await report(desk, emitted, "offered", 2)

    await until_noted(desk, emitted, Reporting.REFUSED, Reporting.SENT)
    [signal] = await desk.control.signals()
    assert (signal.label, signal.previous) == ("Offered", None)


async def test_statuses_that_hang_hold_up_no_application(
    tmp_path: Path, temporal_client: Client
) -> None:
    """They have slots of their own: as many hang as a worker has."""
    async with (
        open_desk(tmp_path, temporal_client, worker_concurrency=2) as desk,
        desk.working(drain=timedelta(seconds=0.1)),
    ):
        for _ in range(3):
            emitted = await desk.apply()
            await desk.recorded(emitted)
            await desk.control.fault(
                Slow(seconds=20, profile_id=emitted.application_profile_id)
            )
            await report(desk, emitted, "viewed")

        other = await desk.apply()

        await desk.recorded(other)
        assert await desk.control.signals() == []
        await desk.control.lift()


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"status": "promoted"}, 422, "status"),
        ({"status": "hired", "reason": "a misspelt key"}, 422, "reason"),
        ({"status": "hired", "id": "jane@example.com"}, 422, "id"),
        ({"status": "hired", "changed_at": "2190-01-01T00:00:00Z"}, 409, "future"),
    ],
)
async def test_what_cannot_be_a_status_is_refused_by_a_problem_document(
    body: dict[str, str], status: int, detail: str, office: Desk
) -> None:
    """Nothing of it is noted, and SEEK is told nothing."""
    async with office.working():
        emitted = await office.apply()
        await office.recorded(emitted)
        answer = await say(office, emitted, **body)
        record = await office.recorded(emitted)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail in answer.text
    assert record.status_changes == ()


async def test_an_id_that_was_used_for_another_status_is_refused(desk: Desk) -> None:
    """Either of the two would be lost without a word."""
    emitted = await desk.apply()
    await desk.recorded(emitted)
    await report(desk, emitted, "viewed", id="one")

    with pytest.raises(Exception, match="give each change an id of its own"):
        await report(desk, emitted, "hired", id="one")


async def test_an_unknown_application_and_a_wrong_token_are_answered_clearly(
    office: Desk,
) -> None:
    """404 for what never was, 401 before anything is looked up."""
    unknown = Emitted(event_id="never", type="", delivery="off")
    address = f"/applications/{of(unknown)}/status"

    absent = await say(office, unknown, status="hired")
    stranger = await office.api.post(address, json={"status": "hired"})

    assert (absent.status_code, stranger.status_code) == (404, 401)
