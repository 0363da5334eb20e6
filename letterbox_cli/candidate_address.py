"""A candidate's address, which others on the machine should not see."""

import sys
from getpass import getpass

import typer

_MAX_ADDRESS = 1000


def read_address(candidate: str) -> str:
    """Return the address; it is asked for where the argument is ``-``."""
    if candidate != "-":
        address = candidate
    elif sys.stdin.isatty():
        try:
            address = getpass("Address of the candidate: ")
        except EOFError:
            address = ""
    else:
        address = sys.stdin.readline(_MAX_ADDRESS)
    if not address.strip():
        raise typer.BadParameter("there is no address")
    return address
