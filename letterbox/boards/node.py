"""JSON from a board, read so that nothing in it can raise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue

from letterbox.domain.retention import LAST_YEAR

_MAX_DIGITS = 300


@dataclass(frozen=True, slots=True)
class Node:
    """
    A value somewhere in the JSON; what is absent or malformed there reads as nothing.

    True where it is an object with something in it.
    """

    value: JsonValue

    def __bool__(self) -> bool:
        return isinstance(self.value, dict) and bool(self.value)

    def node(self, *path: str) -> "Node":
        """Go down by keys."""
        value = self.value
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return Node(value)

    def nodes(self, *path: str) -> Iterator["Node"]:
        """Go through the objects of a list."""
        return (node for node in map(Node, self._items(*path)) if node)

    def text(self, *path: str) -> str | None:
        """Read text as it was sent; blank text is none."""
        value = self.node(*path).value
        return value if isinstance(value, str) and value.strip() else None

    def word(self, *path: str) -> str | None:
        """Read text, or a number as it is written."""
        value = self.node(*path).value
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return str(value) if is_number else Node(value).text()

    def texts(self, *path: str) -> tuple[str, ...]:
        """Read a list of texts."""
        texts = (Node(item).text() for item in self._items(*path))
        return tuple(text for text in texts if text is not None)

    def listed(self, *path: str) -> tuple[str, ...]:
        """Read text as a list: of one, or of none."""
        text = self.text(*path)
        return () if text is None else (text,)

    def identifier(self, *path: str) -> str | None:
        """Read an id: ``{"value": id}`` in GraphQL, the id alone in events."""
        node = self.node(*path)
        return node.text() or node.text("value")

    def flag(self, *path: str) -> bool | None:
        """Read true or false; None is unknown."""
        value = self.node(*path).value
        return value if isinstance(value, bool) else None

    def moment(self, *path: str) -> datetime | None:
        """Read a date-time, in UTC; one without a zone is in UTC already."""
        try:
            moment = datetime.fromisoformat(self.text(*path) or "")
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
            moment = moment.astimezone(UTC)
        except (ValueError, OverflowError):
            return None
        return moment if moment.year <= LAST_YEAR else None

    def _items(self, *path: str) -> list[JsonValue]:
        value = self.node(*path).value
        return value if isinstance(value, list) else []


def whole_number(digits: str) -> int | str:
    """Read an integer; one with more digits than Python reads stays text."""
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


def storable(value: JsonValue) -> JsonValue:
    """
    Make JSON fit to be kept: half an emoji becomes U+FFFD.

    Python's parser lets lone surrogates through, and no UTF-8 can hold them.
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {_text(key): storable(item) for key, item in value.items()}
    return value


def _text(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
