"""What was accepted for an application and not taken over yet, one at a time."""

from collections.abc import Iterator, Sequence

import structlog

from letterbox.domain import keys
from letterbox.domain.ports import ObjectStore
from letterbox.domain.submission import Submission

# So few are read twice, to put them in the order in which they were received.
_FEW = 16

log = structlog.get_logger()


def submissions(store: ObjectStore, application_id: str) -> Iterator[Submission]:
    """
    Read the inbox of one application, the oldest submission first.

    One submission is held in memory at a time, however many there are. What cannot be
    read is logged, and left for a person. Where nothing else is there, the error is
    raised (ValueError): the caller knows whether that may be all there is.
    """
    unreadable: ValueError | None = None
    has_any = False
    for key in _in_order(store, application_id):
        try:
            submission = read(store, key, application_id)
        except ValueError as error:
            # Its key holds a digest of what was said: not for logs.
            log.error("unreadable inbox record", application=application_id)  # noqa: TRY400
            unreadable = error
            continue
        if submission:
            has_any = True
            yield submission
    if unreadable and not has_any:
        raise unreadable


def read(store: ObjectStore, key: str, application_id: str) -> Submission | None:
    """Read one submission; None where it is gone, ValueError where it is none."""
    try:
        submission = Submission.model_validate_json(store.get(key))
    except FileNotFoundError:
        return None
    if (submission.application_id, inbox_key(submission)) != (application_id, key):
        # Somebody has put it there by hand: it would never be cleared.
        raise ValueError("not the submission that belongs here")
    return submission


def inbox_key(submission: Submission) -> str:
    """Return the key of a submission in the inbox."""
    return keys.inbox_record(submission.application_id, submission.fingerprint)


def _in_order(store: ObjectStore, application_id: str) -> Sequence[str]:
    listed = list(store.list(keys.inbox(application_id)))
    # As they were written: to read a flood only to order it would take for ever.
    listed.sort(key=lambda stored: (stored.modified, stored.key))
    waiting = [stored.key for stored in listed]
    if not 1 < len(waiting) <= _FEW:
        return waiting
    received = {}
    for key in waiting:
        try:
            submission = read(store, key, application_id)
        except ValueError:
            submission = None
        if submission:
            received[key] = submission.precedes()
    unread = [key for key in waiting if key not in received]
    return [*sorted(received, key=lambda key: received[key]), *unread]
