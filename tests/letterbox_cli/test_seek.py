"""``letterbox seek``: subscriptions made, signed anew and shown; SEEK is played."""

import json
import resource
import signal
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import Result

from letterbox.boards.seek.events import HANDLED
from letterbox.domain.errors import BoardUnavailableError
from letterbox.settings import Settings
from letterbox_cli.up.dev_secrets import development_secrets
from letterbox_cli.up.state import announced
from seek_sandbox.serving import served
from tests.letterbox_cli.conftest import Letterbox
from tests.seek_sandbox.partner import OPTIONS
from tests.support import ROOT, free_port

SECRET = "a webhook secret of today"
OLD = "a webhook secret of yesterday"
URL = "https://jobs.example.com/letterbox/webhooks/seek"


@dataclass(frozen=True)
class Seek:
    """A SEEK without any subscription, and the environment that names it."""

    environment: pytest.MonkeyPatch

    def secrets(self, *secrets: str) -> None:
        """Configure secrets, the newest first."""
        name = "LETTERBOX_SEEK_WEBHOOK_SECRETS"
        self.environment.setenv(name, ",".join(secrets))


@pytest.fixture(name="seek")
def _seek(environment: pytest.MonkeyPatch) -> Iterator[Seek]:
    with served(OPTIONS) as url:
        for name, value in {
            "CLIENT_ID": OPTIONS.client_id,
            "CLIENT_SECRET": OPTIONS.client_secret,
            "TOKEN_URL": f"{url}/oauth/token",
            "GRAPHQL_URL": f"{url}/graphql",
        }.items():
            environment.setenv(f"LETTERBOX_SEEK_{name}", value)
        seek = Seek(environment)
        seek.secrets(SECRET)
        yield seek


def printed(answer: Result, command: str) -> Any:
    """Return the JSON that a command printed, once it is as its schema says."""
    schema = (ROOT / f"docs/schemas/commands/seek-{command}.json").read_text()
    content = json.loads(answer.stdout)
    jsonschema.validate(content, json.loads(schema))
    return content


def said(answer: Result) -> str:
    """Return what a command says that fails: by usage, or by an error of ours."""
    return f"{answer.stderr} {answer.exception}"


def test_subscriptions_are_made_once_and_shown(
    seek: Seek, letterbox: Letterbox
) -> None:
    """One for each type of event; a second time they are there already."""
    del seek
    made = letterbox("seek", "subscribe", URL, "--yes", "--json")
    again = letterbox("seek", "subscribe", URL, "--yes", "--json")
    shown = letterbox("seek", "status", "--json")

    rows, repeated, known = (
        printed(answer, command)["items"]
        for answer, command in (
            (made, "subscribe"),
            (again, "subscribe"),
            (shown, "status"),
        )
    )
    assert [row["event"] for row in rows] == list(HANDLED)
    assert [row["new"] for row in rows] == [True] * len(HANDLED)
    assert [row["new"] for row in repeated] == [False] * len(HANDLED)
    assert [row["id"] for row in repeated] == [row["id"] for row in rows]
    assert {row["url"] for row in known} == {URL}
    assert SECRET not in made.stdout + made.stderr + shown.stdout


def test_the_secret_is_rotated_while_both_are_valid(
    seek: Seek, letterbox: Letterbox, tmp_path: Path
) -> None:
    """A file for the settings first, that nobody else can read; then SEEK is told."""
    letterbox("seek", "subscribe", URL, "--yes")
    file = tmp_path / "secrets"

    too_soon = letterbox("seek", "rotate", "--yes")
    made = letterbox("seek", "rotate", "--make", str(file))
    new, old = file.read_text().split(",")
    seek.secrets(new, old)
    rotated = letterbox("seek", "rotate", "--yes", "--json")
    twice = letterbox("seek", "rotate", "--make", str(file))

    assert too_soon.exit_code == 1
    assert "--make FILE" in said(too_soon)
    assert old == SECRET
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert new not in made.stdout + made.stderr
    assert len(printed(rotated, "rotate")["items"]) == len(HANDLED)
    assert twice.exit_code == 1


