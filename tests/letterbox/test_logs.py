"""The log: one JSON object a line, and no exception's text."""

import json
import subprocess
import sys

import pytest

_PROGRAM = """
import logging
import sys
import structlog
from letterbox.domain.errors import StoreUnavailableError
from letterbox.logs import log_failure, set_up_logs

set_up_logs("test", sys.argv[1])
structlog.get_logger().debug("too little to say")
structlog.get_logger().info("application answered", application="careerjet:1")
logging.getLogger("somebody.else").warning("hello", extra={"workflow_id": "w"})
logging.getLogger("python_multipart").warning("saw Ada Example")
try:
    raise KeyError("Ada Example")
except KeyError:
    structlog.get_logger().exception("ours")
    logging.getLogger("somebody.else").exception("theirs")
for failure in (
    StoreUnavailableError("put: EIO"),
    TimeoutError(),
    TimeoutError(110, "Connection timed out", "/store/inbox/00/Ada Example"),
    KeyError("Ada Example"),
):
    log_failure("goes on", failure, what="one")
try:
    raise IndexError("Ada Example")
except IndexError as error:
    log_failure("goes on", error, what="one")
"""


def logged(level: str = "info") -> list[dict[str, object]]:
    """Run a program that logs in every way; read its log."""
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM, level],
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in ended.stderr.splitlines()]


def test_every_line_is_json_whoever_logs() -> None:
    """Ours and the libraries' alike, with the process and the time."""
    ours, theirs, *_ = logged()

    assert ours["application"] == "careerjet:1"
    assert theirs["workflow_id"] == "w"
    assert {"event", "level", "timestamp", "process"} <= set(ours) & set(theirs)


def test_an_exception_is_logged_by_type_and_place() -> None:
    """Its text may quote a candidate."""
    lines = logged()

    failures = [line for line in lines if line["event"] in {"ours", "theirs"}]
    assert [line["error"] for line in failures] == ["KeyError", "KeyError"]
    assert all(line["at"] for line in failures)
    assert "Ada" not in json.dumps(lines)


def test_what_is_foreseen_has_a_reason_and_a_fault_of_ours_a_place() -> None:
    """Where something else goes on, nobody sees a traceback: the log has to do."""
    lines = [line for line in logged() if line["event"] == "goes on"]
    away, late, late_disk, never_raised, fault = lines

    assert {line["what"] for line in lines} == {"one"}
    assert (away["level"], away["reason"]) == ("warning", "put: EIO")
    assert (late["level"], late["reason"]) == ("warning", "no answer in time")
    assert late_disk["reason"] == late["reason"]
    assert (never_raised["error"], never_raised["at"]) == ("KeyError", "nowhere")
    assert (fault["level"], fault["error"]) == ("error", "IndexError")
    assert str(fault["at"]).startswith("<module>:")
    assert "reason" not in fault


@pytest.mark.parametrize(
    ("level", "lowest"), [("debug", "debug"), ("info", "info"), ("warning", "warning")]
)
def test_the_least_that_is_logged_is_a_setting(level: str, lowest: str) -> None:
    """Of our own lines and those of libraries."""
    levels = {line["level"] for line in logged(level)}
    order = ["debug", "info", "warning", "error"]

    assert levels == set(order[order.index(lowest) :])
