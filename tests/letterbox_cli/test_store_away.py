"""A store that does not work: one sentence, with the setting and what to do."""

import getpass
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from letterbox.domain.errors import StoreUnavailableError
from letterbox.settings import Settings
from letterbox.store_trouble import trouble
from tests.letterbox_cli.conftest import Doctor, Letterbox
from tests.support import LETTERBOX, ROOT, free_port

SERVER = "the S3 server at http://s3:9000 (LETTERBOX_S3_ENDPOINT)"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("unreachable", f"{SERVER} cannot be reached: why"),
        ("not-s3", f"{SERVER} does not answer like S3: is it another port, or"),
        ("NoSuchBucket", "there is no bucket letters at http://s3:9000: create it"),
        ("AccessDenied", f"{SERVER} denies access to the bucket letters: the cred"),
        ("InvalidAccessKeyId", f"{SERVER} does not know LETTERBOX_S3_ACCESS_KEY"),
        ("SignatureDoesNotMatch", f"{SERVER} refuses LETTERBOX_S3_SECRET_KEY: does"),
        ("RequestTimeTooSkewed", f"{SERVER} says that this machine's clock is wrong"),
        ("PermanentRedirect", f"{SERVER} is in another region: check LETTERBOX_S3_R"),
        ("SlowDown", f"{SERVER} answers SlowDown for the bucket letters"),
        ("", "the store s3://letters/x: put: why: see `letterbox doctor`"),
    ],
)
def test_of_a_bucket_the_server_or_the_setting_is_named(
    code: str, sentence: str
) -> None:
    """Rights are blamed only where the server speaks of rights."""
    settings = Settings(
        store="s3://letters/x",
        s3_endpoint="http://s3:9000",
        s3_access_key=SecretStr("access"),
        s3_secret_key=SecretStr("secret"),
    )

    told = trouble(settings, StoreUnavailableError("put: why", code=code))

    assert told.startswith(sentence)
    assert "access" not in told.replace("denies access", "")


@pytest.mark.parametrize(
    ("code", "operation", "sentence"),
    [
        (
            "ENOENT",
            "put",
            "there is no store at x (LETTERBOX_STORE) yet: create it with",
        ),
        (
            "ENOENT",
            "prepare",
            "nothing can be created at x (LETTERBOX_STORE): its path",
        ),
        ("ENOTDIR", "put", "x (LETTERBOX_STORE) is a file, or below one: choose a"),
        ("EEXIST", "prepare", "x (LETTERBOX_STORE) is a file, or below one: choose"),
        ("EACCES", "put", f"the user {getpass.getuser()} may not use x (LETTERBOX_STO"),
        ("EPERM", "put", f"the user {getpass.getuser()} may not use x (LETTERBOX_STO"),
        ("EROFS", "put", "x (LETTERBOX_STORE) is on a file system that is read-only"),
        ("ENOSPC", "put", "there is no space left at x (LETTERBOX_STORE): make room"),
        ("EDQUOT", "put", "there is no space left at x (LETTERBOX_STORE): make room"),
        ("EIO", "put", "x (LETTERBOX_STORE) cannot be used: Input/output error"),
    ],
)
def test_of_a_folder_no_credentials_are_blamed(
    code: str, operation: str, sentence: str
) -> None:
    """Nor is it called a bucket."""
    error = StoreUnavailableError(f"{operation}: {code}", code=code)

    told = trouble(Settings(store="file:x"), error)

    assert told.startswith(sentence)
    assert "credentials" not in told


def test_the_setting_that_leads_to_the_default_store_is_the_data_folder() -> None:
    """Nobody has set LETTERBOX_STORE."""
    error = StoreUnavailableError("put: ENOENT", code="ENOENT")

    assert "at d/store (LETTERBOX_DATA) yet" in trouble(Settings(data=Path("d")), error)


class Page(BaseHTTPRequestHandler):
    """Answers as a console does, and not as S3."""

    def page(self) -> None:
        """Send a page, whatever was asked."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.send_response(400)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "4")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"<p/>")

    do_GET = do_HEAD = do_PUT = do_DELETE = page  # noqa: N815 as the base

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def console() -> Iterator[str]:
    """Serve a page for as long as the block lasts."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(name="in_bucket")
def _in_bucket(environment: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    environment.setenv("COLUMNS", "1000")
    environment.setenv("LETTERBOX_STORE", "s3://letters")
    environment.setenv("LETTERBOX_S3_ACCESS_KEY", "access")
    environment.setenv("LETTERBOX_S3_SECRET_KEY", "secret")
    return environment


def test_a_server_that_is_not_there_is_told_once_with_its_reason(
    in_bucket: pytest.MonkeyPatch, doctor: Doctor, letterbox: Letterbox
) -> None:
    """By doctor and by init: no other line, no rights blamed, no `ok`."""
    endpoint = f"http://127.0.0.1:{free_port()}"
    in_bucket.setenv("LETTERBOX_S3_ENDPOINT", endpoint)
    sentence = (
        f"the S3 server at {endpoint} (LETTERBOX_S3_ENDPOINT) cannot be reached: "
        "Connection refused"
    )

    found = doctor()
    made = letterbox("init", "--store")

    assert found["store"] == [f"wrong: {sentence}"]
    assert not {"positions", "inbox", "bucket tags", "bucket lifecycle"} & found.keys()
    assert (made.exit_code, made.stdout) == (1, f"FAILED  store: {sentence}\n")


def test_a_server_that_is_not_s3_is_told(
    in_bucket: pytest.MonkeyPatch, doctor: Doctor
) -> None:
    """The port of a console is near at hand."""
    with console() as endpoint:
        in_bucket.setenv("LETTERBOX_S3_ENDPOINT", endpoint)

        [line] = doctor()["store"]

    assert "does not answer like S3" in line


def test_a_store_that_is_a_file_is_told_by_every_command(
    environment: pytest.MonkeyPatch,
    doctor: Doctor,
    letterbox: Letterbox,
    tmp_path: Path,
) -> None:
    """As a file, and with the setting to change."""
    environment.setenv("COLUMNS", "1000")
    (tmp_path / "letters").touch()
    environment.setenv("LETTERBOX_STORE", f"file:{tmp_path}/letters")
    sentence = (
        f"{tmp_path}/letters (LETTERBOX_STORE) is a file, or below one: choose a folder"
    )

    assert doctor()["store"] == [f"wrong: {sentence}"]
    assert letterbox("init", "--store").stdout == f"FAILED  store: {sentence}\n"


@pytest.mark.parametrize(
    "command",
    [(*LETTERBOX, "worker"), (sys.executable, str(ROOT / "worker.py"))],
    ids=["letterbox worker", "worker.py"],
)
def test_a_worker_ends_with_the_same_sentence(
    in_bucket: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """Whichever way it is started; whoever runs it reads its last line."""
    endpoint = f"http://127.0.0.1:{free_port()}"
    in_bucket.setenv("LETTERBOX_S3_ENDPOINT", endpoint)
    in_bucket.setenv("PYTHONPATH", str(ROOT))

    ran = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False
    )

    assert ran.returncode == 1
    assert ran.stderr == (
        f"error: the S3 server at {endpoint} (LETTERBOX_S3_ENDPOINT) cannot be "
        "reached: Connection refused\n"
    )
