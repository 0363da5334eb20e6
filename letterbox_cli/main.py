"""The ``letterbox`` command."""

import asyncio
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from letterbox.domain.errors import LetterboxError, StoreUnavailableError
from letterbox.settings import load_settings
from letterbox_cli import (
    applications,
    audit,
    erase,
    erasures_and_holds,
    operations,
    positions,
    restore,
    sandbox,
    send,
    updates,
)
from letterbox_cli.own_modules import refuse_foreign_modules

app = typer.Typer(
    name="letterbox",
    help="Durable intake of job applications from job boards, on Temporal.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(send.app, name="send")
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(positions.app, name="positions")
applications.add_to(app)
updates.add_to(app)
erase.add_to(app)
erasures_and_holds.add_to(app)
restore.add_to(app)
operations.add_to(app)
audit.add_to(app)


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"letterbox {version('letterbox')}")
        raise typer.Exit


@app.callback()
def _letterbox(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and exit.",
            callback=_tell_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    del version


@app.command(epilog="Example: letterbox up")
def up() -> None:
    """Run everything on this machine in the foreground, for development."""
    from letterbox_cli.up import run_everything

    asyncio.run(run_everything(load_settings()))


@app.command(epilog="Example: LETTERBOX_API_PORT=8080 letterbox api")
def api() -> None:
    """Run one API process."""
    from letterbox_cli.serve import serve_api

    serve_api(load_settings())


@app.command(epilog="Example: TEMPORAL_ADDRESS=temporal:7233 letterbox worker")
def worker() -> None:
    """Run one worker process; SIGTERM drains it."""
    from worker import run_worker

    asyncio.run(run_worker(load_settings()))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and end with its exit code: 0 done, 1 failed, 2 wrong usage."""
    code = _run(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    # temporalio 1.35 on Python 3.11 can abort in the interpreter's own exit, which
    # would turn a success into 134: https://github.com/python/cpython/issues/124619
    os._exit(code)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        refuse_foreign_modules()
        app(arguments, prog_name="letterbox")
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else 1
    except StoreUnavailableError as error:
        words = f"error: {_store()}: {error}: `letterbox doctor`"
        typer.echo(words, err=True)
        return 1
    except LetterboxError as error:
        typer.echo(f"error: {error}", err=True)
        return 1
    except Exception as error:  # noqa: BLE001 the exit code must hold whatever it is
        if (code := _rpc_status(error)) is None:
            traceback.print_exc()
        else:
            typer.echo(f"error: Temporal answers {code}: `letterbox doctor`", err=True)
        return 1
    return 0


def _store() -> str:
    """Name the store, and the setting that says where it is."""
    settings = load_settings()
    variable = "LETTERBOX_STORE" if settings.store else "LETTERBOX_DATA"
    return f"the store {settings.store_url} ({variable})"


def _rpc_status(error: Exception) -> str | None:
    """Name the status of an RPC that failed, without importing the SDK for it."""
    return getattr(getattr(error, "status", None), "name", None)
