"""
The command runs its own modules, whatever else goes by their names.

The names that Temporal's samples use (``activities``, ``api``, ``workflows``,
``worker``) are anybody's: a folder with an ``api/`` of its own must not be imported in
the place of ours, and a distribution that overwrites ours must be noticed at once.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

from letterbox.domain.errors import SettingsError

COMMAND = (sys.executable, "-P", "-m", "letterbox_cli")
"""This command again, as a child; ``-P`` keeps the current folder out of its path."""
_NAMES = ("activities", "api", "letterbox", "worker", "workflows")
_HOME = Path(__file__).resolve().parents[1]


def refuse_foreign_modules() -> None:
    """
    Ensure that each module that the command starts from lies beside it.

    Raises SettingsError, with what lies elsewhere and what to do.
    """
    for name in _NAMES:
        spec = find_spec(name)
        origin = Path(spec.origin).resolve() if spec and spec.origin else None
        if origin is None or not origin.is_relative_to(_HOME):
            raise SettingsError(
                f"`{name}` is not Letterbox's own module but "
                f"{origin or 'missing'}: install"
                " Letterbox into an environment of its own, and unset PYTHONPATH"
            )
