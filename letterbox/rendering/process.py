"""Reads and draws documents in a limited process for each, a few at a time."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import BinaryIO, cast

from letterbox.domain.documents.kinds import TEXT_EXTENSIONS
from letterbox.domain.errors import NotFoundError, RenderingBusyError
from letterbox.rendering.messages import (
    MAX_ANSWER,
    MAX_SECONDS,
    Heading,
    RenderingTrouble,
)
from letterbox.streams import copy

_AT_ONCE = 2
_MAX_WAIT = 20.0
_MAX_HEADING = 1000
_CHILD = (sys.executable, "-I", "-m", "letterbox.rendering.child")
_WORDS = {
    RenderingTrouble.PASSWORD: "the document is protected by a password",
    RenderingTrouble.BROKEN: (
        "the document is damaged, or needs too much time or memory"
    ),
    RenderingTrouble.NO_SUCH_PAGE: "the document has no such page",
    RenderingTrouble.NO_TEXT: "there is no text in the document: it may be a scan",
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text in UTF-8, or a PNG."""

    body: bytes
    pages: int | None
    """How many pages a PDF has."""
    is_cut: bool
    """Whether there is more text than is read."""


class Rendering:
    """
    Starts the process, and ends it when its time is over. Blocking.

    NotFoundError says why there is no text or picture; RenderingBusyError: not now.
    """

    def __init__(
        self,
        at_once: int = _AT_ONCE,
        *,
        max_wait: float = _MAX_WAIT,
        max_seconds: float = MAX_SECONDS,
        command: Sequence[str] = _CHILD,
    ) -> None:
        self._places = BoundedSemaphore(at_once)
        self._max_wait = max_wait
        self._max_seconds = max_seconds
        self._command = command

    def text(self, document: Iterable[bytes], kind: str) -> Rendered:
        """Read the text; ``kind`` is one of TEXT_EXTENSIONS."""
        if kind not in TEXT_EXTENSIONS:
            raise NotFoundError(f"there is no text of a document of the type {kind}")
        return self._run(document, "text", kind)

    def page(self, document: Iterable[bytes], number: int, width: int) -> Rendered:
        """Draw a page of a PDF, numbered from 1, so many pixels wide."""
        return self._run(document, "page", str(number), str(width))

    def _run(self, document: Iterable[bytes], *arguments: str) -> Rendered:
        if not self._places.acquire(timeout=self._max_wait):
            raise RenderingBusyError(
                "too many documents are being read at the moment: try again in a minute"
            )
        try:
            with TemporaryFile() as source, TemporaryFile() as answer:
                copy(document, source)
                source.seek(0)
                files = cast("BinaryIO", source), cast("BinaryIO", answer)
                if not self._ends_well(*files, arguments):
                    raise NotFoundError(_WORDS[RenderingTrouble.BROKEN])
                answer.seek(0)
                return _rendered(cast("BinaryIO", answer))
        finally:
            self._places.release()

    def _ends_well(
        self, source: BinaryIO, answer: BinaryIO, arguments: tuple[str, ...]
    ) -> bool:
        with subprocess.Popen(  # noqa: S603 our own module; no argument is a stranger's
            [*self._command, *arguments],
            stdin=source,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            # Settings hold secrets.
            env={},
            cwd="/",
            start_new_session=True,
        ) as child:
            try:
                return child.wait(self._max_seconds) == 0
            except subprocess.TimeoutExpired:
                return False
            finally:
                if child.poll() is None:
                    os.killpg(child.pid, signal.SIGKILL)


def _rendered(answer: BinaryIO) -> Rendered:
    try:
        heading = Heading(**json.loads(answer.readline(_MAX_HEADING)))
        trouble = RenderingTrouble(heading.trouble) if heading.trouble else None
    except (ValueError, TypeError):
        trouble = RenderingTrouble.BROKEN
    if trouble:
        raise NotFoundError(_WORDS[trouble])
    return Rendered(answer.read(MAX_ANSWER), heading.pages, heading.is_cut)
