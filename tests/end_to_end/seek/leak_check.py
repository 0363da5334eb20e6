"""Nothing of a candidate reaches Temporal or a log: asked of every test here."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue
from structlog.testing import capture_logs
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from letterbox.domain.submission import Submission

# The person who applies by default, whatever is left of her in the store.
_ALWAYS = frozenset({"Greenholt", "ella.greenholt", "I like letters"})
_PERSONAL = frozenset(
    {"given", "family", "formattedName", "address", "formattedNumber", "line"}
)
# Anything shorter turns up in ids by chance.
_TELLING = 5


@dataclass(frozen=True, slots=True)
class Overheard:
    """What all of the process logged."""

    ours: list[Any] = field(default_factory=list)
    """One dictionary a line."""
    theirs: list[str] = field(default_factory=list)
    """Lines of libraries."""

    def said(self, event: str) -> list[dict[str, Any]]:
        """Find lines of ours."""
        return [line for line in self.ours if line["event"] == event]

    def __str__(self) -> str:
        return "\n".join([*map(str, self.ours), *self.theirs])


class _Listener(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


@contextmanager
def overheard() -> Iterator[Overheard]:
    """Listen to everybody, as loud as in production, for as long as the block lasts."""
    root = logging.getLogger()
    theirs: list[str] = []
    listener, level = _Listener(theirs), root.level
    root.addHandler(listener)
    root.setLevel(logging.INFO)
    try:
        with capture_logs() as ours:
            yield Overheard(ours, theirs)
    finally:
        root.setLevel(level)
        root.removeHandler(listener)


def secrets_of(views: Iterator[Submission]) -> frozenset[str]:
    """Tell what must not get about, from what the board said of candidates."""
    found = set(_ALWAYS)
    for view in views:
        found.update(one.filename for one in view.documents if one.filename)
        found.update(_personal(view.said))
    return frozenset(one for one in found if len(one) >= _TELLING) - {"redacted"}


def _personal(value: JsonValue) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _personal(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if isinstance(one, str) and key in _PERSONAL:
                yield one
            yield from _personal(one)


def told(secrets: frozenset[str], text: bytes) -> list[str]:
    """Find those that are told."""
    return sorted(one for one in secrets if one.encode() in text)


async def history(client: Client, workflow_id: str) -> bytes:
    """Give all that Temporal knows of a workflow's last run; nothing of none."""
    handle = client.get_workflow_handle(workflow_id)
    try:
        events = (await handle.fetch_history()).events
    except RPCError as absent:
        if absent.status is not RPCStatusCode.NOT_FOUND:
            raise
        return b""
    # In this form, payloads are as they were sent.
    return b"\n".join(event.SerializeToString() for event in events)
