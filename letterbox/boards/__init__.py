"""The boards that Letterbox understands: one module or package each, discovered."""

import pkgutil
from importlib import import_module

from letterbox.boards.base import Board

_NOT_BOARDS = {"base", "fetching"}


def discover() -> dict[str, Board]:
    """
    Import every board there is, by name; a broken one stops the start.

    A module is a board when it has a ``BOARD``.
    """
    modules = [import_module(f"{__name__}.{found.name}") for found in _modules()]
    boards: list[Board] = [module.BOARD for module in modules]
    return {board.name: board for board in boards}


def _modules() -> list[pkgutil.ModuleInfo]:
    return [
        found
        for found in pkgutil.iter_modules(__path__)
        if found.name not in _NOT_BOARDS
    ]
