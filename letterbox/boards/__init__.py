"""The boards that Letterbox understands: one module or package each, discovered."""

import pkgutil
from functools import cache
from importlib import import_module

from letterbox.boards.base import Board

_NOT_BOARDS = {
    "abilities",
    "base",
    "client",
    "fetching",
    "graphql",
    "node",
    "posting",
    "reports",
}


@cache
def discover() -> dict[str, Board]:
    """
    Import every board there is, by name; a broken one stops the start.

    Each module of this package has a ``BOARD``, except those that all boards share.
    """
    names = {module.name for module in pkgutil.iter_modules(__path__)} - _NOT_BOARDS
    modules = [import_module(f"{__name__}.{name}") for name in sorted(names)]
    return {module.BOARD.name: module.BOARD for module in modules}
