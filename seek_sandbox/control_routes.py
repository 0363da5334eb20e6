"""``/sandbox/…``: have something happen, and look at what did."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus

from fastapi import APIRouter, HTTPException

from seek_sandbox.events import Event
from seek_sandbox.faults import Undelivered
from seek_sandbox.orders import (
    ApplicationOrder,
    DeliverySeen,
    Emitted,
    EventOrder,
    PositionSeen,
    ReplayOrder,
    SignalSeen,
)
from seek_sandbox.simulation import TakenError
from seek_sandbox.state import Running, Sandbox

router = APIRouter(prefix="/sandbox", tags=["control"])


@router.post("/applications")
async def apply(order: ApplicationOrder, sandbox: Running) -> list[Emitted]:
    """Invent applications, and deliver an event for each."""
    try:
        events = [sandbox.simulation.apply(order) for _ in range(order.count)]
    except TakenError as taken:
        raise HTTPException(HTTPStatus.CONFLICT, f"{taken} is known already") from None
    if order.deliver:
        await _deliver(sandbox, events, order.wait, order.per_request)
    return [event.emitted() for event in events]


@router.post("/events")
async def emit(order: EventOrder, sandbox: Running) -> Emitted:
    """Emit an event of any other type, whether the schema knows it or not."""
    try:
        event = sandbox.simulation.emit(order)
    except TakenError as taken:
        raise HTTPException(HTTPStatus.CONFLICT, f"{taken} is known already") from None
    if order.deliver:
        await _deliver(sandbox, [event], order.wait)
    return event.emitted()


@router.post("/replay")
async def replay(order: ReplayOrder, sandbox: Running) -> list[Emitted]:
    """Deliver events again, by webhook."""
    named = [sandbox.world.stream.find(event_id) for event_id in order.event_ids]
    events = [event for event in named if event]
    if len(events) < len(named):
        raise HTTPException(HTTPStatus.NOT_FOUND, "there is no such event")
    await _wait(sandbox.postman.deliver(events), order.wait)
    return [event.emitted() for event in events]


@router.get("/events")
async def events(sandbox: Running) -> list[Emitted]:
    """List every event, in the order of the stream."""
    return [event.emitted() for event in sandbox.world.stream.events]


@router.get("/positions")
async def positions(sandbox: Running) -> list[PositionSeen]:
    """List the ads."""
    return [
        PositionSeen(
            profile_id=position.profile_id,
            opening_id=position.opening_id,
            hirer_id=position.hirer.hirer_id,
            reference=position.reference,
            created_by_self=position.created_by_self,
        )
        for position in sandbox.world.positions.values()
    ]


@router.get("/signals")
async def signals(sandbox: Running) -> list[SignalSeen]:
    """List the selection signals that the partner has sent, in order."""
    return [SignalSeen.of(signal) for signal in sandbox.world.signals]


@router.get("/deliveries")
async def deliveries(sandbox: Running) -> list[DeliverySeen]:
    """List the webhook requests that were made."""
    return [
        DeliverySeen.model_validate(request, from_attributes=True)
        for request in sandbox.postman.requests
    ]


async def _deliver(
    sandbox: Sandbox,
    emitted: Sequence[Event],
    wait: float,
    per_request: int | None = None,
) -> None:
    sent = [event for event in emitted if not _withheld(sandbox, event)]
    await _wait(sandbox.postman.deliver(sent, per_request), wait)


def _withheld(sandbox: Sandbox, event: Event) -> bool:
    profiles = frozenset(event.details.values())
    return sandbox.faults.take(Undelivered, profiles) is not None


async def _wait(tasks: Sequence[asyncio.Task[None]], seconds: float) -> None:
    if tasks and seconds:
        await asyncio.wait(tasks, timeout=seconds)
