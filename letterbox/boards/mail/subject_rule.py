"""
The rule that finds a position's reference in a subject.

The pattern is the house's and the subject a stranger's: RE2 matches in linear time,
whatever the two are.
"""

from functools import cache
from typing import Any

from letterbox.boards.node import Node

# Longer subjects are nobody's.
_MAX_SUBJECT = 2000


@cache
def compiled(pattern: str) -> Any:
    """Compile a rule (ValueError); it must have a group."""
    # Few installations have a rule, and this takes 3 MB of each process.
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        rule = re2.compile(pattern, options)
    except re2.error:
        raise ValueError(
            "must be a regular expression in RE2's syntax: no backreference, and no "
            "look-around"
        ) from None
    if not rule.groups:
        raise ValueError(r"must have a group for the reference: \[([A-Z]+-\d+)\]")
    return rule


def reference_in(subject: str, pattern: str) -> str | None:
    """Return what the first group of a pattern finds; None for nothing."""
    found = compiled(pattern).search(subject[:_MAX_SUBJECT]) if pattern else None
    return Node(found.group(1).strip()).text() if found and found.group(1) else None
