"""Counts wrong tokens by peer, so that guessing costs the guesser only."""

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address
from math import ceil

from fastapi import Request

_WINDOW_SECONDS = 60.0
_MAX_FAILURES = 20
_MAX_PEERS = 1000


class WrongTokens:
    """
    Counts the wrong tokens of each peer in a minute.

    The right token is never refused for what others at the same address do: behind a
    proxy all have one. Of too many peers, the one that was quiet longest is forgotten.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._peers: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def fail(self, peer: str) -> int | None:
        """Count a wrong token; return the seconds to wait, once there were too many."""
        wait = self.wait(peer)
        now = self._clock()
        began, count = self._peers.pop(peer, (now, 0))
        if now - began >= _WINDOW_SECONDS:
            began, count = now, 0
        self._peers[peer] = began, count + 1
        if len(self._peers) > _MAX_PEERS:
            self._peers.popitem(last=False)
        return wait

    def wait(self, peer: str) -> int | None:
        """Return the seconds that a peer has to wait, if it failed too often."""
        now = self._clock()
        began, count = self._peers.get(peer, (now, 0))
        left = began + _WINDOW_SECONDS - now
        return ceil(left) if count >= _MAX_FAILURES and left > 0 else None


def peer_of(request: Request) -> str:
    """Return the address of the caller, and nothing that it says of itself."""
    try:
        return str(ip_address(request.client.host if request.client else ""))
    except ValueError:
        return "unknown"
