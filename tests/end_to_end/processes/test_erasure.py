"""After an erasure no byte of the candidate is anywhere in an installation."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from letterbox.domain import keys
from letterbox.domain.application import Stage
from letterbox_cli.samples import import_sample_positions
from tests.commands import run_command
from tests.end_to_end.processes.canaries import Marks
from tests.end_to_end.processes.elsewhere import ELSEWHERE
from tests.end_to_end.processes.installation import Installation, installation
from tests.end_to_end.processes.kinds import KINDS
from tests.end_to_end.processes.posted import PostedApplication, PostedBody, fetched
from tests.inbox_objects import said_otherwise
from tests.support import LETTERBOX, clean_environment, wait_until

pytestmark = pytest.mark.processes

LONG_AGO = "2020-01-01T00:00:00Z"
_FOR_A_REASON = ("--yes", "--reason", "request 17")


class Registry:
    """Takes marked people in, and erases them."""

    def __init__(self, at: Installation) -> None:
        self.at = at
        self.marks = Marks()
        self.said: list[str] = []
        """What the commands printed."""

    def accept(self, *people: PostedApplication) -> None:
        """Have them recorded, with another version of each beside it."""
        for one in people:
            assert one.post(self.at.api.apply_url).status_code == one.accepted
        for one in people:
            fetched(self.at, one)
            another = self.marks.submission(one.uuid, type(one))
            assert another.post(self.at.api.apply_url).status_code == one.accepted
        for one in people:
            self.at.settle()
            assert len(fetched(self.at, one).views) >= 2

    def accept_late(self, *people: PostedApplication) -> None:
        """Have them archived at once, since they come out of a backlog."""
        self.at.worker.pause()
        for one in people:
            assert one.post(self.at.api.apply_url).status_code == one.accepted
            [waiting] = self.at.store.list(keys.inbox(one.id))
            body = said_otherwise(
                self.at.store.get(waiting.key),
                lambda said: json.dumps({**said, "received_at": LONG_AGO}),
            )
            self.at.store.put(waiting.key, body)
        self.at.worker.resume()
        wait_until(lambda: all(map(self._is_archived, people)))

    def _is_archived(self, one: PostedApplication) -> bool:
        # The archive comes first, then the open copy goes.
        is_ended = self.at.applications.ended(one.id) is Stage.ARCHIVED
        return is_ended and not list(self.at.store.list(keys.application(one.id)))

    def erase_unseen(self, *people: PostedApplication) -> None:
        """Have them erased while they lie in the inbox, and nobody is at work."""
        self.at.worker.pause()
        for one in people:
            assert one.post(self.at.api.apply_url).status_code == one.accepted
        erasing = [self._erasing(one.id) for one in people]
        self.at.worker.resume()
        self._ended(erasing)

    def erase(self, *which: str) -> None:
        """Say ``letterbox erase``, in this process."""
        words = ("erase", *which, *_FOR_A_REASON)
        ended = run_command(self.at.folder, self.at.environment, *words)
        assert ended.returncode == 0, ended.stderr
        self.said.append(ended.stdout + ended.stderr)

    def _erasing(self, *which: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            (*LETTERBOX, "erase", *which, *_FOR_A_REASON),
            cwd=self.at.folder,
            env=clean_environment() | self.at.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _ended(self, erasing: Sequence[subprocess.Popen[str]]) -> None:
        for command in erasing:
            said, _ = command.communicate(timeout=60)
            assert command.returncode == 0, said
            self.said.append(said)


def on_disk(folder: Path) -> dict[str, bytes]:
    """Read every file there is, whoever wrote it; folders may go meanwhile."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for parent, _, names in os.walk(folder)
        for path in (Path(parent) / name for name in names)
    }


def test_no_byte_of_an_erased_candidate_is_left(tmp_path: Path) -> None:
    """By id or address; open, archived or never looked at; of each kind of board."""
    settings = ELSEWHERE.settings | {"LETTERBOX_DIGEST_KEY": "a key for digests"}
    with installation(tmp_path, **settings) as at:
        import_sample_positions(at.store)
        positions = {f"store/{one.key}" for one in at.store.list("")}
        at.start()
        registry = Registry(at)
        marks = registry.marks
        address = f"{marks.word}.twice@example.com"
        by_id, by_address, late_by_address = (
            [marks.submission(kind=kind, **said) for kind in KINDS]
            for said in ({}, {"email": address.upper()}, {"email": address})
        )
        late, unseen = ([marks.submission(kind=PostedBody)] for _ in range(2))
        registry.accept(*by_id, *by_address)
        registry.accept_late(*late, *late_by_address)
        before = on_disk(tmp_path)

        registry.erase_unseen(*unseen)
        for one in (*by_id, *late):
            registry.erase(one.id)
        registry.erase("--candidate", f" {address.title()}")
        at.end()

    after = on_disk(tmp_path)
    erased = [one.id for one in (*by_id, *late, *unseen, *by_address, *late_by_address)]
    tombstones = {f"store/{keys.tombstone(one)}" for one in erased}
    kept = {
        name
        for name in after
        if name.startswith("store/")
        # Who erased what is in the journal.
        and not name.startswith(("store/.tmp/lock-", f"store/{keys.JOURNAL}"))
    }
    assert kept == positions | tombstones
    for name, content in after.items():
        assert marks.found_in(name.encode() + content) == [], name
    assert not marks.found_in("".join(registry.said).encode())
    # Had there been anything, it would have been seen: all was there before, and the
    # ids still are where they may be.
    assert {marks.word, marks.number} <= set(marks.found_in(b"".join(before.values())))
    for one in (*late, *late_by_address):
        assert one.filename.encode() in before[f"store/{keys.archive(one.id)}"]
    for one in (*by_id, *late, *late_by_address):
        was_told = any(one.eeo.encode() in content for content in before.values())
        assert was_told is one.keeps_apart
    assert "worker.log" in after
    for place in ("temporal.db", "api.log"):
        content = b"".join(after[name] for name in after if name.startswith(place))
        assert erased[0].encode() in content, place
