"""Ids from outside, made safe to be workflow ids and parts of keys."""

import re
from functools import lru_cache
from hashlib import sha256
from urllib.parse import unquote

_ID_BYTES = 200
_MAX_BOARD_ID = 128
_PART_BYTES = 200
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNSAFE = re.compile(rb"[^A-Za-z0-9._:-]")


def is_usable_id(board_id: str) -> bool:
    """Return whether a board's own id can name an application."""
    is_text = bool(board_id.strip()) and not _CONTROLS.search(board_id)
    return is_text and len(board_id) <= _MAX_BOARD_ID


def application_id(board: str, board_id: str) -> str:
    """
    Name an application, and its workflow, by the board and the board's own id.

    At most 200 bytes: SQL stores behind Temporal keep 255.
    """
    whole = f"{board}:{board_id}"
    encoded = whole.encode()
    if len(encoded) <= _ID_BYTES:
        return whole
    return f"{encoded[:160].decode(errors='ignore')}~{_digest(whole)}"


@lru_cache(maxsize=1024)
def key_part(identifier: str) -> str:
    """Escape an id so that it is one part of a key and nothing else."""
    escaped = _UNSAFE.sub(
        lambda match: b"%%%02X" % match.group()[0], identifier.encode()
    ).decode()
    if len(escaped) <= _PART_BYTES:
        return escaped
    return f"{escaped[:120]}~{_digest(identifier)}"


def from_key_part(part: str) -> str | None:
    """Undo ``key_part``; None where the id was too long to be kept whole."""
    return None if "~" in part else unquote(part)


def _digest(identifier: str) -> str:
    return sha256(identifier.encode()).hexdigest()[:32]
