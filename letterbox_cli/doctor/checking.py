"""What a check returns, and how checks run so that none hides another."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import ParamSpec, TypeVar

import anyio.to_thread
from temporalio.service import RPCError

from letterbox.checks import CheckResult, wrong
from letterbox.domain.errors import LetterboxError, StoreUnavailableError
from letterbox.logs import place_of

TIMEOUT = 5.0
"""Seconds for one answer."""
# Beside the others, on a busy machine: a check that asks nobody takes time too.
_CHECK_TIMEOUT = 20.0

P = ParamSpec("P")
T = TypeVar("T")


async def safely(
    what: str, look: Awaitable[Sequence[CheckResult]], seconds: float = _CHECK_TIMEOUT
) -> Sequence[CheckResult]:
    """Turn whatever hinders a check into a result, so that it hides no other."""
    try:
        async with asyncio.timeout(seconds):
            return await look
    except TimeoutError:
        message = "no answer in time"
    except StoreUnavailableError as error:
        message = f"the store does not answer as expected ({error})"
    except LetterboxError as error:
        message = str(error)
    except RPCError as error:
        message = f"Temporal answers {error.status.name}"
    except Exception as error:  # noqa: BLE001 whatever it is, the others are to be seen
        # Not its text, which may quote an address with a secret in it.
        message = f"cannot be checked ({type(error).__name__} in {place_of(error)})"
    return [wrong(what, message)]


async def all_of(*looks: Awaitable[Sequence[CheckResult]]) -> list[CheckResult]:
    """Run several checks at once; return their results in order."""
    return [result for some in await asyncio.gather(*looks) for result in some]


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run it in a thread; one that does not come back is left behind."""
    return await anyio.to_thread.run_sync(
        lambda: work(*args, **kwargs), abandon_on_cancel=True
    )
