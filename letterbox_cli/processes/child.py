"""
One of several processes: ``python -m letterbox_cli.processes.child``.

What it is comes as arguments from its parent, which is the only one to call it:
``worker NUMBER METRICS-ADDRESS`` or ``api NUMBER ADDRESSES DESCRIPTOR…``.
"""

import os
import socket
import sys
from collections.abc import Callable
from typing import NoReturn

from letterbox_cli.garbage import collect_as_usual, collect_seldom
from letterbox_cli.processes.lifeline import end_with_parent


def _work(number: str, metrics_address: str) -> None:
    import asyncio

    from letterbox.settings import load_settings
    from worker import run_worker

    _number_logs(number)
    settings = load_settings()
    collect_as_usual()
    changed = settings.model_copy(update={"worker_metrics": metrics_address})
    asyncio.run(run_worker(changed))


def _serve(number: str, addresses: str, *descriptors: str) -> None:
    from api.siblings import Siblings
    from letterbox.settings import load_settings
    from letterbox_cli.api.server import serve_sockets

    _number_logs(number)
    serve_sockets(
        load_settings(),
        [socket.socket(fileno=int(descriptor)) for descriptor in descriptors],
        Siblings(int(number), addresses.split(",")),
    )


def _number_logs(number: str) -> None:
    """Add the number of this process to each line of its log."""
    from structlog.contextvars import bind_contextvars

    bind_contextvars(process_number=int(number))


def main() -> NoReturn:
    """Run it, and end with its exit code; the parent says in words what that means."""
    # Before anything is imported that takes time: the parent may end meanwhile.
    end_with_parent()
    collect_seldom()
    from letterbox_cli.exit_codes import exit_code_of

    kind, *arguments = sys.argv[1:]
    kinds: dict[str, Callable[..., None]] = {"worker": _work, "api": _serve}
    run = kinds[kind]
    code = exit_code_of(lambda: run(*arguments))
    sys.stdout.flush()
    sys.stderr.flush()
    # Not by the interpreter's own exit: see letterbox_cli.main.
    os._exit(code)


if __name__ == "__main__":
    main()
