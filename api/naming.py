"""The names of documents in the store: what they are, by their content."""

from collections.abc import Mapping
from typing import BinaryIO

from letterbox.domain.documents import recognise
from letterbox.domain.submission import ReceivedDocument, Submission


def named(submission: Submission, contents: Mapping[str, BinaryIO]) -> Submission:
    """
    Name the documents of a verified submission ``<sha256>.<ext>``. Blocking.

    This looks into what a stranger sent: after the signature, and in a thread.
    """

    def name(document: ReceivedDocument) -> ReceivedDocument:
        kind = recognise(contents[document.sha256])
        return document.model_copy(
            update={"name": f"{document.sha256}.{kind.extension}"}
        )

    return submission.model_copy(
        update={"documents": tuple(map(name, submission.documents))}
    )
