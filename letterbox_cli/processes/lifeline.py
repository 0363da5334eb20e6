"""
Ends a child whose parent is gone, whatever the reason.

The parent holds the other end of the child's standard input and writes nothing: when it
ends, even by SIGKILL, the system closes that pipe. So there is no moment in which a
child is started and nobody knows of it.
"""

import os
import signal
import threading
import time

DRAIN_SECONDS = 25
"""How long a child may take to end. Longer than a worker takes to drain."""
_STANDARD_INPUT = 0


def end_with_parent() -> None:
    """End this process, as by SIGTERM and then by SIGKILL, once its parent has."""
    threading.Thread(target=_watch, name="lifeline", daemon=True).start()


def _watch() -> None:
    while os.read(_STANDARD_INPUT, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(DRAIN_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
