"""The compatible form of what people type, in a time that a stranger cannot choose."""

import unicodedata
from typing import Literal

MAX_LENGTH = 4096
"""Longer than any name, reference or address; nothing longer is one."""


def folded(text: str, form: Literal["NFKC", "NFKD"] = "NFKC") -> str:
    """
    Return the normal form of a text; one that is too long to be a name stays as it is.

    The time for marks that are out of order grows with the square of their number, and
    Python does nothing else meanwhile: half a megabyte of them takes minutes.
    """
    return unicodedata.normalize(form, text) if len(text) <= MAX_LENGTH else text
