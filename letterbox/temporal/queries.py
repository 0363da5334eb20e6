"""Visibility queries: what Temporal's lists of workflows are filtered by."""

from datetime import UTC, datetime

# Temporal reckons in nanoseconds since 1970, and nothing was received before or after.
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = datetime(2200, 1, 1, tzinfo=UTC)


def open_applications(task_queue: str) -> str:
    """Query for the open applications of one installation: a namespace may have two."""
    return (
        'WorkflowType = "Application" AND ExecutionStatus = "Running"'
        f" AND TaskQueue = {quoted(task_queue)}"
    )


def quoted(text: str) -> str:
    """Quote a value for a visibility query."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def quoted_time(moment: datetime) -> str:
    """Write a moment as a value for a visibility query."""
    within = min(max(moment, _FIRST), _LAST).astimezone(UTC)
    return quoted(within.isoformat().replace("+00:00", "Z"))
