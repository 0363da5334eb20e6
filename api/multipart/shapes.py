"""What refused forms are made of, so that a board's new format is noticed."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypedDict

import structlog
from prometheus_client import Counter

from api.multipart.headers import PartHeaders
from letterbox.boards.base import FieldSpec
from letterbox.multipart.transfer_encodings import Sink

# Names are a program's and not a person's; whatever else is sent in their place is not
# repeated.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.\-\[\]]{0,39}")
_TYPE = re.compile(r"[A-Za-z]{1,20}/[A-Za-z0-9.+\-]{1,80}")
_MAX_PARTS = 40

log = structlog.get_logger()


class Part(TypedDict):
    """What is logged of one part; ``size`` is as it was transferred."""

    name: str
    type: str
    is_file: bool
    size: int


class FormShape:
    """
    The parts of a form without anything that a person wrote.

    ``fields`` are those that its board is known to send.
    """

    def __init__(self, fields: Mapping[str, FieldSpec]) -> None:
        self.fields = fields
        self.parts: list[Part] = []

    def add(self, headers: PartHeaders) -> Callable[[Sink], Sink]:
        """Note that a part begins; return what measures it on its way to its sink."""
        declared = (headers.declared_type or "").partition(";")[0].strip()
        part: Part = {
            "name": _fit(_NAME, headers.name),
            "type": _fit(_TYPE, declared),
            "is_file": headers.filename is not None,
            "size": 0,
        }
        if len(self.parts) < _MAX_PARTS:
            self.parts.append(part)
        return partial(_Measured, part)

    @property
    def is_familiar(self) -> bool:
        """Whether it consists of the fields that its board is known to send."""
        return all(part["name"] in self.fields for part in self.parts)


class _Measured:
    def __init__(self, part: Part, sink: Sink) -> None:
        self._part = part
        self._sink = sink

    def write(self, data: bytes) -> None:
        self._part["size"] += len(data)
        self._sink.write(data)

    def finalize(self) -> None:
        self._sink.finalize()


def note_refused_form(refused: Counter, board: str, shape: FormShape) -> None:
    """Count a form that was refused, and log what it is made of."""
    kind = "familiar" if shape.is_familiar else "unfamiliar"
    refused.labels(board, kind).inc()
    log.info("form refused", board=board, parts=shape.parts)


def _fit(pattern: re.Pattern[str], text: str) -> str:
    if not text:
        return ""
    return text if pattern.fullmatch(text) else "?"
