"""Folders whose file system has no such call as fsync."""

from pathlib import Path

import pytest

from letterbox.storage.durable_files import keeps_entries, sync


def test_a_folder_that_can_be_synced_is(tmp_path: Path) -> None:
    """One that has gone meanwhile is told from it."""
    assert sync(tmp_path)
    assert keeps_entries(tmp_path)
    assert not sync(tmp_path / "gone")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Linux has such a one")
def test_a_folder_that_cannot_be_synced_refuses_nobody() -> None:
    """As on CIFS: the kernel says EINVAL, and the entry is there all the same."""
    assert sync(Path("/proc/self/fd"))
    assert not keeps_entries(Path("/proc/self/fd"))
