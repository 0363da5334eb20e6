"""Folders whose file system has no such call as fsync."""

from pathlib import Path

import pytest

from gateways.durable_files import sync


def test_a_folder_that_can_be_synced_is(tmp_path: Path) -> None:
    """And one that has gone meanwhile holds nothing to lose."""
    assert sync(tmp_path)
    assert sync(tmp_path / "gone")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Linux has such a one")
def test_a_folder_that_cannot_be_synced_refuses_nobody() -> None:
    """As on CIFS: the kernel says EINVAL, and the entry is there all the same."""
    assert not sync(Path("/proc/self/fd"))
