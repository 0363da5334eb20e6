"""What the file of operators must not be: a pipe is waited for, perhaps for ever."""

import os
from pathlib import Path

import pytest

from letterbox.domain.errors import SettingsError
from letterbox.domain.operators import OperatorRole
from letterbox.operators import changes
from letterbox.operators.callers import Callers
from letterbox.operators.file import read


@pytest.mark.timeout(20)
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    """An API process that started with one would never answer a board."""
    pipe = tmp_path / "operators.json"
    os.mkfifo(pipe)
    callers = Callers([], pipe)
    callers.refresh()

    assert callers.is_unread
    assert "must be a file" in str(callers.trouble)
    with pytest.raises(SettingsError, match="must be a file"):
        changes.add(pipe, "jane.doe", OperatorRole.TRIAGE)


@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_a_device_is_refused(device: str) -> None:
    """One has nothing, another has no end."""
    with pytest.raises(SettingsError, match="must be a file"):
        read(Path(device))


def test_a_link_to_a_file_is_a_file(tmp_path: Path) -> None:
    """As secrets are mounted."""
    changes.add(tmp_path / "real.json", "jane.doe", OperatorRole.TRIAGE)
    link = tmp_path / "operators.json"
    link.symlink_to("real.json")

    assert read(link).find("jane.doe")


def test_what_others_are_given_is_not_sealed_by_a_token_of_a_person(
    tmp_path: Path,
) -> None:
    """Whoever has a cursor could try words until one seals the same: the admin's."""
    path = tmp_path / "operators.json"
    changes.add(path, "victor", OperatorRole.VIEWER)
    callers = Callers([b"letmein"], path)
    callers.refresh()

    assert callers.sealing_keys == [read(path).secret.encode()]
