"""Looking at one document: is it there, is it whole, what is it."""

from hashlib import sha256

from activities.looking import look_into
from letterbox.domain.application import Application, Attachment, Flag
from letterbox.domain.documents import TXT
from letterbox.domain.messages import InspectedDocument, Step
from letterbox.domain.ports import Applications
from letterbox.domain.reading import Text
from letterbox.domain.submission import ReceivedDocument
from letterbox.streams import copy, digest_of, spooled


def inspect(
    applications: Applications, step: Step, document: ReceivedDocument
) -> InspectedDocument:
    """
    Read a document back, to its last byte.

    One that is missing or damaged is said to be so and goes on: the application is
    worth more than its file, and ``audit`` finds it.
    """
    with spooled() as spool:
        try:
            with applications.open_document(
                step.application_id, document.name
            ) as chunks:
                copied = copy(chunks, spool)
        except FileNotFoundError:
            return _inspected(document, None, "missing")
        if copied != (document.sha256, document.size):
            return _inspected(document, None, "damaged")
        kind = look_into(
            applications,
            step.application_id,
            document.name,
            spool,
            guarded=step.repeated,
        )
    return _inspected(document, kind.media_type, kind.problem)


def inspect_again(applications: Applications, record: Application) -> Application:
    """Look at the documents of a record once more; what is gone or broken says so."""
    problems: dict[str, str | None] = {}

    def checked(one: Attachment) -> Attachment:
        if one.name is None or one.sha256 is None or one.scan == "infected":
            return one
        if one.name not in problems:
            problems[one.name] = _problem(applications, record.id, one.name, one.sha256)
        problem = problems[one.name]
        return one.model_copy(update={"problem": problem}) if problem else one

    changed = record.with_attachments(checked)
    if changed == record:
        return record
    flags = tuple(sorted({*record.flags, Flag.INCOMPLETE}))
    return changed.model_copy(update={"flags": flags})


def _problem(
    applications: Applications, application_id: str, name: str, expected: str
) -> str | None:
    try:
        with applications.open_document(application_id, name) as chunks:
            digest = digest_of(chunks)
    except FileNotFoundError:
        return "missing"
    return None if digest == expected else "damaged"


def keep_text(applications: Applications, step: Step, text: Text) -> InspectedDocument:
    """Keep a document that came as text, as the file it would have been."""
    body = text.text.encode()
    name = f"{sha256(body).hexdigest()}.{TXT.extension}"
    applications.put_document(step.application_id, name, body)
    return InspectedDocument(
        role=text.role, name=name, size=len(body), media_type=TXT.media_type
    )


def _inspected(
    document: ReceivedDocument, media_type_name: str | None, problem: str | None
) -> InspectedDocument:
    return InspectedDocument(
        role=document.role,
        name=document.name,
        size=document.size,
        media_type=media_type_name,
        problem=problem,
    )
