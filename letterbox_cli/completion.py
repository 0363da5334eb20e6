"""What a shell completes from the store, within a second: ids and references."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from itertools import islice

_MAX_SECONDS = 1.0
_MAX_SHOWN = 50
# What is the same in a key as it is typed.
_PLAIN = re.compile(r"[A-Za-z0-9:._-]*")


def application_ids(incomplete: str) -> list[str]:
    """Complete the id of an open application."""
    return _bounded(lambda: _application_ids(incomplete))


def references(incomplete: str) -> list[str]:
    """Complete the reference of a position."""
    return _bounded(lambda: _references(incomplete))


def boards(incomplete: str) -> list[str]:
    """Complete the name of a board."""
    from letterbox.boards import discover

    return [name for name in discover() if name.startswith(incomplete)]


def _bounded(
    candidates: Callable[[], Iterator[str]], seconds: float = _MAX_SECONDS
) -> list[str]:
    """Take what there is within a second; nothing where the store cannot be read."""
    found: list[str] = []

    def collect() -> None:
        try:
            for candidate in islice(candidates(), _MAX_SHOWN):
                found.append(candidate)  # noqa: PERF402 seen while it goes on
        except Exception:  # noqa: BLE001 whoever pressed a key sees no traceback
            return

    thread = threading.Thread(target=collect, daemon=True)
    thread.start()
    thread.join(seconds)
    return list(found)


def _application_ids(incomplete: str) -> Iterator[str]:
    from letterbox.domain import keys
    from letterbox.domain.ids import from_key_part
    from letterbox_cli.context import open_store

    typed = incomplete if _PLAIN.fullmatch(incomplete) else ""
    last = ""
    for stored in open_store().list(f"{keys.APPLICATIONS}{typed}"):
        part = stored.key.removeprefix(keys.APPLICATIONS).partition("/")[0]
        if part == last:
            continue
        last = part
        application_id = from_key_part(part)
        if application_id and application_id.startswith(incomplete):
            yield application_id


def _references(incomplete: str) -> Iterator[str]:
    from letterbox.catalogue.lookup import load_every
    from letterbox.domain.positions import PositionStatus, normalise
    from letterbox_cli.context import open_store

    prefix, last = normalise(incomplete), ""
    for position in load_every(open_store()):
        is_there = position.status is not PositionStatus.REMOVED
        is_new = position.reference != last
        if is_there and is_new and normalise(position.reference).startswith(prefix):
            last = position.reference
            yield position.reference
