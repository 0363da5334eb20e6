"""Many applications at once, from boards that insist on an answer."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from threading import Event
from typing import Protocol

import httpx

_BETWEEN_TRIES = 0.05


class Posting(Protocol):
    """What a board sends in one request."""

    @property
    def id(self) -> str:
        """Tells it from all others."""

    def post(self, url: str) -> httpx.Response:
        """Send it; raises httpx.TransportError where there is no answer."""


class Flood:
    """
    Posts each until there is an answer, and then no more.

    With several URLs, to one after the other, and to the next one where there is no
    answer: as a proxy in front of them does.
    """

    def __init__(self, url: str | Sequence[str], postings: Sequence[Posting]) -> None:
        self.answers: dict[str, int] = {}
        """Status codes by id."""
        self.tries: Counter[str] = Counter()
        """How often each was sent."""
        self._urls = [url] if isinstance(url, str) else url
        self._postings = postings
        self._given_up = Event()

    def done(self) -> float:
        """Tell which part of them is answered, from 0 to 1."""
        return len(self.answers) / len(self._postings)

    @contextmanager
    def pouring(self, clients: int = 6) -> Iterator[None]:
        """Post while the block runs, and on until all are answered."""
        with ThreadPoolExecutor(clients) as pool:
            posts = [
                pool.submit(self._insist, turn % len(self._urls), one)
                for turn, one in enumerate(self._postings)
            ]
            try:
                yield
            except BaseException:
                self._given_up.set()
                raise
            for post in posts:
                post.result()

    def _insist(self, turn: int, posting: Posting) -> None:
        for url in islice(cycle(self._urls), turn, None):
            if self._given_up.is_set():
                return
            self.tries[posting.id] += 1
            try:
                answer = posting.post(url)
            except httpx.TransportError:
                self._given_up.wait(_BETWEEN_TRIES)
            else:
                self.answers[posting.id] = answer.status_code
                return
