"""The HTTP server of the API process."""

import ctypes
import signal
import socket
import sys
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.siblings import Siblings
from letterbox.domain.errors import LetterboxError
from letterbox.logs import set_up_logs
from letterbox.settings import Settings
from letterbox.settings.unread import warn_of_unread_settings
from letterbox_cli.api.http_limits import (
    BACKLOG,
    MAX_CONNECTIONS,
    MAX_HEAD_BYTES,
)
from letterbox_cli.api.small_reads import SMALL_READS
from letterbox_cli.garbage import collect_as_usual
from letterbox_cli.up.free_ports import refuse_port_in_use

_DRAIN_SECONDS = 10
# By malloc.h.
_M_ARENA_MAX = -8


def serve_api(settings: Settings) -> None:
    """Serve the API as configured, until SIGTERM or SIGINT."""
    refuse_port_in_use(settings.api_host, settings.api_port, "LETTERBOX_API_PORT")
    set_up_logs("api", settings.log_level)
    warn_of_unread_settings()
    serve(create_app(settings), settings)


def serve_sockets(
    settings: Settings, sockets: list[socket.socket], siblings: Siblings
) -> None:
    """Serve it as one of several processes, on sockets that the parent listens on."""
    set_up_logs("api")
    warn_of_unread_settings()
    serve(create_app(settings, siblings=siblings), settings, sockets)


def serve(
    app: FastAPI, settings: Settings, sockets: list[socket.socket] | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; requests that have begun are answered first."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.api_host,
            port=settings.api_port,
            access_log=False,
            log_config=None,
            server_header=False,
            http=SMALL_READS,
            h11_max_incomplete_event_size=MAX_HEAD_BYTES,
            ws="none",
            limit_concurrency=MAX_CONNECTIONS,
            backlog=BACKLOG,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
        )
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal once more when it has drained: no failure either.
        signal.signal(number, lambda *_: sys.exit(0))
    _share_one_heap()
    # Modules and routes are 140,000 objects: to look at them all, which comes once in
    # some hundred answers, would keep whoever waits then for 70 ms more.
    collect_as_usual()
    server.run(sockets)
    if not server.started:
        raise LetterboxError("the API did not start: see the log above")


def _share_one_heap() -> None:
    """
    Have glibc keep no heap for each thread: of each it would keep what is free.

    The threads come after this. They allocate while they hold the interpreter's lock:
    none waits for another's heap.
    """
    with suppress(AttributeError):  # Not glibc.
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
