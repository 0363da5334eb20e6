"""Commands whose help and messages are in one voice, Typer's own left aside."""

from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

_Function = TypeVar("_Function", bound=Callable[..., Any])

_FIRST_WORDS = {"Value error, ": "", "Input should be ": "must be "}


class Command(TyperCommand):
    """A command that names its options' values by a word, and flags by none."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        paragraphs = (settings.get("help") or "").split("\n\n")
        # A terminal breaks lines where it ends, not where the source does.
        text = "\n\n".join(" ".join(lines.split()) for lines in paragraphs)
        super().__init__(*args, **{**settings, "help": text or None})

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters as the help shows them."""
        return [_named(param) for param in super().get_params(ctx)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; what is wrong with them is said in our own words."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            error.message = _reworded(error.message)
            raise


class Group(TyperGroup):
    """A group of such commands."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters as the help shows them."""
        return [_named(param) for param in super().get_params(ctx)]


class CommandLine(typer.Typer):
    """A Typer whose commands are made so."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"cls": Group, **settings})

    def command(
        self, name: str | None = None, **settings: Any
    ) -> Callable[[_Function], _Function]:
        """Register a command."""
        return super().command(name, **{"cls": Command, **settings})


def _named(param: Any) -> Any:
    """Name a value by a word in capitals; its type is the library's affair."""
    if param.metavar is None:
        param.metavar = param.name.upper().replace("_", "-")
        if isinstance(param, TyperOption) and (param.is_flag or param.count):
            param.metavar = ""
    if isinstance(param, TyperArgument):
        shown = param.metavar if param.required else f"[{param.metavar}]"
        vars(param)["display_type_rich"] = lambda **_: ""
        vars(param)["get_usage_pieces"] = lambda _: [shown]
    return param


def _reworded(message: str) -> str:
    for library, ours in _FIRST_WORDS.items():
        if message.startswith(library):
            message = ours + message.removeprefix(library)
    message, _, _ = message.partition(", unable to parse")
    message = message.replace("greater than or equal to", "at least")
    return message.replace("less than or equal to", "at most")
