"""What was found, and how to look without falling over what is broken."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import ParamSpec, TypeVar

import anyio.to_thread
from temporalio.service import RPCError

from letterbox.checks import Finding, wrong
from letterbox.domain.errors import LetterboxError, StoreUnavailableError

TIMEOUT = 5.0
"""Seconds for one answer."""
# Beside the others, on a busy machine: a check that asks nobody takes time too.
_FOR_A_CHECK = 20.0

P = ParamSpec("P")
T = TypeVar("T")


async def safely(
    what: str, look: Awaitable[Sequence[Finding]], patience: float = _FOR_A_CHECK
) -> Sequence[Finding]:
    """Make a finding of whatever hinders the look: no check hides another."""
    try:
        async with asyncio.timeout(patience):
            return await look
    except TimeoutError:
        words = "no answer in time"
    except StoreUnavailableError as error:
        words = f"the store does not answer as it should ({error})"
    except LetterboxError as error:
        words = str(error)
    except RPCError as error:
        words = f"Temporal answers {error.status.name}"
    except Exception as error:  # noqa: BLE001 whatever it is, the others are to be seen
        # Not its text, which may quote an address with a secret in it.
        words = f"cannot be looked at ({type(error).__name__})"
    return [wrong(what, words)]


async def all_of(*looks: Awaitable[Sequence[Finding]]) -> list[Finding]:
    """Look at several things at once; tell of them in order."""
    return [found for some in await asyncio.gather(*looks) for found in some]


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Block a thread; one that does not come back is left behind."""
    return await anyio.to_thread.run_sync(
        lambda: work(*args, **kwargs), abandon_on_cancel=True
    )
