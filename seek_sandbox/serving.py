"""Serve the sandbox, on this machine only."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from seek_sandbox.app import create_sandbox
from seek_sandbox.options import SandboxOptions

HOST = "127.0.0.1"
_DRAIN_SECONDS = 1
_READY_WITHIN = 20
_LOOK_EVERY = 0.01


class NotServedError(Exception):
    """The sandbox did not start, or ended by itself."""


def serve(options: SandboxOptions, port: int) -> None:
    """Serve until SIGTERM or SIGINT (NotServedError where the port is taken)."""
    with _listening(port) as listener:
        server = _server(options)
        server.run(sockets=[listener])
    if not server.started:
        raise NotServedError("the sandbox did not start")


@contextmanager
def served(options: SandboxOptions, port: int = 0) -> Iterator[str]:
    """
    Serve in a thread of its own for as long as the block lasts; give its URL.

    A thread, so that a test which blocks its own loop does not block the sandbox.
    """
    with _listening(port) as listener:
        server = _server(options)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="seek-sandbox"
        )
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _server(options: SandboxOptions) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            create_sandbox(options),
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
            ws="none",
        )
    )


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """Take the port before the server starts, so that its number is known."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            raise NotServedError(f"port {port} is in use") from None
        yield listener


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise NotServedError("the sandbox did not start")
        time.sleep(_LOOK_EVERY)
