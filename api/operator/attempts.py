"""Who tries wrong tokens, and how often: noise, which must not cost us anything."""

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import ip_address
from math import ceil

from fastapi import Request

_A_MINUTE = 60.0
_FREE = 20
_PEERS = 1000


class Attempts:
    """
    Counts the wrong tokens of each peer in a minute.

    The right token is never refused for what others at the same address do: behind a
    proxy all have one. Of too many peers, the one that was quiet longest is forgotten.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._peers: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def fail(self, peer: str) -> int | None:
        """Note a wrong token; the seconds to wait, once there were too many."""
        now = self._clock()
        began, count = self._peers.pop(peer, (now, 0))
        if now - began >= _A_MINUTE:
            began, count = now, 0
        self._peers[peer] = began, count + 1
        if len(self._peers) > _PEERS:
            self._peers.popitem(last=False)
        return ceil(began + _A_MINUTE - now) if count >= _FREE else None


def peer_of(request: Request) -> str:
    """Name who calls by the address, and by nothing else that it may have said."""
    try:
        return str(ip_address(request.client.host if request.client else ""))
    except ValueError:
        return "unknown"
