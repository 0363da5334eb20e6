"""The changes of a record, one function each. Pure."""

from activities.scan_values import Scanned
from domain.application import (
    Application,
    Attachment,
    Flag,
    Hold,
    PositionOpening,
    Stage,
)
from domain.positions import Position


def assigned(record: Application, position: Position) -> Application:
    """Put a person's choice in the place of what was matched, or was not."""
    opening = PositionOpening(
        reference=position.reference,
        hirer=position.hirer,
        title=position.title,
    )
    if record.position == opening:
        return record
    return record.model_copy(update={"position": opening, "stage": Stage.MATCHED})


def held(record: Application, hold: Hold) -> Application:
    """Say in the record that it is held."""
    changed = record.model_copy(update={"hold": hold})
    return _flagged(changed, Flag.HELD, is_up=True)


def released(record: Application) -> Application:
    """Hold no longer."""
    changed = record.model_copy(update={"hold": None})
    return _flagged(changed, Flag.HELD, is_up=False)


def delivered(record: Application) -> Application:
    """Say that the ATS has it; what waits for a person still waits."""
    if record.stage is not Stage.MATCHED:
        return record
    return record.model_copy(update={"stage": Stage.DELIVERED})


def flagged(record: Application, flag: Flag) -> Application:
    """Raise a flag."""
    return _flagged(record, flag, is_up=True)


def scanned(record: Application, found: Scanned) -> Application:
    """Take over verdicts on documents; the others keep theirs."""
    attachments = tuple(_judged(one, found) for one in record.attachments)
    scans = {one.scan for one in attachments}
    changed = record.model_copy(update={"attachments": attachments})
    changed = _flagged(changed, Flag.INFECTED, is_up="infected" in scans)
    is_unscanned = bool(scans & {"unscanned", "unscannable"})
    return _flagged(changed, Flag.UNSCANNED, is_up=is_unscanned)


def verdict(found: Scanned, name: str) -> str | None:
    """Say what a scan told of one document; what it does not name is clean."""
    if name in found.absent:
        return None
    if name in found.infected:
        return "infected"
    if name in found.unscanned:
        return "unscanned"
    return "unscannable" if name in found.too_large else "clean"


def _judged(attachment: Attachment, found: Scanned) -> Attachment:
    if attachment.scan != "unscanned" or attachment.name is None:
        return attachment
    return attachment.model_copy(update={"scan": verdict(found, attachment.name)})


def _flagged(record: Application, flag: Flag, *, is_up: bool) -> Application:
    others = set(record.flags) - {flag}
    flags = others | {flag} if is_up else others
    return record.model_copy(update={"flags": tuple(sorted(flags))})
