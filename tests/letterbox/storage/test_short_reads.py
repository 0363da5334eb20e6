"""Files of which the system gives less at a time than was asked for."""

import os
from pathlib import Path
from threading import Thread

import pytest

from letterbox.storage.directory import DirectoryStore

# More than a pipe holds, and so more than one read of it brings.
SIZE = 100_000


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_beginning_is_read_to_its_end(tmp_path: Path) -> None:
    """As on a file system in user space: half of it would be taken for all."""
    store = DirectoryStore(tmp_path / "store")
    store.prepare()
    pipe = tmp_path / "store" / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(b"x" * SIZE,))
    writer.start()

    read = store.get_start("pipe", SIZE)
    writer.join(10)

    assert len(read) == SIZE
