"""``letterbox send``: an invented person is not sent to production by accident."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from letterbox.domain.errors import RefusedError, SettingsError
from letterbox.settings import Settings
from letterbox_cli.up.dev_secrets import development_secrets
from letterbox_cli.up.state import announced
from tests.letterbox_cli.conftest import Letterbox
from tests.letterbox_cli.test_mail import serving
from tests.receiver import Receiver


@contextmanager
def running_up(port: int) -> Iterator[None]:
    """Have an `up` whose API is at a port."""
    Path("var").mkdir()
    with announced(Settings(api_port=port)) as announcement:
        announcement.started("api", 1)
        yield


@pytest.fixture(name="configured")
def _configured(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LETTERBOX_CAREERJET_SECRETS", "theirs")


@pytest.mark.usefixtures("configured")
def test_what_up_does_not_run_is_sent_to_with_yes_alone(letterbox: Letterbox) -> None:
    """The message says why; nothing is sent before."""
    with Receiver() as receiver:
        refused = letterbox("send", "careerjet", "--url", receiver.url)
        attempts = receiver.forged
        sent = letterbox("send", "careerjet", "--url", receiver.url, "--yes", "--json")

    assert isinstance(refused.exception, RefusedError)
    assert str(refused.exception) == (
        f"{receiver.url} is not run by `letterbox up` from here, and "
        "LETTERBOX_CAREERJET_SECRETS is set: the invented applicant would look real; "
        "to send it anyway, add --yes"
    )
    assert (attempts, receiver.forged) == (0, 1)
    assert json.loads(sent.stdout)["application"].startswith("careerjet:")


@pytest.mark.usefixtures("configured")
def test_an_up_of_ones_own_needs_no_yes(
    environment: pytest.MonkeyPatch, letterbox: Letterbox
) -> None:
    """Its secret may be configured, as while one tries a board's."""
    with Receiver() as receiver:
        port = int(receiver.url.rpartition(":")[2].partition("/")[0])
        environment.setenv("LETTERBOX_API_PORT", str(port))
        with running_up(port):
            sent = letterbox("send", "careerjet", "--json")

    assert json.loads(sent.stdout)["application"].startswith("careerjet:")


def test_what_is_refused_has_no_id_to_go_on_with(letterbox: Letterbox) -> None:
    """The id of what was accepted is the last line, for the next command."""
    Path("var").mkdir()
    development_secrets(Settings())
    with Receiver() as receiver:
        refused = letterbox("send", "careerjet", "--url", receiver.url)

    assert refused.exit_code == 1
    assert refused.stdout.startswith("401")
    assert "careerjet:" not in refused.stdout


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(("status", "advised"), [(409, 1), (410, 1), (418, 0)])
def test_a_refused_position_says_where_the_open_ones_are(
    letterbox: Letterbox, status: int, advised: int
) -> None:
    """The board's own words, which standard output has, do not."""
    with serving() as api:
        api.status, api.answer = status, {"status": "job not found"}
        refused = letterbox("send", "careerjet", "--url", api.url, "--yes")

    assert refused.exit_code == 1
    assert refused.stderr.count("letterbox positions list") == advised
    assert "positions" not in refused.stdout


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize(("status", "advised"), [(401, 1), (403, 1), (503, 0)])
def test_a_refused_signature_says_which_secret_to_set(
    letterbox: Letterbox, status: int, advised: int
) -> None:
    """It is meant for somebody who runs several, and typed in the wrong folder."""
    with serving() as api:
        api.status, api.answer = status, {"status": "invalid source"}
        refused = letterbox("send", "careerjet", "--url", api.url, "--yes")

    assert refused.exit_code == 1
    assert refused.stderr.count("set LETTERBOX_CAREERJET_SECRETS as it is") == advised
    assert "SECRETS" not in refused.stdout


def test_a_secret_that_was_made_up_works_nowhere_else(letterbox: Letterbox) -> None:
    """So nothing is asked; without any secret there is nothing to sign with."""
    without = letterbox("send", "careerjet")
    Path("var").mkdir()
    development_secrets(Settings())
    with Receiver() as receiver:
        sent = letterbox("send", "careerjet", "--url", receiver.url, "--json")

    assert isinstance(without.exception, SettingsError)
    assert json.loads(sent.stdout)["application"].startswith("careerjet:")
