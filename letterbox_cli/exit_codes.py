"""Runs a command, and turns what it raises into one message and an exit code."""

import json
import os
import traceback
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

import typer
from typer.exceptions import TyperException

from letterbox.domain.errors import (
    LetterboxError,
    SettingsError,
    StoreUnavailableError,
)


def exit_code_of(command: Callable[[], object], *, as_json: bool = False) -> int:
    """
    Run it, and return its exit code: 0 done, 1 failed, 2 wrong usage.

    ``as_json`` has errors be problem objects, as those of the API are (RFC 9457). Then
    the command must not end by itself, nor print what is wrong with its arguments.
    """
    try:
        result = command()
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 1
    except typer.Abort:
        return 1
    except BrokenPipeError:
        return 1  # Who has read enough, as `head`, wants no more words.
    except Exception as error:  # noqa: BLE001 the exit code must hold whatever it is
        # Where nobody listens, the streams raise: rich makes an exit of it.
        with suppress(AttributeError, OSError, SystemExit):
            _print(*_status_and_message(error), as_json=as_json)
        return error.exit_code if isinstance(error, TyperException) else 1
    return result if as_json and isinstance(result, int) else 0


def sysexits_code(code: int) -> int:
    """
    Return the code of ``letterbox mail``: whatever it did not choose is tried again.

    A code that mail servers do not know is final to them: the message would go back to
    whoever applied.
    """
    return code if code in {os.EX_OK, os.EX_DATAERR} else os.EX_TEMPFAIL


def _status_and_message(error: Exception) -> tuple[HTTPStatus, str]:
    """Return what HTTP would call an error, and what to say about it."""
    if isinstance(error, TyperException):
        return HTTPStatus.UNPROCESSABLE_ENTITY, error.format_message()
    if isinstance(error, StoreUnavailableError):
        return error.status, _trouble(error)
    if isinstance(error, LetterboxError):
        # A setting is the caller's to mend: as where the API refuses for want of one.
        is_setting = isinstance(error, SettingsError)
        return HTTPStatus.CONFLICT if is_setting else error.status, str(error)
    if isinstance(error, OSError) and error.strerror:
        return HTTPStatus.INTERNAL_SERVER_ERROR, _of_system(error)
    if status := _rpc_status(error):
        message = f"Temporal answers {status}: `letterbox doctor`"
        return HTTPStatus.SERVICE_UNAVAILABLE, message
    traceback.print_exc()
    return HTTPStatus.INTERNAL_SERVER_ERROR, f"unexpected ({type(error).__name__})"


def _print(status: HTTPStatus, message: str, *, as_json: bool) -> None:
    if as_json:
        problem = {"title": status.phrase, "status": status, "detail": message}
        typer.echo(json.dumps(problem, ensure_ascii=False), err=True)
    else:
        from letterbox_cli.output import print_line

        print_line(f"error: {message}", hanging=2, err=True)


def _trouble(error: StoreUnavailableError) -> str:
    from letterbox.settings import load_settings
    from letterbox.store_trouble import trouble

    return trouble(load_settings(), error)


def _of_system(error: OSError) -> str:
    """Return what the system says, of which file or address."""
    about = f"{error.filename}: " if isinstance(error.filename, str) else ""
    return f"{about}{error.strerror}"


def _rpc_status(error: Exception) -> str | None:
    """Name the status of an RPC that failed, without importing the SDK for it."""
    return getattr(getattr(error, "status", None), "name", None)
