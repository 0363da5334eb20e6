"""
``letterbox mail``: hand a message from a mail server's pipe to the API.

Its exit codes are those that mail servers know (sysexits.h). What a mail server takes
to be final goes back to whoever applied, so whatever may be mended is tried again: an
API that is down, a wrong token, an option that is misspelt.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer
from typer.exceptions import TyperException

from letterbox.boards import discover
from letterbox.domain.errors import LetterboxError, RefusedError
from letterbox.settings import Settings, load_settings
from letterbox.streams import CHUNK, chunks_of, copy, spooled
from letterbox_cli.command_line import Command

if TYPE_CHECKING:
    import httpx

_BOARD = "mail"
# Longer than the API takes to say that it cannot.
_TIMEOUT = 60
# In Letterbox's own words; a proxy's may pass.
_FINAL = {"malformed", "too-large"}
_ADVICE = {
    401: "the bearer token is not one of the API's LETTERBOX_MAIL_SECRETS",
    404: "another address, or LETTERBOX_MAIL_SECRETS is not set for the API",
}


class MailCommand(Command):
    """A command whose wrong usage is one to be tried again."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments."""
        try:
            return super().parse_args(ctx, args)
        except TyperException as error:
            error.exit_code = os.EX_TEMPFAIL
            raise


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    example = "Example: letterbox mail --recipient jobs+DEV-17@example.com < message"
    app.command(cls=MailCommand, epilog=example)(mail)


def mail(
    recipient: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Whom the message was sent to, as the mail server knows it.",
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(help="Address to send to; this machine's API by default."),
    ] = None,
    secret_file: Annotated[
        Path | None,
        typer.Option(
            help="File with the bearer token; LETTERBOX_MAIL_SECRETS by default."
        ),
    ] = None,
) -> None:
    """
    Pass the e-mail on standard input on to the API, as an application.

    Exit codes are those of sysexits.h: 0 once it is stored durably, 75 if it is to be
    tried again, 65 if it is empty or too large.
    """
    code = os.EX_TEMPFAIL
    try:
        code, words = _passed_on(recipient, url, secret_file)
    except LetterboxError as error:
        words = str(error)
    except Exception as error:  # noqa: BLE001 the code must hold, and a text may quote
        from letterbox.logs import place_of

        words = f"unexpected ({type(error).__name__} in {place_of(error)})"
    _print(words, is_error=code != os.EX_OK)
    raise typer.Exit(code)


def _print(words: str, *, is_error: bool) -> None:
    """Print it if the stream is still open; the exit code says the same."""
    from letterbox_cli.output import print_line

    prefix = "error: " if is_error else ""
    try:
        print_line(f"{prefix}{words}", hanging=2, err=is_error)
    except (Exception, SystemExit):  # noqa: BLE001 whatever a stream that is gone raises
        sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 the process ends


def _passed_on(
    recipient: str | None, url: str | None, secret_file: Path | None
) -> tuple[int, str]:
    """Send what is on standard input; return the exit code, and what to print."""
    from letterbox_cli.context import apply_url

    settings = load_settings()
    headers = {
        b"Authorization": f"Bearer {_secret(settings, secret_file)}".encode(),
        b"Content-Type": b"message/rfc822",
    }
    if recipient:
        # The bytes that the mail server has: an address may have an umlaut.
        headers[b"Letterbox-Recipient"] = os.fsencode(recipient)
    max_bytes = _max_body_bytes(settings)
    with spooled() as message:
        _, size = copy(_input(max_bytes + 1), message)
        if not size:
            return os.EX_DATAERR, "there is no message on standard input"
        if size > max_bytes:
            return os.EX_DATAERR, f"the message has more than {max_bytes} bytes"
        address = url or apply_url(settings, _BOARD)
        return _verdict_on(address, _post(address, headers, message, size))


def _max_body_bytes(settings: Settings) -> int:
    board: Any = discover()[_BOARD]
    max_bytes: int = board.max_body_bytes(settings)
    return max_bytes


def _secret(settings: Settings, file: Path | None) -> str:
    if file is not None:
        try:
            return file.read_text().partition(",")[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise RefusedError(f"{file} cannot be read: {reason}") from None
    if secrets := settings.secrets_of(_BOARD):
        return secrets[0].decode()
    raise RefusedError(
        "there is no bearer token: set LETTERBOX_MAIL_SECRETS, or give --secret-file"
    )


def _input(max_bytes: int) -> Iterator[bytes]:
    left = max_bytes
    while left and (chunk := sys.stdin.buffer.read(min(left, CHUNK))):
        left -= len(chunk)
        yield chunk


def _post(
    url: str, headers: Mapping[bytes, bytes], message: BinaryIO, size: int
) -> httpx.Response:
    import httpx

    message.seek(0)
    chunks = chunks_of(message)
    length = {b"Content-Length": b"%d" % size}
    try:
        return httpx.post(
            url, headers={**headers, **length}, content=chunks, timeout=_TIMEOUT
        )
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise RefusedError(f"no answer from {url}: {type(error).__name__}") from None


def _verdict_on(url: str, response: httpx.Response) -> tuple[int, str]:
    """Return 0 only for what Letterbox itself says is stored."""
    try:
        answer = response.json()
    except ValueError:
        answer = None
    body = answer if isinstance(answer, dict) else {}
    status, application_id = body.get("status"), str(body.get("id"))
    is_ours = application_id.startswith(f"{_BOARD}:")
    if response.is_success and status == "accepted" and is_ours:
        return os.EX_OK, application_id
    words = f"{url} answered {response.status_code}"
    if detail := _ADVICE.get(response.status_code) or body.get("detail"):
        words += f": {detail}"
    return os.EX_DATAERR if status in _FINAL else os.EX_TEMPFAIL, words
