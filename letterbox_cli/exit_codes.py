"""Runs a command, and turns what it raises into one line and an exit code."""

import traceback
from collections.abc import Callable

import typer

from letterbox.domain.errors import LetterboxError, StoreUnavailableError


def exit_code_of(command: Callable[[], object]) -> int:
    """Run it, and return its exit code: 0 done, 1 failed, 2 wrong usage."""
    try:
        command()
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 1
    except StoreUnavailableError as error:
        typer.echo(f"error: {_trouble(error)}", err=True)
        return 1
    except LetterboxError as error:
        typer.echo(f"error: {error}", err=True)
        return 1
    except Exception as error:  # noqa: BLE001 the exit code must hold whatever it is
        if (status := _rpc_status(error)) is None:
            traceback.print_exc()
        else:
            message = f"error: Temporal answers {status}: `letterbox doctor`"
            typer.echo(message, err=True)
        return 1
    return 0


def _trouble(error: StoreUnavailableError) -> str:
    from letterbox.settings import load_settings
    from letterbox.store_trouble import trouble

    return trouble(load_settings(), error)


def _rpc_status(error: Exception) -> str | None:
    """Name the status of an RPC that failed, without importing the SDK for it."""
    return getattr(getattr(error, "status", None), "name", None)
