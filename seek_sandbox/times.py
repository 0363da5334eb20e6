"""Times as SEEK writes them: RFC 3339, UTC, milliseconds, ``Z``."""

import re
from contextlib import suppress
from datetime import UTC, datetime

from graphql import GraphQLError

_HISTORY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def now() -> datetime:
    """Write a time, as exactly as SEEK writes it."""
    return to_the_millisecond(datetime.now(UTC))


def to_the_millisecond(moment: datetime) -> datetime:
    """Drop what would be lost in writing."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def written(moment: datetime) -> str:
    """Write a time: ``2019-09-13T22:16:10.593Z``."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def read_date_time(value: object) -> datetime:
    """Read a DateTime variable; GraphQLError where it is none or has no zone."""
    if isinstance(value, str):
        with suppress(ValueError):
            moment = datetime.fromisoformat(value)
            if moment.tzinfo:
                return moment
    raise GraphQLError("DateTime must be an RFC 3339 date-time with an offset")


def write_date_time(value: object) -> str:
    """Check a DateTime on its way out."""
    return written(read_date_time(value))


def check_history_date(value: object) -> str:
    """Check a HistoryDate: a year, a year and month, or a full date."""
    if isinstance(value, str) and _HISTORY.fullmatch(value):
        return value
    raise GraphQLError("HistoryDate must be YYYY, YYYY-MM or YYYY-MM-DD")
