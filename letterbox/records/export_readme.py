"""README.txt of what is held of a person: says what is where, and what is missing."""

from collections.abc import Mapping
from datetime import datetime

from letterbox.domain.plurals import plural

_README = """\
What is held of a person who applied for positions
==================================================

Made at {made_at} by Letterbox, which receives applications from job boards.
index.json lists every file, with its size and its SHA-256.

There is a folder for each application. In it:

application.json   the record: the candidate, the questions and answers, the
                   position, when it was received, holds, and where the candidate
                   stood with the hirer (status_changes)
source/            what the job board sent, as it sent it
documents/         what the candidate sent: CV, cover letter and so on
texts/             the text of documents, where somebody has read it
demographics.json  answers about what the candidate is, kept apart from the rest
quarantine/        documents that a virus scanner objects to: DO NOT OPEN them
archive.zip        the same of an archived application, in its folder data/
inbox/             what was received and is not looked at yet
hold.json          why nothing may be deleted for now
history.json       what has happened to the application; its "notes" say what could
                   not be asked
journal.json       who saw it, and who did something about it

Before you hand this out: a job board may have sent what somebody else wrote under
the same application (the flag "conflict"), and the journal names your colleagues.

Applications: {count}
{applications}
{missing}"""
_UNREADABLE = """
{applications} that wait in the inbox cannot be read, and may be the person's:
see `letterbox audit`.
"""
_PARTLY = """
Something may be missing from the history of these applications: see the "notes" in
the history.json of
{ids}
Make this again once Temporal and the store answer.
"""


def export_readme(
    made_at: datetime,
    folders: Mapping[str, str],
    *,
    unreadable: int,
    partly: list[str],
) -> str:
    """
    Return the text.

    ``folders`` are those of the applications, by their ids; ``partly`` the ids of
    those whose history may lack something.
    """
    missing = ""
    if unreadable:
        applications = plural(unreadable, "application")
        missing += _UNREADABLE.format(applications=applications)
    if partly:
        missing += _PARTLY.format(ids="\n".join(f"  {one}" for one in partly))
    return _README.format(
        made_at=f"{made_at:%Y-%m-%d %H:%M:%S} UTC",
        count=len(folders),
        applications="\n".join(f"  {one}: {at}" for one, at in folders.items()),
        missing=missing,
    )
