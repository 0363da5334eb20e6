"""Root runs a command, and the API is another user: nothing of it may be locked out."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from letterbox.domain.journal_actions import JournalAction
from letterbox.journal.writer import Journal
from letterbox.storage.directory import DirectoryStore
from letterbox.storage.file_lock import locked

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be root")

_API = 54321


def test_what_root_puts_belongs_to_the_owner_of_the_store(tmp_path: Path) -> None:
    """Or whoever looks at one application as root stops the journal for a day."""
    folder = tmp_path / "store"
    store = DirectoryStore(folder)
    store.prepare()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, _API, _API)

    Journal(store, lambda: datetime.now(UTC)).write(
        JournalAction.READ, operator="root", by="cli: root", application="careerjet:one"
    )
    store.replace("applications/one/application.json", b"{}", None)
    with store.draft() as draft:
        draft.write(b"large" * 1_000_000)
        draft.save("inbox/one.zip")
    with locked(folder / ".tmp" / "lock"):
        made = [folder, *folder.rglob("*")]
        owners = {(path.stat().st_uid, path.stat().st_gid) for path in made}
        files = [path for path in made if path.is_file()]

    assert owners == {(_API, _API)}
    assert len(files) >= 4


def test_the_folders_that_root_prepares_belong_to_the_owner_of_the_store(
    tmp_path: Path,
) -> None:
    """So does what was missing of an inbox; a link is not followed."""
    folder, elsewhere = tmp_path / "store", tmp_path / "elsewhere"
    for made in (folder, elsewhere):
        made.mkdir()
    os.chown(folder, _API, _API)
    store = DirectoryStore(folder)
    store.prepare()
    (folder / "inbox" / "7f").rmdir()
    (folder / "inbox" / "80").rmdir()
    (folder / "inbox" / "80").symlink_to(elsewhere)
    store.prepare()
    owners = {
        (path.lstat().st_uid, path.lstat().st_gid)
        for path in (folder, *folder.rglob("*"))
        if not path.is_symlink()
    }

    assert owners == {(_API, _API)}
    assert len(list((folder / "inbox").iterdir())) == 256
    assert elsewhere.stat().st_uid == 0