def test_of_a_secret_that_cannot_be_written_no_file_stays(
    seek: Seek, letterbox: Letterbox, tmp_path: Path
) -> None:
    """Half of it, in the settings, would refuse all that SEEK signs."""
    seek.secrets(SECRET)
    file = tmp_path / "secrets"

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        made = letterbox("seek", "rotate", "--make", str(file))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)

    assert made.exit_code == 1
    assert "cannot be written" in said(made)
    assert not file.exists()


def test_a_secret_that_is_made_again_leaves_the_one_that_seek_signs_with(
    seek: Seek, letterbox: Letterbox, tmp_path: Path
) -> None:
    """SEEK was not told of the first one: without the old one all would be refused."""
    first, second = tmp_path / "first", tmp_path / "second"

    letterbox("seek", "rotate", "--make", str(first))
    seek.secrets(*first.read_text().split(","))
    letterbox("seek", "rotate", "--make", str(second))

    new, *before = second.read_text().split(",")
    assert new not in before
    assert before == first.read_text().split(",")
    assert before[-1] == SECRET


def test_a_new_secret_is_printed_only_where_somebody_wants_it(
    seek: Seek, letterbox: Letterbox, tmp_path: Path
) -> None:
    """A terminal is seen by others, and remembered."""
    del seek
    file = tmp_path / "secrets"

    made = letterbox("seek", "rotate", "--make", str(file), "--show-secret", "--json")

    assert printed(made, "rotate")["secret"] == file.read_text().split(",")[0]


@pytest.mark.parametrize(
    ("arguments", "secret", "expected"),
    [
        (("subscribe", URL), SECRET, (2, "--yes")),
        (
            ("subscribe", "http://jobs.example.com/webhooks/seek"),
            SECRET,
            (2, "https://"),
        ),
        (("subscribe", "https://jobs.example.com/"), SECRET, (2, "/webhooks/seek")),
        (("subscribe", URL, "--yes"), "short", (1, "16 to 255")),
        (("rotate", "--yes"), f"{SECRET},{OLD}", (1, "letterbox seek subscribe")),
        (("backfill", "--hirer", "h", "--since", "2190-01-01"), SECRET, (2, "future")),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_to_do(
    arguments: tuple[str, ...],
    secret: str,
    expected: tuple[int, str],
    seek: Seek,
    letterbox: Letterbox,
) -> None:
    """Nothing was asked of SEEK, or it has said no."""
    seek.secrets(*secret.split(","))

    answer = letterbox("seek", *arguments)

    assert answer.exit_code == expected[0]
    assert expected[1] in said(answer)


def test_without_credentials_seek_is_not_asked(
    seek: Seek, letterbox: Letterbox
) -> None:
    """The setting that is missing is named."""
    seek.environment.setenv("LETTERBOX_SEEK_CLIENT_ID", "")

    answer = letterbox("seek", "status")

    assert answer.exit_code == 1
    assert "LETTERBOX_SEEK_CLIENT_ID" in said(answer)


def test_beside_an_up_the_sandbox_that_it_runs_is_asked(
    environment: pytest.MonkeyPatch, letterbox: Letterbox, tmp_path: Path
) -> None:
    """As the doctor does: nobody has set anything of SEEK's."""
    environment.delenv("TEMPORAL_ADDRESS", raising=False)
    (tmp_path / "var").mkdir()
    settings = Settings(temporal_port=free_port(), sandbox_port=free_port())
    development_secrets(settings)

    with announced(settings) as announcement:
        announcement.started("api", 1)
        beside = letterbox("seek", "status")
    alone = letterbox("seek", "status")

    assert "LETTERBOX_SEEK_CLIENT_ID is not set" in said(alone)
    assert beside.exit_code == 1
    assert "LETTERBOX_SEEK_CLIENT_ID" not in said(beside)
    assert isinstance(beside.exception, BoardUnavailableError)
