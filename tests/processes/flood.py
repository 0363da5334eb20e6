"""Many applications at once, from a board that insists on an answer."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import httpx

from tests.processes.submission import Submission

_BETWEEN_TRIES = 0.05


class Flood:
    """Posts each application until there is an answer, and then no more."""

    def __init__(self, url: str, submissions: Sequence[Submission]) -> None:
        self.answers: dict[str, int] = {}
        """Status codes by application id."""
        self._url = url
        self._submissions = submissions
        self._given_up = Event()

    @contextmanager
    def pouring(self, clients: int = 6) -> Iterator[None]:
        """Post while the block runs, and on until all are answered."""
        with ThreadPoolExecutor(clients) as pool:
            posts = [pool.submit(self._insist, one) for one in self._submissions]
            try:
                yield
            except BaseException:
                self._given_up.set()
                raise
            for post in posts:
                post.result()

    def _insist(self, submission: Submission) -> None:
        while not self._given_up.is_set():
            try:
                answer = submission.post(self._url)
            except httpx.TransportError:
                self._given_up.wait(_BETWEEN_TRIES)
            else:
                self.answers[submission.id] = answer.status_code
                return
