"""Finds words in a text, in a time that grows with its length and with nothing else."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

_MAX_PASSAGES = 5
_AROUND = 80
_BLANKS = re.compile(r"\s+")
_SEVERAL_BLANKS = re.compile(r"\s{2,}")
# What ``lower`` makes longer, or leaves apart from what is the same letter.
_SAME_LETTERS = {"\u0130": "i", "\u03c2": "\u03c3", "\u017f": "s", "\xb5": "\u03bc"}


@dataclass(frozen=True, slots=True)
class Passage:
    """Where the words are, and what stands around them."""

    before: str
    words: str
    after: str


def passages_of(text: str, words: str) -> tuple[list[Passage], int]:
    """
    Find words, in any case, and wherever their line was broken.

    Return the first passages, and how many there are. No regular expression looks for
    them: a stranger wrote the text, and can write one in which it would take seconds,
    in which no board gets an answer.
    """
    folded, wanted = (_folded(_BLANKS.sub(" ", one)) for one in (text, words.strip()))
    original = _Places(text)
    found: list[Passage] = []
    at = folded.find(wanted)
    while at >= 0 and len(found) < _MAX_PASSAGES:
        end = at + len(wanted)
        found.append(_passage(text, original.of(at), original.of(end)))
        at = folded.find(wanted, end)
    return found, folded.count(wanted)


def _passage(text: str, start: int, end: int) -> Passage:
    before, after = text[max(start - _AROUND, 0) : start], text[end : end + _AROUND]
    return Passage(before, text[start:end], after)


def _folded(text: str) -> str:
    """Return a text in small letters, each in its place."""
    lowered = text.replace("\u0130", "i").lower()
    for letter, same in _SAME_LETTERS.items():
        lowered = lowered.replace(letter, same)
    return lowered


class _Places:
    """Where in a text is what one is told of the same text with single blanks."""

    def __init__(self, text: str) -> None:
        runs = [match.span() for match in _SEVERAL_BLANKS.finditer(text)]
        self._left_out = [0, *accumulate(end - start - 1 for start, end in runs)]
        self._ends = [
            end - left_out
            for (_, end), left_out in zip(runs, self._left_out[1:], strict=True)
        ]

    def of(self, place: int) -> int:
        return place + self._left_out[bisect_right(self._ends, place)]
