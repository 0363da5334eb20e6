"""What was accepted for an application and not taken over yet, one at a time."""

from collections.abc import Iterator, Sequence
from contextlib import closing

import structlog

from letterbox.domain import keys
from letterbox.domain.ids import key_part
from letterbox.domain.ports import ObjectStore, StoredObject
from letterbox.domain.submission import Submission
from letterbox.records.inbox_objects import SubmissionWriter, read_submission

# So few are read twice, to put them in the order in which they were received.
_FEW = 16
_FOLDERS = frozenset(keys.INBOX_FOLDERS)

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


def waiting(store: ObjectStore, part: str) -> Iterator[StoredObject]:
    """List what waits for an application, by what stands for its id in keys."""
    beginning = keys.inbox_of(part)
    for stored in store.list(beginning):
        # An id that was cut short may begin as this one does.
        if "~" not in stored.key.removeprefix(beginning):
            yield stored
    yield from store.list(keys.old_inbox_of(part))


def has_any(store: ObjectStore, application_id: str) -> bool:
    """Return whether anything waits for an application."""
    return any(True for _ in waiting(store, key_part(application_id)))


def put(store: ObjectStore, submission: Submission) -> None:
    """Write a submission whose documents are stored, or that has none."""
    with store.draft() as draft, closing(SubmissionWriter(draft)) as writer:
        writer.save(submission)


def part_of(key: str) -> str:
    """Return what stands for an application's id in a key of the inbox."""
    folder, _, name = key.removeprefix(keys.INBOX).partition("/")
    return name.rpartition("~")[0] if is_one_object(key) else folder


def is_one_object(key: str) -> bool:
    """Return whether a key of the inbox is of today's form."""
    return key.rpartition("/")[0] in _FOLDERS


def read(store: ObjectStore, key: str, application_id: str) -> Submission | None:
    """Read one submission; None where it is gone, ValueError where it is none."""
    try:
        submission = read_any(store, key)
    except FileNotFoundError:
        return None
    if submission.application_id != application_id or key not in keys_of(submission):
        # Somebody has put it there by hand: it would never be cleared.
        raise ValueError("not the submission that belongs here")
    return submission


def read_any(store: ObjectStore, key: str) -> Submission:
    """Read a submission of whatever application (FileNotFoundError, ValueError)."""
    if is_one_object(key):
        return read_submission(store, key)
    return read_source(store, key)


def read_source(store: ObjectStore, key: str) -> Submission:
    """Read a submission that was taken over (FileNotFoundError, ValueError)."""
    return Submission.model_validate_json(store.get(key))


def keys_of(submission: Submission) -> tuple[str, str]:
    """Return where a submission may be in the inbox: as of today, and as before."""
    return keys_for(submission.application_id, submission.fingerprint)


def keys_for(application_id: str, fingerprint: str) -> tuple[str, str]:
    """Return the same for a fingerprint."""
    return (
        keys.inbox_record(application_id, fingerprint),
        keys.old_inbox_record(application_id, fingerprint),
    )


def _in_order(store: ObjectStore, application_id: str) -> Sequence[str]:
    listed = list(waiting(store, key_part(application_id)))
    # As they were written: to read a flood only to order it would take for ever.
    listed.sort(key=lambda stored: (stored.modified, stored.key))
    listed_keys = [stored.key for stored in listed]
    if not 1 < len(listed_keys) <= _FEW:
        return listed_keys
    received = {}
    for key in listed_keys:
        try:
            submission = read(store, key, application_id)
        except ValueError:
            submission = None
        if submission:
            received[key] = submission.precedes()
    unread = [key for key in listed_keys if key not in received]
    return [*sorted(received, key=lambda key: received[key]), *unread]
