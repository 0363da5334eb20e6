"""Starts the children of ``letterbox worker`` and ``letterbox api``."""

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Sequence
from contextlib import ExitStack

from letterbox.domain.errors import RefusedError
from letterbox.expositions import free_loopback_address
from letterbox.logs import set_up_logs
from letterbox.settings import Settings
from letterbox_cli.garbage import collect_as_usual
from letterbox_cli.processes.supervisor import Supervisor
from letterbox_cli.processes.worker_metrics import metrics_of_workers
from letterbox_cli.up.free_ports import refuse_port_in_use

_CHILD = (sys.executable, "-P", "-m", "letterbox_cli.processes.child")


def run_workers(settings: Settings, count: int) -> None:
    """Run so many worker processes; their metrics are one page at one address."""
    set_up_logs("worker")
    addresses: dict[int, str] = {}

    async def start(number: int) -> Process:
        if settings.worker_metrics:
            # A new one each time: the last process's port may not be free yet.
            addresses[number] = free_loopback_address()
        return await _start("worker", str(number), addresses.get(number, ""))

    with metrics_of_workers(settings.worker_metrics, addresses):
        asyncio.run(_supervise(Supervisor(kind="worker", count=count, start=start)))


def run_apis(settings: Settings, count: int) -> None:
    """
    Run so many API processes that accept from one listening socket.

    Whichever is free accepts next, so that connections go where there is time for
    them, and none waits for a process that has ended or hangs: with SO_REUSEPORT each
    process would have a queue of its own, and what is in it would be lost with it.
    """
    refuse_port_in_use(settings.api_host, settings.api_port, "LETTERBOX_API_PORT")
    set_up_logs("api")
    with ExitStack() as sockets:
        shared = [
            sockets.enter_context(bound)
            for bound in _bound(settings.api_host, settings.api_port)
        ]
        # Where each answers for itself; kept here, so that a restart changes nothing.
        own = [
            sockets.enter_context(bound)
            for _ in range(count)
            for bound in _bound("127.0.0.1", 0)
        ]
        addresses = ",".join(_address(each) for each in own)

        async def start(number: int) -> Process:
            descriptors = [each.fileno() for each in (*shared, own[number - 1])]
            return await _start(
                "api", str(number), addresses, *map(str, descriptors), hand=descriptors
            )

        supervisor = Supervisor(
            kind="api", count=count, start=start, before_end=sockets.close
        )
        asyncio.run(_supervise(supervisor))


async def _supervise(supervisor: Supervisor) -> None:
    collect_as_usual()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # A second signal changes nothing: the first has all of them end in time.
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await supervisor.run(stop)


async def _start(*arguments: str, hand: Sequence[int] = ()) -> Process:
    return await asyncio.create_subprocess_exec(
        *_CHILD,
        *arguments,
        # Nothing is written to it: see lifeline.
        stdin=asyncio.subprocess.PIPE,
        pass_fds=hand,
        # Ctrl-C reaches the whole group; this process decides when they end.
        start_new_session=True,
    )


def _bound(host: str, port: int) -> list[socket.socket]:
    """
    Bind wherever a host's name leads to, as asyncio does for one process.

    The children listen: until one of them is ready, connections are refused.
    """
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    distinct = {(family, address) for family, _, _, _, address in addresses}
    made = []
    try:
        for family, address in sorted(distinct):
            bound = socket.socket(family, socket.SOCK_STREAM)
            made.append(bound)
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            bound.bind(address)
            bound.setblocking(False)
    except OSError as error:
        for each in made:
            each.close()
        raise RefusedError(
            f"port {port} cannot be had at {host} ({error.strerror}): see "
            "LETTERBOX_API_HOST and LETTERBOX_API_PORT"
        ) from None
    return made


def _address(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"{host}:{port}"
