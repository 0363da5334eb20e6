"""Numbers in messages: ``1 position``, ``2 positions``."""


def plural(number: int, noun: str) -> str:
    """Return the number and the noun, with an s unless it is one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
