"""A client of the sandbox's control API, for tests and ``letterbox send seek``."""

import ssl
from typing import Self

import httpx
from pydantic import BaseModel, TypeAdapter

from seek_sandbox.faults import Fault, FaultStanding
from seek_sandbox.orders import (
    ApplicationOrder,
    CallLog,
    Change,
    DeliverySeen,
    Emitted,
    EventOrder,
    LaidOut,
    PositionSeen,
    ReplayOrder,
    SignalSeen,
    StatusSeen,
)

_TIMEOUT = 60
# The sandbox speaks plain HTTP; to load the usual certificates takes a while.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_EVENTS = TypeAdapter(list[Emitted])
_DELIVERIES = TypeAdapter(list[DeliverySeen])
_SIGNALS = TypeAdapter(list[SignalSeen])
_FAULTS = TypeAdapter(list[FaultStanding])
_STATUSES = TypeAdapter(list[StatusSeen])
_POSITIONS = TypeAdapter(list[PositionSeen])


class SandboxControl:
    """
    Tells a sandbox what to do; an ``async with`` closes its connections.

    Raises httpx.HTTPStatusError where the sandbox refuses, and
    httpx.TransportError where there is none.
    """

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{url.rstrip('/')}/sandbox", verify=NO_TLS, trust_env=False
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def apply(self, order: ApplicationOrder | None = None) -> list[Emitted]:
        """Make people apply; one person by default."""
        order = order or ApplicationOrder()
        answer = await self._send("POST", "/applications", order, order.wait)
        return _EVENTS.validate_json(answer)

    async def emit(self, order: EventOrder) -> Emitted:
        """Emit any other event."""
        answer = await self._send("POST", "/events", order, order.wait)
        return Emitted.model_validate_json(answer)

    async def replay(self, *event_ids: str, wait: float = 0) -> list[Emitted]:
        """Deliver events again."""
        order = ReplayOrder(event_ids=list(event_ids), wait=wait)
        return _EVENTS.validate_json(await self._send("POST", "/replay", order, wait))

    async def events(self) -> list[Emitted]:
        """List every event."""
        return _EVENTS.validate_json(await self._send("GET", "/events"))

    async def positions(self) -> list[PositionSeen]:
        """List the ads."""
        return _POSITIONS.validate_json(await self._send("GET", "/positions"))

    async def lay_out(self, name: str, content: bytes) -> str:
        """Lay a document out; return its address."""
        answer = await self._http.post(
            "/files", params={"name": name}, content=content, timeout=_TIMEOUT
        )
        return LaidOut.model_validate_json(answer.raise_for_status().content).url

    async def statuses(self) -> list[StatusSeen]:
        """List the statuses that boards other than SEEK were told."""
        return _STATUSES.validate_json(await self._send("GET", "/statuses"))

    async def signals(self) -> list[SignalSeen]:
        """List the selection signals that came in."""
        return _SIGNALS.validate_json(await self._send("GET", "/signals"))

    async def deliveries(self) -> list[DeliverySeen]:
        """List the webhook requests made."""
        return _DELIVERIES.validate_json(await self._send("GET", "/deliveries"))

    async def fault(self, fault: Fault) -> FaultStanding:
        """Make something go wrong from now on."""
        answer = await self._send("POST", "/faults", fault)
        return FaultStanding.model_validate_json(answer)

    async def faults(self) -> list[FaultStanding]:
        """List the faults in force; one that has struck for the last time is none."""
        return _FAULTS.validate_json(await self._send("GET", "/faults"))

    async def lift(self, number: int | None = None) -> None:
        """Lift a fault, or all of them."""
        await self._send("DELETE", f"/faults/{number}" if number else "/faults")

    async def calls(self) -> CallLog:
        """Return who called what."""
        return CallLog.model_validate_json(await self._send("GET", "/calls"))

    async def forget_calls(self) -> None:
        """Begin a new call log."""
        await self._send("DELETE", "/calls")

    async def expire_tokens(self) -> None:
        """Make every token issued so far expire now."""
        await self._send("DELETE", "/tokens")

    async def change(self, change: Change) -> None:
        """Change the running sandbox."""
        await self._send("PATCH", "/settings", change)

    async def _send(
        self, method: str, path: str, order: BaseModel | None = None, wait: float = 0
    ) -> bytes:
        answer = await self._http.request(
            method,
            path,
            content=order.model_dump_json() if order else None,
            headers={"Content-Type": "application/json"},
            timeout=_TIMEOUT + wait,
        )
        return answer.raise_for_status().content
