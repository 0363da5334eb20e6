"""Where things lie in what LinkedIn posts: at the top, or wrapped once or twice."""

from collections.abc import Iterator

from pydantic import JsonValue

from letterbox.boards.node import Node

_DEMOGRAPHIC = "voluntaryselfidentification"
_CONTACT = "contactInformationQuestionResponses"
_ADDRESS, _URN = "mediaUrl", "mediaUrn"


def layers(payload: JsonValue) -> tuple[Node, ...]:
    """Return the objects that may hold a key, the outermost first."""
    top = Node(payload)
    wrapped = top.node("jobApplication")
    return top, wrapped, wrapped.node("applicant"), top.node("applicant")


def find(payload: JsonValue, name: str) -> Node:
    """Return what goes by a name, wherever LinkedIn has put it."""
    found = (layer.node(name) for layer in layers(payload))
    return next((node for node in found if node.value is not None), Node(None))


def responses(payload: JsonValue) -> Node:
    """Return the answers of the form: in a container, or beside the rest."""
    for layer in layers(payload):
        for node in (layer.node("questionResponses"), layer):
            if node.node(_CONTACT):
                return node
    return find(payload, "questionResponses")


def media(value: JsonValue) -> Iterator[tuple[str, str]]:
    """Yield id and address of each document that is named within."""
    if isinstance(value, list):
        for item in value:
            yield from media(item)
    elif isinstance(value, dict):
        node = Node(value)
        if address := node.text(_ADDRESS):
            # Whatever signs an address may differ each time; the document does not.
            yield node.text(_URN) or address, address
        for item in value.values():
            yield from media(item)


def without_addresses(value: JsonValue) -> JsonValue:
    """Leave the addresses of what has an id out: another try may have others."""
    if isinstance(value, list):
        return [without_addresses(item) for item in value]
    if isinstance(value, dict):
        has_id = Node(value).text(_URN) is not None
        return {
            key: without_addresses(item)
            for key, item in value.items()
            if not (has_id and key == _ADDRESS)
        }
    return value


def take_demographics(payload: dict[str, JsonValue]) -> JsonValue:
    """Remove and return all that tells what people are; None where there is none."""
    taken: dict[str, JsonValue] = {}
    _take(payload, "", taken)
    return taken or None


def _take(value: JsonValue, path: str, taken: dict[str, JsonValue]) -> None:
    if isinstance(value, list):
        for number, item in enumerate(value):
            _take(item, f"{path}{number}.", taken)
    elif isinstance(value, dict):
        for key in list(value):
            if key.casefold().startswith(_DEMOGRAPHIC):
                taken[f"{path}{key}"] = value.pop(key)
            else:
                _take(value[key], f"{path}{key}.", taken)
