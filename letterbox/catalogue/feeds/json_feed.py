"""
The entries of a JSON feed: a list, or one object after another as in JSON lines.

Whoever makes lines by hand spoils single ones; the next that is an entry is found.
"""

import json
import re
from collections.abc import Iterator

from letterbox.catalogue.feeds.findings import Findings
from letterbox.catalogue.feeds.job import CONTROL
from letterbox.catalogue.feeds.text import GUESSED
from letterbox.catalogue.feeds.values import position_of, without
from letterbox.domain.errors import MalformedError
from letterbox.domain.positions import Position

NO_FEED = "neither JSON (a list, or one object a line) nor an XML feed"
"""What is said of a file that is something else."""
# No entry is longer; what is broken has its end somewhere before.
_MAX_LENGTH = 1024 * 1024
_BETWEEN = re.compile(r"[ \t\r\n\x1e,]*")
_BLANK = re.compile(r"[ \t\r\n]*")
_NEXT = re.compile(r"[,\[\n\r}]\s*(\{\s*\")")
_REFERENCE = re.compile(r"[^}]{0,200}?\"reference\"\s*:\s*\"([^\"\\\n]{1,200})\"")
_OVERLAP = 64
# How near to the window's edge a fault may be the edge's.
_NEAR = 16
_GUESSED = re.compile(GUESSED)


class JsonFeed:
    """Reads positions from text, and tells ``findings`` what it met."""

    def __init__(self, chunks: Iterator[str], findings: Findings) -> None:
        self._chunks = chunks
        self.findings = findings
        self._decoder = json.JSONDecoder()
        self._lenient = json.JSONDecoder(strict=False)
        self._window = ""
        self._at = 0
        self._count = 0
        # Until an entry is seen, what begins otherwise may be any text with a bracket.
        self._is_foreign = False

    def positions(self) -> Iterator[Position]:
        """Read to the end (MalformedError where there are entries and none is one)."""
        is_list = self._begin()
        read = 0
        while self._next(is_list=is_list):
            self._count += 1
            value = self._value()
            if value is None:
                continue
            entry, is_malformed = value
            self._is_foreign &= not (isinstance(entry, dict) and "reference" in entry)
            position = position_of(entry, self._count, self.findings)
            if position is None:
                continue
            if is_malformed:
                reason = f"entry {self._count}: a byte or character is not allowed"
                self.findings.mend(reason, self._count, position.reference)
            read += 1
            yield position
        if self._count and not read:
            if self._is_foreign:
                raise MalformedError(NO_FEED)
            first = self.findings.faults[0].reason
            raise MalformedError(f"none of {self._count} entries can be read: {first}")

    def _begin(self) -> bool:
        while not (match := _BLANK.match(self._window)) or match.end() == len(
            self._window
        ):
            if not self._widen():
                return False
        self._at = match.end()
        if self._window[self._at] not in "[{":
            self.findings.mend("there is something before the first entry")
            self._is_foreign = True
            self._at = min(
                place
                for mark in "[{"
                if (place := self._window.find(mark, self._at)) >= 0
            )
        is_list = self._window[self._at] == "["
        self._at += is_list
        return is_list

    def _next(self, *, is_list: bool) -> bool:
        """Step to the next entry; False at the end of all."""
        while True:
            match = _BETWEEN.match(self._window, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._window):
                break
            if not self._widen():
                if is_list:
                    self.findings.cut_off = "the list ends in the middle"
                return False
        if is_list and self._window[self._at] == "]":
            self._at += 1
            self._see_the_end()
            return False
        return True

    def _see_the_end(self) -> None:
        while True:
            if self._window[self._at :].strip():
                self.findings.mend("there is something after the list")
                return
            self._at = len(self._window)
            if not self._widen():
                return

    def _value(self) -> tuple[object, bool] | None:
        """Step over the next value; None where it was broken, and passed over."""
        decoder = self._decoder
        while True:
            try:
                value, end = decoder.raw_decode(self._window, self._at)
            except json.JSONDecodeError as error:
                is_control = error.msg.startswith("Invalid control character")
                if is_control and decoder is self._decoder:
                    decoder = self._lenient
                    continue
                is_cut = (
                    error.pos > len(self._window) - _NEAR
                    or error.msg.startswith("Unterminated string")
                    or error.msg.startswith("Invalid \\")
                )
                if is_cut and self._is_short() and self._widen():
                    continue
            except (ValueError, RecursionError):
                pass  # Digits without end, or brackets.
            else:
                if end == len(self._window) and isinstance(value, int | float):
                    if self._widen():  # More digits, perhaps.
                        continue
                    end = len(self._window)
                self._at = end
                return _tidied(value, is_malformed=decoder is self._lenient)
            self._pass_over()
            return None

    def _pass_over(self) -> None:
        """Skip what is broken, up to the next that reads as an entry, or its end."""
        reason = f"entry {self._count} is not JSON, or longer than 1 MiB"
        named = _REFERENCE.match(self._window, self._at)
        self.findings.skip(reason, self._count, named[1] if named else None)
        searched = self._at + 1
        while True:
            for match in _NEXT.finditer(self._window, searched):
                if self._is_entry(match.start(1)):
                    self._at = match.start(1)
                    return
            end = re.compile(r"\]\s*$").search(self._window, max(searched, self._at))
            kept = max(self._at, len(self._window) - _MAX_LENGTH)
            searched = max(kept, len(self._window) - _OVERLAP)
            self._at = kept
            before = len(self._window)
            if not self._widen():
                # Of a list, its end may be all that is left.
                self._at = end.start() if end else before
                if not end and not self._window.rstrip().endswith("}"):
                    self.findings.cut_off = "the last entry is cut off"
                return
            searched -= kept

    def _is_entry(self, place: int) -> bool:
        try:
            value, _ = self._decoder.raw_decode(self._window, place)
        except (ValueError, RecursionError):
            return False
        return isinstance(value, dict) and "reference" in value

    def _is_short(self) -> bool:
        return len(self._window) - self._at < _MAX_LENGTH

    def _widen(self) -> bool:
        more = next(self._chunks, None)
        if more is None:
            return False
        self._window = self._window[self._at :] + more
        self._at = 0
        return True


def _tidied(value: object, *, is_malformed: bool) -> tuple[object, bool]:
    """Take out what no text may hold, and tell whether there was any of it."""
    try:
        entry = without(value, CONTROL if is_malformed else _GUESSED)
    except RecursionError:
        # What is nested so deeply is no field of ours; what is plain may be.
        fields = value.items() if isinstance(value, dict) else ()
        plain = {name: item for name, item in fields if isinstance(item, str | int)}
        return without(plain, CONTROL), True
    return entry, is_malformed or entry != value
