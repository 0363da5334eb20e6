"""Read many JSON values from one file without holding them all."""

import codecs
import json
import re
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from domain.errors import MalformedError

_CHUNK = 64 * 1024
_LONGEST = 1024 * 1024
_FILLED = re.compile(r"[^ \t\r\n]")


def json_values(file: BinaryIO) -> Iterator[object]:
    """
    Walk a list's values, or values one after another as in JSON lines.

    None may be longer than about 1 MiB (MalformedError, as for what is no JSON).
    """
    reader = _Reader(file)
    if reader.peek() != "[":
        while reader.peek():
            yield reader.value()
        return
    reader.take()
    mark = reader.take() if reader.peek() == "]" else ","
    while mark == ",":
        yield reader.value()
        mark = reader.take()
    if mark != "]" or reader.peek():
        raise MalformedError(f"the list does not end after entry {reader.count}")


class _Reader:
    """Holds a window of the text, little more than a value and a chunk wide."""

    def __init__(self, file: BinaryIO) -> None:
        chunks = iter(partial(file.read, _CHUNK), b"")
        self._chunks = codecs.iterdecode(chunks, "utf-8-sig")
        self._decoder = json.JSONDecoder()
        self._window = ""
        self._at = 0
        self.count = 0

    def peek(self) -> str:
        """Tell the next character that is not blank; empty at the end."""
        while not (found := _FILLED.search(self._window, self._at)):
            self._at = len(self._window)
            if not self._widen():
                return ""
        self._at = found.start()
        return found[0]

    def take(self) -> str:
        """Step over the next character."""
        character = self.peek()
        self._at += 1
        return character

    def value(self) -> object:
        """Step over the next value."""
        self.peek()
        self.count += 1
        while True:
            try:
                value, self._at = self._decoder.raw_decode(self._window, self._at)
            except (ValueError, RecursionError):
                # Broken, or cut by the window's edge: only more text can tell.
                if len(self._window) - self._at < _LONGEST and self._widen():
                    continue
                raise MalformedError(
                    f"entry {self.count} is not JSON, or longer than 1 MiB"
                ) from None
            return value

    def _widen(self) -> bool:
        try:
            more = next(self._chunks, None)
        except UnicodeDecodeError:
            raise MalformedError("the JSON is not UTF-8") from None
        self._window = self._window[self._at :] + (more or "")
        self._at = 0
        return more is not None
