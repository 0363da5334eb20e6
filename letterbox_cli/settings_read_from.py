"""Which settings a command has read: a folder further up has others."""

from pathlib import Path


def settings_read_from() -> str:
    """Name the ``.env`` that was read, or the folder that has none."""
    dotenv = Path(".env").absolute()
    if dotenv.is_file():
        return f"read from the environment and {dotenv}"
    return f"read from the environment; there is no .env in {dotenv.parent}"
