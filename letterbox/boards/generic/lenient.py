"""JSON as a model has it; what does not fit is left out, and its sender is told."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, cast

from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import ErrorDetails

_Model = TypeVar("_Model", bound=BaseModel)
_Path = tuple[str | int, ...]
# What is left out may show what else does not fit, such as an item that is empty now.
# Each round goes up by a level at least.
_MAX_ROUNDS = 20
# Of more mistakes than these it is not told one by one: each of many answers has a
# field too much, or a whole part means another format.
_MAX_FAULTS = 1000
_MOST = "most of it is not in this format"
_NO_TEXT = "string_type"


@dataclass(frozen=True, slots=True)
class Fitted(Generic[_Model]):
    """What fits a model, and for each place where something does not: why."""

    model: _Model
    faults: dict[_Path, str]


def fitted(value: dict[str, JsonValue], model: type[_Model]) -> Fitted[_Model]:
    """
    Read a value as a model that makes do with nothing; it may lack what it requires.

    A null is as good as nothing, and a number as text.
    """
    faults: dict[_Path, str] = {}
    left: Any = _without_nulls(value)
    extra: Literal["forbid", "ignore"] = "forbid"
    for _ in range(_MAX_ROUNDS):
        try:
            return Fitted(model.model_validate(left, extra=extra), faults)
        except ValidationError as error:
            found = error.errors(
                include_url=False, include_context=False, include_input=False
            )
        places = [(_place(left, fault["loc"]), fault) for fault in found]
        mended = [_became_text(left, path, fault) for path, fault in places]
        if any(mended):
            continue
        if len(places) > _MAX_FAULTS:
            faults[()] = _MOST
            if extra == "ignore":
                del left[_part_of_most(places)]
            extra = "ignore"
            continue
        for path, fault in _outermost(places):
            faults[path] = _problem(fault)
            _leave_out(left, path)
    faults[()] = _MOST
    return Fitted(model.model_construct(), faults)


def _part_of_most(places: Sequence[tuple[_Path, ErrorDetails]]) -> str | int:
    """Return the part in which most faults are: all others may be understood."""
    counted = Counter(path[0] for path, _ in places if path)
    return counted.most_common(1)[0][0]


def _problem(fault: ErrorDetails) -> str:
    match fault["type"]:
        case "extra_forbidden":
            return "this format has no such field"
        case "missing":
            return f"{fault['loc'][-1]} is absent"
    return fault["msg"]


def _without_nulls(value: JsonValue) -> JsonValue:
    """Copy a value without its nulls."""
    if isinstance(value, dict):
        return {
            key: _without_nulls(item) for key, item in value.items() if item is not None
        }
    if isinstance(value, list):
        return [_without_nulls(item) for item in value if item is not None]
    return value


def _place(value: JsonValue, location: Sequence[str | int]) -> _Path:
    """Follow a location for as far as there is something; it names types as well."""
    path: list[str | int] = []
    below: Any = value
    for step in location:
        if isinstance(below, list) and isinstance(step, str):
            continue
        if not isinstance(below, list) and not (
            isinstance(below, dict) and step in below
        ):
            break
        below = cast("Any", below)[step]
        path.append(step)
    return tuple(path)


def _became_text(value: Any, path: _Path, fault: ErrorDetails) -> bool:
    """Write a number as text, where a text is wanted."""
    if fault["type"] != _NO_TEXT or not path:
        return False
    parent = _parent(value, path)
    number = parent[path[-1]]
    if not isinstance(number, int | float):
        return False
    parent[path[-1]] = str(number).lower()
    return True


def _outermost(
    places: Sequence[tuple[_Path, ErrorDetails]],
) -> Iterator[tuple[_Path, ErrorDetails]]:
    """Yield each place that lies in no other; of a list the last item first."""
    found = dict(places)
    for path in sorted(found, reverse=True):
        if not any(path[:length] in found for length in range(len(path))):
            yield path, found[path]


def _leave_out(value: Any, path: _Path) -> None:
    if path:
        del _parent(value, path)[path[-1]]
    else:
        value.clear()


def _parent(value: Any, path: _Path) -> Any:
    for step in path[:-1]:
        value = value[step]
    return value
