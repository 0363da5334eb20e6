"""``letterbox up``: everything on this machine, until it is told to stop."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.processes.curl import NEEDS_CURL, run
from tests.end_to_end.processes.posted import OPEN
from tests.end_to_end.processes.up_process import Up
from tests.support import THOROUGH, http, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("heavy-2")]

ACCEPTED = (200, "application accepted")
_PARTS = {"temporal", "sandbox", "worker", "api"}
# Each costs a start of all of it.
_OTHERS = ["api", "sandbox", "worker"] if THOROUGH else []


@pytest.fixture(name="up", scope="module")
def _up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Have a folder in which it runs, or ran."""
    up = Up(tmp_path_factory.mktemp("up"))
    yield up
    up.end()


@pytest.fixture(name="running")
def _running(up: Up) -> Up:
    if not up.program.is_running:
        up.program.start()
    return up


def test_up_prints_addresses_that_answer_and_where_the_store_is(running: Up) -> None:
    """The addresses it prints answer, and its store is where it says."""
    addresses = [
        running.told(r"http://[^\s]+/docs"),
        running.told(r"http://[^\s]+/workflows"),
    ]

    answers = [http().get(address).status_code for address in addresses]

    assert answers == [200, 200]
    assert set(running.children()) == _PARTS
    assert "file:data/store" in running.told("Store[^\n]+")
    assert (running.folder / "data" / "store" / "positions").is_dir()
    assert (running.folder / "data" / "temporal.db").is_file()


@NEEDS_CURL
def test_the_curl_command_that_up_prints_is_accepted(running: Up) -> None:
    """Pasted into a shell, it is accepted."""
    script = running.told(r"curl -X POST.*?/apply/careerjet")

    answer = run(("bash", "-c", f'cd {running.folder} && {script} "$@"', "curl"))

    assert answer.said == ACCEPTED


def test_list_show_and_doctor_work_beside_up(running: Up) -> None:
    """An application that was sent is listed, shown, and nothing is wrong."""
    sent = running.json("send", "careerjet")
    assert (sent["code"], sent["answer"]["status"]) == ACCEPTED
    application = sent["application"]

    wait_until(lambda: _listed(running).get(application) == "matched")

    shown = running.json("show", application)
    assert (shown["id"], shown["position"]) == (application, OPEN)
    assert shown["record"]["candidate"]["person"]["name"]["formatted"]
    assert all(finding["fine"] for finding in running.json("doctor")["items"])
    assert running.json("positions", "show", OPEN)["reference"] == OPEN


def test_a_signal_ends_all_that_up_started_and_state_survives(running: Up) -> None:
    """Exit code 0 and no process left; the next time everything is still known."""
    secret = running.told("Secret[^\n]+")
    application = running.json("send", "careerjet")["application"]
    wait_until(lambda: application in _listed(running))

    code, left = running.signal(signal.SIGTERM)

    assert (code, left) == (0, [])
    running.program.start()
    assert running.told("Secret[^\n]+") == secret
    assert application in _listed(running)
    assert running.json("show", application)["id"] == application


def test_a_signal_ends_up_while_it_still_starts(up: Up) -> None:
    """Whoever changes his mind at once is heard as well."""
    up.end()
    up.program.launch()
    wait_until(lambda: "api" in up.children())

    code, left = up.signal(signal.SIGINT)

    assert (code, left) == (0, [])


@pytest.mark.parametrize("part", ["temporal", *_OTHERS])
def test_up_ends_with_1_when_one_of_its_processes_dies(part: str, running: Up) -> None:
    """Half of it is worse than none: one line says which, and the exit code is 1."""
    children = running.children()
    children[part].kill()

    code = running.program.wait()

    errors = [line for line in _lines(running) if line.startswith("error:")]
    assert code == 1
    assert [child for child in children.values() if child.is_running()] == []
    assert errors == [f"error: {part} ended by itself: see above, or data"]
    assert "Traceback" not in running.program.said()


@pytest.mark.parametrize(
    "name",
    [
        "LETTERBOX_API_PORT",
        "LETTERBOX_TEMPORAL_PORT",
        "LETTERBOX_UI_PORT",
        "LETTERBOX_SANDBOX_PORT",
    ],
)
def test_up_names_a_port_in_use_in_one_line(name: str, tmp_path: Path) -> None:
    """It names the port and the setting, and starts nothing."""
    up = Up(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        up.environment[name] = str(port)

        ran = up.letterbox("up")

    said = f"error: port {port} is in use: end what uses it, or set {name}\n"
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", said)
    assert list(tmp_path.iterdir()) == []


def _listed(up: Up) -> dict[str, str]:
    """Tell the stages of the applications that `letterbox list` names."""
    return {row["id"]: row["stage"] for row in up.json("list")["items"]}


def _lines(up: Up) -> list[str]:
    return up.program.said().splitlines()
