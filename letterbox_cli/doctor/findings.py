"""What was found, and how to look without falling over what is broken."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import ParamSpec, TypeVar

import anyio.to_thread
from pydantic import BaseModel
from temporalio.service import RPCError

from letterbox.domain.errors import LetterboxError, StoreUnavailableError

TIMEOUT = 5.0
"""Seconds for one answer."""
# Beside the others, on a busy machine: a check that asks nobody takes time too.
_FOR_A_CHECK = 20.0

P = ParamSpec("P")
T = TypeVar("T")


class Level(StrEnum):
    """How bad it is; only what is wrong makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


class Finding(BaseModel):
    """One thing looked at."""

    what: str
    fine: bool
    """For programs that want to know no more than whether it is wrong."""
    level: Level
    words: str


def ok(what: str, words: str) -> Finding:
    """Say that something is as it should be, or off."""
    return Finding(what=what, fine=True, level=Level.OK, words=words)


def warning(what: str, words: str) -> Finding:
    """Say what one should know."""
    return Finding(what=what, fine=True, level=Level.WARNING, words=words)


def wrong(what: str, words: str) -> Finding:
    """Say what is wrong, and what to do."""
    return Finding(what=what, fine=False, level=Level.WRONG, words=words)


async def safely(
    what: str, look: Awaitable[list[Finding]], patience: float = _FOR_A_CHECK
) -> list[Finding]:
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


async def all_of(*looks: Awaitable[list[Finding]]) -> list[Finding]:
    """Look at several things at once; tell of them in order."""
    return [found for some in await asyncio.gather(*looks) for found in some]


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Block a thread; one that does not come back is left behind."""
    return await anyio.to_thread.run_sync(
        lambda: work(*args, **kwargs), abandon_on_cancel=True
    )
