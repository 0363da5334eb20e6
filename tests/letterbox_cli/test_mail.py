"""``letterbox mail``: what a mail server is told, and when it is to try again."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typer.testing import CliRunner

from letterbox_cli.main import app
from tests.support import LETTERBOX, free_port

MESSAGE = b"From: ada@example.com\nSubject: caf\xe9\n\nPlease find my CV.\n"
ACCEPTED = {"status": "accepted", "id": "mail:1@example.com"}


class Api:
    """Stands for the API: it answers what it is told, and keeps what it was sent."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.status = 200
        self.answer: Any = ACCEPTED
        self.headers: dict[str, str] = {}
        self.body = b""


@pytest.fixture(name="api")
def _api() -> Iterator[Api]:
    with serving() as api:
        yield api


@contextmanager
def serving() -> Iterator[Api]:
    """Serve for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            api.headers = dict(self.headers)
            api.body = self.rfile.read(length)
            said = api.answer
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(api.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api = Api(f"http://127.0.0.1:{server.server_port}/apply/mail")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(name="configured", autouse=True)
def _configured(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LETTERBOX_MAIL_SECRETS", "new, old")


def pipe(*words: str, message: bytes = MESSAGE) -> tuple[int, str]:
    """Run the command on a message; return its exit code, and what it printed."""
    result = CliRunner().invoke(app, ["mail", *words], input=message)
    return result.exit_code, result.output


def test_a_message_reaches_the_api_as_it_is(api: Api) -> None:
    """With the first token, and the recipient that the mail server knows."""
    code, printed = pipe("--url", api.url, "--recipient", "jobs+DEV-17@example.org")

    assert (code, printed) == (0, "mail:1@example.com\n")
    assert api.body == MESSAGE
    assert api.headers["Authorization"] == "Bearer new"
    assert api.headers["Content-Type"] == "message/rfc822"
    assert api.headers["Letterbox-Recipient"] == "jobs+DEV-17@example.org"


def test_the_token_may_come_from_a_file(api: Api, tmp_path: Path) -> None:
    """A mail server passes no environment on."""
    file = tmp_path / "secret"
    file.write_text("of a file,older\n")

    assert pipe("--url", api.url, "--secret-file", str(file))[0] == 0
    assert api.headers["Authorization"] == "Bearer of a file"


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (200, ACCEPTED, os.EX_OK),
        (400, {"status": "malformed", "detail": "empty"}, os.EX_DATAERR),
        (413, {"status": "too-large"}, os.EX_DATAERR),
        # Whatever may be mended, or is somebody else's word, is tried again.
        (401, {"status": "invalid-source"}, os.EX_TEMPFAIL),
        (404, {"title": "Not Found"}, os.EX_TEMPFAIL),
        (500, {"status": "unexpected"}, os.EX_TEMPFAIL),
        (503, {"status": "unavailable"}, os.EX_TEMPFAIL),
        (413, b"<html>too large</html>", os.EX_TEMPFAIL),
        (400, b"<html>bad gateway</html>", os.EX_TEMPFAIL),
        (302, b"", os.EX_TEMPFAIL),
        (200, b"<html>log in</html>", os.EX_TEMPFAIL),
        (200, {"status": "accepted"}, os.EX_TEMPFAIL),
        (200, {"id": "careerjet:1", "status": "accepted"}, os.EX_TEMPFAIL),
        (200, ["accepted"], os.EX_TEMPFAIL),
    ],
)
def test_only_letterbox_own_words_are_final(
    api: Api, status: int, answer: Any, code: int
) -> None:
    """What is final goes back to whoever applied, or is forgotten."""
    api.status, api.answer = status, answer

    ended, printed = pipe("--url", api.url)

    assert ended == code
    assert "ada@example.com" not in printed
    assert code == os.EX_OK or printed.startswith("error: ")


@pytest.mark.parametrize(
    ("status", "answer", "advice"),
    [
        (401, {"status": "invalid-source"}, "is not one of the API's LETTERBOX_MAIL"),
        (404, {"detail": "Not Found"}, "LETTERBOX_MAIL_SECRETS is not set"),
    ],
)
def test_a_refusal_says_what_to_mend(
    api: Api, status: int, answer: Any, advice: str
) -> None:
    """Whoever reads the mail server's queue sees this line and nothing else."""
    api.status, api.answer = status, answer

    _, printed = pipe("--url", api.url)

    assert advice in printed


