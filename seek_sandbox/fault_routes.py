"""``/sandbox/…``: have something go wrong, and look at who called."""

from http import HTTPStatus

from fastapi import APIRouter

from seek_sandbox.faults import Fault, FaultStanding
from seek_sandbox.orders import CallLog, Change
from seek_sandbox.state import Running

router = APIRouter(prefix="/sandbox", tags=["control"])


@router.post("/faults", status_code=HTTPStatus.CREATED)
async def order_fault(fault: Fault, sandbox: Running) -> FaultStanding:
    """Make something go wrong from now on."""
    return sandbox.faults.add(fault)


@router.get("/faults")
async def faults(sandbox: Running) -> list[FaultStanding]:
    """List the faults in force."""
    return list(sandbox.faults.all())


@router.delete("/faults", status_code=HTTPStatus.NO_CONTENT)
async def lift_faults(sandbox: Running) -> None:
    """Lift every fault."""
    sandbox.faults.lift()


@router.delete("/faults/{number}", status_code=HTTPStatus.NO_CONTENT)
async def lift_fault(number: int, sandbox: Running) -> None:
    """Lift one fault."""
    sandbox.faults.lift(number)


@router.delete("/tokens", status_code=HTTPStatus.NO_CONTENT)
async def expire_tokens(sandbox: Running) -> None:
    """Make every token issued so far expire now."""
    sandbox.tokens.expire_all()


@router.get("/calls")
async def calls(sandbox: Running) -> CallLog:
    """Return who called what."""
    return sandbox.calls.log()


@router.delete("/calls", status_code=HTTPStatus.NO_CONTENT)
async def forget_calls(sandbox: Running) -> None:
    """Begin a new call log."""
    sandbox.calls.clear()


@router.patch("/settings", status_code=HTTPStatus.NO_CONTENT)
async def change(order: Change, sandbox: Running) -> None:
    """Change where webhooks go, or how long new tokens live."""
    if order.webhook_url is not None:
        sandbox.postman.url = order.webhook_url
    if order.token_lifetime is not None:
        sandbox.tokens.lifetime = order.token_lifetime
