"""The rules of an audit: what is wrong with one application, by the facts. Pure."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from letterbox.audit.contents import NAMING
from letterbox.audit.facts import Facts, Limits
from letterbox.audit.kinds import Kind
from letterbox.audit.owed import MAX_DELIVERY
from letterbox.domain.ports import StoredObject
from letterbox.domain.retention import is_kept_enough

# A request that takes longer to put its documents has been given up.
_CUT_SHORT = timedelta(hours=1)
# Time enough for what was just begun.
_JUST_STARTED = timedelta(minutes=5)
# A board may be asked for a day for the application, and for another for its documents:
# then it is recorded as far as it is known. What takes longer stands still.
_MAX_INTAKE = timedelta(days=2)
_CLOCKS_DIFFER = timedelta(days=1)
# As in the workflow: before an archive that is begun late counts as late.
_TIME_TO_ARCHIVE = timedelta(minutes=10)


def judge(facts: Facts, limits: Limits) -> dict[Kind, tuple[str, ...]]:
    """Tell what is wrong, with names of documents and the like where that helps."""
    if facts.traces.tombstone:
        is_wrong = _tombstone_with_leftovers(facts, limits)
        return {Kind.TOMBSTONE_WITH_LEFTOVERS: ()} if is_wrong else {}
    found = {kind: () for kind, rule in _RULES.items() if rule(facts, limits)}
    named = {kind: tuple(sorted(set(rule(facts)))) for kind, rule in NAMING.items()}
    return {**found, **{kind: names for kind, names in named.items() if names}}


def _accepted_without_workflow(facts: Facts, limits: Limits) -> bool:
    is_alone = facts.traces.record is None and not facts.workflow.is_open
    return is_alone and _any_older(_readable(facts), limits.sweeps, limits)


def _not_recorded(facts: Facts, limits: Limits) -> bool:
    """Find what stands still under an open workflow, a later delivery too."""
    is_stuck = _any_older(_readable(facts), _MAX_INTAKE, limits)
    return facts.workflow.is_open and is_stuck


def _record_lost(facts: Facts, _: Limits) -> bool:
    return facts.traces.lacks_record and bool(facts.evidence.orphaned)


def _record_missing(facts: Facts, limits: Limits) -> bool:
    """
    Find what was recorded once, and of which not even the sources are left.

    Its workflow says so at once; documents that were scanned or held came that far.
    """
    traces, workflow = facts.traces, facts.workflow
    if not traces.lacks_record or _record_lost(facts, limits):
        return False
    if workflow.is_recorded:
        return True
    is_forlorn = bool(traces.documents) and not (traces.is_kept or workflow.is_open)
    return is_forlorn and _was_accepted(facts)


def _record_without_workflow(facts: Facts, _: Limits) -> bool:
    return _is_left_open(facts) and facts.traces.archive is None


def _archived_and_open(facts: Facts, _: Limits) -> bool:
    return _is_left_open(facts) and facts.traces.archive is not None


def _workflow_without_record(facts: Facts, limits: Limits) -> bool:
    started = facts.workflow.started_at
    return (
        facts.workflow.is_open
        and not facts.workflow.is_recorded
        and not facts.traces.is_kept
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
    archive = facts.traces.archive
    return archive is not None and archive.key in facts.evidence.damaged


def _archive_lost(facts: Facts, limits: Limits) -> bool:
    if facts.traces.is_kept or not facts.workflow.has_archived:
        return False
    due = facts.workflow.archive_by
    # The archive is no older than that; without a date nobody knows its age.
    return limits.keep is None or (due is not None and limits.now < due + limits.keep)


def _leftovers(facts: Facts, limits: Limits) -> bool:
    """Find what is in the archive, or came with a request that was never accepted."""
    traces = facts.traces
    is_taken = facts.workflow.is_open or traces.record or traces.waiting
    is_archived = traces.archive is not None
    if is_taken or not (is_archived or _is_cut_short(facts)):
        return False
    youngest = max((one.modified for one in traces.copy), default=None)
    return youngest is not None and youngest + _CUT_SHORT < limits.now


def _untold(facts: Facts, limits: Limits) -> bool:
    record = facts.evidence.record
    owed = record.owed if record else ()
    since = min((one.happened_at for one in owed), default=None)
    is_late = since is not None and since + MAX_DELIVERY < limits.now
    # One without a workflow is found as that, and told when it is started.
    return limits.has_ats and facts.workflow.is_open and is_late


def _tombstone_with_leftovers(facts: Facts, limits: Limits) -> bool:
    tombstone = facts.traces.tombstone
    others = [one for one in facts.traces if one != tombstone]
    if tombstone and facts.workflow.is_open:
        # It may be at it.
        ages = ([tombstone], others)
        return all(_any_older(some, _CUT_SHORT, limits) for some in ages)
    # A late repeat brings documents, then an inbox record, which is swept away.
    late = {*facts.traces.waiting, *facts.traces.documents}
    return (
        any(one not in late for one in others)
        or _any_older(facts.traces.waiting, limits.sweeps, limits)
        or _any_older(facts.traces.documents, _CUT_SHORT, limits)
    )


def _marker_missing(facts: Facts, limits: Limits) -> bool:
    # The marker of what is kept no longer goes first.
    return facts.evidence.lacks_marker and not _is_ending(facts, limits)


def _marker_orphan(facts: Facts, limits: Limits) -> bool:
    is_held = facts.traces.hold is not None
    return bool(facts.traces.markers) and not is_held and _is_nowhere(facts, limits)


def _hold_orphan(facts: Facts, limits: Limits) -> bool:
    return facts.traces.hold is not None and _is_nowhere(facts, limits)


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


def _is_left_open(facts: Facts) -> bool:
    # One that cannot be read is found as that, and a workflow would not help it.
    return facts.evidence.record is not None and not facts.workflow.is_open


def _is_nowhere(facts: Facts, limits: Limits) -> bool:
    """
    Tell that nothing is left; what should be there is not a thing to tidy away.

    The marker or the hold of an application that was lost may be the last that tells
    of it, and a backup may bring it back.
    """
    traces, workflow = facts.traces, facts.workflow
    is_gone = not (traces.is_kept or traces.copy or workflow.is_open)
    is_lost = workflow.is_recorded or _archive_lost(facts, limits)
    return is_gone and not is_lost


def _is_cut_short(facts: Facts) -> bool:
    """Tell that there are documents only, and no sign that a board was told yes."""
    traces = facts.traces
    is_only_documents = bool(traces.documents) and not traces.sources
    return is_only_documents and not _was_accepted(facts)


def _was_accepted(facts: Facts) -> bool:
    """Tell by what a request that was cut short cannot have left."""
    traces = facts.traces
    is_scanned = any("/quarantine/" in one.key for one in traces.documents)
    is_known = facts.workflow.run_id is not None
    return bool(traces.hold or traces.markers) or is_scanned or is_known


def _readable(facts: Facts) -> list[StoredObject]:
    unreadable = facts.evidence.unreadable
    return [one for one in facts.traces.waiting if one.key not in unreadable]


def _is_late(facts: Facts, since: datetime, limits: Limits) -> bool:
    traces = facts.traces
    if traces.record is None or traces.archive:
        return False
    # What came out of a backlog, late already, is archived at once.
    begun = traces.record.modified + _TIME_TO_ARCHIVE
    return max(since, begun) < limits.now


def _is_ending(facts: Facts, limits: Limits) -> bool:
    archive, archived = facts.traces.archive, facts.evidence.archived
    if archive is None or limits.keep is None:
        return False
    if _any_older([archive], limits.keep, limits):
        return True
    if archived is None:
        return False
    dates = (archived.archive_by, archived.received_at)
    return is_kept_enough(*dates, limits.keep, limits.now)


def _any_older(objects: Iterable[StoredObject], age: timedelta, limits: Limits) -> bool:
    # A time that is still to come is a clock's mistake, and no reason to wait for it.
    future = limits.now + _CLOCKS_DIFFER
    return any(
        one.modified + age < limits.now or one.modified > future for one in objects
    )
