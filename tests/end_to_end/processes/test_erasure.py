"""After an erasure no byte of the candidate is anywhere in an installation."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Stage
from letterbox_cli.samples import import_sample_positions
from tests.deliveries import said_otherwise
from tests.end_to_end.processes.canaries import Marks
from tests.end_to_end.processes.installation import Installation, installation
from tests.end_to_end.processes.posted import PostedApplication
from tests.support import LETTERBOX, clean_environment, wait_until

pytestmark = pytest.mark.processes

LONG_AGO = "2020-01-01T00:00:00Z"


class Registry:
    """Takes marked people in, and erases them."""

    def __init__(self, at: Installation) -> None:
        self.at = at
        self.marks = Marks()
        self.said: list[str] = []
        """What the commands printed."""

    def accept(self, one: PostedApplication) -> PostedApplication:
        """Have it recorded, with another version beside it."""
        for sent in (one, self.marks.submission(one.uuid)):
            assert sent.post(self.at.api.apply_url).status_code == 200
        wait_until(lambda: len(self.at.recorded(one.id).views) == 2)
        return one

    def accept_late(self, one: PostedApplication) -> PostedApplication:
        """Have it archived at once, since it comes out of a backlog."""
        self.at.worker.pause()
        assert one.post(self.at.api.apply_url).status_code == 200
        [waiting] = self.at.store.list(keys.inbox(one.id))
        body = said_otherwise(
            self.at.store.get(waiting.key),
            lambda said: json.dumps({**said, "received_at": LONG_AGO}),
        )
        self.at.store.put(waiting.key, body)
        self.at.worker.resume()
        wait_until(lambda: self.at.applications.ended(one.id) is Stage.ARCHIVED)
        # The archive comes first, then the hot copy goes.
        wait_until(lambda: not list(self.at.store.list(keys.application(one.id))))
        return one

    def erase(self, *which: str) -> None:
        """Say ``letterbox erase``."""
        done = subprocess.run(
            (*LETTERBOX, "erase", *which, "--yes", "--reason", "request 17"),
            cwd=self.at.folder,
            env=clean_environment() | self.at.environment,
            capture_output=True,
            check=True,
            text=True,
        )
        self.said.append(done.stdout + done.stderr)


def on_disk(folder: Path) -> dict[str, bytes]:
    """Read every file there is, whoever wrote it; folders may go meanwhile."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for parent, _, names in os.walk(folder)
        for path in (Path(parent) / name for name in names)
    }


def test_no_byte_of_an_erased_candidate_is_left(tmp_path: Path) -> None:
    """By the id or the address, open or archived; all raw files are searched."""
    with installation(tmp_path, LETTERBOX_DIGEST_KEY="a key for digests") as at:
        import_sample_positions(at.store)
        positions = {f"store/{one.key}" for one in at.store.list("")}
        at.start()
        registry = Registry(at)
        marks = registry.marks
        address = f"{marks.word}.twice@example.com"
        by_id = [
            registry.accept(marks.submission()),
            registry.accept_late(marks.submission()),
        ]
        by_address = [
            registry.accept(marks.submission(email=address.upper())),
            registry.accept_late(marks.submission(email=address)),
        ]
        before = on_disk(tmp_path)

        for one in by_id:
            registry.erase(one.id)
        registry.erase("--candidate", f" {address.title()}")
        at.end()

    after = on_disk(tmp_path)
    erased = [one.id for one in (*by_id, *by_address)]
    tombstones = {f"store/{keys.tombstone(one)}" for one in erased}
    kept = {
        name
        for name in after
        if name.startswith("store/") and not name.startswith("store/.tmp/lock-")
    }
    assert kept == positions | tombstones
    for name, content in after.items():
        assert marks.found_in(name.encode() + content) == [], name
    assert not marks.found_in("".join(registry.said).encode())
    # Had there been anything, it would have been seen: all was there before, and the
    # ids still are where they may be.
    assert {marks.word, marks.number} <= set(marks.found_in(b"".join(before.values())))
    assert {f"store/{keys.archive(one)}" for one in (erased[1], erased[3])} < set(
        before
    )
    assert "worker.log" in after
    for place in ("temporal.db", "api.log"):
        content = b"".join(after[name] for name in after if name.startswith(place))
        assert erased[0].encode() in content, place
