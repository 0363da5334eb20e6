"""
The rules of an audit, which decide from the facts what is wrong with an application.

They are pure, so that each case can be tested without a store and without Temporal.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from letterbox.audit.facts import Facts, Limits
from letterbox.audit.kinds import Kind
from letterbox.audit.owed import MAX_DELIVERY
from letterbox.domain.documents import DocumentProblem
from letterbox.domain.ports import StoredObject
from letterbox.domain.retention import is_kept_enough

# A request that takes longer to put its documents has been given up.
_CUT_SHORT = timedelta(hours=1)
# Time enough for what was just begun.
_JUST_STARTED = timedelta(minutes=5)
# A board may be asked for a day for the application, and for another for its documents:
# then it is recorded as far as it is known. What takes longer stands still.
_MAX_INTAKE = timedelta(days=2)
# As in the workflow: before an archive that is begun late counts as late.
_TIME_TO_ARCHIVE = timedelta(minutes=10)
_FOUND_BY_INSPECTION = frozenset(DocumentProblem)


def judge(facts: Facts, limits: Limits) -> dict[Kind, tuple[str, ...]]:
    """Return what is wrong, with the names of the objects that a rule is about."""
    if facts.objects.tombstone:
        is_wrong = _tombstone_with_leftovers(facts, limits)
        return {Kind.TOMBSTONE_WITH_LEFTOVERS: ()} if is_wrong else {}
    broken = {kind: () for kind, rule in _RULES.items() if rule(facts, limits)}
    named = {kind: broken_objects(kind, facts) for kind in _OBJECT_RULES}
    return {**broken, **{kind: names for kind, names in named.items() if names}}


def broken_objects(kind: Kind, facts: Facts) -> tuple[str, ...]:
    """Name the objects that are missing, damaged or unreadable."""
    return tuple(sorted(set(_OBJECT_RULES[kind](facts))))


def _accepted_without_workflow(facts: Facts, limits: Limits) -> bool:
    is_alone = facts.objects.record is None and not facts.workflow.is_open
    return is_alone and limits.any_older(facts.readable_waiting, limits.max_wait)


def _not_recorded(facts: Facts, limits: Limits) -> bool:
    """Find what stands still under an open workflow, a later submission too."""
    is_stuck = limits.any_older(facts.readable_waiting, _MAX_INTAKE)
    return facts.workflow.is_open and is_stuck


def _record_lost(facts: Facts, _: Limits) -> bool:
    return facts.objects.lacks_record and bool(facts.evidence.orphaned)


def _record_missing(facts: Facts, limits: Limits) -> bool:
    """
    Find what was recorded once, and of which not even the sources are left.

    Its workflow says so at once; documents that were scanned or held came that far.
    """
    objects, workflow = facts.objects, facts.workflow
    if not objects.lacks_record or _record_lost(facts, limits):
        return False
    if workflow.is_recorded:
        return True
    is_alone = not (objects.is_present or workflow.is_open)
    return bool(objects.documents) and is_alone and _was_accepted(facts)


def _record_without_workflow(facts: Facts, _: Limits) -> bool:
    return _is_left_open(facts) and facts.objects.archive is None


def _archived_and_open(facts: Facts, _: Limits) -> bool:
    return _is_left_open(facts) and facts.objects.archive is not None


def _workflow_without_record(facts: Facts, limits: Limits) -> bool:
    started = facts.workflow.started_at
    return (
        facts.workflow.is_open
        and not facts.workflow.is_recorded
        and not facts.objects.is_present
        and not facts.evidence.orphaned
        and (started is None or started + _JUST_STARTED < limits.now)
    )


def _archive_overdue(facts: Facts, limits: Limits) -> bool:
    record = facts.evidence.record
    if record is None or _archive_missing(facts, limits):
        return False
    half = (record.window_end - record.archive_by) / 2
    return _is_late(facts, record.window_end - half, limits)


def _archive_missing(facts: Facts, limits: Limits) -> bool:
    record = facts.evidence.record
    return record is not None and _is_late(facts, record.window_end, limits)


def _archive_damaged(facts: Facts, _: Limits) -> bool:
    archive = facts.objects.archive
    return archive is not None and archive.key in facts.evidence.damaged


def _archive_lost(facts: Facts, limits: Limits) -> bool:
    if facts.objects.is_present or not facts.workflow.has_archived:
        return False
    due, keep = facts.workflow.archive_by, limits.archive_keep
    # The archive is no older than that; without a date nobody knows its age.
    return keep is None or (due is not None and limits.now < due + keep)


def _leftovers(facts: Facts, limits: Limits) -> bool:
    """Find what is in the archive, or came with a request that was never accepted."""
    objects = facts.objects
    is_taken = facts.workflow.is_open or objects.record or objects.waiting
    is_archived = objects.archive is not None
    if is_taken or not (is_archived or _is_cut_short(facts)):
        return False
    youngest = max((stored.modified for stored in objects.copy), default=None)
    return youngest is not None and youngest + _CUT_SHORT < limits.now


def _untold(facts: Facts, limits: Limits) -> bool:
    record = facts.evidence.record
    owed = record.owed if record else ()
    since = min((event.happened_at for event in owed), default=None)
    is_late = since is not None and since + MAX_DELIVERY < limits.now
    # One without a workflow is found as that, and told when it is started.
    return limits.has_ats and facts.workflow.is_open and is_late


def _tombstone_with_leftovers(facts: Facts, limits: Limits) -> bool:
    tombstone = facts.objects.tombstone
    others = [stored for stored in facts.objects if stored != tombstone]
    if tombstone and facts.workflow.is_open:
        # It may be at it.
        return all(limits.any_older(some, _CUT_SHORT) for some in ([tombstone], others))
    # A late repeat brings documents, then an inbox record, which is swept away.
    late = {*facts.objects.waiting, *facts.objects.documents}
    return (
        any(stored not in late for stored in others)
        or limits.any_older(facts.objects.waiting, limits.max_wait)
        or limits.any_older(facts.objects.documents, _CUT_SHORT)
    )


def _marker_missing(facts: Facts, limits: Limits) -> bool:
    # The marker of an archive that expires goes first.
    return facts.evidence.lacks_marker and not _is_expiring(facts, limits)


def _marker_orphan(facts: Facts, limits: Limits) -> bool:
    is_held = facts.objects.hold is not None
    return bool(facts.objects.markers) and not is_held and _is_gone(facts, limits)


def _hold_orphan(facts: Facts, limits: Limits) -> bool:
    return facts.objects.hold is not None and _is_gone(facts, limits)


def _missing_documents(facts: Facts) -> Iterator[str]:
    existing = set(map(_name, facts.objects.documents))
    in_record = (document.name for document in facts.attachments)
    named = facts.evidence.named.union(in_record)
    return (name for name in named if name and name not in existing)


def _damaged_documents(facts: Facts) -> Iterator[str]:
    sizes = {
        document.name: document.size
        for document in facts.attachments
        # Of what came damaged, only the claim is known.
        if document.problem is None or document.problem in _FOUND_BY_INSPECTION
    }
    for document in facts.objects.documents:
        name = _name(document)
        is_other = sizes.get(name, document.size) != document.size
        if is_other or document.key in facts.evidence.damaged:
            yield name


def _missing_sources(facts: Facts) -> Iterator[str]:
    existing = set(map(_name, _kept_of_board(facts)))
    record = facts.evidence.record
    listed = {f"{view.number}.json" for view in record.views} if record else set()
    return iter((listed | facts.evidence.kept_apart) - existing)


def _kept_of_board(facts: Facts) -> tuple[StoredObject, ...]:
    """Return what the board sent, and what of it is kept apart."""
    return (*facts.objects.sources, *facts.objects.demographics)


def _unreadable(facts: Facts, objects: Iterable[StoredObject | None]) -> Iterator[str]:
    keys = facts.evidence.unreadable
    return (_name(stored) for stored in objects if stored and stored.key in keys)


_RULES: dict[Kind, Callable[[Facts, Limits], bool]] = {
    Kind.ACCEPTED_WITHOUT_WORKFLOW: _accepted_without_workflow,
    Kind.NOT_RECORDED: _not_recorded,
    Kind.RECORD_WITHOUT_WORKFLOW: _record_without_workflow,
    Kind.RECORD_LOST: _record_lost,
    Kind.RECORD_MISSING: _record_missing,
    Kind.WORKFLOW_WITHOUT_RECORD: _workflow_without_record,
    Kind.ARCHIVE_OVERDUE: _archive_overdue,
    Kind.ARCHIVE_MISSING: _archive_missing,
    Kind.ARCHIVE_DAMAGED: _archive_damaged,
    Kind.ARCHIVE_LOST: _archive_lost,
    Kind.ARCHIVED_AND_OPEN: _archived_and_open,
    Kind.UNTOLD: _untold,
    Kind.LEFTOVERS: _leftovers,
    Kind.MARKER_MISSING: _marker_missing,
    Kind.MARKER_ORPHAN: _marker_orphan,
    Kind.HOLD_ORPHAN: _hold_orphan,
}
_OBJECT_RULES: dict[Kind, Callable[[Facts], Iterator[str]]] = {
    Kind.DOCUMENT_MISSING: _missing_documents,
    Kind.DOCUMENT_DAMAGED: _damaged_documents,
    Kind.SOURCE_MISSING: _missing_sources,
    Kind.SOURCE_DAMAGED: lambda facts: _unreadable(facts, _kept_of_board(facts)),
    Kind.INBOX_UNREADABLE: lambda facts: _unreadable(facts, facts.objects.waiting),
    Kind.RECORD_UNREADABLE: lambda facts: _unreadable(facts, [facts.objects.record]),
}


def _is_left_open(facts: Facts) -> bool:
    # One that cannot be read is found as that, and a workflow would not help it.
    return facts.evidence.record is not None and not facts.workflow.is_open


def _is_gone(facts: Facts, limits: Limits) -> bool:
    """
    Return whether nothing is left, nor should be.

    The marker or the hold of an application that was lost may be the last that tells
    of it, and a backup may bring it back.
    """
    objects, workflow = facts.objects, facts.workflow
    is_empty = not (objects.is_present or objects.copy or workflow.is_open)
    is_lost = workflow.is_recorded or _archive_lost(facts, limits)
    return is_empty and not is_lost


def _is_cut_short(facts: Facts) -> bool:
    """Return whether there are documents only, and no sign that a board was told."""
    objects = facts.objects
    is_only_documents = bool(objects.documents) and not objects.sources
    return is_only_documents and not _was_accepted(facts)


def _was_accepted(facts: Facts) -> bool:
    """Look for what a request that was cut short cannot have left."""
    objects = facts.objects
    is_scanned = any("/quarantine/" in stored.key for stored in objects.documents)
    is_known = facts.workflow.run_id is not None
    return bool(objects.hold or objects.markers) or is_scanned or is_known


def _is_late(facts: Facts, since: datetime, limits: Limits) -> bool:
    objects = facts.objects
    if objects.record is None or objects.archive:
        return False
    # What came out of a backlog, late already, is archived at once.
    begun = objects.record.modified + _TIME_TO_ARCHIVE
    return max(since, begun) < limits.now


def _is_expiring(facts: Facts, limits: Limits) -> bool:
    archive, archived = facts.objects.archive, facts.evidence.archived
    if archive is None or limits.archive_keep is None:
        return False
    if limits.any_older([archive], limits.archive_keep):
        return True
    if archived is None:
        return False
    dates = (archived.archive_by, archived.received_at)
    return is_kept_enough(*dates, limits.archive_keep, limits.now)


def _name(stored: StoredObject) -> str:
    return stored.key.rpartition("/")[2]
