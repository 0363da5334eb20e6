"""The record as it is shown to who may see no contacts."""

from letterbox.domain.application import Application, Attachment
from letterbox.domain.candidate import Candidate


def without_contacts(record: Application) -> Application:
    """
    Leave the candidate's name, and nothing else that the candidate has told.

    Answers, jobs and the names of files are free text, and hold addresses too.
    """
    source = record.source.model_copy(
        update={"ip_address": None, "user_agent": None, "profile_id": None}
    )
    shown = record.model_copy(
        update={
            "candidate": Candidate(person=record.candidate.person),
            "answers": (),
            "source": source,
            "markers": (),
            "region": None,
        }
    )
    return shown.with_attachments(_unnamed)


def _unnamed(attachment: Attachment) -> Attachment:
    return attachment.model_copy(update={"filename": None})
