"""A group of commands, each imported when it is used and not before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any, NamedTuple

from typer.main import get_group

from letterbox_cli.command_line import Command, CommandLine, Group


class CommandSource(NamedTuple):
    """Where a command is, and what the list of commands says of it."""

    module: str
    """In ``letterbox_cli``; it has ``add_to``, or is a group: ``app``."""
    help: str


class LazyCommands(MutableMapping[str, Any]):
    """Commands by name; looking one up imports it, walking over the names does not."""

    def __init__(self, sources: Mapping[str, CommandSource]) -> None:
        self._sources = sources
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = _loaded(name, self._sources[name])
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def __contains__(self, name: object) -> bool:
        return name in self._sources

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        self._loaded.pop(name, None)

    def stub(self, name: str) -> Command:
        """Return what a list shows of a command."""
        return Command(name, help=self._sources[name].help)


def lazy_group(sources: Mapping[str, CommandSource]) -> type[Group]:
    """Make the class of a group of such commands, for ``CommandLine(cls=…)``."""

    class LazyGroup(Group):
        """Lists its commands without importing any."""

        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            self._lazy = LazyCommands(sources)
            self.commands = self._lazy
            self._is_listing = False

        def list_commands(self, ctx: Any) -> list[str]:
            del ctx
            return list(sources)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            del ctx
            if cmd_name not in sources:
                return None
            is_listing = self._is_listing
            return self._lazy.stub(cmd_name) if is_listing else self._lazy[cmd_name]

        def format_help(self, ctx: Any, formatter: Any) -> None:
            self._is_listing = True
            super().format_help(ctx, formatter)
            self._is_listing = False

        def shell_complete(self, ctx: Any, incomplete: str) -> Any:
            self._is_listing = True
            items = super().shell_complete(ctx, incomplete)
            self._is_listing = False
            return items

    return LazyGroup


def _loaded(name: str, source: CommandSource) -> Any:
    module = import_module(f"letterbox_cli.{source.module}")
    app = CommandLine()
    if hasattr(module, "add_to"):
        module.add_to(app)
    else:
        app.add_typer(module.app, name=name)
    return get_group(app).commands[name]
