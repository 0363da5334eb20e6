"""The worker of production, but that a document with a certain word ends it."""

import asyncio
import os
import signal
from typing import BinaryIO

from letterbox.domain.documents import DocumentKind, recognise
from letterbox.settings import load_settings
from worker import run_worker

DEADLY = b"a document that ends whoever looks into it"


def recognise_or_die(document: BinaryIO) -> DocumentKind:
    """Die as the kernel lets die whoever takes too much memory."""
    document.seek(0)
    if DEADLY in document.read():
        os.kill(os.getpid(), signal.SIGKILL)
    return recognise(document)


if __name__ == "__main__":
    asyncio.run(run_worker(load_settings(), recognise_or_die))
