"""Documents that cannot be fetched for a day do not end an application."""

import errno
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from letterbox.domain.application import Flag, Stage
from letterbox.domain.documents import DocumentKind, recognise
from tests.end_to_end.seek.opening import open_desk
from tests.end_to_end.seek.seek_stack import Desk, of
from tests.support import eventually


class FullDisk:
    """A machine that has no room to look into a document, as long as ``is_on``."""

    is_on = True

    def recognise(self, content: BinaryIO) -> DocumentKind:
        """Look into a document."""
        if self.is_on:
            raise OSError(errno.ENOSPC, "no space left")
        return recognise(content)


@pytest.fixture(name="documents")
def _documents() -> FullDisk:
    """Make a disk that takes no documents, as long as it is full."""
    return FullDisk()


@pytest_asyncio.fixture(name="quick")
async def _quick(
    tmp_path: Path, skipping: WorkflowEnvironment, documents: FullDisk
) -> AsyncIterator[Desk]:
    async with (
        open_desk(tmp_path, skipping.client) as desk,
        desk.working(recognise=documents.recognise),
    ):
        yield desk


async def test_an_application_is_recorded_before_its_documents_can_be_had(
    documents: FullDisk, quick: Desk, skipping: WorkflowEnvironment
) -> None:
    """The record comes first; the documents follow once they can be had."""
    emitted = await quick.apply()
    await quick.until_asked()
    await skipping.sleep(timedelta(days=1, minutes=30))
    bare = await quick.recorded(emitted)
    documents.is_on = False
    await skipping.sleep(timedelta(hours=2))
    whole = await quick.recorded(emitted, lambda one: len(one.attachments) == 2)

    assert (bare.stage, bare.attachments) == (Stage.MATCHED, ())
    assert bare.flags == (Flag.UNAVAILABLE,)
    assert whole.flags == ()
    assert [one.problem for one in whole.attachments] == [None, None]


async def test_a_last_look_that_fails_does_not_stop_the_archive(
    documents: FullDisk, quick: Desk, skipping: WorkflowEnvironment
) -> None:
    """What we hold is archived: the board forgets it soon."""
    documents.is_on = False
    emitted = await quick.apply()
    await quick.recorded(emitted)
    documents.is_on = True

    async def is_archived() -> bool:
        return quick.applications.ended(of(emitted)) is Stage.ARCHIVED

    await skipping.sleep(timedelta(days=167))

    await eventually(is_archived)
