"""Reads forms as the API does, and keeps their documents nowhere but here."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from io import BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO, cast
from zipfile import ZipFile

from api.multipart.form import Files, ReceivedForm
from letterbox.domain.drafts import SubmissionDraft
from letterbox.domain.submission import Submission
from letterbox.records.inbox_objects import SubmissionWriter
from letterbox.storage.drafts import SpooledDraft

SUBMISSION = Submission(
    application_id="careerjet:1",
    board="careerjet",
    board_id="1",
    fingerprint="0" * 64,
    received_at=datetime(2026, 11, 30, tzinfo=UTC),
    said={},
)


def _local_file() -> BinaryIO:
    return cast("BinaryIO", TemporaryFile())


class Kept:
    """What was kept, as one would find it in a store."""

    def __init__(self, make_file: Callable[[], BinaryIO] = _local_file) -> None:
        self._make_file = make_file
        self.body = b""
        self.drafts: list[SpooledDraft] = []

    @contextmanager
    def open_draft(self) -> Iterator[SubmissionDraft]:
        """Begin a submission that is kept here."""
        draft = SpooledDraft(
            make_file=self._make_file,
            save_bytes=self._save_bytes,
            save_file=self._save_file,
        )
        self.drafts.append(draft)
        with closing(draft), closing(SubmissionWriter(draft)) as submission:
            yield submission

    def files(self) -> Files:
        """Return what ``read_form`` writes into."""
        return Files(self.open_draft, in_thread)

    def documents(self, received: ReceivedForm) -> dict[str, bytes]:
        """Keep what was read, and return its documents by their names."""
        received.draft.save(SUBMISSION)
        with ZipFile(BytesIO(self.body)) as archive:
            assert archive.testzip() is None
            return {
                name.removeprefix("documents/"): archive.read(name)
                for name in archive.namelist()
                if name != "delivery.json"
            }

    def _save_bytes(self, key: str, body: bytes) -> None:
        del key
        self.body = body

    def _save_file(self, key: str, file: BinaryIO) -> None:
        file.seek(0)
        self._save_bytes(key, file.read())


async def in_thread(work: Callable[[], None]) -> None:
    """Do what may wait, without a limit."""
    await asyncio.to_thread(work)


def files() -> Files:
    """Return what a form is read into that nobody looks at afterwards."""
    return Kept().files()
