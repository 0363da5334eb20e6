"""The API processes of one parent, whose metrics are one page."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from api.threads import Threads
from letterbox.expositions import scrape

_WITHIN = 1.5


@dataclass(frozen=True, slots=True)
class Siblings:
    """
    Where each process answers for itself alone.

    They share the port at which boards post, and any of them is asked for metrics
    there: it fetches the others'.
    """

    number: int
    """This process, counted from one."""
    addresses: Sequence[str]
    """``host:port`` on this machine, in the order of the numbers; ours too."""
    _threads: Threads = field(default_factory=lambda: Threads(8))

    def is_own(self, address: tuple[str, int] | None) -> bool:
        """Return whether a request came to this process alone."""
        if address is None:
            return False
        host, port = address
        return f"{host}:{port}" == self.addresses[self.number - 1]

    async def others(self) -> Mapping[int, str]:
        """Fetch the others' metrics; of one that does not answer soon, none."""
        numbers = [
            number
            for number in range(1, len(self.addresses) + 1)
            if number != self.number
        ]
        pages = await asyncio.gather(*map(self._page, numbers))
        return {
            number: page for number, page in zip(numbers, pages, strict=True) if page
        }

    async def _page(self, number: int) -> str:
        fetch = partial(scrape, self.addresses[number - 1])
        try:
            return await self._threads.run(fetch, _WITHIN)
        except TimeoutError:
            return ""
