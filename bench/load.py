"""
What boards post, as fast as it is answered, from a process of its own.

Threads on blocking sockets: a request costs this process two or three calls of the
system, since it shares the cores with what is measured.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from math import inf
from statistics import quantiles
from threading import Barrier, BrokenBarrierError, Thread
from time import perf_counter

from bench import notices
from bench.forms import Requests, make_cv
from bench.notices import Notices

CV_BYTES = 200_000
_TIMEOUT = 30
_ENDS_WITHIN = 120


@dataclass(frozen=True, slots=True)
class Load:
    """What a load met with; times in milliseconds."""

    rate: float
    """Answers a second."""
    p50: float
    p99: float


class _Clients:
    """Keep-alive connections, each with one request at a time."""

    def __init__(self, port: int, path: str, cv: bytes, seconds: float) -> None:
        self._address = ("127.0.0.1", port)
        self._requests = Notices() if path == notices.PATH else Requests(path, cv)
        self._seconds = seconds
        self._until = 0.0
        self.took: list[float] = []
        self.failed: list[str] = []

    def run(self, clients: int) -> None:
        """
        Post until the time is over.

        It begins when each client was answered once: until then the server accepts
        connections. What is begun in time is waited for, and not counted.
        """
        self._all_answered = Barrier(clients, self._begin, _TIMEOUT)
        threads = [Thread(target=self._client) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _begin(self) -> None:
        self._until = perf_counter() + self._seconds

    def _client(self) -> None:
        try:
            with socket.create_connection(self._address, _TIMEOUT) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._post(connection)
                self._all_answered.wait()
                while perf_counter() < self._until:
                    self._post(connection)
        except (OSError, ValueError, BrokenBarrierError) as error:
            self._all_answered.abort()
            self.failed.append(f"{type(error).__name__}: {error}")

    def _post(self, connection: socket.socket) -> None:
        began = perf_counter()
        for piece in self._requests.make():
            connection.sendall(piece)
        answer = b""
        while not self._requests.is_whole(answer):
            received = connection.recv(4096)
            if not received:
                raise ValueError(f"closed after {answer!r}")
            answer += received
        if not self._requests.is_accepted(answer):
            raise ValueError(f"answered {answer!r}")
        ended = perf_counter()
        if ended <= self._until:
            self.took.append(1000 * (ended - began))


@contextmanager
def load(
    port: int, path: str, clients: int, seconds: float, cv_bytes: int = CV_BYTES
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that applies the load; ``result`` waits for it."""
    arguments = map(str, (port, path, clients, seconds, cv_bytes))
    command = (sys.executable, "-m", "bench.load", *arguments)
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def result(process: subprocess.Popen[bytes]) -> Load:
    """Wait for what the load met with; a single wrong answer fails it."""
    said, _ = process.communicate(timeout=_ENDS_WITHIN)
    if process.returncode:
        raise RuntimeError("the load failed, see above")
    return Load(**json.loads(said))


def main() -> None:
    """Apply the load that the command line describes, and print what it met with."""
    port, path, clients, seconds, cv_bytes = sys.argv[1:]
    boards = _Clients(int(port), path, make_cv(int(cv_bytes)), float(seconds))
    boards.run(int(clients))
    took, failed = boards.took, boards.failed
    if failed:
        sys.exit(f"{len(failed)} of {clients} clients failed: {failed[0]}")
    many = len(took) >= 2
    cuts = quantiles(took, n=100, method="inclusive") if many else [inf] * 99
    met = Load(rate=len(took) / float(seconds), p50=cuts[49], p99=cuts[98])
    print(json.dumps(asdict(met)))


if __name__ == "__main__":
    main()
