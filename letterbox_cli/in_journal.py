"""What commands see and do is in the journal, as that of the user of this machine."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

from letterbox.domain.errors import StoreUnavailableError
from letterbox.domain.journal_actions import JournalAction

if TYPE_CHECKING:
    from letterbox.domain.ports import ObjectStore
    from letterbox.settings import Settings

_UNKNOWN = "unknown"

WriteToJournal = Callable[..., None]
"""Writes what is done, and to which application."""


def user() -> str:
    """Return the login of whoever runs the command; containers may have none."""
    try:
        return getpass.getuser() or _UNKNOWN
    except (KeyError, OSError):
        return _UNKNOWN


def open_journal(settings: Settings, by: str | None = None) -> WriteToJournal:
    """
    Return what writes into the journal: one chain for all that a command does.

    It warns where it cannot write. Nothing is refused for that: whoever runs commands
    has the store itself, and perhaps nothing but a copy that cannot be written.
    """
    from letterbox import resources

    return journal_in(resources.open_store(settings, hurried=True), by)


def journal_in(store: ObjectStore, by: str | None = None) -> WriteToJournal:
    """Return what writes into the journal of a store that is open already."""
    from letterbox.journal.writer import Journal

    journal, name = Journal(store), user()
    whole = f"cli: {name} for {by}" if by and by != name else f"cli: {name}"

    def write(
        what: JournalAction, application_id: str | None = None, **about: Any
    ) -> None:
        try:
            journal.write(
                what, operator=name, by=whole, application=application_id, **about
            )
        except StoreUnavailableError as error:
            typer.echo(f"warning: this is not in the journal: {error}", err=True)

    return write
