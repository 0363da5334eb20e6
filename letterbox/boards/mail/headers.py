"""The headers of a message, which a stranger wrote; nothing in them can raise."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import BaseHeader
from email.parser import BytesHeaderParser
from typing import Any

from letterbox.boards.node import storable
from letterbox.domain.charsets import decoded

# To take a value apart costs more than it has bytes: of all headers of a name together
# so many are looked at, and of addresses so many at a time.
_MAX_VALUE = 8 * 1024
_MAX_ADDRESSES = 512
_FOLD = re.compile(r"[\r\n]+[ \t]*")
# Whatever the library raises at what it had not thought of.
_ODD = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, MessageError),
    *(NameError, RecursionError, TypeError, ValueError),
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address, and the name before it; either may be empty."""

    name: str
    address: str


class MessageHeaders:
    """Headers by their names, in the order in which they stand."""

    def __init__(self, block: bytes) -> None:
        read = BytesHeaderParser(policy=policy.compat32).parsebytes(block)
        self.items = [(name, _unfolded(value)) for name, value in read.raw_items()]

    def first(self, name: str) -> str:
        """Return a header's value as it stands; empty where there is none."""
        return next(self._values(name), "")

    def text(self, name: str) -> str:
        """Return a header's value with its encoded words decoded."""
        header = _parsed(name, self.first(name)[:_MAX_VALUE])
        return _text(header if header is not None else self.first(name))

    def mailboxes(self, name: str) -> list[Mailbox]:
        """Return the addresses of a header, whatever stands among them."""
        found: list[Mailbox] = []
        left = _MAX_VALUE
        for value in self._values(name):
            bounded = value[:left]
            # Addresses that are cut off are not those that were meant.
            if bounded != value:
                bounded = bounded.rpartition(",")[0]
            found += mailboxes(bounded)
            left -= len(value)
            if left <= 0:
                break
        return found

    def moment(self, name: str) -> datetime | None:
        """Return a date and time, in UTC."""
        header = _parsed(name, self.first(name)[:_MAX_VALUE])
        moment = getattr(header, "datetime", None)
        if not isinstance(moment, datetime):
            return None
        try:
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return aware.astimezone(UTC)
        except (OverflowError, ValueError):
            return None

    def _values(self, name: str) -> Iterator[str]:
        return (value for one, value in self.items if one.lower() == name)


def mailboxes(value: str) -> list[Mailbox]:
    """Read a list of addresses."""
    return [
        Mailbox(_text(one.display_name), _text(f"{one.username}@{one.domain}"))
        for piece in _pieces(value[:_MAX_VALUE])
        for one in _addresses(piece)
        if one.username and one.domain
    ]


def _addresses(value: str) -> Any:
    return getattr(_parsed("to", value), "addresses", ())


def _pieces(value: str) -> Iterator[str]:
    """Cut a long list between addresses: the library's time grows with the square."""
    while len(value) > _MAX_ADDRESSES:
        # A comma in a name is quoted; one behind a bracket is between addresses.
        end = value.rfind(">,", 0, _MAX_ADDRESSES) + 1
        end = end or value.rfind(",", 0, _MAX_ADDRESSES)
        if end <= 0:
            value = value[_MAX_ADDRESSES:].partition(",")[2]
            continue
        yield value[:end]
        value = value[end + 1 :]
    yield value


def _parsed(name: str, value: str) -> BaseHeader | None:
    try:
        header: BaseHeader = policy.default.header_factory(name, value)
    except _ODD:
        return None
    return header


def _unfolded(value: str) -> str:
    # What is no ASCII is there as surrogates, one for each byte.
    raw = value.encode("ascii", "surrogateescape")
    return _FOLD.sub(" ", decoded(raw)[0]).strip()


def _text(value: object) -> str:
    return str(storable(str(value))).strip()
