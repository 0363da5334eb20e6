"""How many processes there are to be."""

import os
from pathlib import Path

import pytest

from letterbox.domain.errors import SettingsError
from letterbox.setting_types import MAX_PROCESSES, available_cores, process_count
from letterbox.settings import load_settings

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


@pytest.mark.parametrize(
    ("quota", "cores"),
    [
        ("max 100000\n", min(CORES, MAX_PROCESSES)),
        ("100000 100000\n", 1),
        ("50000 100000\n", 1),
        ("6400000000 100000\n", min(CORES, MAX_PROCESSES)),
        ("", min(CORES, MAX_PROCESSES)),
    ],
)
def test_auto_is_the_cores_that_the_container_may_use(
    quota: str, cores: int, tmp_path: Path
) -> None:
    """A container that is limited to one core would only make them wait for it."""
    (tmp_path / "cpu.max").write_text(quota)

    assert available_cores(tmp_path / "cpu.max") == cores


def test_without_a_quota_auto_is_the_cores_of_this_machine(tmp_path: Path) -> None:
    """It is a file of Linux, and not of each."""
    assert available_cores(tmp_path / "none") == min(CORES, MAX_PROCESSES)
    assert process_count("auto") >= 1


@pytest.mark.parametrize("text", ["0", "-1", "65", "two", "", "1.5", "AUTO"])
def test_what_is_no_number_of_processes_is_refused(text: str) -> None:
    """A slip of the keyboard must not start thousands."""
    with pytest.raises(ValueError, match="must be auto or a whole number from 1 to 64"):
        process_count(text)


def test_settings_name_what_is_wrong_with_a_number_of_processes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Both settings read alike."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LETTERBOX_WORKER_PROCESSES", "auto")
    monkeypatch.setenv("LETTERBOX_API_PROCESSES", "3")
    settings = load_settings()
    assert (settings.worker_processes, settings.api_processes) == (
        process_count("auto"),
        3,
    )

    monkeypatch.setenv("LETTERBOX_API_PROCESSES", "many")
    with pytest.raises(SettingsError, match="LETTERBOX_API_PROCESSES: must be auto"):
        load_settings()