@pytest.mark.parametrize(
    "words",
    [
        ("--url", "http://127.0.0.1:{free}/apply/mail"),
        ("--url", "no address"),
        ("--url", "http://"),
        ("--secret-file", "/nowhere"),
        ("--recipent", "misspelt"),
        ("--recipient",),
        ("--recipient", "a\r\nX-Injected: b"),
        ("too", "much"),
    ],
)
def test_a_mistake_of_the_house_returns_no_message(words: tuple[str, ...]) -> None:
    """The mail server keeps it, and tries again once it is mended."""
    filled = [word.replace("{free}", str(free_port())) for word in words]

    assert pipe(*filled)[0] == os.EX_TEMPFAIL


def test_settings_that_are_wrong_or_absent_return_no_message(
    environment: pytest.MonkeyPatch, api: Api
) -> None:
    """Nothing is sent without a token."""
    environment.delenv("LETTERBOX_MAIL_SECRETS")
    without = pipe("--url", api.url)
    environment.setenv("LETTERBOX_MAIL_SUBJECT_REFERENCE", "(")
    wrong = pipe("--url", api.url)

    assert (without[0], wrong[0]) == (os.EX_TEMPFAIL, os.EX_TEMPFAIL)
    assert "LETTERBOX_MAIL_SECRETS" in without[1]
    assert "LETTERBOX_MAIL_SUBJECT_REFERENCE" in wrong[1]
    assert not api.body


def test_what_is_empty_or_too_large_is_returned(
    environment: pytest.MonkeyPatch, api: Api
) -> None:
    """It would be so the next time, too; no more is read than may be sent."""
    environment.setenv("LETTERBOX_MAIL_MAX_BODY_BYTES", "1000")

    assert pipe("--url", api.url, message=b"")[0] == os.EX_DATAERR
    assert pipe("--url", api.url, message=b"x" * 1001)[0] == os.EX_DATAERR
    assert not api.body
    assert pipe("--url", api.url, message=b"x" * 1000)[0] == os.EX_OK


def test_an_api_that_hangs_up_returns_no_message() -> None:
    """It died between the message and its answer: the same is sent again."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/apply/mail"

        def hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(100)
            connection.close()

        thread = Thread(target=hang_up)
        thread.start()
        code, _ = pipe("--url", url)
        thread.join()

    assert code == os.EX_TEMPFAIL


def test_the_process_ends_with_those_codes(api: Api, tmp_path: Path) -> None:
    """As a mail server starts it: with a message, and next to no environment."""
    file = tmp_path / "secret"
    file.write_text("token")
    words = (*LETTERBOX, "mail", "--secret-file", str(file), "--url")
    known = {"cwd": tmp_path, "env": {"PATH": "/usr/bin:/bin"}, "input": MESSAGE}

    done = subprocess.run([*words, api.url], check=False, capture_output=True, **known)  # type: ignore[call-overload]
    api.status = 503
    later = subprocess.run([*words, api.url], check=False, capture_output=True, **known)  # type: ignore[call-overload]

    assert (done.returncode, later.returncode) == (os.EX_OK, os.EX_TEMPFAIL)
    assert api.body == MESSAGE
    assert b"answered 503" in later.stderr


def test_a_recipient_may_have_an_umlaut(api: Api) -> None:
    """The API gets the bytes that the mail server has."""
    code, _ = pipe("--url", api.url, "--recipient", "jobs+ZÜRICH-1@example.org")

    assert code == os.EX_OK
    got = api.headers["Letterbox-Recipient"].encode("latin-1").decode()
    assert got == "jobs+ZÜRICH-1@example.org"


@pytest.mark.parametrize("streams", [">/dev/full 2>&1", ">&- 2>&-", "2>&1 | true"])
def test_who_listens_to_it_makes_no_difference(
    api: Api, tmp_path: Path, streams: str
) -> None:
    """A code that mail servers do not know would return the message."""
    file = tmp_path / "message"
    file.write_bytes(MESSAGE)

    def ends(*words: str) -> int:
        command = f'"$@" <"{file}" {streams}'
        begun = ["bash", "-c", f"{command}; exit ${{PIPESTATUS[0]}}", "-"]
        return subprocess.run(
            [*begun, *LETTERBOX, "mail", *words], check=False
        ).returncode

    with socket.create_server(("127.0.0.1", 0)) as closed:
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    codes = ends("--url", api.url), ends("--url", nowhere), ends("--recipent", "x")
    assert codes == (os.EX_OK, os.EX_TEMPFAIL, os.EX_TEMPFAIL)
