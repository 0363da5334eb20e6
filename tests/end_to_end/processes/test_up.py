"""``letterbox up``: everything on this machine, until it is told to stop."""

import os
import re
import signal
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from letterbox.domain import keys
from tests.commands import run_command
from tests.end_to_end.processes.curl import NEEDS_CURL, run
from tests.end_to_end.processes.posted import OPEN
from tests.end_to_end.processes.up_process import Up
from tests.support import THOROUGH, http, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("up")]

ACCEPTED = (200, "application accepted")
_PARTS = {"temporal", "sandbox", "worker", "api"}
# Each costs a start of all of it.
_OTHERS = ["api", "sandbox", "worker"] if THOROUGH else []


@pytest.fixture(name="up", scope="module")
def _up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Have a folder in which it runs, or ran; the tests that end it come last."""
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
        running.told(r"http://[^\s]+/desk") + "/sign-in",
    ]

    answers = [http().get(address).status_code for address in addresses]

    assert answers == [200, 200, 200]
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

    _wait_until_matched(running, application)

    shown = running.json("show", application)
    assert (shown["id"], shown["position"]) == (application, OPEN)
    assert shown["record"]["candidate"]["person"]["name"]["formatted"]
    findings = running.json("doctor")["items"]
    assert all(finding["fine"] for finding in findings)
    off = [one["what"] for one in findings if one["words"].startswith("off")]
    assert off == ["virus scanner", "delivery", "single sign-on"]
    assert f"process {running.program.running.pid}" in findings[1]["words"]
    assert "Point Letterbox at it" not in running.program.said()
    assert running.json("positions", "show", OPEN)["reference"] == OPEN


def test_what_a_board_is_asked_and_told_is_played_by_the_sandbox(running: Up) -> None:
    """`send linkedin` ends in an application with its CV; a status goes back."""
    sent = running.json("send", "linkedin")
    application = sent["application"]
    assert (sent["code"], sent["answer"]["id"]) == (200, application)

    def problems() -> list[tuple[str, str | None]]:
        shown = running.json("show", application)
        documents = (shown["record"] or {"attachments": []})["attachments"]
        return [(one["role"], one["problem"]) for one in documents]

    whole = [("RESUME", None), ("COVER_LETTER", None)]
    wait_until(lambda: problems() == whole, 60, every=0.5)
    running.json("status", application, "viewed")
    sandbox = f"http://127.0.0.1:{running.ports['LETTERBOX_SANDBOX_PORT']}"
    wait_until(lambda: http().get(f"{sandbox}/sandbox/statuses").json())
    [status] = http().get(f"{sandbox}/sandbox/statuses").json()
    assert status["said"]["action"] == "APPLICATION_VIEWED"
    assert f"linkedin:{status['said']['jobApplicationId']}" == application
    changes = running.json("show", application)["record"]["status_changes"]
    assert [change["status"] for change in changes] == ["viewed"]


def test_a_part_that_was_started_again_works(running: Up) -> None:
    """Whatever is asked of it next is done."""
    running.children()["worker"].kill()
    wait_until(lambda: "worker was killed by SIGKILL" in running.program.said())

    application = running.json("send", "careerjet")["application"]

    _wait_until_matched(running, application)


def test_a_second_up_in_the_same_folder_is_refused(running: Up) -> None:
    """Two Temporals on one file would damage it; the first is named by its process."""
    ran = running.letterbox("up")

    pid = running.program.running.pid
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith(
        "error: `letterbox up` is already running, with the data "
        "folder data: it is process "
        f"{pid}, and `kill {pid}` ends it"
    )
    assert set(running.children()) == _PARTS


def test_nothing_outlives_an_up_that_is_killed(running: Up) -> None:
    """Nobody has to look for orphans; the next one starts at once, and knows all."""
    application = running.json("send", "careerjet")["application"]
    children, guard = running.children().values(), running.guard()

    running.program.kill()

    wait_until(lambda: not any(map(_lives, (*children, guard))), within=60)
    running.program.start()
    assert running.json("show", application)["id"] == application


def test_a_signal_ends_all_that_up_started_and_state_survives(running: Up) -> None:
    """Exit code 0 and no process left; the next time everything is still known."""
    secret = running.told("secret [^\n]+")
    application = running.json("send", "careerjet")["application"]
    _wait_until_matched(running, application)

    code, left = running.signal(signal.SIGTERM)

    assert (code, left) == (0, [])
    running.program.start()
    assert running.told("secret [^\n]+") == secret
    assert application in _listed(running)
    assert running.json("show", application)["id"] == application


def test_what_outlives_even_the_guard_is_named_by_the_next_up(running: Up) -> None:
    """By its process, and by what ends it."""
    children, guard = running.children(), running.guard()
    guard.kill()
    running.program.kill()

    try:
        ran = running.letterbox("up")
    finally:
        for child in children.values():
            child.terminate()

    port = running.ports["LETTERBOX_API_PORT"]
    pid = children["api"].pid
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        f"error: port {port} is in use by `letterbox api`, process {pid}: stop it with "
        f"`kill {pid}`, or set LETTERBOX_API_PORT\n"
    )
    wait_until(lambda: not any(map(_lives, children.values())), within=60)


def test_a_signal_ends_up_while_it_still_starts(up: Up) -> None:
    """Whoever changes his mind at once is heard as well."""
    up.end()
    up.program.launch()
    wait_until(lambda: "api" in up.children())

    code, left = up.signal(signal.SIGINT)

    assert (code, left) == (0, [])


@pytest.mark.parametrize("part", ["temporal", *_OTHERS])
def test_a_part_that_dies_is_started_again_three_times(part: str, running: Up) -> None:
    """Each time it is told how it died; the fourth time everything ends, with 1."""
    log = "data/temporal.log" if part == "temporal" else "its log above"
    died = f"{part} was killed by SIGKILL"
    for number in (1, 2, 3):
        running.children()[part].kill()
        line = f"{died} (see {log}) and was started again, restart {number} of 3"
        wait_until(partial(_prints, running, line))
        wait_until(lambda: part in running.children())
    children = running.children()
    children[part].kill()

    code = running.program.wait()

    assert code == 1
    assert [child for child in children.values() if child.is_running()] == []
    assert _lines(running)[-1] == f"error: {died}, after 3 restarts: see {log}"
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
    # Were the port not refused, this would be, before anything is started.
    (tmp_path / "file").touch()
    up.environment["LETTERBOX_DATA"] = "file/data"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        up.environment[name] = str(port)

        ran = run_command(tmp_path, up.environment, "up")

    pid = os.getpid()
    assert (ran.returncode, ran.stdout) == (1, "")
    assert re.fullmatch(
        rf"error: port {port} is in use by .+, process {pid}: stop it with "
        rf"`kill {pid}`,"
        rf" or set {name}\n",
        ran.stderr,
    )
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def _wait_until_matched(up: Up, application: str) -> None:
    """Wait until `letterbox list` says so, which is asked once there is a record."""
    record = up.folder / "data/store" / keys.record(application)
    wait_until(record.is_file, within=60)
    wait_until(lambda: _listed(up).get(application) == "matched", within=60, every=0.5)


def _listed(up: Up) -> dict[str, str]:
    """Tell the stages of the applications that `letterbox list` names."""
    return {row["id"]: row["stage"] for row in up.json("list")["items"]}


def _lives(process: psutil.Process) -> bool:
    """Return whether it runs; one that nobody waits for is a zombie in the end."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _prints(up: Up, line: str) -> bool:
    return line in _lines(up)


def _lines(up: Up) -> list[str]:
    return up.program.said().splitlines()
