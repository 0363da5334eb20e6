"""What is wrong with settings, in words of ours rather than of a library."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from letterbox.settings.sources import PREFIX, Unusable

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}
_WORDS = {
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
}


def mistakes_in(error: ValidationError) -> dict[str, str]:
    """Return a sentence for each wrong setting, by the name that pydantic uses."""
    mistakes: dict[str, str] = {}
    for detail in error.errors(include_url=False):
        name = str(detail["loc"][0])
        mistakes.setdefault(name, _sentence(variable_of(name), detail))
    return mistakes


def variable_of(name: str) -> str:
    """Return the environment variable of a setting, by its name or its alias."""
    return name if name.isupper() else f"{PREFIX}{name}".upper()


def others(mistakes: Iterable[str], wrong: Collection[str]) -> list[str]:
    """Leave out what only follows from variables that are wrong themselves."""
    return [
        mistake
        for mistake in mistakes
        if not any(variable in mistake for variable in wrong)
    ]


def _sentence(variable: str, detail: "ErrorDetails") -> str:
    if isinstance(detail["input"], Unusable):
        return detail["input"].reason
    return f"{variable}: {_problem(detail['type'], detail.get('ctx', {}))}"


def _problem(kind: str, context: Mapping[str, Any]) -> str:
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f"must be {words} {context[key]}"
    if kind in {"enum", "literal_error"}:
        return f"must be {context['expected']}".replace("'", "")
    if kind == "value_error":
        return str(context["error"])
    return _WORDS.get(kind, "is not valid")
