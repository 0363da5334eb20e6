"""The changes of a record, one function each. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from letterbox.domain.application import (
    Application,
    Attachment,
    Flag,
    Handled,
    Hold,
    PositionOpening,
    Release,
    Stage,
)
from letterbox.domain.commands import HoldRequest
from letterbox.domain.messages import ScanResult
from letterbox.domain.positions import Position

# Nobody's hands are on one so often; a script's may be.
_HANDLED = 50


def assigned(
    record: Application,
    position: Position,
    by: str = "",
    at: datetime | None = None,
) -> Application:
    """Put a person's choice in the place of what was matched, or was not."""
    opening = PositionOpening(
        reference=position.reference,
        hirer=position.hirer,
        title=position.title,
    )
    before = {"assigned_by": None, "assigned_at": None}
    if record.position.model_copy(update=before) == opening:
        return record
    chosen = opening.model_copy(update={"assigned_by": by or None, "assigned_at": at})
    changed = record.model_copy(update={"position": chosen, "stage": Stage.MATCHED})
    return _handled(changed, "assigned", by, at)


def requested_hold(command: HoldRequest, before: Hold | None, now: datetime) -> Hold:
    """Return the hold; what is asked for again was placed when it was first."""
    hold = Hold(
        reason=command.reason, until=command.until, by=command.by, placed_at=now
    )
    return before if before and is_same_hold(hold, before) else hold


def with_hold(
    record: Application,
    hold: Hold | None,
    now: datetime,
    by: str = "",
    reason: str | None = None,
) -> Application:
    """Note in the record the hold that there is, or that there is none any more."""
    return held(record, hold) if hold else released(record, by, now, reason)


def held(record: Application, hold: Hold) -> Application:
    """Note in the record that it is held."""
    changed = record.model_copy(update={"hold": hold})
    if not is_same_hold(hold, record.hold):
        changed = _handled(
            changed,
            "held",
            hold.by,
            hold.placed_at,
            reason=hold.reason,
            until=hold.until,
        )
    return changed.with_flag(Flag.HELD)


def is_same_hold(hold: Hold, before: Hold | None) -> bool:
    """Return whether it is the same hold, placed again."""
    return before is not None and hold == before.model_copy(
        update={"placed_at": hold.placed_at}
    )


def released(
    record: Application,
    by: str = "",
    at: datetime | None = None,
    reason: str | None = None,
) -> Application:
    """Remove the hold from the record."""
    changed = record.model_copy(update={"hold": None})
    if record.hold:
        changed = _handled(changed, "released", by, at, reason=reason)
    return changed.with_flag(Flag.HELD, is_up=False)


def delivered(record: Application) -> Application:
    """Note that the ATS has it; what waits for a person still waits."""
    if record.stage is not Stage.MATCHED:
        return record
    return record.model_copy(update={"stage": Stage.DELIVERED})


def scanned(record: Application, result: ScanResult) -> Application:
    """Take over verdicts on documents; the others keep theirs."""
    changed = record.with_attachments(lambda attachment: _judged(attachment, result))
    before = changed.with_flag(Flag.INFECTED, Flag.UNSCANNED, is_up=False)
    return before.with_flag(*scan_flags(changed.all_attachments()))


def scan_flags(attachments: Iterable[Attachment]) -> set[Flag]:
    """Return the flags that follow from the verdicts on documents."""
    scans = {attachment.scan for attachment in attachments}
    flags = {Flag.INFECTED} if "infected" in scans else set()
    return flags | ({Flag.UNSCANNED} if scans & {"unscanned", "unscannable"} else set())


def document_released(
    record: Application, name: str, release: Release, *, are_others: bool
) -> Application:
    """Note that a document is no threat; ``are_others`` still lie in quarantine."""
    vouched = {"scan": "released", "released": release}

    def judged(attachment: Attachment) -> Attachment:
        is_it = attachment.name == name
        return attachment.model_copy(update=vouched) if is_it else attachment

    changed = record.with_attachments(judged)
    return changed.with_flag(Flag.INFECTED, is_up=are_others)


def verdict(result: ScanResult, name: str) -> str | None:
    """Return what a scan says of one document; what it does not name is clean."""
    if name in result.absent:
        return None
    if name in result.infected:
        return "infected"
    if name in result.released:
        return "released"
    if name in result.unscanned:
        return "unscanned"
    return "unscannable" if name in result.too_large else "clean"


def _judged(attachment: Attachment, result: ScanResult) -> Attachment:
    if attachment.scan != "unscanned" or attachment.name is None:
        return attachment
    return attachment.model_copy(update={"scan": verdict(result, attachment.name)})


def _handled(
    record: Application,
    action: Literal["assigned", "held", "released"],
    by: str,
    at: datetime | None,
    **about: Any,
) -> Application:
    """Remember who did it; what came of itself, or of a time, is nobody's doing."""
    if not by or at is None:
        return record
    entry = Handled(action=action, by=by, at=at, **about)
    return record.model_copy(update={"handled": (*record.handled, entry)[-_HANDLED:]})
