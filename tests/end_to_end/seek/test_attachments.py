"""Documents that SEEK lists and does not give, or gives otherwise."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from temporalio.client import Client

from letterbox.domain import keys
from letterbox.domain.application import Flag, Stage
from seek_sandbox.faults import LargeAttachment, Redacted, Redirect, VanishedAttachment
from tests.end_to_end.seek.opening import open_desk
from tests.end_to_end.seek.seek_stack import ANSWERED_WITHIN, Desk, of
from tests.seek_sandbox.receiver import Receiver

_MAX = 100_000


@pytest.fixture
def elsewhere() -> Iterator[Receiver]:
    """Run somebody who would like to have our token."""
    with Receiver() as receiver:
        yield receiver


@pytest.mark.parametrize(
    ("status", "problem", "flags"),
    [
        (None, "missing", (Flag.INCOMPLETE, Flag.UNAVAILABLE)),
        (403, "refused", (Flag.INCOMPLETE, Flag.UNAVAILABLE)),
        (410, "missing", (Flag.INCOMPLETE,)),
        (451, "refused", (Flag.INCOMPLETE,)),
    ],
)
async def test_a_document_that_is_not_there_is_recorded_as_such(
    status: int | None, problem: str, flags: tuple[Flag, ...], desk: Desk
) -> None:
    """
    The others are fetched, and the application goes on.

    Under 404 and 403 SEEK may only not be ready: then it is asked again.
    """
    await desk.control.fault(VanishedAttachment(status=status, times=1))

    emitted = await desk.apply(attachments=["Resume", "CoverLetter"])

    record = await desk.recorded(emitted)
    gone, there = record.attachments
    assert (record.stage, record.flags) == (Stage.MATCHED, flags)
    assert (gone.problem, gone.name, gone.sha256) == (problem, None, None)
    assert (gone.role, there.role, there.problem) == ("RESUME", "COVER_LETTER", None)
    assert record.candidate.attachment_links[0].role == "RESUME"
    assert await desk.asked("attachment") == 2


async def test_a_document_that_vanished_comes_with_a_repeat(desk: Desk) -> None:
    """SEEK puts it right and sends again."""
    await desk.control.fault(VanishedAttachment(times=1))
    emitted = await desk.apply(attachments=["Resume"])
    await desk.recorded(emitted)

    await desk.control.replay(emitted.event_id, wait=ANSWERED_WITHIN)

    record = await desk.recorded(emitted, lambda record: len(record.views) == 2)
    assert [one.problem for one in record.attachments] == [None]
    assert record.flags == ()


@pytest.mark.parametrize("declared", [True, False])
async def test_a_document_that_is_too_large_is_not_stored(
    declared: bool,  # noqa: FBT001 pytest passes parameters by name
    tmp_path: Path,
    temporal_client: Client,
) -> None:
    """Whether SEEK says so beforehand or not; the limit is a setting."""
    async with (
        open_desk(tmp_path, temporal_client, max_document_bytes=_MAX) as desk,
        desk.working(),
    ):
        too_large = LargeAttachment(size=_MAX + 1, declared=declared, times=1)
        await desk.control.fault(too_large)

        emitted = await desk.apply(attachments=["Resume", None])

        record = await desk.recorded(emitted)
        problems = [one.problem for one in record.attachments]
        stored = list(desk.store.list(f"{keys.application(record.id)}documents/"))
        assert problems == ["too-large", None]
        assert record.flags == (Flag.INCOMPLETE,)
        assert len(stored) == 1
        assert await desk.asked("attachment") == 2


async def test_a_document_of_exactly_the_limit_is_stored(
    tmp_path: Path, temporal_client: Client
) -> None:
    """Whatever it is: this one is no document at all, kept and flagged."""
    async with (
        open_desk(tmp_path, temporal_client, max_document_bytes=_MAX) as desk,
        desk.working(),
    ):
        await desk.control.fault(LargeAttachment(size=_MAX, declared=False))

        emitted = await desk.apply(attachments=["Resume"])

        record = await desk.recorded(emitted)
        [kept] = record.attachments
        assert (kept.size, kept.problem) == (_MAX, "unknown-type")
        assert record.flags == (Flag.ODD_FILE,)
        assert desk.store.get(keys.document(record.id, kept.name or "")) == bytes(_MAX)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_within_seek_is_followed(status: int, desk: Desk) -> None:
    """With the token; the document is the same to the byte."""
    redirect = Redirect.model_validate({"status": status, "times": 1})
    await desk.control.fault(redirect)

    emitted = await desk.apply(attachments=["Resume"])

    record = await desk.recorded(emitted)
    calls = [call.status for call in (await desk.control.calls()).calls]
    said = await desk.partner.profile(emitted.application_profile_id)
    content = (await desk.partner.download(said["attachments"][0]["url"])).content
    assert [one.sha256 for one in record.attachments] == [sha256(content).hexdigest()]
    assert calls == [200, 200, status, 200]
    assert record.flags == ()


async def test_a_redirect_out_of_seek_is_not_followed(
    desk: Desk, elsewhere: Receiver
) -> None:
    """Nobody else is called, with our token or without; recorded as refused."""
    await desk.control.fault(Redirect(location=elsewhere.url, times=1))

    emitted = await desk.apply(attachments=["Resume", "CoverLetter"])

    record = await desk.recorded(emitted)
    assert elsewhere.received == []
    assert [one.problem for one in record.attachments] == ["refused", None]
    assert (record.stage, record.flags) == (Stage.MATCHED, (Flag.INCOMPLETE,))
    assert await desk.asked("attachment") == 2


async def test_what_was_redacted_does_not_overwrite_what_we_hold(desk: Desk) -> None:
    """The person was deleted at SEEK: flagged for people to decide, the view kept."""
    emitted = await desk.apply(questionnaire=True)
    before = await desk.recorded(emitted)
    await desk.control.fault(Redacted())

    await desk.control.replay(emitted.event_id, wait=ANSWERED_WITHIN)

    after = await desk.recorded(emitted, lambda record: len(record.views) == 2)
    unchanged = {
        "flags": (Flag.REDACTED,),
        "views": after.views,
        "owed": after.owed,
    }
    newer = desk.applications.view(of(emitted), 2).said
    assert after == before.model_copy(update=unchanged)
    assert after.shown_view == 1
    for one in after.attachments:
        assert desk.store.get(keys.document(after.id, one.name or ""))
    assert isinstance(newer, dict)
    assert "redacted" in str(newer["profile"])
    assert await desk.asked() == 2


async def test_what_comes_redacted_is_recorded_as_it_is(desk: Desk) -> None:
    """Deleted before we asked: nothing to keep, and no reason to fail."""
    await desk.control.fault(Redacted())

    emitted = await desk.apply()

    record = await desk.recorded(emitted)
    assert record.candidate.person.name.formatted == "redacted"
    assert record.attachments == ()
    assert record.stage is Stage.MATCHED
