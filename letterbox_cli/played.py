"""What ``letterbox send`` does beside the post: plays a board's other requests."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from letterbox.domain.errors import RefusedError

if TYPE_CHECKING:
    from letterbox.boards.abilities import ChallengeBoard
    from letterbox.settings import Settings


def challenge(board: ChallengeBoard, address: str, secret: str) -> None:
    """Ask as the board does before it sends; RefusedError for a wrong answer."""
    import httpx

    query, expected = board.sample_challenge(secret)
    try:
        response = httpx.get(address, params=query, timeout=30)
        answer = response.json() if response.is_success else None
    except (httpx.TransportError, httpx.InvalidURL):
        raise unreachable(address) from None
    except ValueError:
        answer = None
    if answer != expected:
        raise RefusedError(
            f"{address} does not answer the challenge ({response.status_code}), and "
            f"{board.name} would send nothing there: has the API the same secret in "
            f"{board.secrets_variable}?"
        )


def laid_out(settings: Settings, name: str, content: bytes) -> str:
    """Lay a document out at the sandbox; return the address to download it from."""
    return asyncio.run(_lay_out(sandbox_of(settings), name, content))


def sandbox_of(settings: Settings) -> str:
    """Return where `letterbox up` has the sandbox."""
    return f"http://127.0.0.1:{settings.sandbox_port}"


async def _lay_out(sandbox: str, name: str, content: bytes) -> str:
    import httpx

    from seek_sandbox.control import SandboxControl

    try:
        async with SandboxControl(sandbox) as control:
            return await control.lay_out(name, content)
    except (httpx.TransportError, httpx.InvalidURL):
        raise unreachable(sandbox) from None
    except httpx.HTTPStatusError as error:
        raise RefusedError(
            f"{sandbox} answered {error.response.status_code}: is it the sandbox of "
            "`letterbox up`, and of this release?"
        ) from None


def unreachable(url: str) -> RefusedError:
    """Make the error for a server that is not there."""
    return RefusedError(f"nothing answers at {url}: is `letterbox up` running?")
